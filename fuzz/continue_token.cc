#include "fakekube/store/continue_token.h"

#include "fuzz/target.h"

namespace drydock::fuzz {

using namespace fakekube;

// A token that can be read is one that could have been given.
void fuzz_one(std::string_view input) {
  const Result<ContinueToken> token = decode_continue(input);
  if (!token.ok()) {
    require(!token.status().message().empty(), "a refusal says why");
    return;
  }
  const Result<ContinueToken> again = decode_continue(encode_continue(*token));
  require(again.ok() && again->revision == token->revision && again->name == token->name &&
              again->namespace_name == token->namespace_name,
          "a token survives being given again");
}

}  // namespace drydock::fuzz

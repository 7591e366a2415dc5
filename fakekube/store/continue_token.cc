#include "fakekube/store/continue_token.h"

#include "core/base/json.h"
#include "fakekube/api/status_error.h"
#include "fakekube/schema/go_json.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += kDigits[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kDigits[bits << (6 - count) & 63];
  return text;
}

// Into `bytes`; where the first byte is that can't be, or nullopt.
std::optional<size_t> from_base64url(std::string_view text, std::string& bytes) {
  uint32_t bits = 0;
  int count = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t digit = kDigits.find(text[i]);
    if (digit == std::string_view::npos) return i;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255);
  }
  // One digit of four says nothing.
  if (text.size() % 4 == 1) return text.size() - 1;
  return std::nullopt;
}

Status bad_token(std::string_view why) {
  return Status(Code::kInvalid,
                "invalid continue token: continue key is not valid: " + std::string(why));
}

}  // namespace

std::string encode_continue(const ContinueToken& token) {
  std::string start = token.namespace_name + "/" + token.name;
  start += '\0';
  return to_base64url(
      json_text(json::object{{"v", "meta.k8s.io/v1"}, {"rv", token.revision}, {"start", start}}));
}

Result<ContinueToken> decode_continue(std::string_view text) {
  constexpr std::string_view kVersion = "meta.k8s.io/v1";
  std::string bytes;
  if (const std::optional<size_t> at = from_base64url(text, bytes))
    return bad_token("illegal base64 data at input byte " + std::to_string(*at));
  const DecodedJson decoded = decode_json(bytes);
  if (!decoded.error.empty()) return bad_token(decoded.error);
  const json::value& value = decoded.value;
  const std::string version = json_string(value, {"v"});
  if (version != kVersion)
    return bad_token("server does not recognize this encoded version " + quoted(version));
  const int64_t revision = json_int(value, {"rv"});
  if (revision == 0)
    return bad_token("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  std::string start = json_string(value, {"start"});
  if (start.empty()) return bad_token("encoded start key empty (version meta.k8s.io/v1)");
  if (start.back() == '\0') start.pop_back();
  // Without a slash it is a name, in the namespace that is listed.
  const size_t slash = start.find('/');
  const bool named = slash == std::string::npos;
  return ContinueToken{.revision = revision,
                       .namespace_name = named ? "" : start.substr(0, slash),
                       .name = named ? start : start.substr(slash + 1)};
}

}  // namespace drydock::fakekube

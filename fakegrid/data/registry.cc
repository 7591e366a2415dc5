#include "fakegrid/data/registry.h"

#include <algorithm>
#include <utility>

#include "fakegrid/server/proto_schema.h"

namespace drydock::fakegrid {

namespace {

// "line 1, column 10" behind the text's last character.
std::string end_of(std::string_view text) {
  const auto line = std::count(text.begin(), text.end(), '\n') + 1;
  const size_t last = text.rfind('\n');
  const size_t column = text.size() - (last == std::string_view::npos ? 0 : last + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

// Measured on a text that ends where a message's name is missing: up to 14 the place is that of the
// character that is no name, from 15 on that of the end, as one more thing is read. Errors further
// from the end are worded alike.
std::string schema_error(std::string_view name, std::string_view text,
                         const ServerVersion& version) {
  const ProtoFile file = parse_proto(text);
  if (!file.error) return "";
  const ProtoError& error = *file.error;
  const std::string file_name(name);
  const std::string line = std::to_string(error.line), column = std::to_string(error.column);
  if (!version.at_least(15))
    return "java.lang.IllegalStateException: Syntax error in " + file_name + " at " + line + ":" +
           column + ": expected a word";
  const std::string while_parsing = "IPROTO000013: Error while parsing '" + file_name + "': ";
  if (error.at_end)
    return while_parsing + "Lexical error at " + end_of(text) + ".  Encountered: <EOF>";
  return while_parsing + "Syntax error at line " + line + ", column " + column + ".";
}

std::map<std::string, std::string> with_error_companions(std::map<std::string, std::string> schemas,
                                                         const ServerVersion& version) {
  std::map<std::string, std::string> companions;
  std::string bad;
  for (const auto& [name, text] : schemas) {
    std::string error = schema_error(name, text, version);
    if (error.empty()) continue;
    companions.emplace(name + ".errors", std::move(error));
    bad += (bad.empty() ? "" : "\n") + name;
  }
  if (!bad.empty()) companions.emplace(".errors", bad);
  schemas.merge(companions);
  return schemas;
}

}  // namespace drydock::fakegrid

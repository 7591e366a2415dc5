#include "fakekube/schema/go_text.h"

#include <map>

#include "fakekube/api/status_error.h"

namespace drydock::fakekube {

std::string go_text(const json::value& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return std::string(std::string_view(value.get_string()));
  if (!value.is_structured()) return json_text(value);
  std::string text;
  if (const json::array* list = value.if_array()) {
    for (const json::value& item : *list) text += (text.empty() ? "" : " ") + go_text(item);
    return "[" + text + "]";
  }
  std::map<std::string_view, const json::value*> sorted;
  for (const auto& member : value.get_object()) sorted[member.key()] = &member.value();
  for (const auto& [key, member] : sorted)
    text += (text.empty() ? "" : " ") + std::string(key) + ":" + go_text(*member);
  return "map[" + text + "]";
}

std::string go_dynamic_type(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "%!s(<nil>)";
    case json::kind::bool_: return "bool";
    case json::kind::string: return "string";
    case json::kind::array: return "[]interface {}";
    case json::kind::object: return "map[string]interface {}";
    case json::kind::int64: return "int64";
    default: return "float64";
  }
}

std::string not_registered(std::string_view api_version, std::string_view kind) {
  return "no kind " + quoted(kind) + " is registered for version " + quoted(api_version) +
         " in scheme \"pkg/api/legacyscheme/scheme.go:30\"";
}

}  // namespace drydock::fakekube

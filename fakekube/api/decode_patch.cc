#include <algorithm>
#include <array>

#include "fakekube/api/decode.h"
#include "fakekube/api/status_error.h"
#include "fakekube/schema/api_types_scalars.h"

namespace drydock::fakekube {
namespace {

std::string cannot_unmarshal(const json::value& value, std::string_view into) {
  return "json: cannot unmarshal " + std::string(go_json_kind(value)) + " into Go " +
         std::string(into);
}

std::string begin_of(PatchType type) {
  switch (type) {
    case PatchType::kStrategic: return "";
    case PatchType::kApply: return "error decoding YAML: ";
    default: return "error decoding patch: ";
  }
}

// What is wrong with the items of a JSON patch; "": they are operations.
std::string wrong_operation(const json::array& operations) {
  constexpr std::array<std::string_view, 3> kTexts = {"op", "path", "from"};
  for (const json::value& operation : operations) {
    if (operation.is_null()) continue;
    if (!operation.is_object())
      return cannot_unmarshal(operation, "value of type handlers.jsonPatchOp");
    for (const auto& member : operation.get_object()) {
      const std::string_view key = member.key();
      if (member.value().is_string() || member.value().is_null()) continue;
      if (std::find(kTexts.begin(), kTexts.end(), key) != kTexts.end())
        return cannot_unmarshal(member.value(),
                                "struct field jsonPatchOp." + std::string(key) + " of type string");
    }
  }
  return "";
}

// Go's words for a patch that is JSON but not of the right form; "": it is.
std::string wrong_form(const ApiCall& call) {
  const json::value& patch = *call.body;
  if (call.patch_type == PatchType::kJson)
    return patch.is_array() ? wrong_operation(patch.get_array())
                            : cannot_unmarshal(patch, "value of type []handlers.jsonPatchOp");
  if (patch.is_object()) return "";
  const std::string why = cannot_unmarshal(patch, "value of type map[string]interface {}");
  return call.patch_type == PatchType::kApply
             ? "error unmarshaling JSON: while decoding JSON: " + why
             : why;
}

}  // namespace

std::optional<ApiReply> unreadable_patch(const ApiCall& call) {
  std::string why = call.body_error;
  if (why.empty()) why = call.body == nullptr ? "unexpected end of JSON input" : wrong_form(call);
  if (why.empty()) return std::nullopt;
  return bad_request(begin_of(call.patch_type) + why);
}

std::optional<ApiReply> unreadable_options(const ApiCall& call) {
  if (call.body_error.empty()) return std::nullopt;
  return failure(500, "", call.body_error);
}

}  // namespace drydock::fakekube

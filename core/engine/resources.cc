#include "core/engine/resources.h"

#include <algorithm>
#include <optional>

#include "core/base/messages.h"

namespace drydock::engine {
namespace {

std::optional<ResourceType> type_of_key(std::string_view key) {
  for (const ResourceType type : kResourceTypes)
    if (resource_key(type) == key) return type;
  return std::nullopt;
}

Status bad_shape(std::string_view what) {
  return Status(Code::kInvalid, std::string(what) + " must be a list of names");
}

Result<std::vector<std::string>> parse_names(std::string_view key, const json::value& value) {
  if (!value.is_array()) return bad_shape("resources '" + std::string(key) + "'");
  std::vector<std::string> names;
  for (const json::value& item : value.get_array()) {
    if (!item.is_string()) return bad_shape("resources '" + std::string(key) + "'");
    std::string name(item.get_string());
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::string_view resource_key(ResourceType type) {
  switch (type) {
    case ResourceType::kCaches: return "caches";
    case ResourceType::kTemplates: return "templates";
    case ResourceType::kCounters: return "counters";
    case ResourceType::kSchemas: return "proto-schemas";
    case ResourceType::kTasks: return "tasks";
  }
  return "";
}

std::string resource_label(ResourceType type, std::string_view name) {
  return std::string(resource_key(type)) + " '" + std::string(name) + "'";
}

Result<ResourceSelection> ResourceSelection::parse(const json::value* resources) {
  ResourceSelection selection;
  if (resources == nullptr || resources->is_null()) return selection;
  if (!resources->is_object())
    return Status(Code::kInvalid, "'resources' must be an object of lists of names");
  for (const auto& [key, value] : resources->get_object()) {
    const std::optional<ResourceType> type = type_of_key(key);
    if (!type) return Status(Code::kInvalid, messages::unknown_type(key));
    DRYDOCK_ASSIGN(std::vector<std::string> names, parse_names(key, value));
    if (names.empty()) continue;
    if (names.size() == 1 && names.front() == "*") names.clear();
    selection.asked_[*type] = std::move(names);
  }
  return selection;
}

bool ResourceSelection::wants(ResourceType type) const {
  return asked_.empty() || asked_.contains(type);
}

bool ResourceSelection::wants_all(ResourceType type) const {
  return wants(type) && names(type).empty();
}

const std::vector<std::string>& ResourceSelection::names(ResourceType type) const {
  static const std::vector<std::string> kNone;
  const auto found = asked_.find(type);
  return found == asked_.end() ? kNone : found->second;
}

std::vector<std::string> ResourceSelection::missing(ResourceType type,
                                                    std::span<const std::string> available) const {
  std::vector<std::string> absent;
  for (const std::string& name : names(type))
    if (!std::binary_search(available.begin(), available.end(), name)) absent.push_back(name);
  return absent;
}

std::vector<std::string> ResourceSelection::choose(ResourceType type,
                                                   std::span<const std::string> available) const {
  if (!wants(type)) return {};
  if (wants_all(type)) return {available.begin(), available.end()};
  std::vector<std::string> chosen;
  const std::vector<std::string>& asked = names(type);
  for (const std::string& name : available)
    if (std::find(asked.begin(), asked.end(), name) != asked.end()) chosen.push_back(name);
  return chosen;
}

}  // namespace drydock::engine

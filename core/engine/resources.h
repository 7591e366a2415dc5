// ResourceSelection: which resources a backup or restore takes, as asked by `resources` in the body
// of a POST.
//
//   {"caches":["a","b"],"proto-schemas":["*"]}   // two caches, every schema, nothing else
//
//   DRYDOCK_ASSIGN(auto selection, ResourceSelection::parse(json_find(body, {"resources"})));
//   if (selection.wants(ResourceType::kCaches))
//     DRYDOCK_ASSIGN(auto names, selection.choose(ResourceType::kCaches, available));
//
// As measured on real servers: an absent, null or empty object is everything; an empty list is "not
// mentioned", so that {"caches":[]} alone is everything too; "*" is all only when it stands alone.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"

namespace drydock::engine {

enum class ResourceType { kCaches, kTemplates, kCounters, kSchemas, kTasks };

inline constexpr std::array kResourceTypes = {ResourceType::kCaches, ResourceType::kTemplates,
                                              ResourceType::kCounters, ResourceType::kSchemas,
                                              ResourceType::kTasks};

// The key in a request body and in messages: caches, templates, counters, proto-schemas, tasks.
std::string_view resource_key(ResourceType type);
// "caches 'a'": how errors name a resource.
std::string resource_label(ResourceType type, std::string_view name);

class ResourceSelection {
 public:
  // Everything of every type.
  ResourceSelection() = default;

  // `resources` may be null (absent). kInvalid, with the text for the answer: an unknown type
  // ("Type with name 'foo' does not exist"), or a shape other than lists of strings in an object.
  static Result<ResourceSelection> parse(const json::value* resources);

  // Whether anything of this type is asked for.
  bool wants(ResourceType type) const;
  // Whether all of this type is asked for.
  bool wants_all(ResourceType type) const;
  // The names asked for, each once, in the order given; empty when all or nothing is.
  const std::vector<std::string>& names(ResourceType type) const;

  // Names asked for that are not in `available` (sorted).
  std::vector<std::string> missing(ResourceType type, std::span<const std::string> available) const;
  // Of `available` (sorted) those asked for, in its order. Call missing() first.
  std::vector<std::string> choose(ResourceType type, std::span<const std::string> available) const;

 private:
  // Empty map: everything. Otherwise only the types in it; an empty list there means all.
  std::map<ResourceType, std::vector<std::string>> asked_;
};

}  // namespace drydock::engine

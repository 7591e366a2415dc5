#include "fakekube/http/partial_metadata.h"

#include <algorithm>

#include "fakekube/schema/api_types.h"
#include "fakekube/schema/api_types_decode.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// As the struct of built-in kinds is printed, whatever the object's kind.
json::value metadata_in_order(json::value metadata) {
  // A struct member that is always printed.
  json::object& members = metadata.get_object();
  if (!members.contains("creationTimestamp")) members.emplace("creationTimestamp", nullptr);
  order_by_type(*find_api_type("ObjectMeta"), metadata);
  return metadata;
}

std::string group_version(std::string_view version) {
  return std::string("meta.k8s.io/").append(version);
}

}  // namespace

json::value partial_metadata(const json::value& object, std::string_view version) {
  return json::object{{"kind", "PartialObjectMetadata"},
                      {"apiVersion", group_version(version)},
                      {"metadata", metadata_in_order(json::value(metadata_of(object)))}};
}

json::object list_metadata(const json::value& answer) {
  json::object metadata;
  const json::object& given = metadata_of(answer);
  for (std::string_view key : {"resourceVersion", "continue", "remainingItemCount"}) {
    const json::value* value = given.if_contains(key);
    const bool empty = value == nullptr || (value->is_string() && value->get_string().empty());
    if (!empty) metadata.emplace(key, *value);
  }
  return metadata;
}

json::value partial_metadata_list(const json::value& list, std::string_view version) {
  json::value items;
  const json::array& objects = json_array(list, {"items"});
  if (!objects.empty()) {
    json::array& rows = items.emplace_array();
    for (const json::value& object : objects) rows.push_back(partial_metadata(object, version));
  }
  return json::object{{"kind", "PartialObjectMetadataList"},
                      {"apiVersion", group_version(version)},
                      {"metadata", list_metadata(list)},
                      {"items", std::move(items)}};
}

}  // namespace drydock::fakekube

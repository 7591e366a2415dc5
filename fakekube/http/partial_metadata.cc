#include "fakekube/http/partial_metadata.h"

#include <algorithm>

#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// A copy with the members in this order, others behind.
json::object ordered(const json::object& members, const std::vector<std::string_view>& order) {
  json::object out;
  out.reserve(members.size());
  for (std::string_view key : order)
    if (const json::value* value = members.if_contains(key)) out.emplace(key, *value);
  for (const auto& member : members) out.emplace(member.key(), member.value());
  return out;
}

void order_items(json::object& metadata, std::string_view key,
                 const std::vector<std::string_view>& order) {
  json::value* list = metadata.if_contains(key);
  if (list == nullptr || !list->is_array()) return;
  for (json::value& item : list->get_array())
    if (item.is_object()) item = ordered(item.get_object(), order);
}

json::object metadata_in_order(const json::object& given) {
  static const std::vector<std::string_view> kMembers = {"name",
                                                         "generateName",
                                                         "namespace",
                                                         "selfLink",
                                                         "uid",
                                                         "resourceVersion",
                                                         "generation",
                                                         "creationTimestamp",
                                                         "deletionTimestamp",
                                                         "deletionGracePeriodSeconds",
                                                         "labels",
                                                         "annotations",
                                                         "ownerReferences",
                                                         "finalizers",
                                                         "managedFields"};
  static const std::vector<std::string_view> kManager = {
      "manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource"};
  static const std::vector<std::string_view> kOwner = {
      "apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"};
  json::object metadata = given;
  // A struct member that is always printed.
  if (!metadata.contains("creationTimestamp")) metadata.emplace("creationTimestamp", nullptr);
  metadata = ordered(metadata, kMembers);
  order_items(metadata, "managedFields", kManager);
  order_items(metadata, "ownerReferences", kOwner);
  return metadata;
}

std::string group_version(std::string_view version) {
  return std::string("meta.k8s.io/").append(version);
}

}  // namespace

json::value partial_metadata(const json::value& object, std::string_view version) {
  return json::object{{"kind", "PartialObjectMetadata"},
                      {"apiVersion", group_version(version)},
                      {"metadata", metadata_in_order(metadata_of(object))}};
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

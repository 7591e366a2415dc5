#include "fakekube/store/object.h"

#include <algorithm>
#include <array>

#include "fakekube/schema/api_types_decode.h"
#include "fakekube/store/metadata_order.h"

namespace drydock::fakekube {
namespace {

constexpr std::array<std::string_view, 14> kStructMetadata = {"name",
                                                              "generateName",
                                                              "namespace",
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
constexpr std::array<std::string_view, 14> kSortedMetadata = {"annotations",
                                                              "creationTimestamp",
                                                              "deletionGracePeriodSeconds",
                                                              "deletionTimestamp",
                                                              "finalizers",
                                                              "generateName",
                                                              "generation",
                                                              "labels",
                                                              "managedFields",
                                                              "name",
                                                              "namespace",
                                                              "ownerReferences",
                                                              "resourceVersion",
                                                              "uid"};

bool is_nothing(const json::value& value) {
  if (value.is_null()) return true;
  if (value.is_object()) return value.get_object().empty();
  return value.is_array() && value.get_array().empty();
}

// Whether `object` has exactly members of `order`, in that order and none of them empty.
bool ordered(const json::object& object, std::span<const std::string_view> order) {
  size_t at = 0;
  for (const auto& member : object) {
    while (at < order.size() && order[at] != member.key()) ++at;
    if (at == order.size() || is_nothing(member.value())) return false;
    ++at;
  }
  return true;
}

void order_metadata(const ResourceType& type, json::object& metadata) {
  const std::span<const std::string_view> order = metadata_order(type);
  if (ordered(metadata, order)) return;
  json::object result;
  result.reserve(metadata.size());
  for (std::string_view key : order) {
    json::value* value = metadata.if_contains(key);
    if (value != nullptr && !is_nothing(*value)) result.emplace(key, std::move(*value));
  }
  metadata = std::move(result);
}

}  // namespace

std::span<const std::string_view> metadata_order(const ResourceType& type) {
  if (type.custom) return kSortedMetadata;
  return kStructMetadata;
}

const json::object& metadata_of(const json::value& object) {
  return json_object(object, {"metadata"});
}

json::object& mutable_metadata(json::value& object) {
  DRYDOCK_CHECK(object.is_object(), "a Kubernetes object is a JSON object");
  return object_member(object.get_object(), "metadata");
}

std::string_view string_at(const json::value& object, JsonPath path) {
  const json::value* found = json_find(object, path);
  if (found == nullptr || !found->is_string()) return {};
  return found->get_string();
}

std::string_view metadata_string(const json::value& object, std::string_view key) {
  return string_at(object, {"metadata", key});
}

void set_member(json::object& object, std::string_view key, json::value value) {
  object.insert_or_assign(key, std::move(value));
}

void set_default(json::object& object, std::string_view key, json::value value) {
  json::value& member = object[key];
  if (member.is_null()) member = std::move(value);
}

void remove_member(json::object& object, std::string_view key) {
  const auto found = object.find(key);
  if (found != object.end()) object.stable_erase(found);
}

json::object& object_member(json::object& object, std::string_view key) {
  json::value& member = object[key];
  if (!member.is_object()) member = json::object();
  return member.get_object();
}

bool same_member(const json::value& a, const json::value& b, std::string_view key) {
  const json::value* left = json_find(a, {key});
  const json::value* right = json_find(b, {key});
  if (left != nullptr && left->is_null()) left = nullptr;
  if (right != nullptr && right->is_null()) right = nullptr;
  if (left == nullptr || right == nullptr) return left == right;
  return *left == *right;
}

void order_members(const ResourceType& type, json::value& object) {
  order_metadata(type, mutable_metadata(object));
  if (const ApiType* built_in = api_type_of(type)) return order_by_type(*built_in, object);
  json::object& members = object.get_object();
  const std::string_view first = type.custom ? "apiVersion" : "kind";
  const std::string_view second = type.custom ? "kind" : "apiVersion";
  const auto at = [&](size_t i) -> std::string_view {
    return i < members.size() ? std::string_view((members.begin() + i)->key()) : "";
  };
  const bool status_last = !members.contains("status") || at(members.size() - 1) == "status";
  if (at(0) == first && at(1) == second && at(2) == "metadata" && status_last) return;
  json::object result;
  result.reserve(members.size());
  for (std::string_view key : {first, second, std::string_view("metadata")})
    result.emplace(key, std::move(members[key]));
  for (auto& member : members)
    if (member.key() != "status") result.emplace(member.key(), std::move(member.value()));
  if (json::value* status = members.if_contains("status"))
    result.emplace("status", std::move(*status));
  members = std::move(result);
}

void set_revision(json::value& object, std::string_view revision) {
  json::value& member = mutable_metadata(object)["resourceVersion"];
  if (json::string* text = member.if_string())
    text->assign(revision.data(), revision.size());
  else
    member = text_value(revision);
}

json::value with_revision(const json::value& object, uint64_t revision) {
  json::value copy = object;
  set_revision(copy, std::to_string(revision));
  return copy;
}

}  // namespace drydock::fakekube

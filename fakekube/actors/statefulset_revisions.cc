#include "fakekube/actors/statefulset_revisions.h"

#include <fmt/format.h>

#include <algorithm>

#include "fakekube/actors/pod_view.h"

namespace drydock::fakekube {
namespace {

bool owns(const json::value& set, const json::value& object) {
  const json::value* owner = controller_of(object);
  return owner != nullptr && json_string(*owner, {"uid"}) == object_uid(set);
}

}  // namespace

// FNV-1a over the template.
std::string revision_name(const json::value& set) {
  const json::value* pod_template = json_find(set, {"spec", "template"});
  uint64_t hash = 14695981039346656037ULL;
  for (const char c : json_text(pod_template ? *pod_template : json::value()))
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return fmt::format("{}-{:x}", json_string(set, {"metadata", "name"}), hash >> 24U);
}

Status StatefulSetRevisions::record(const json::value& set, const std::string& name) {
  std::string& newest = newest_[object_uid(set)];
  if (newest == name) return ok_status();
  const std::string namespace_name = json_string(set, {"metadata", "namespace"});
  DRYDOCK_ASSIGN(const ListResult all,
                 client_->list(kControllerRevisions, {.namespace_name = namespace_name}));
  int64_t highest = 0;
  const json::value* same = nullptr;
  for (const JsonPtr& one : all.items) {
    if (!owns(set, *one)) continue;
    highest = std::max(highest, json_int(*one, {"revision"}));
    if (json_string(*one, {"metadata", "name"}) == name) same = one.get();
  }
  if (same == nullptr) {
    DRYDOCK_RETURN_IF_ERROR(create(set, name, highest + 1));
  } else if (json_int(*same, {"revision"}) < highest) {
    // Back to an old template: that revision is the newest now.
    DRYDOCK_RETURN_IF_ERROR(client_
                                ->patch(kControllerRevisions, namespace_name, name,
                                        json::object{{"revision", highest + 1}})
                                .status());
  }
  newest = name;
  return ok_status();
}

Status StatefulSetRevisions::create(const json::value& set, const std::string& name,
                                    int64_t number) {
  const json::value* pod_template = json_find(set, {"spec", "template"});
  json::object kept;
  if (pod_template != nullptr && pod_template->is_object()) kept = pod_template->get_object();
  kept["$patch"] = "replace";
  json::value object = json::object{{"apiVersion", "apps/v1"},
                                    {"kind", "ControllerRevision"},
                                    {"data", {{"spec", {{"template", std::move(kept)}}}}},
                                    {"revision", number}};
  json::object labels = json_object(set, {"spec", "selector", "matchLabels"});
  labels["controller.kubernetes.io/hash"] =
      name.substr(json_string(set, {"metadata", "name"}).size() + 1);
  json_at(object, {"metadata"}) = json::object{
      {"name", name},
      {"namespace", json_string(set, {"metadata", "namespace"})},
      {"labels", std::move(labels)},
      {"ownerReferences", json::array{controller_reference(set, "apps/v1", "StatefulSet")}}};
  const Status created = client_->create(kControllerRevisions, std::move(object)).status();
  // Of a set that had this name and is going away.
  return created.code() == Code::kAlreadyExists ? ok_status() : created;
}

json::value StatefulSetRevisions::as_of(const json::value& set, const std::string& name) const {
  json::value out = set;
  const Result<JsonPtr> found =
      client_->get(kControllerRevisions, json_string(set, {"metadata", "namespace"}), name);
  if (!found.ok()) return out;
  if (const json::value* kept = json_find(**found, {"data", "spec", "template"})) {
    json_at(out, {"spec", "template"}) = *kept;
    json_remove(out, {"spec", "template", "$patch"});
  }
  return out;
}

json::value controller_reference(const json::value& owner, std::string_view api_version,
                                 std::string_view kind) {
  return json::object{{"apiVersion", api_version},
                      {"kind", kind},
                      {"name", json_string(owner, {"metadata", "name"})},
                      {"uid", object_uid(owner)},
                      {"controller", true},
                      {"blockOwnerDeletion", true}};
}

}  // namespace drydock::fakekube

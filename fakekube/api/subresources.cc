// pods/binding, pods/eviction, namespaces/finalize and scale.
#include "fakekube/actors/pod_log.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

ApiReply bind_pod(ApiServer& server, const ApiCall& call) {
  const std::string node = call.body == nullptr ? "" : json_string(*call.body, {"target", "name"});
  if (node.empty())
    return invalid("Binding", "Binding", "", call.name, {required_value("target.name")});
  const Object* stored = server.store().find(kPods, call.namespace_name, call.name);
  if (stored == nullptr) return not_found(kPods, call.name);
  const std::string_view bound = string_at(*stored->value, {"spec", "nodeName"});
  const auto refuse = [&](std::string_view why) {
    return failure(409, "Conflict",
                   "Operation cannot be fulfilled on pods/binding " + quoted(call.name) + ": " +
                       std::string(why),
                   StatusDetails{.name = call.name, .kind = "pods/binding"});
  };
  if (!metadata_string(*stored->value, "deletionTimestamp").empty())
    return refuse("pod " + call.name + " is being deleted, cannot be assigned to a host");
  if (!bound.empty())
    return refuse("pod " + call.name + " is already assigned to node " + quoted(bound));
  if (call.dry_run) return success(201);
  json::value pod = *stored->value;
  json_at(pod, {"spec", "nodeName"}) = text_value(node);
  json::value& conditions = json_at(pod, {"status", "conditions"});
  json::array kept;
  for (const json::value& condition : json_array(pod, {"status", "conditions"}))
    if (string_at(condition, {"type"}) != "PodScheduled") kept.push_back(condition);
  kept.push_back(json::object{{"type", "PodScheduled"},
                              {"status", "True"},
                              {"lastProbeTime", nullptr},
                              {"lastTransitionTime", text_value(server.now_text())}});
  conditions = std::move(kept);
  set_revision(pod, server.store().next_revision_text());
  server.store().put(kPods, call.namespace_name, call.name, std::move(pod));
  return success(201);
}

ApiReply evict_pod(ApiServer& server, const ApiCall& call) {
  ApiCall deletion = call;
  deletion.verb = Verb::kDelete;
  deletion.subresource.clear();
  deletion.body = nullptr;
  if (call.body != nullptr)
    if (const json::value* options = json_find(*call.body, {"deleteOptions"}))
      deletion.body = make_json(*options);
  ApiReply reply = delete_object(server, deletion);
  return reply.ok() ? success(201) : reply;
}

ApiReply finalize_namespace(ApiServer& server, const ApiCall& call) {
  Draft draft;
  if (auto refused = decode_body(call, draft)) return *std::move(refused);
  const Object* stored = server.store().find(kNamespaces, "", call.name);
  if (stored == nullptr) return not_found(kNamespaces, call.name);
  Draft next{.object = *stored->value, .warnings = {}};
  const json::value* finalizers = json_find(draft.object, {"spec", "finalizers"});
  json_at(next.object, {"spec", "finalizers"}) =
      finalizers == nullptr ? json::value(json::array()) : *finalizers;
  return commit_update(server, call, *stored, std::move(next));
}

// "app=x,tier=y" of a spec.selector's matchLabels.
std::string selector_text(const json::value& object) {
  std::string text;
  for (const auto& label : json_object(object, {"spec", "selector", "matchLabels"}))
    text +=
        (text.empty() ? "" : ",") + std::string(label.key()) + "=" + json_string(label.value(), {});
  return text.empty() ? json_string(object, {"status", "selector"}) : text;
}

json::value scale_of(const json::value& object) {
  json::object metadata;
  for (std::string_view key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
    metadata.emplace(key, text_value(metadata_string(object, key)));
  json::object status{{"replicas", json_int(object, {"status", "replicas"})}};
  const std::string selector = selector_text(object);
  if (!selector.empty()) status.emplace("selector", selector);
  return json::object{{"kind", "Scale"},
                      {"apiVersion", "autoscaling/v1"},
                      {"metadata", std::move(metadata)},
                      {"spec", {{"replicas", json_int(object, {"spec", "replicas"})}}},
                      {"status", std::move(status)}};
}

ApiReply scale(ApiServer& server, const ApiCall& call) {
  const Object* stored = server.store().find(*call.type, call.namespace_name, call.name);
  if (stored == nullptr) return not_found(*call.type, call.name);
  json::value scale_value = scale_of(*stored->value);
  ApiReply reply;
  if (call.verb == Verb::kGet) {
    reply.body = make_json(std::move(scale_value));
    return reply;
  }
  if (call.body == nullptr) return bad_request("the object provided is no Scale");
  json_merge_patch(scale_value, *call.body);
  const std::string_view revision = metadata_string(scale_value, "resourceVersion");
  if (revision != metadata_string(*stored->value, "resourceVersion"))
    return modified_conflict(*call.type, call.name);
  ApiCall change = call;
  change.subresource.clear();
  change.verb = Verb::kPatch;
  change.patch_type = PatchType::kMerge;
  change.body = make_json(
      json::object{{"spec", {{"replicas", json_int(scale_value, {"spec", "replicas"})}}}});
  reply = patch_object(server, change);
  if (reply.ok()) reply.body = make_json(scale_of(*reply.body));
  return reply;
}

}  // namespace

ApiReply subresource_call(ApiServer& server, const ApiCall& call) {
  const ResourceType& type = *call.type;
  const std::string& name = call.subresource;
  const bool changes = call.verb == Verb::kUpdate || call.verb == Verb::kPatch;
  if (name == "scale" && type.has_scale && (changes || call.verb == Verb::kGet))
    return scale(server, call);
  if (&type == &kPods && call.verb == Verb::kCreate) {
    if (name == "binding") return bind_pod(server, call);
    if (name == "eviction") return evict_pod(server, call);
  }
  if (&type == &kPods && call.verb == Verb::kGet && name == "log")
    return read_pod_log(server, call);
  if (&type == &kNamespaces && call.verb == Verb::kUpdate && name == "finalize")
    return finalize_namespace(server, call);
  if ((name == "status" && type.has_status) || (name == "scale" && type.has_scale))
    return method_not_allowed(type, verb_name(call.verb));
  return not_found(type, call.name);
}

}  // namespace drydock::fakekube

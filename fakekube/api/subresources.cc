// Subresources but those of pods (pod_subresources.h, pod_log.h): scale, namespaces/finalize,
// serviceaccounts/token, and the connections that lead nowhere here.
#include "fakekube/access/reviews.h"
#include "fakekube/actors/pod_log.h"
#include "fakekube/api/pod_subresources.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/api/verbs.h"
#include "fakekube/api/write_rules.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr int64_t kDefaultTokenSeconds = 3600;
constexpr int64_t kMinTokenSeconds = 600;
constexpr int64_t kMaxTokenSeconds = int64_t{1} << 32;

ApiReply finalize_namespace(ApiServer& server, const ApiCall& call) {
  Draft draft;
  if (auto refused = decode_body(call, draft)) return *std::move(refused);
  const Object* stored = server.store().find(kNamespaces, "", call.name);
  if (stored == nullptr) return not_found(kNamespaces, call.name);
  if (auto refused = check_names(call, draft.object)) return *std::move(refused);
  kNamespaceStrategy.set_defaults(draft.object);
  FieldErrors errors;
  const std::vector<std::string> finalizers = json_strings(draft.object, {"spec", "finalizers"});
  for (size_t i = 0; i < finalizers.size(); ++i)
    validate_finalizer("spec.finalizers[" + std::to_string(i) + "]", finalizers[i], errors);
  if (!errors.empty()) return invalid(kNamespaces, call.name, errors);
  if (finalizers.empty()) json_at(draft.object, {"spec"}) = json::object();
  return commit_update(server, call, *stored, std::move(draft));
}

// Members of ".spec.replicas".
std::vector<std::string_view> members_of(std::string_view path) {
  std::vector<std::string_view> members;
  while (!path.empty()) {
    path.remove_prefix(1);  // the dot
    const size_t end = std::min(path.find('.'), path.size());
    members.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return members;
}

const json::value* find_at(const json::value& object, std::string_view path) {
  const json::value* at = &object;
  for (std::string_view member : members_of(path)) {
    at = json_find(*at, {member});
    if (at == nullptr) return nullptr;
  }
  return at;
}

void set_at(json::value& object, std::string_view path, json::value value) {
  json::value* at = &object;
  for (std::string_view member : members_of(path)) at = &json_at(*at, {member});
  *at = std::move(value);
}

// "app=x,tier=y" of what the object selects its pods by.
std::string selector_text(const ResourceType& type, const json::value& object) {
  if (type.custom) {
    const json::value* text = find_at(object, type.scale_selector_path);
    return type.scale_selector_path.empty() || text == nullptr ? "" : json_string(*text, {});
  }
  const json::object& labels = json_find(object, {"spec", "selector", "matchLabels"}) != nullptr
                                   ? json_object(object, {"spec", "selector", "matchLabels"})
                                   : json_object(object, {"spec", "selector"});
  std::string text;
  for (const auto& label : labels)
    if (label.value().is_string())
      text += (text.empty() ? "" : ",") + std::string(label.key()) + "=" +
              json_string(label.value(), {});
  return text;
}

int64_t number_at(const json::value& object, std::string_view path) {
  const json::value* found = find_at(object, path);
  return found == nullptr ? 0 : json_int(*found, {});
}

json::value scale_of(const ResourceType& type, const json::value& object) {
  json::object metadata;
  for (std::string_view key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
    metadata.emplace(key, text_value(metadata_string(object, key)));
  json::object status{{"replicas", number_at(object, type.scale_status_path)}};
  const std::string selector = selector_text(type, object);
  if (!selector.empty()) status.emplace("selector", selector);
  const int64_t replicas = number_at(object, type.scale_spec_path);
  // A zero is left out, as an empty member is.
  json::object spec;
  if (replicas != 0) spec.emplace("replicas", replicas);
  return json::object{{"kind", "Scale"},
                      {"apiVersion", "autoscaling/v1"},
                      {"metadata", std::move(metadata)},
                      {"spec", std::move(spec)},
                      {"status", std::move(status)}};
}

// What a PUT or PATCH makes of the object's scale; without resourceVersion it means any.
json::value wanted_scale(const ApiCall& call, const json::value& object) {
  json::value wanted = scale_of(*call.type, object);
  if (call.verb == Verb::kUpdate) json_remove(wanted, {"spec", "replicas"});
  json_merge_patch(wanted, *call.body);
  return wanted;
}

std::optional<ApiReply> check_scale(const ApiCall& call, const json::value& wanted,
                                    const json::value& object) {
  if (metadata_string(wanted, "resourceVersion") != metadata_string(object, "resourceVersion"))
    return modified_conflict(*call.type, call.name);
  const int64_t replicas = json_int(wanted, {"spec", "replicas"});
  if (replicas >= 0) return std::nullopt;
  return invalid("Scale.autoscaling", "Scale", "autoscaling", call.name,
                 {invalid_value("spec.replicas", std::to_string(replicas),
                                "must be greater than or equal to 0")});
}

ApiReply change_scale(ApiServer& server, const ApiCall& call) {
  if (call.verb == Verb::kPatch)
    if (auto refused = unreadable_patch(call)) return *std::move(refused);
  if (call.body == nullptr) return bad_request("the object provided is no Scale");
  ApiReply reply = update_stored(
      server, call, [&](const JsonPtr& current, Draft& draft) -> std::optional<ApiReply> {
        const json::value wanted = wanted_scale(call, *current);
        if (auto refused = check_scale(call, wanted, *current)) return refused;
        draft.object = *current;
        set_at(draft.object, call.type->scale_spec_path, json_int(wanted, {"spec", "replicas"}));
        return std::nullopt;
      });
  if (reply.ok()) reply.body = make_json(scale_of(*call.type, *reply.body));
  return reply;
}

ApiReply scale(ApiServer& server, const ApiCall& call) {
  const Object* stored = server.store().find(*call.type, call.namespace_name, call.name);
  if (stored == nullptr) return not_found(*call.type, call.name);
  const JsonPtr object = stored->value;
  if (call.verb != Verb::kGet) return change_scale(server, call);
  ApiReply reply;
  reply.body = make_json(scale_of(*call.type, *object));
  return reply;
}

std::optional<ApiReply> check_token_time(int64_t lasts) {
  const auto refuse = [&](std::string_view why) {
    return invalid("TokenRequest.authentication.k8s.io", "TokenRequest", "authentication.k8s.io",
                   "", {invalid_value("spec.expirationSeconds", std::to_string(lasts), why)});
  };
  if (lasts < kMinTokenSeconds) return refuse("may not specify a duration less than 10 minutes");
  if (lasts > kMaxTokenSeconds)
    return refuse("may not specify a duration larger than 2^32 seconds");
  return std::nullopt;
}

ApiReply request_token(ApiServer& server, const ApiCall& call) {
  if (server.store().find(kServiceAccounts, call.namespace_name, call.name) == nullptr)
    return not_found(kServiceAccounts, call.name);
  const json::value none = json::object();
  const json::value& given = call.body == nullptr ? none : *call.body;
  const int64_t lasts = json_int(given, {"spec", "expirationSeconds"}, kDefaultTokenSeconds);
  if (auto refused = check_token_time(lasts)) return *std::move(refused);
  json::array audiences = json_array(given, {"spec", "audiences"});
  if (audiences.empty()) audiences.emplace_back("https://kubernetes.default.svc");
  const json::value* bound = json_find(given, {"spec", "boundObjectRef"});
  json::object request{
      {"kind", "TokenRequest"},
      {"apiVersion", "authentication.k8s.io/v1"},
      {"metadata",
       {{"name", call.name},
        {"namespace", call.namespace_name},
        {"creationTimestamp", text_value(server.now_text())}}},
      {"spec",
       {{"audiences", std::move(audiences)},
        {"expirationSeconds", lasts},
        {"boundObjectRef", bound == nullptr ? json::value() : *bound}}},
      {"status",
       {{"token", server.access().issue_token(call.namespace_name, call.name)},
        {"expirationTimestamp",
         format_rfc3339(std::chrono::floor<seconds>(server.env().wall_now()) + seconds(lasts))}}}};
  ApiReply reply;
  reply.code = 201;
  reply.body = make_json(std::move(request));
  return reply;
}

bool is_connection(std::string_view name) {
  return name == "exec" || name == "attach" || name == "portforward" || name == "proxy";
}

// As a server whose connections to nodes lead nowhere; no request here can be upgraded.
ApiReply refuse_connection(ApiServer& server, const ApiCall& call) {
  const Object* stored = server.store().find(*call.type, call.namespace_name, call.name);
  if (stored == nullptr) return not_found(*call.type, call.name);
  if (call.type == &kServices)
    return failure(503, "ServiceUnavailable",
                   "no endpoints available for service " + quoted(call.name));
  if (call.type == &kPods && string_at(*stored->value, {"spec", "nodeName"}).empty())
    return bad_request("pod " + call.name + " does not have a host assigned");
  if (call.subresource == "proxy")
    return failure(503, "ServiceUnavailable", "error trying to reach service: connection refused");
  return bad_request("Upgrade request required");
}

}  // namespace

ApiReply subresource_call(ApiServer& server, const ApiCall& call) {
  const ResourceType& type = *call.type;
  const std::string& name = call.subresource;
  const bool changes = call.verb == Verb::kUpdate || call.verb == Verb::kPatch;
  if (name == "scale" && type.has_scale && (changes || call.verb == Verb::kGet))
    return scale(server, call);
  if (is_connection(name) && !type.custom) return refuse_connection(server, call);
  if (&type == &kPods) {
    if (name == "binding" && call.verb == Verb::kCreate) return bind_pod(server, call);
    if (name == "eviction" && call.verb == Verb::kCreate) return evict_pod(server, call);
    if (name == "log" && call.verb == Verb::kGet) return read_pod_log(server, call);
  }
  if (&type == &kNamespaces && name == "finalize" && call.verb == Verb::kUpdate)
    return finalize_namespace(server, call);
  if (&type == &kServiceAccounts && name == "token" && call.verb == Verb::kCreate)
    return request_token(server, call);
  if (type.custom && (name != "status" || !type.has_status) && (name != "scale" || !type.has_scale))
    return not_found(type, call.name);
  return method_not_allowed(type, verb_name(call.verb));
}

ApiReply create_unstored(ApiServer& server, const ApiCall& call) {
  if (auto answer = review_call(server, call)) return *std::move(answer);
  ApiCall binding = call;
  binding.type = &kPods;
  if (call.body != nullptr) binding.name = metadata_string(*call.body, "name");
  return bind_pod(server, binding);
}

}  // namespace drydock::fakekube

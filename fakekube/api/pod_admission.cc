// Pods: what admission plugins that are on by default do at creation.
#include <algorithm>

#include "fakekube/api/api_server.h"
#include "fakekube/api/pod_rules.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";
// What a token volume asks for: an hour and seven seconds, which tells it from a user's own.
constexpr int kTokenSeconds = 3607;

std::optional<ApiReply> set_account(ApiServer& server, json::value& pod) {
  json::object& spec = object_member(pod.get_object(), "spec");
  const std::string given = json_string(pod, {"spec", "serviceAccountName"},
                                        json_string(pod, {"spec", "serviceAccount"}));
  const std::string name = given.empty() ? "default" : given;
  set_member(spec, "serviceAccountName", text_value(name));
  set_member(spec, "serviceAccount", text_value(name));
  if (name == "default") return std::nullopt;
  const std::string name_space(metadata_string(pod, "namespace"));
  if (server.store().find(kServiceAccounts, name_space, name) != nullptr) return std::nullopt;
  return forbidden(kPods, metadata_string(pod, "name"),
                   "error looking up service account " + name_space + "/" + name +
                       ": serviceaccount " + quoted(name) + " not found");
}

const json::value* find_account(ApiServer& server, const json::value& pod) {
  const Object* account = server.store().find(kServiceAccounts, metadata_string(pod, "namespace"),
                                              string_at(pod, {"spec", "serviceAccountName"}));
  return account == nullptr ? nullptr : account->value.get();
}

// The pod's own word, else its account's, else yes.
bool wants_token(const json::value& pod, const json::value* account) {
  const json::value* own = json_find(pod, {"spec", "automountServiceAccountToken"});
  if (own != nullptr && own->is_bool()) return own->get_bool();
  const json::value* of_account =
      account == nullptr ? nullptr : json_find(*account, {"automountServiceAccountToken"});
  return of_account == nullptr || !of_account->is_bool() || of_account->get_bool();
}

json::value token_volume(const std::string& name) {
  const json::value token = json::object{
      {"serviceAccountToken", {{"expirationSeconds", kTokenSeconds}, {"path", "token"}}}};
  const json::value certificate =
      json::object{{"configMap",
                    {{"name", "kube-root-ca.crt"},
                     {"items", json::array{json::object{{"key", "ca.crt"}, {"path", "ca.crt"}}}}}}};
  const json::value name_space = json::object{
      {"downwardAPI",
       {{"items", json::array{json::object{
                      {"path", "namespace"},
                      {"fieldRef", json::object{{"apiVersion", "v1"},
                                                {"fieldPath", "metadata.namespace"}}}}}}}}};
  return json::object{
      {"name", text_value(name)},
      {"projected", json::object{{"sources", json::array{token, certificate, name_space}},
                                 {"defaultMode", 420}}}};
}

bool mounts_at(const json::value& container, std::string_view path) {
  const json::array& mounts = json_array(container, {"volumeMounts"});
  return std::any_of(mounts.begin(), mounts.end(), [&](const json::value& mount) {
    return string_at(mount, {"mountPath"}) == path;
  });
}

json::array& array_member(json::object& holder, std::string_view key) {
  json::value& value = holder[key];
  if (!value.is_array()) value = json::array();
  return value.get_array();
}

void mount_token(ApiServer& server, json::value& pod) {
  if (!wants_token(pod, find_account(server, pod))) return;
  json::object& spec = object_member(pod.get_object(), "spec");
  const std::string name = "kube-api-access-" + server.new_name_suffix();
  bool used = false;
  for (std::string_view list : {"initContainers", "containers"}) {
    json::value* containers = spec.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (json::value& container : containers->get_array()) {
      if (!container.is_object() || mounts_at(container, kTokenPath)) continue;
      array_member(container.get_object(), "volumeMounts")
          .push_back(json::object{{"name", text_value(name)},
                                  {"readOnly", true},
                                  {"mountPath", text_value(kTokenPath)}});
      used = true;
    }
  }
  if (used) array_member(spec, "volumes").push_back(token_volume(name));
}

struct Priority {
  int64_t value = 0;
  std::string preemption = "PreemptLowerPriority";
  std::string class_name;
};

Priority priority_of(const json::value& priority_class) {
  return {json_int(priority_class, {"value"}),
          json_string(priority_class, {"preemptionPolicy"}, "PreemptLowerPriority"),
          std::string(metadata_string(priority_class, "name"))};
}

// nullopt: no class of that name.
std::optional<Priority> find_priority(ApiServer& server, const std::string& name) {
  if (name == "system-node-critical") return Priority{2'000'001'000, "PreemptLowerPriority", name};
  if (name == "system-cluster-critical")
    return Priority{2'000'000'000, "PreemptLowerPriority", name};
  if (const Object* found = server.store().find(kPriorityClasses, "", name))
    return priority_of(*found->value);
  return std::nullopt;
}

Priority default_priority(ApiServer& server) {
  for (const auto& [key, found] : server.store().objects(kPriorityClasses))
    if (json_bool(*found.value, {"globalDefault"})) return priority_of(*found.value);
  return {};
}

std::optional<ApiReply> set_priority(ApiServer& server, json::value& pod) {
  json::object& spec = object_member(pod.get_object(), "spec");
  const std::string wanted = json_string(pod, {"spec", "priorityClassName"});
  const std::optional<Priority> priority =
      wanted.empty() ? default_priority(server) : find_priority(server, wanted);
  const std::string_view pod_name = metadata_string(pod, "name");
  if (!priority)
    return forbidden(kPods, pod_name, "no PriorityClass with name " + wanted + " was found");
  const json::value* given = json_find(pod, {"spec", "priority"});
  if (given != nullptr && given->is_int64() && given->get_int64() != priority->value)
    return forbidden(kPods, pod_name,
                     "the integer value of priority (" + std::to_string(given->get_int64()) +
                         ") must not be provided in pod spec; priority admission controller "
                         "computed " +
                         std::to_string(priority->value) + " from the given PriorityClass name");
  if (!priority->class_name.empty())
    set_member(spec, "priorityClassName", text_value(priority->class_name));
  set_member(spec, "priority", priority->value);
  set_default(spec, "preemptionPolicy", text_value(priority->preemption));
  return std::nullopt;
}

json::value toleration(std::string_view key) {
  return json::object{{"key", text_value(key)},
                      {"operator", "Exists"},
                      {"effect", "NoExecute"},
                      {"tolerationSeconds", 300}};
}

void add_default_tolerations(json::object& spec) {
  json::array& tolerations = array_member(spec, "tolerations");
  const json::array given = tolerations;
  for (std::string_view key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    const bool present = std::any_of(given.begin(), given.end(), [&](const json::value& one) {
      const std::string_view effect = string_at(one, {"effect"});
      const std::string_view own = string_at(one, {"key"});
      return (own == key || own.empty()) && (effect == "NoExecute" || effect.empty());
    });
    if (!present) tolerations.push_back(toleration(key));
  }
}

}  // namespace

std::optional<ApiReply> admit_pod(ApiServer& server, json::value& pod) {
  const AdmissionPlugins& plugins = server.admission().plugins();
  if (plugins.enabled("ServiceAccount")) {
    if (auto refused = set_account(server, pod)) return refused;
    mount_token(server, pod);
  }
  if (plugins.enabled("DefaultTolerationSeconds"))
    add_default_tolerations(object_member(pod.get_object(), "spec"));
  return plugins.enabled("Priority") ? set_priority(server, pod) : std::nullopt;
}

}  // namespace drydock::fakekube

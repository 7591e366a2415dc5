#include "fakekube/access/admission_plugins.h"

#include <algorithm>

#include "fakekube/access/pod_security.h"
#include "fakekube/access/quota.h"
#include "fakekube/api/api_server.h"
#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kPodSecurity = "PodSecurity";
constexpr std::string_view kResourceQuota = "ResourceQuota";
constexpr std::string_view kLabelPrefix = "pod-security.kubernetes.io/";

bool known_name(std::string_view name) {
  static constexpr std::string_view kNames[] = {kPodSecurity, kResourceQuota, "ServiceAccount",
                                                "Priority", "DefaultTolerationSeconds"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// Kinds with a pod's template, which are warned about and never refused.
bool has_template(const ResourceType& type) {
  return (type.group == "apps" && type.kind != "ControllerRevision") || type.group == "batch" ||
         type.kind == "ReplicationController" || type.kind == "PodTemplate";
}

const json::value* template_of(const ResourceType& type, const json::value& object) {
  if (&type == &kPods) return &object;
  if (type.kind == "PodTemplate") return json_find(object, {"template"});
  if (type.kind == "CronJob") return json_find(object, {"spec", "jobTemplate", "spec", "template"});
  return json_find(object, {"spec", "template"});
}

// What a label of the namespace asks of a pod: violations with the level's name before them.
std::string judged(const json::object& labels, std::string_view mode, const json::value& pod) {
  const auto label = [&](const std::string& key) {
    const json::value* value = labels.if_contains(std::string(kLabelPrefix) + key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
  };
  const std::string name = label(std::string(mode));
  const std::optional<PodSecurityLevel> level = pod_security_level(name);
  if (!level) return "";
  const std::string violations = pod_security_violations(*level, pod);
  if (violations.empty()) return "";
  const std::string version = label(std::string(mode) + "-version");
  return "violate PodSecurity " + quoted(name + ":" + (version.empty() ? "latest" : version)) +
         ": " + violations;
}

}  // namespace

void AdmissionPlugins::enable(std::string_view name) {
  DRYDOCK_CHECK(known_name(name), "no admission plugin of that name");
  enabled_.insert(std::string(name));
}

void AdmissionPlugins::disable(std::string_view name) {
  DRYDOCK_CHECK(known_name(name), "no admission plugin of that name");
  enabled_.erase(std::string(name));
}

bool AdmissionPlugins::labelled_namespaces(ApiServer& server) const {
  const uint64_t revision = server.store().last_revision(kNamespaces);
  if (revision == labels_revision_) return labels_present_;
  labels_revision_ = revision;
  labels_present_ = false;
  for (const auto& [key, object] : server.store().objects(kNamespaces))
    for (const auto& label : json_object(*object.value, {"metadata", "labels"}))
      if (std::string_view(label.key()).substr(0, kLabelPrefix.size()) == kLabelPrefix)
        labels_present_ = true;
  return labels_present_;
}

bool AdmissionPlugins::any(ApiServer& server, const ResourceType& type,
                           std::string_view subresource) const {
  if (!type.namespaced || !subresource.empty()) return false;
  if (!server.store().objects(kResourceQuotas).empty() && enabled(kResourceQuota)) return true;
  return labelled_namespaces(server) && (&type == &kPods || has_template(type)) &&
         enabled(kPodSecurity);
}

std::optional<ApiReply> AdmissionPlugins::validate(ApiServer& server, const ApiCall& call,
                                                   const json::value* object,
                                                   const json::value* old_object,
                                                   std::vector<std::string>& warnings) const {
  if (!enabled(kPodSecurity) || !call.subresource.empty() || !call.type->namespaced)
    return std::nullopt;
  const bool pod = call.type == &kPods;
  if (!pod && !has_template(*call.type)) return std::nullopt;
  if (pod && old_object != nullptr) return std::nullopt;  // what may change is harmless
  const Object* space = server.store().find(kNamespaces, "", call.namespace_name);
  const json::value* judged_pod = template_of(*call.type, *object);
  if (space == nullptr || judged_pod == nullptr) return std::nullopt;
  const json::object& labels = json_object(*space->value, {"metadata", "labels"});
  if (pod)
    if (const std::string why = judged(labels, "enforce", *judged_pod); !why.empty())
      return forbidden(kPods, metadata_string(*object, "name"), "violates" + why.substr(7));
  if (const std::string why = judged(labels, "warn", *judged_pod); !why.empty())
    warnings.push_back("would " + why);
  return std::nullopt;
}

std::optional<ApiReply> AdmissionPlugins::charge(ApiServer& server, const ApiCall& call,
                                                 const json::value* object,
                                                 const json::value* old_object) const {
  if (!enabled(kResourceQuota) || !call.subresource.empty() || !call.type->namespaced)
    return std::nullopt;
  return charge_quota(server, call, object, old_object);
}

}  // namespace drydock::fakekube

// Pods: what happens to one on its way into the store. The rules: pod_defaults.cc,
// pod_admission.cc, pod_validation.cc.
#include "fakekube/api/api_server.h"
#include "fakekube/api/pod_rules.h"
#include "fakekube/api/strategy.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

std::optional<ApiReply> wrong_spec_type(const json::value& spec) {
  const json::value* containers = json_find(spec, {"containers"});
  if (containers == nullptr || containers->is_array() || containers->is_null()) return std::nullopt;
  const std::string got = containers->is_object() ? "object" : "string";
  return bad_request("Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal " +
                     got + " into Go struct field PodSpec.spec.containers of type []v1.Container");
}

void set_defaults(json::value& object) {
  json::object& spec = object_member(object.get_object(), "spec");
  const json::value* containers = spec.if_contains("containers");
  if (containers != nullptr && !containers->is_array()) return;  // prepare_create refuses it
  (void)normalise_quantities(spec);                              // and what is no quantity
  default_requests(spec);
  default_pod_spec(spec);
  set_default(spec, "enableServiceLinks", true);
}

std::optional<ApiReply> prepare_create(ApiServer& server, json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  if (auto refused = wrong_spec_type(*json_find(object, {"spec"}))) return refused;
  if (auto refused = normalise_quantities(spec)) return refused;
  if (auto refused = admit_pod(server, object)) return refused;
  const std::string_view qos = qos_class(*json_find(object, {"spec"}));
  set_member(members, "status", json::object{{"phase", "Pending"}, {"qosClass", text_value(qos)}});
  return std::nullopt;
}

void validate(const json::value& object, FieldErrors& errors) {
  validate_pod_spec(*json_find(object, {"spec"}), "spec", errors);
}

std::optional<ApiReply> validate_update(ApiServer&, const json::value& object,
                                        const json::value& old_object, FieldErrors& errors) {
  validate_pod_update(object, old_object, errors);
  return std::nullopt;
}

int64_t grace_seconds(const json::value& object, std::optional<int64_t> asked) {
  const std::string_view phase = string_at(object, {"status", "phase"});
  if (string_at(object, {"spec", "nodeName"}).empty()) return 0;
  if (phase == "Succeeded" || phase == "Failed") return 0;
  const int64_t grace =
      asked.value_or(json_int(object, {"spec", "terminationGracePeriodSeconds"}, 30));
  return grace < 0 ? 1 : grace;
}

}  // namespace

const Strategy kPodStrategy = {.prepare_create = prepare_create,
                               .prepare_update = nullptr,
                               .validate = validate,
                               .validate_update = validate_update,
                               .grace_seconds = grace_seconds,
                               .set_defaults = set_defaults};

}  // namespace drydock::fakekube

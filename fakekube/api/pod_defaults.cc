// Pods: the fields that a real server fills in, as recorded; shared with pod templates.
#include <algorithm>
#include <array>

#include "fakekube/api/pod_rules.h"
#include "fakekube/api/strategy.h"
#include "fakekube/store/object.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::array<std::string_view, 2> kContainerLists = {"initContainers", "containers"};
constexpr int kDefaultMode = 420;  // 0644

template <class Change>
void each_object(json::object& holder, std::string_view list, const Change& change) {
  json::value* values = holder.if_contains(list);
  if (values == nullptr || !values->is_array()) return;
  for (json::value& value : values->get_array())
    if (value.is_object()) change(value.get_object());
}

template <class Change>
void each_container(json::object& spec, const Change& change) {
  for (std::string_view list : kContainerLists) each_object(spec, list, change);
}

json::object* object_in(json::object& holder, std::string_view key) {
  json::value* value = holder.if_contains(key);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

// "image" or "image:latest" are pulled always.
std::string_view default_pull_policy(std::string_view image) {
  const size_t slash = image.rfind('/');
  const size_t colon = image.rfind(':');
  const bool tagged =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  if (image.find('@') != std::string_view::npos) return "IfNotPresent";
  return tagged && image.substr(colon) != ":latest" ? "IfNotPresent" : "Always";
}

void default_http_get(json::object& handler) {
  json::object* get = object_in(handler, "httpGet");
  if (get == nullptr) return;
  set_default(*get, "path", "/");
  set_default(*get, "scheme", "HTTP");
}

void default_probe(json::object& container, std::string_view name) {
  json::object* probe = object_in(container, name);
  if (probe == nullptr) return;
  set_default(*probe, "timeoutSeconds", 1);
  set_default(*probe, "periodSeconds", 10);
  set_default(*probe, "successThreshold", 1);
  set_default(*probe, "failureThreshold", 3);
  default_http_get(*probe);
  if (json::object* grpc = object_in(*probe, "grpc")) set_default(*grpc, "service", "");
}

void default_field_ref(json::object& holder) {
  if (json::object* field = object_in(holder, "fieldRef")) set_default(*field, "apiVersion", "v1");
}

void default_container(json::object& container, bool host_network) {
  object_member(container, "resources");
  each_object(container, "ports", [&](json::object& port) {
    set_default(port, "protocol", "TCP");
    if (const json::value* number = port.if_contains("containerPort"); host_network && number)
      set_default(port, "hostPort", json::value(*number));
  });
  each_object(container, "env", [](json::object& variable) {
    if (json::object* source = object_in(variable, "valueFrom")) default_field_ref(*source);
  });
  for (std::string_view probe : {"livenessProbe", "readinessProbe", "startupProbe"})
    default_probe(container, probe);
  if (json::object* lifecycle = object_in(container, "lifecycle"))
    for (std::string_view hook : {"postStart", "preStop"})
      if (json::object* handler = object_in(*lifecycle, hook)) default_http_get(*handler);
  set_default(container, "terminationMessagePath", "/dev/termination-log");
  set_default(container, "terminationMessagePolicy", "File");
  const json::value* image = container.if_contains("image");
  const std::string_view name =
      image != nullptr && image->is_string() ? std::string_view(image->get_string()) : "";
  set_default(container, "imagePullPolicy", text_value(default_pull_policy(name)));
}

void default_projection(json::object& projected) {
  each_object(projected, "sources", [](json::object& source) {
    if (json::object* token = object_in(source, "serviceAccountToken"))
      set_default(*token, "expirationSeconds", 3600);
    if (json::object* downward = object_in(source, "downwardAPI"))
      each_object(*downward, "items", default_field_ref);
  });
}

// A volume without a source is a scratch volume.
void default_volume(json::object& volume) {
  const bool has_source = std::any_of(volume.begin(), volume.end(), [](const auto& member) {
    return member.key() != "name" && !member.value().is_null();
  });
  if (!has_source) volume["emptyDir"] = json::object();
  for (std::string_view source : {"configMap", "secret", "projected", "downwardAPI"})
    if (json::object* value = object_in(volume, source))
      set_default(*value, "defaultMode", kDefaultMode);
  if (json::object* downward = object_in(volume, "downwardAPI"))
    each_object(*downward, "items", default_field_ref);
  if (json::object* projected = object_in(volume, "projected")) default_projection(*projected);
  if (json::object* host = object_in(volume, "hostPath")) set_default(*host, "type", "");
  if (json::object* ephemeral = object_in(volume, "ephemeral"))
    if (json::object* claim = object_in(*ephemeral, "volumeClaimTemplate"))
      set_default(object_member(*claim, "spec"), "volumeMode", "Filesystem");
}

// Null: all of them are quantities, canonical now.
const json::value* make_canonical(json::object& quantities) {
  for (auto& member : quantities) {
    json::value& value = member.value();
    if (value.is_number()) value = json::string(json_text(value));
    if (!value.is_string()) continue;
    const auto text = canonical_quantity(value.get_string());
    if (!text) return &value;
    if (*text != std::string_view(value.get_string())) value = text_value(*text);
  }
  return nullptr;
}

bool is_positive(const json::value* quantity) {
  return quantity != nullptr && quantity->is_string() &&
         parse_milli(quantity->get_string()).value_or(0) > 0;
}

}  // namespace

bool canonical_quantities(json::object& holder, std::string_view key) {
  json::object* quantities = object_in(holder, key);
  return quantities == nullptr || make_canonical(*quantities) == nullptr;
}

std::optional<ApiReply> normalise_quantities(json::object& spec) {
  bool fine = true;
  each_container(spec, [&](json::object& container) {
    json::object* resources = object_in(container, "resources");
    if (resources == nullptr) return;
    for (std::string_view part : {"limits", "requests"})
      fine = canonical_quantities(*resources, part) && fine;
  });
  each_object(spec, "volumes", [&](json::object& volume) {
    json::object* scratch = object_in(volume, "emptyDir");
    json::value* limit = scratch == nullptr ? nullptr : scratch->if_contains("sizeLimit");
    if (limit == nullptr || !limit->is_string()) return;
    const auto text = canonical_quantity(limit->get_string());
    fine = fine && text.has_value();
    if (text) *limit = text_value(*text);
  });
  if (fine) return std::nullopt;
  return bad_request("Pod in version \"v1\" cannot be handled as a Pod: " +
                     std::string(kQuantityText));
}

void default_requests(json::object& spec) {
  each_container(spec, [](json::object& container) {
    json::object& resources = object_member(container, "resources");
    const json::object* limits = object_in(resources, "limits");
    if (limits == nullptr) return;
    const json::object copy = *limits;
    for (const auto& limit : copy)
      set_default(object_member(resources, "requests"), limit.key(), limit.value());
  });
}

// BestEffort without any request or limit of cpu or memory; Guaranteed when every container limits
// both and requests the same.
std::string_view qos_class(const json::value& spec) {
  bool any = false;
  bool all = true;
  for (std::string_view list : kContainerLists) {
    for (const json::value& container : json_array(spec, {list})) {
      const json::object& limits = json_object(container, {"resources", "limits"});
      const json::object& requests = json_object(container, {"resources", "requests"});
      for (std::string_view resource : {"cpu", "memory"}) {
        const json::value* limit = limits.if_contains(resource);
        const json::value* request = requests.if_contains(resource);
        any = any || is_positive(limit) || is_positive(request);
        if (!is_positive(limit))
          all = false;
        else if (is_positive(request) &&
                 parse_milli(request->get_string()) != parse_milli(limit->get_string()))
          all = false;
      }
    }
  }
  if (!any) return "BestEffort";
  return all ? "Guaranteed" : "Burstable";
}

void default_pod_spec(json::object& spec) {
  const json::value* host_network = spec.if_contains("hostNetwork");
  const bool on_host =
      host_network != nullptr && host_network->is_bool() && host_network->get_bool();
  each_container(spec, [&](json::object& container) { default_container(container, on_host); });
  each_object(spec, "volumes", default_volume);
  set_default(spec, "restartPolicy", "Always");
  set_default(spec, "terminationGracePeriodSeconds", 30);
  set_default(spec, "dnsPolicy", "ClusterFirst");
  set_default(spec, "securityContext", json::object());
  set_default(spec, "schedulerName", "default-scheduler");
}

}  // namespace drydock::fakekube

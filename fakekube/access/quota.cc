#include "fakekube/access/quota.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "fakekube/api/api_server.h"
#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

// In thousandths, and whether they print with binary suffixes.
struct Amount {
  int64_t milli = 0;
  bool binary = false;
};
using Amounts = std::map<std::string, Amount>;

void add(Amounts& sum, const std::string& name, const Amount& amount) {
  Amount& present = sum[name];
  present.milli += amount.milli;
  present.binary = present.binary || amount.binary;
}

Amount amount_of(const json::value& quantity) {
  if (quantity.is_int64()) return {.milli = quantity.get_int64() * 1000, .binary = false};
  if (!quantity.is_string()) return {};
  const std::string_view text = quantity.get_string();
  return {.milli = parse_milli(text).value_or(0), .binary = text.find('i') != text.npos};
}

std::string text_of(const Amount& amount) {
  constexpr int64_t kKibi = 1024 * 1000;
  const std::string plain = amount.binary && amount.milli != 0 && amount.milli % kKibi == 0
                                ? std::to_string(amount.milli / kKibi) + "Ki"
                                : std::to_string(amount.milli) + "m";
  return canonical_quantity(plain).value_or(plain);
}

void add_resources(Amounts& sum, const json::value& owner, std::string_view kind) {
  for (const auto& member : json_object(owner, {"resources", kind}))
    add(sum, std::string(kind) + "." + std::string(member.key()), amount_of(member.value()));
}

void raise_to(Amounts& sum, const Amounts& least) {
  for (const auto& [name, amount] : least)
    if (sum[name].milli < amount.milli) sum[name] = amount;
}

// Containers together; of init containers the largest, and those that go on running.
Amounts pod_resources(const json::value& pod) {
  Amounts sum;
  Amounts initial;
  for (const json::value& container : json_array(pod, {"spec", "containers"}))
    for (std::string_view kind : {"requests", "limits"}) add_resources(sum, container, kind);
  for (const json::value& container : json_array(pod, {"spec", "initContainers"})) {
    Amounts own;
    for (std::string_view kind : {"requests", "limits"}) add_resources(own, container, kind);
    if (string_at(container, {"restartPolicy"}) == "Always")
      for (const auto& [name, amount] : own) add(sum, name, amount);
    else
      raise_to(initial, own);
  }
  raise_to(sum, initial);
  return sum;
}

bool ended(const json::value& pod) {
  const std::string_view phase = string_at(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

void add_pod(Amounts& sum, const json::value& pod) {
  if (ended(pod)) return;
  add(sum, "pods", {.milli = 1000, .binary = false});
  for (const auto& [name, amount] : pod_resources(pod)) {
    add(sum, name, amount);
    constexpr std::string_view kRequests = "requests.";
    if (name.substr(0, kRequests.size()) == kRequests)
      add(sum, name.substr(kRequests.size()), amount);
  }
}

void add_claim(Amounts& sum, const json::value& claim) {
  const json::value* asked = json_find(claim, {"spec", "resources", "requests", "storage"});
  const Amount storage = asked == nullptr ? Amount() : amount_of(*asked);
  const Amount one = {.milli = 1000, .binary = false};
  add(sum, "persistentvolumeclaims", one);
  add(sum, "requests.storage", storage);
  const std::string name = json_string(claim, {"spec", "storageClassName"});
  if (name.empty()) return;
  const std::string prefix = name + ".storageclass.storage.k8s.io/";
  add(sum, prefix + "persistentvolumeclaims", one);
  add(sum, prefix + "requests.storage", storage);
}

void add_service(Amounts& sum, const json::value& service) {
  const Amount one = {.milli = 1000, .binary = false};
  const std::string_view type = string_at(service, {"spec", "type"});
  add(sum, "services", one);
  if (type == "LoadBalancer") add(sum, "services.loadbalancers", one);
  const auto ports = static_cast<int64_t>(json_array(service, {"spec", "ports"}).size());
  if (type == "LoadBalancer" || type == "NodePort")
    add(sum, "services.nodeports", {.milli = ports * 1000, .binary = false});
}

// What one object uses.
Amounts usage_of(const ResourceType& type, const json::value& object) {
  Amounts sum;
  add(sum, "count/" + std::string(type.qualified_plural), {.milli = 1000, .binary = false});
  if (&type == &kPods) {
    add_pod(sum, object);
  } else if (&type == &kPersistentVolumeClaims) {
    add_claim(sum, object);
  } else if (&type == &kServices) {
    add_service(sum, object);
  } else if (type.group.empty()) {
    add(sum, std::string(type.plural), {.milli = 1000, .binary = false});
  }
  return sum;
}

bool best_effort(const json::value& pod) { return pod_resources(pod).empty(); }

bool in_scope(const json::value& quota, const ResourceType& type, const json::value& object) {
  for (const std::string& scope : json_strings(quota, {"spec", "scopes"})) {
    if (&type != &kPods) return false;
    const bool terminating = json_find(object, {"spec", "activeDeadlineSeconds"}) != nullptr;
    if (scope == "BestEffort" && !best_effort(object)) return false;
    if (scope == "NotBestEffort" && best_effort(object)) return false;
    if (scope == "Terminating" && !terminating) return false;
    if (scope == "NotTerminating" && terminating) return false;
  }
  return true;
}

// The kinds whose objects a quota's resources count.
std::vector<const ResourceType*> counted_types(const json::object& hard) {
  std::vector<const ResourceType*> types = {
      &kPods, &kPersistentVolumeClaims, &kServices, &kSecrets, &kConfigMaps, &kResourceQuotas};
  constexpr std::string_view kCount = "count/";
  for (const ResourceType* type : builtin_resource_types()) {
    const std::string name = std::string(kCount) + std::string(type->qualified_plural);
    const bool known = std::find(types.begin(), types.end(), type) != types.end();
    if (!known && type->stored_as == nullptr && hard.contains(name)) types.push_back(type);
  }
  return types;
}

Amounts used_of(const Store& store, const json::value& quota, std::string_view ns) {
  const json::object& hard = json_object(quota, {"spec", "hard"});
  Amounts sum;
  for (const auto& member : hard) sum[std::string(member.key())];
  for (const ResourceType* type : counted_types(hard)) {
    const Store::Objects& all = store.objects(*type);
    for (auto at = all.lower_bound(Store::KeyLess::View{ns, ""});
         at != all.end() && at->first.first == ns; ++at) {
      if (!in_scope(quota, *type, *at->second.value)) continue;
      for (const auto& [name, amount] : usage_of(*type, *at->second.value))
        if (hard.contains(name)) add(sum, name, amount);
    }
  }
  return sum;
}

std::string listed(const Amounts& amounts) {
  std::string text;
  for (const auto& [name, amount] : amounts)
    text += (text.empty() ? "" : ",") + name + "=" + text_of(amount);
  return text;
}

// Computing resources that a quota limits must be asked for by every container.
std::string missing_resources(const json::value& pod, const json::object& hard) {
  std::map<std::string, std::set<std::string>> missing;
  for (std::string_view list : {"containers", "initContainers"})
    for (const json::value& container : json_array(pod, {"spec", list}))
      for (std::string_view resource :
           {"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"}) {
        if (!hard.contains(resource)) continue;
        const std::string_view kind = resource.substr(0, 7) == "limits." ? "limits" : "requests";
        const std::string_view plain = resource.substr(resource.find('.') + 1);
        if (json_find(container, {"resources", kind, plain}) == nullptr)
          missing[std::string(resource)].insert(json_string(container, {"name"}));
      }
  std::string text;
  for (const auto& [resource, containers] : missing) {
    text += (text.empty() ? "" : "; ") + resource + " for: ";
    bool first = true;
    for (const std::string& name : containers)
      text += (std::exchange(first, false) ? "" : ",") + name;
  }
  return text;
}

// Why the write exceeds the quota; empty: it does not.
std::string exceeded(const Store& store, const json::value& quota, const ApiCall& call,
                     const json::value& object, const json::value* old_object) {
  const json::object& hard = json_object(quota, {"spec", "hard"});
  const std::string name(metadata_string(quota, "name"));
  if (call.type == &kPods && old_object == nullptr)
    if (const std::string missing = missing_resources(object, hard); !missing.empty())
      return "failed quota: " + name + ": must specify " + missing;
  Amounts wanted = usage_of(*call.type, object);
  if (old_object != nullptr)
    for (const auto& [key, amount] : usage_of(*call.type, *old_object))
      wanted[key].milli -= amount.milli;
  std::erase_if(wanted, [&](const auto& entry) {
    return entry.second.milli <= 0 || !hard.contains(entry.first);
  });
  if (wanted.empty()) return "";
  const Amounts all_used = used_of(store, quota, call.namespace_name);
  Amounts requested;
  Amounts used;
  Amounts limited;
  for (const auto& [key, amount] : wanted) {
    const Amount limit = amount_of(hard.at(key));
    if (all_used.at(key).milli + amount.milli <= limit.milli) continue;
    requested.emplace(key, amount);
    used.emplace(key, all_used.at(key));
    limited.emplace(key, limit);
  }
  if (requested.empty()) return "";
  return "exceeded quota: " + name + ", requested: " + listed(requested) +
         ", used: " + listed(used) + ", limited: " + listed(limited);
}

}  // namespace

json::object quota_usage(const Store& store, const json::value& quota,
                         std::string_view namespace_name) {
  json::object result;
  for (const auto& [name, amount] : used_of(store, quota, namespace_name))
    result.emplace(name, text_of(amount));
  return result;
}

std::optional<ApiReply> charge_quota(ApiServer& server, const ApiCall& call,
                                     const json::value* object, const json::value* old_object) {
  const Store& store = server.store();
  const Store::Objects& quotas = store.objects(kResourceQuotas);
  for (auto at = quotas.lower_bound(Store::KeyLess::View{call.namespace_name, ""});
       at != quotas.end() && at->first.first == call.namespace_name; ++at) {
    if (!in_scope(*at->second.value, *call.type, *object)) continue;
    const std::string why = exceeded(store, *at->second.value, call, *object, old_object);
    if (!why.empty()) return forbidden(*call.type, metadata_string(*object, "name"), why);
  }
  return std::nullopt;
}

}  // namespace drydock::fakekube

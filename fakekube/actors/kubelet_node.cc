#include "fakekube/actors/kubelet_node.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "core/base/log.h"
#include "fakekube/actors/attacher.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kLeaseNamespace = "kube-node-lease";

struct NodeCondition {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string_view message;
};
// In the order of NodeResource; then those that are never bad.
constexpr NodeCondition kWell[] = {
    {"MemoryPressure", "False", "KubeletHasSufficientMemory",
     "kubelet has sufficient memory available"},
    {"DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"},
    {"PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"},
    {"Ready", "True", "KubeletReady", "kubelet is posting ready status"},
};
constexpr NodeCondition kShort[] = {
    {"MemoryPressure", "True", "KubeletHasInsufficientMemory",
     "kubelet has insufficient memory available"},
    {"DiskPressure", "True", "KubeletHasDiskPressure", "kubelet has disk pressure"},
};
// Reasons of the events that tell of a change.
constexpr std::string_view kShortEvents[] = {"NodeHasInsufficientMemory", "NodeHasDiskPressure"};
constexpr std::string_view kWellEvents[] = {"NodeHasSufficientMemory", "NodeHasNoDiskPressure"};

json::value resources_of(const NodeConfig& config) {
  return json::object{
      {"cpu", config.cpu}, {"memory", config.memory}, {"pods", std::to_string(config.pods)}};
}

json::value make_node(const NodeConfig& config) {
  json::object labels{{"kubernetes.io/hostname", config.name}, {"kubernetes.io/os", "linux"}};
  for (const auto& [key, value] : config.labels) labels[key] = value;
  const std::string cidr = "10.244." + std::to_string(config.index) + ".0/24";
  return json::object{
      {"apiVersion", "v1"},
      {"kind", "Node"},
      {"metadata", json::object{{"name", config.name}, {"labels", std::move(labels)}}},
      {"spec", json::object{{"podCIDR", cidr}, {"podCIDRs", json::array{cidr}}}}};
}

}  // namespace

NodeReporter::NodeReporter(KubeletContext& context)
    : context_(context), wake_(context.env.make_gate()) {}

void NodeReporter::poke() {
  poked_ = true;
  wake_->notify_all();
}

void NodeReporter::set_pressure(NodeResource resource, bool pressure) {
  const auto index = static_cast<size_t>(resource);
  if (std::exchange(pressure_[index], pressure) == pressure) return;
  const std::string_view reason = pressure ? kShortEvents[index] : kWellEvents[index];
  if (const JsonPtr node = context_.informers->get(kNodes, "", context_.config.name))
    context_.events->normal(*node, reason,
                            fmt::format("Node {} status is now: {}", context_.config.name, reason));
  poke();
}

void NodeReporter::use_volume(const std::string& volume) {
  if (++volume_users_[volume] == 1) poke();
}

void NodeReporter::release_volume(const std::string& volume) {
  const auto found = volume_users_.find(volume);
  DRYDOCK_CHECK(found != volume_users_.end(), "released a volume that nobody used: " + volume);
  if (--found->second > 0) return;
  volume_users_.erase(found);
  poke();
}

bool NodeReporter::may_mount(const std::string& volume) const {
  const JsonPtr node = context_.informers->get(kNodes, "", context_.config.name);
  return node && lists_volume(*node, "volumesInUse", volume) &&
         lists_volume(*node, "volumesAttached", volume);
}

void NodeReporter::run() {
  Env& env = context_.env;
  SteadyTime next_lease = env.now();
  while (!env.cancelled()) {
    poked_ = false;
    if (env.now() >= next_lease) {
      next_lease = env.now() + timings::kLeasePeriod;
      const Status renewed = registered_ ? renew_lease() : register_node();
      if (renewed.code() == Code::kCancelled) return;
      // Connections that hung while nothing got through would hang on: list and watch anew.
      if (renewed.ok() && std::exchange(was_silent_, false)) context_.informers->resync();
      if (!renewed.ok()) {
        was_silent_ = was_silent_ || registered_;
        log_debug(env, "kubelet {}: heartbeat: {}", context_.config.name, renewed.to_string());
      }
    }
    if (registered_) {
      const Status reported = report_status();
      if (reported.code() == Code::kCancelled) return;
    }
    if (!poked_ && wake_->wait(next_lease).code() == Code::kCancelled) return;
  }
}

Status NodeReporter::register_node() {
  const Status created = context_.client->create(kNodes, make_node(context_.config)).status();
  if (!created.ok() && created.code() != Code::kAlreadyExists) return created;
  registered_ = true;
  return renew_lease();
}

Status NodeReporter::renew_lease() {
  const std::string& name = context_.config.name;
  if (!lease_) {
    Result<JsonPtr> existing = context_.client->get(kLeases, kLeaseNamespace, name);
    if (!existing.ok() && existing.code() != Code::kNotFound) return existing.status();
    if (existing.ok()) lease_ = *existing;
  }
  const std::string now = format_rfc3339_micro(context_.env.wall_now());
  Result<JsonPtr> written = Status(Code::kInternal, "not written");
  if (lease_) {
    json::value renewed = *lease_;
    json_at(renewed, {"spec", "renewTime"}) = now;
    written = context_.client->update(kLeases, std::move(renewed));
  } else {
    written = context_.client->create(
        kLeases,
        json::object{{"apiVersion", "coordination.k8s.io/v1"},
                     {"kind", "Lease"},
                     {"metadata", json::object{{"name", name}, {"namespace", kLeaseNamespace}}},
                     {"spec", json::object{{"holderIdentity", name},
                                           {"leaseDurationSeconds", timings::kLeaseDurationSeconds},
                                           {"renewTime", now}}}});
  }
  lease_ = written.ok() ? *written : nullptr;
  return written.status();
}

json::array NodeReporter::volumes_in_use() const {
  json::array out;
  for (const auto& [volume, users] : volume_users_)
    out.push_back(json::value(attached_volume_name(volume)));
  return out;
}

bool NodeReporter::status_is_due(const json::value& node) const {
  if (!is_ready_node(node) || json_array(node, {"status", "volumesInUse"}) != volumes_in_use())
    return true;
  for (size_t i = 0; i < pressure_.size(); ++i)
    if ((condition_status(node, kWell[i].type) == "True") != pressure_[i]) return true;
  return context_.env.now() - reported_at_ >= timings::kNodeStatusPeriod;
}

Status NodeReporter::report_status() {
  // The informer's copy decides whether, the live object decides what: a node that was taken away
  // is not made again (a kubelet registers only when it starts).
  const JsonPtr seen = context_.informers->get(kNodes, "", context_.config.name);
  if (!seen || !status_is_due(*seen)) return ok_status();
  const Status written =
      edit_object(*context_.client, kNodes, "", context_.config.name, object_uid(*seen),
                  WritePart::kStatus, [this](json::value& node) {
                    json_at(node, {"status"}) = wanted_status(node);
                    return true;
                  });
  if (written.ok()) reported_at_ = context_.env.now();
  return written;
}

json::value NodeReporter::wanted_status(const json::value& node) const {
  const WallTime now = context_.env.wall_now();
  const NodeConfig& config = context_.config;
  json::value copy = node;
  for (size_t i = 0; i < std::size(kWell); ++i) {
    const NodeCondition& is = i < pressure_.size() && pressure_[i] ? kShort[i] : kWell[i];
    set_condition(copy, is.type, is.status, is.reason, is.message, now);
    for (json::value& condition : json_at(copy, {"status", "conditions"}).as_array()) {
      if (json_string(condition, {"type"}) != is.type) continue;
      condition.as_object()["lastHeartbeatTime"] = format_rfc3339(now);
      condition.as_object().erase("lastProbeTime");
    }
  }
  json::value& status = json_at(copy, {"status"});
  json_at(status, {"capacity"}) = resources_of(config);
  json_at(status, {"allocatable"}) = resources_of(config);
  json_at(status, {"addresses"}) =
      json::array{json::object{{"type", "InternalIP"}, {"address", config.address}},
                  json::object{{"type", "Hostname"}, {"address", config.name}}};
  json_at(status, {"nodeInfo", "kubeletVersion"}) = "v1.32.0";
  json_at(status, {"volumesInUse"}) = volumes_in_use();
  return status;
}

}  // namespace drydock::fakekube

#include "fakekube/actors/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fakekube/actors/timings.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kComponent = "default-scheduler";
constexpr std::string_view kSelectedNode = "volume.kubernetes.io/selected-node";
// kube-scheduler: 1 s doubled up to 10 s for pods that did not fit.
constexpr Duration kUnschedulableBase = seconds(1);
constexpr Duration kUnschedulableMax = seconds(10);

bool is_ours(const json::value& pod) {
  const std::string scheduler = json_string(pod, {"spec", "schedulerName"}, kComponent);
  return pod_node(pod).empty() && !is_deleting(pod) && !is_terminal_pod(pod) &&
         (scheduler == kComponent || scheduler.empty());
}

bool is_bound_claim(const json::value& claim) {
  return json_string(claim, {"status", "phase"}) == "Bound";
}

// A node that is not Ready counts as tainted even before the taint is there.
std::string untolerated_taint(const json::value& pod, const json::value& node) {
  std::vector<Taint> taints = node_taints(node);
  const std::string ready = condition_status(node, "Ready");
  if (ready == "Unknown") taints.push_back({"node.kubernetes.io/unreachable", "", "NoSchedule"});
  if (ready != "Unknown" && ready != "True")
    taints.push_back({"node.kubernetes.io/not-ready", "", "NoSchedule"});
  for (const Taint& taint : taints) {
    if (taint.effect == "PreferNoSchedule" || toleration_seconds(pod, taint)) continue;
    return fmt::format("node(s) had untolerated taint {{{}: {}}}", taint.key, taint.value);
  }
  return "";
}

int64_t free_percent(int64_t used, int64_t allocatable) {
  return allocatable <= 0 || used >= allocatable ? 0 : (allocatable - used) * 100 / allocatable;
}

int64_t least_allocated_score(const json::value& node, const Resources& used) {
  const int64_t cpu = parse_milli(json_string(node, {"status", "allocatable", "cpu"})).value_or(0);
  const int64_t memory = quantity_units(json_string(node, {"status", "allocatable", "memory"}));
  return (free_percent(used.cpu_milli, cpu) + free_percent(used.memory_bytes, memory)) / 2;
}

std::string unschedulable_message(const std::map<std::string, int>& reasons, int nodes,
                                  int hopeless) {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons) parts.push_back(fmt::format("{} {}", count, reason));
  std::sort(parts.begin(), parts.end());
  std::string preemption;
  if (nodes - hopeless > 0)
    preemption = fmt::format("{} No preemption victims found for incoming pod", nodes - hopeless);
  if (hopeless > 0)
    preemption += fmt::format("{}{} Preemption is not helpful for scheduling",
                              preemption.empty() ? "" : ", ", hopeless);
  return fmt::format("0/{0} nodes are available: {1}. preemption: 0/{0} nodes are available: {2}.",
                     nodes, fmt::join(parts, ", "), preemption);
}

}  // namespace

Scheduler::Scheduler(Env& env, std::shared_ptr<ApiClient> client,
                     std::shared_ptr<Informers> informers)
    : Controller(env, "scheduler", timings::kScheduleTime),
      client_(std::move(client)),
      informers_(std::move(informers)),
      events_(adopt(std::make_shared<EventRecorder>(env, client_, std::string(kComponent)))) {
  for (const ResourceType* type :
       {&kPods, &kNodes, &kPersistentVolumeClaims, &kPersistentVolumes, &kStorageClasses})
    informers_->want(*type);
  informers_->on_change(
      kPods, [this](const JsonPtr& before, const JsonPtr& after) { pod_changed(before, after); });
  for (const ResourceType* type :
       {&kNodes, &kPersistentVolumeClaims, &kPersistentVolumes, &kStorageClasses})
    informers_->on_change(*type, [this](const JsonPtr&, const JsonPtr&) { retry_unschedulable(); });
}

void Scheduler::pod_changed(const JsonPtr& before, const JsonPtr& after) {
  const std::string key = object_key(after ? *after : *before);
  const auto assumed = assumed_.find(key);
  const bool settled = !after || !is_ours(*after);
  if (assumed != assumed_.end() && (settled || assumed->second.uid != object_uid(*after)))
    assumed_.erase(assumed);
  if (!settled && (!before || object_uid(*before) != object_uid(*after))) queue_.add(key);
  const bool frees = before && !pod_node(*before).empty() && !is_terminal_pod(*before) &&
                     (!after || is_terminal_pod(*after));
  if (frees) retry_unschedulable();
}

void Scheduler::retry_unschedulable() {
  for (const std::string& key : std::exchange(unschedulable_, {}))
    queue_.add_failed(key, kUnschedulableBase, kUnschedulableMax);
  for (const auto& [key, assumed] : assumed_)
    if (!assumed.bound) queue_.add(key);
}

Status Scheduler::reconcile(const std::string& key) {
  if (!informers_->synced()) {
    queue_.add_after(key, milliseconds(100));
    return ok_status();
  }
  const auto [namespace_name, name] = split_key(key);
  const JsonPtr pod = informers_->get(kPods, namespace_name, name);
  if (!pod || !is_ours(*pod)) {
    unschedulable_.erase(key);
    return ok_status();
  }
  const auto assumed = assumed_.find(key);
  if (assumed == assumed_.end()) return schedule(key, pod);
  if (assumed->second.bound) return ok_status();
  if (env_.now() < assumed->second.deadline) return assign(key, pod, assumed->second.node);
  assumed_.erase(assumed);
  return report_unschedulable(
      key, pod,
      "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded");
}

Status Scheduler::schedule(const std::string& key, const JsonPtr& pod) {
  const int nodes = static_cast<int>(informers_->objects(kNodes).size());
  if (nodes == 0) return report_unschedulable(key, pod, "no nodes available to schedule pods");
  if (const std::string problem = claims_problem(*pod); !problem.empty())
    return report_unschedulable(
        key, pod,
        fmt::format("0/{0} nodes are available: {1}. preemption: 0/{0} nodes are available: {0} "
                    "Preemption is not helpful for scheduling.",
                    nodes, problem));
  Refusals refusals;
  const std::string node = choose(*pod, refusals);
  if (node.empty())
    return report_unschedulable(key, pod,
                                unschedulable_message(refusals.reasons, nodes, refusals.hopeless));
  assumed_[key] = {object_uid(*pod), node, pod_requests(*pod), env_.now() + timings::kBindTimeout,
                   false};
  return assign(key, pod, node);
}

std::string Scheduler::claims_problem(const json::value& pod) const {
  const std::string namespace_name = json_string(pod, {"metadata", "namespace"});
  for (const PodClaim& use : pod_claims(pod)) {
    const JsonPtr claim = informers_->get(kPersistentVolumeClaims, namespace_name, use.claim);
    if (!claim) return fmt::format("persistentvolumeclaim \"{}\" not found", use.claim);
    if (is_deleting(*claim))
      return fmt::format("persistentvolumeclaim \"{}\" is being deleted", use.claim);
    if (json_string(*claim, {"status", "phase"}) == "Lost")
      return fmt::format(
          "persistentvolumeclaim \"{}\" bound to non-existent persistentvolume \"{}\"", use.claim,
          json_string(*claim, {"spec", "volumeName"}));
    if (is_bound_claim(*claim)) continue;
    const JsonPtr storage_class =
        informers_->get(kStorageClasses, "", json_string(*claim, {"spec", "storageClassName"}));
    if (!storage_class ||
        json_string(*storage_class, {"volumeBindingMode"}) != "WaitForFirstConsumer")
      return "pod has unbound immediate PersistentVolumeClaims";
  }
  return "";
}

std::map<std::string, Scheduler::Usage> Scheduler::node_usage() const {
  std::map<std::string, Usage> out;
  const auto book = [&out](const std::string& node, const json::value& pod) {
    Usage& usage = out[node];
    const Resources asked = pod_requests(pod);
    const Resources scored = pod_requests_for_score(pod);
    usage.requested.cpu_milli += asked.cpu_milli;
    usage.requested.memory_bytes += asked.memory_bytes;
    usage.scored.cpu_milli += scored.cpu_milli;
    usage.scored.memory_bytes += scored.memory_bytes;
    ++usage.pods;
  };
  for (const auto& [key, pod] : informers_->objects(kPods)) {
    if (is_terminal_pod(*pod)) continue;
    std::string node = pod_node(*pod);
    if (node.empty()) {
      const auto assumed = assumed_.find(key.first + "/" + key.second);
      if (assumed != assumed_.end()) node = assumed->second.node;
    }
    if (!node.empty()) book(node, *pod);
  }
  return out;
}

std::string Scheduler::refusal(const json::value& pod, const json::value& node, const Usage& usage,
                               bool& hopeless) const {
  hopeless = true;
  if (json_bool(node, {"spec", "unschedulable"})) return "node(s) were unschedulable";
  if (std::string taint = untolerated_taint(pod, node); !taint.empty()) return taint;
  if (!selects_node(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  if (!volumes_fit(pod, node)) return "node(s) had volume node affinity conflict";
  hopeless = false;
  if (single_pod_claim_taken(pod))
    return "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod "
           "access mode";
  const Resources asked = pod_requests(pod);
  const auto allocatable = [&](std::string_view what) {
    return json_string(node, {"status", "allocatable", what});
  };
  if (usage.pods + 1 > quantity_units(allocatable("pods"))) return "Too many pods";
  if (asked.cpu_milli > 0 &&
      usage.requested.cpu_milli + asked.cpu_milli > parse_milli(allocatable("cpu")).value_or(0))
    return "Insufficient cpu";
  if (asked.memory_bytes > 0 &&
      usage.requested.memory_bytes + asked.memory_bytes > quantity_units(allocatable("memory")))
    return "Insufficient memory";
  return "";
}

// A ReadWriteOncePod claim of the pod that another living pod uses.
bool Scheduler::single_pod_claim_taken(const json::value& pod) const {
  const std::string namespace_name = json_string(pod, {"metadata", "namespace"});
  for (const PodClaim& use : pod_claims(pod)) {
    const JsonPtr claim = informers_->get(kPersistentVolumeClaims, namespace_name, use.claim);
    const std::vector<std::string> modes =
        claim ? json_strings(*claim, {"spec", "accessModes"}) : std::vector<std::string>();
    if (std::find(modes.begin(), modes.end(), "ReadWriteOncePod") == modes.end()) continue;
    for (const auto& [key, other] : informers_->objects(kPods))
      if (key.first == namespace_name && object_uid(*other) != object_uid(pod) &&
          !pod_node(*other).empty() && !is_terminal_pod(*other) &&
          pod_uses_claim(*other, use.claim))
        return true;
  }
  return false;
}

bool Scheduler::volumes_fit(const json::value& pod, const json::value& node) const {
  const std::string namespace_name = json_string(pod, {"metadata", "namespace"});
  for (const PodClaim& use : pod_claims(pod)) {
    const JsonPtr claim = informers_->get(kPersistentVolumeClaims, namespace_name, use.claim);
    if (!claim) continue;
    const JsonPtr volume =
        informers_->get(kPersistentVolumes, "", json_string(*claim, {"spec", "volumeName"}));
    if (volume && !volume_fits_node(*volume, node)) return false;
  }
  return true;
}

std::string Scheduler::choose(const json::value& pod, Refusals& refusals) const {
  const std::map<std::string, Usage> usages = node_usage();
  const Resources asked = pod_requests_for_score(pod);
  std::string best;
  int64_t best_score = -1;
  for (const auto& [key, node] : informers_->objects(kNodes)) {
    const auto found = usages.find(key.second);
    const Usage usage = found == usages.end() ? Usage{} : found->second;
    bool hopeless = false;
    const std::string reason = refusal(pod, *node, usage, hopeless);
    if (!reason.empty()) {
      ++refusals.reasons[reason];
      refusals.hopeless += hopeless ? 1 : 0;
      continue;
    }
    const int64_t score = least_allocated_score(
        *node,
        {usage.scored.cpu_milli + asked.cpu_milli, usage.scored.memory_bytes + asked.memory_bytes});
    if (score <= best_score) continue;
    best = key.second;
    best_score = score;
  }
  return best;
}

// Whether every claim is bound; those that wait for a consumer are told the node.
Result<bool> Scheduler::claims_bound(const json::value& pod, const std::string& node) {
  const std::string namespace_name = json_string(pod, {"metadata", "namespace"});
  bool all = true;
  for (const PodClaim& use : pod_claims(pod)) {
    const JsonPtr claim = informers_->get(kPersistentVolumeClaims, namespace_name, use.claim);
    if (claim && is_bound_claim(*claim)) continue;
    all = false;
    if (claim && annotation(*claim, kSelectedNode) == node) continue;
    DRYDOCK_RETURN_IF_ERROR(
        edit_object(*client_, kPersistentVolumeClaims, namespace_name, use.claim, "",
                    WritePart::kObject, [&](json::value& object) {
                      json_at(object, {"metadata", "annotations", kSelectedNode}) = node;
                      return true;
                    }));
  }
  return all;
}

// `node` by value: the entry it may lie in goes as soon as the binding is seen.
Status Scheduler::assign(const std::string& key, const JsonPtr& pod, std::string node) {
  // The node chosen before the claims were bound may have gone, or the volume lies elsewhere.
  const JsonPtr target = informers_->get(kNodes, "", node);
  if (!target || !claims_problem(*pod).empty() || !volumes_fit(*pod, *target)) {
    assumed_.erase(key);
    queue_.add_after(key, kUnschedulableBase);
    return ok_status();
  }
  DRYDOCK_ASSIGN(const bool ready, claims_bound(*pod, node));
  if (!ready) {
    queue_.add_after(key, timings::kBindTimeout);
    return ok_status();
  }
  const auto [namespace_name, name] = split_key(key);
  const Status bound = client_->bind(namespace_name, name, node);
  if (bound.code() == Code::kConflict || bound.code() == Code::kNotFound) {
    assumed_.erase(key);
    return ok_status();
  }
  DRYDOCK_RETURN_IF_ERROR(bound);
  if (const auto assumed = assumed_.find(key); assumed != assumed_.end())
    assumed->second.bound = true;
  unschedulable_.erase(key);
  events_->normal(*pod, "Scheduled",
                  fmt::format("Successfully assigned {}/{} to {}", namespace_name, name, node));
  return ok_status();
}

Status Scheduler::report_unschedulable(const std::string& key, const JsonPtr& pod,
                                       const std::string& message) {
  unschedulable_.insert(key);
  queue_.add_after(key, timings::kUnschedulableFlush);
  events_->warning(*pod, "FailedScheduling", message);
  const auto [namespace_name, name] = split_key(key);
  const Status written = edit_object(
      *client_, kPods, namespace_name, name, object_uid(*pod), WritePart::kStatus,
      [&](json::value& object) {
        return pod_node(object).empty() && set_condition(object, "PodScheduled", "False",
                                                         "Unschedulable", message, env_.wall_now());
      });
  return written.code() == Code::kNotFound ? ok_status() : written;
}

}  // namespace drydock::fakekube

#include "fakekube/actors/attacher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kVolumeNamePrefix = "kubernetes.io/csi/drydock^";

bool is_shared(const json::value& volume) {
  for (const std::string& mode : json_strings(volume, {"spec", "accessModes"}))
    if (mode == "ReadWriteMany" || mode == "ReadOnlyMany") return true;
  return false;
}

bool is_out_of_service(const json::value& node) {
  for (const Taint& taint : node_taints(node))
    if (taint.key == "node.kubernetes.io/out-of-service") return true;
  return false;
}

}  // namespace

std::string attached_volume_name(std::string_view volume) {
  return std::string(kVolumeNamePrefix).append(volume);
}

bool lists_volume(const json::value& node, std::string_view field, std::string_view volume) {
  for (const json::value& one : json_array(node, {"status", field})) {
    const std::string name =
        one.is_string() ? std::string(one.as_string()) : json_string(one, {"name"});
    if (name.starts_with(kVolumeNamePrefix) &&
        std::string_view(name).substr(kVolumeNamePrefix.size()) == volume)
      return true;
  }
  return false;
}

Attacher::Attacher(Env& env, std::shared_ptr<ApiClient> client,
                   std::shared_ptr<Informers> informers)
    : Controller(env, "attach-detach-controller", Duration::zero()),
      client_(std::move(client)),
      informers_(std::move(informers)),
      events_(adopt(std::make_shared<EventRecorder>(env, client_, "attachdetach-controller"))) {
  for (const ResourceType* type : {&kPods, &kNodes, &kPersistentVolumeClaims, &kPersistentVolumes})
    informers_->want(*type);
  informers_->on_change(kPods, [this](const JsonPtr& b, const JsonPtr& a) { pod_changed(b, a); });
  informers_->on_change(kNodes, [this](const JsonPtr& b, const JsonPtr& a) { node_changed(b, a); });
  informers_->on_change(kPersistentVolumeClaims, [this](const JsonPtr&, const JsonPtr& after) {
    const std::string volume = after ? json_string(*after, {"spec", "volumeName"}) : "";
    if (!volume.empty()) queue_.add(volume);
  });
}

// After a restart: what nodes show as attached is attached.
void Attacher::adopt_what_nodes_show() {
  adopted_ = true;
  for (const auto& [key, node] : informers_->objects(kNodes))
    for (const json::value& one : json_array(*node, {"status", "volumesAttached"})) {
      const std::string name = json_string(one, {"name"});
      if (!name.starts_with(kVolumeNamePrefix)) continue;
      const std::string volume = name.substr(kVolumeNamePrefix.size());
      volumes_[volume][key.second].stage = Stage::kAttached;
      queue_.add(volume);
    }
}

void Attacher::pod_changed(const JsonPtr& before, const JsonPtr& after) {
  if (before) {
    if (!after || object_uid(*before) != object_uid(*after)) reported_.erase(object_uid(*before));
    queue_pod_volumes(*before);
  }
  const bool changed = after && (!before || pod_node(*before) != pod_node(*after) ||
                                 object_uid(*before) != object_uid(*after));
  if (changed) queue_pod_volumes(*after);
}

void Attacher::node_changed(const JsonPtr&, const JsonPtr& after) {
  const std::string name = after ? json_string(*after, {"metadata", "name"}) : "";
  for (const auto& [volume, nodes] : volumes_)
    if (!after || nodes.contains(name)) queue_.add(volume);
}

void Attacher::queue_pod_volumes(const json::value& pod) {
  if (pod_node(pod).empty()) return;
  for (const PodClaim& use : pod_claims(pod)) {
    const std::string volume = volume_of(json_string(pod, {"metadata", "namespace"}), use.claim);
    if (!volume.empty()) queue_.add(volume);
  }
  // The claim may be gone already: look at all that is attached to the pod's node.
  for (const auto& [volume, nodes] : volumes_)
    if (nodes.contains(pod_node(pod))) queue_.add(volume);
}

std::string Attacher::volume_of(const std::string& namespace_name,
                                const std::string& claim_name) const {
  const JsonPtr claim = informers_->get(kPersistentVolumeClaims, namespace_name, claim_name);
  if (!claim || json_string(*claim, {"status", "phase"}) != "Bound") return "";
  return json_string(*claim, {"spec", "volumeName"});
}

std::map<std::string, std::vector<JsonPtr>> Attacher::wanted(const std::string& volume) const {
  std::map<std::string, std::vector<JsonPtr>> out;
  for (const auto& [key, pod] : informers_->objects(kPods)) {
    const std::string node = pod_node(*pod);
    if (node.empty() || is_terminal_pod(*pod)) continue;
    for (const PodClaim& use : pod_claims(*pod))
      if (volume_of(key.first, use.claim) == volume) out[node].push_back(pod);
  }
  return out;
}

Status Attacher::reconcile(const std::string& volume) {
  if (!informers_->synced()) {
    queue_.add_after(volume, milliseconds(100));
    return ok_status();
  }
  if (!adopted_) adopt_what_nodes_show();
  const auto wanted_by = wanted(volume);
  detach_unwanted(volume, wanted_by);
  attach_wanted(volume, wanted_by);
  const auto entry = volumes_.find(volume);
  if (entry != volumes_.end() && entry->second.empty()) volumes_.erase(entry);
  while (!unpublished_.empty()) {
    const std::string node = *unpublished_.begin();
    DRYDOCK_RETURN_IF_ERROR(publish(node));
    unpublished_.erase(node);
  }
  return ok_status();
}

void Attacher::detach_unwanted(const std::string& volume,
                               const std::map<std::string, std::vector<JsonPtr>>& wanted_by) {
  std::map<std::string, Attachment>& nodes = volumes_[volume];
  for (auto& [node, attachment] : nodes) {
    if (attachment.stage == Stage::kAttaching) continue;
    if (attachment.stage == Stage::kAttached && wanted_by.contains(node)) {
      attachment.unwanted_since = {};
      continue;
    }
    if (attachment.stage == Stage::kAttached && may_detach(volume, node, attachment)) {
      attachment.stage = Stage::kDetaching;
      attachment.until = env_.now() + timings::kDetachTime;
      queue_.add_after(volume, timings::kDetachTime);
      unpublished_.insert(node);
    }
  }
  std::erase_if(nodes, [this](const auto& entry) {
    return entry.second.stage == Stage::kDetaching && entry.second.until <= env_.now();
  });
}

bool Attacher::may_detach(const std::string& volume, const std::string& node,
                          Attachment& attachment) {
  if (attachment.unwanted_since == SteadyTime{}) attachment.unwanted_since = env_.now();
  const JsonPtr object = informers_->get(kNodes, "", node);
  if (object && !lists_volume(*object, "volumesInUse", volume)) return true;
  if (object && is_out_of_service(*object)) return true;
  const SteadyTime forced = attachment.unwanted_since + timings::kForceDetachAfter;
  if (env_.now() < forced) {
    queue_.add_after(volume, forced - env_.now());
    return false;
  }
  return !object || !is_ready_node(*object);
}

void Attacher::attach_wanted(const std::string& volume,
                             const std::map<std::string, std::vector<JsonPtr>>& wanted_by) {
  const JsonPtr object = informers_->get(kPersistentVolumes, "", volume);
  if (!object) return;
  std::map<std::string, Attachment>& nodes = volumes_[volume];
  for (const auto& [node, pods] : wanted_by) {
    const auto found = nodes.find(node);
    if (found == nodes.end()) {
      if (!nodes.empty() && !is_shared(*object)) {
        report_multi_attach(volume, pods, nodes.begin()->first);
        continue;
      }
      nodes[node] = {Stage::kAttaching, env_.now() + timings::kAttachTime, {}};
      queue_.add_after(volume, timings::kAttachTime);
      continue;
    }
    if (found->second.stage != Stage::kAttaching || env_.now() < found->second.until) continue;
    found->second.stage = Stage::kAttached;
    unpublished_.insert(node);
    for (const JsonPtr& pod : pods) {
      reported_.erase(object_uid(*pod));
      events_->normal(*pod, "SuccessfulAttachVolume",
                      fmt::format("AttachVolume.Attach succeeded for volume \"{}\" ", volume));
    }
  }
  // Attached for nobody meanwhile: let the next pass detach it.
  for (auto& [node, attachment] : nodes) {
    if (attachment.stage != Stage::kAttaching || wanted_by.contains(node)) continue;
    attachment.stage = Stage::kAttached;
    queue_.add(volume);
  }
}

void Attacher::report_multi_attach(const std::string& volume, const std::vector<JsonPtr>& waiting,
                                   const std::string& holder) {
  const auto wanted_by = wanted(volume);
  const auto users = wanted_by.find(holder);
  for (const JsonPtr& pod : waiting) {
    if (!reported_.insert(object_uid(*pod)).second) continue;
    std::vector<std::string> names;
    if (users != wanted_by.end())
      for (const JsonPtr& user : users->second)
        names.push_back(json_string(*user, {"metadata", "name"}));
    const std::string detail =
        names.empty() ? "Volume is already exclusively attached to one node and can't be attached "
                        "to another"
                      : fmt::format("Volume is already used by pod(s) {}", fmt::join(names, ", "));
    events_->warning(*pod, "FailedAttachVolume",
                     fmt::format("Multi-Attach error for volume \"{}\" {}", volume, detail));
  }
}

// Writes what this controller knows to be attached to the node; it is the list's only writer.
Status Attacher::publish(const std::string& node) {
  json::array attached;
  for (const auto& [volume, nodes] : volumes_) {
    const auto found = nodes.find(node);
    if (found != nodes.end() && found->second.stage == Stage::kAttached)
      attached.push_back(json::object{{"name", attached_volume_name(volume)}, {"devicePath", ""}});
  }
  json::object patch{{"status", json::object{{"volumesAttached", std::move(attached)}}}};
  const Status written = client_->patch_status(kNodes, "", node, std::move(patch)).status();
  return written.code() == Code::kNotFound ? ok_status() : written;
}

}  // namespace drydock::fakekube

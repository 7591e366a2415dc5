#include "fakekube/actors/kubelet_volumes.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/text.h"
#include "fakekube/actors/kubelet_node.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

// An emptyDir without sizeLimit may fill the node's disk: as large as that.
constexpr int64_t kScratchBytes = 64LL * 1024 * 1024 * 1024;

// The keys of a Secret or ConfigMap as file contents.
std::map<std::string, std::string> contents_of(const json::value& object, bool is_secret) {
  std::map<std::string, std::string> out;
  for (const auto& [key, value] : json_object(object, {"data"})) {
    if (!value.is_string()) continue;
    const std::string text(value.as_string());
    out[key] = is_secret ? base64_decode(text).value_or("") : text;
  }
  for (const auto& [key, value] : json_object(object, {"binaryData"}))
    if (value.is_string()) out[key] = base64_decode(std::string(value.as_string())).value_or("");
  return out;
}

// What the downward API shows; of other fields nothing.
std::string pod_field(const json::value& pod, const std::string& path) {
  if (path == "metadata.name") return json_string(pod, {"metadata", "name"});
  if (path == "metadata.namespace") return json_string(pod, {"metadata", "namespace"});
  return path == "metadata.uid" ? object_uid(pod) : "";
}

}  // namespace

Status PodVolumes::prepare(const json::value& pod) {
  for (const json::value& spec : json_array(pod, {"spec", "volumes"})) {
    const std::string name = json_string(spec, {"name"});
    if (mounted_.contains(name)) continue;
    Mounted mounted;
    DRYDOCK_RETURN_IF_ERROR(mount(pod, spec, mounted));
    mounted_.emplace(name, std::move(mounted));
  }
  return ok_status();
}

Status PodVolumes::mount(const json::value& pod, const json::value& spec, Mounted& out) {
  const std::string name = json_string(spec, {"name"});
  const std::string namespace_name = json_string(pod, {"metadata", "namespace"});
  if (const json::value* claim = json_find(spec, {"persistentVolumeClaim"}))
    return mount_claim(pod, *claim, out);
  if (json_find(spec, {"emptyDir"}) != nullptr) return mount_scratch(pod, name, out);
  if (const json::value* secret = json_find(spec, {"secret"}))
    return project(namespace_name, name, *secret, true, out);
  if (const json::value* config = json_find(spec, {"configMap"}))
    return project(namespace_name, name, *config, false, out);
  for (const json::value& source : json_array(spec, {"projected", "sources"})) {
    if (const json::value* secret = json_find(source, {"secret"}))
      DRYDOCK_RETURN_IF_ERROR(project(namespace_name, name, *secret, true, out));
    if (const json::value* config = json_find(source, {"configMap"}))
      DRYDOCK_RETURN_IF_ERROR(project(namespace_name, name, *config, false, out));
    if (const json::value* token = json_find(source, {"serviceAccountToken"}))
      out.files[json_string(*token, {"path"})] = "token-of-" + object_uid(pod);
    for (const json::value& item : json_array(source, {"downwardAPI", "items"}))
      out.files[json_string(item, {"path"})] =
          pod_field(pod, json_string(item, {"fieldRef", "fieldPath"}));
  }
  return ok_status();
}

Status PodVolumes::mount_claim(const json::value& pod, const json::value& source, Mounted& out) {
  const std::string claim_name = json_string(source, {"claimName"});
  const std::string namespace_name = json_string(pod, {"metadata", "namespace"});
  if (!in_use_.contains(claim_name)) {
    const Result<JsonPtr> claim =
        context_.client->get(kPersistentVolumeClaims, namespace_name, claim_name);
    if (!claim.ok())
      return claim.status().with_context(
          fmt::format("error processing PVC {}/{}: failed to fetch PVC from API server",
                      namespace_name, claim_name));
    const std::string volume = json_string(**claim, {"spec", "volumeName"});
    if (json_string(**claim, {"status", "phase"}) != "Bound" || volume.empty())
      return Status(
          Code::kFailedPrecondition,
          fmt::format("error processing PVC {}/{}: PVC is not bound", namespace_name, claim_name));
    in_use_[claim_name] = volume;
    context_.node->use_volume(volume);
  }
  const std::string& volume = in_use_[claim_name];
  if (!context_.node->may_mount(volume))
    return Status(Code::kUnavailable, "volume not attached yet: " + volume);
  DRYDOCK_RETURN_IF_ERROR(context_.env.sleep_for(timings::kMountTime));
  out.read_only = json_bool(source, {"readOnly"});
  Result<std::shared_ptr<Volume>> mounted =
      context_.storage.mount(volume, context_.config.name, out.read_only);
  if (!mounted.ok())
    return mounted.status().with_context(
        fmt::format("MountVolume.SetUp failed for volume \"{}\" ", volume));
  out.volume = std::move(mounted).value();
  return ok_status();
}

Status PodVolumes::mount_scratch(const json::value& pod, const std::string& name, Mounted& out) {
  out.storage_name = fmt::format("emptydir-{}-{}", object_uid(pod), name);
  const Status made =
      context_.storage.provision(out.storage_name, static_cast<uint64_t>(kScratchBytes), "");
  if (!made.ok() && made.code() != Code::kAlreadyExists) return made;
  DRYDOCK_ASSIGN(out.volume, context_.storage.mount(out.storage_name, context_.config.name, false));
  return ok_status();
}

Status PodVolumes::project(const std::string& namespace_name, const std::string& volume,
                           const json::value& source, bool is_secret, Mounted& out) {
  // Volume sources and projections spell the name differently.
  std::string name = json_string(source, {"secretName"});
  if (name.empty()) name = json_string(source, {"name"});
  const std::string_view kind = is_secret ? "secret" : "configmap";
  const Result<JsonPtr> object =
      context_.client->get(is_secret ? kSecrets : kConfigMaps, namespace_name, name);
  if (object.code() == Code::kNotFound && json_bool(source, {"optional"})) return ok_status();
  if (!object.ok())
    return object.status().code() == Code::kNotFound
               ? Status(Code::kNotFound,
                        fmt::format("MountVolume.SetUp failed for volume \"{}\" : {} \"{}\" not "
                                    "found",
                                    volume, kind, name))
               : object.status();
  std::map<std::string, std::string> contents = contents_of(**object, is_secret);
  const json::array& items = json_array(source, {"items"});
  if (items.empty()) {
    out.files.merge(contents);
    return ok_status();
  }
  for (const json::value& item : items) {
    const auto found = contents.find(json_string(item, {"key"}));
    if (found != contents.end()) {
      out.files[json_string(item, {"path"})] = found->second;
    } else if (!json_bool(source, {"optional"})) {
      return Status(
          Code::kNotFound,
          fmt::format("MountVolume.SetUp failed for volume \"{}\" : references "
                      "non-existent {} key: {}",
                      volume, is_secret ? "secret" : "config", json_string(item, {"key"})));
    }
  }
  return ok_status();
}

Status PodVolumes::release() {
  if (!held()) return ok_status();
  DRYDOCK_RETURN_IF_ERROR(context_.env.sleep_for(timings::kUnmountTime));
  for (auto& [name, mounted] : mounted_) {
    mounted.volume.reset();
    if (!mounted.storage_name.empty()) context_.storage.remove(mounted.storage_name);
  }
  mounted_.clear();
  for (const auto& [claim, volume] : std::exchange(in_use_, {}))
    context_.node->release_volume(volume);
  return ok_status();
}

int64_t PodVolumes::scratch_bytes(const std::string& volume) const {
  const auto found = mounted_.find(volume);
  if (found == mounted_.end() || found->second.storage_name.empty()) return 0;
  return static_cast<int64_t>(context_.storage.used_bytes(found->second.storage_name));
}

Status PodVolumes::fill(const json::value& container, ContainerStart& start) const {
  for (const json::value& spec : json_array(container, {"volumeMounts"})) {
    const auto found = mounted_.find(json_string(spec, {"name"}));
    if (found == mounted_.end())
      return Status(Code::kInvalid, "no volume for mount " + json_string(spec, {"name"}));
    const Mounted& mounted = found->second;
    const std::string path = json_string(spec, {"mountPath"});
    if (mounted.volume)
      start.mounts.push_back(
          {path, mounted.volume, mounted.read_only || json_bool(spec, {"readOnly"})});
    const std::string sub_path = json_string(spec, {"subPath"});
    for (const auto& [file, content] : mounted.files) {
      if (sub_path.empty()) {
        start.files.push_back({path + "/" + file, content});
      } else if (file == sub_path) {
        start.files.push_back({path, content});
      }
    }
  }
  return ok_status();
}

}  // namespace drydock::fakekube

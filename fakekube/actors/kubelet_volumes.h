// The volumes of one pod: what must be there before its containers may start, and what they see.
// Internal to the kubelet.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fakekube/actors/kubelet_context.h"

namespace drydock::fakekube {

class PodVolumes {
 public:
  explicit PodVolumes(KubeletContext& context) : context_(context) {}
  ~PodVolumes() = default;
  PodVolumes(const PodVolumes&) = delete;
  PodVolumes& operator=(const PodVolumes&) = delete;

  // Mounts what is not mounted yet. May suspend. ok: all is there. kUnavailable: nothing is wrong,
  // but something isn't there yet (not attached). Else: what a FailedMount event says.
  Status prepare(const json::value& pod);
  // Unmounts everything; scratch volumes lose their content. May suspend.
  Status release();
  // What is written on one of its scratch volumes.
  int64_t scratch_bytes(const std::string& volume) const;
  bool held() const { return !mounted_.empty() || !in_use_.empty(); }

  // Fills mounts and files of a container's start. kInvalid: a mount of a volume that isn't there.
  Status fill(const json::value& container, ContainerStart& start) const;

 private:
  struct Mounted {
    std::shared_ptr<Volume> volume;  // null: projected files only
    bool read_only = false;
    std::map<std::string, std::string> files;  // relative path -> content
    std::string storage_name;                  // of scratch volumes
  };

  Status mount(const json::value& pod, const json::value& spec, Mounted& out);
  Status mount_claim(const json::value& pod, const json::value& source, Mounted& out);
  Status mount_scratch(const json::value& pod, const std::string& name, Mounted& out);
  Status project(const std::string& namespace_name, const std::string& volume,
                 const json::value& source, bool is_secret, Mounted& out);

  KubeletContext& context_;
  std::map<std::string, Mounted> mounted_;     // by the pod's volume name
  std::map<std::string, std::string> in_use_;  // claim -> PersistentVolume
};

}  // namespace drydock::fakekube

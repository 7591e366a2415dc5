// The disks behind a world's PersistentVolumes.
//
// A kubelet mounts a volume before the container's process exists; what it gets is an
// UnboundMount, which the runtime turns into the process's own view with bind_mount().
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fakekube/actors/pod_program.h"
#include "sim/disk.h"

namespace drydock::harness {

class WorldStorage final : public fakekube::StorageBackend {
 public:
  WorldStorage(sim::Simulation& simulation, const sim::DiskOptions& defaults)
      : simulation_(simulation), defaults_(defaults) {}

  Status provision(const std::string& volume_name, uint64_t capacity_bytes,
                   const std::string& storage_class) override;
  Result<std::shared_ptr<Volume>> mount(const std::string& volume_name, const std::string& node,
                                        bool read_only) override;
  void remove(const std::string& volume_name) override;
  uint64_t used_bytes(const std::string& volume_name) override;

  // The class's provisioner has no room for another volume, or has again.
  void set_exhausted(const std::string& storage_class, bool exhausted);

  // nullptr: no such volume (any more).
  sim::Disk* find(const std::string& volume_name);

 private:
  sim::Simulation& simulation_;
  sim::DiskOptions defaults_;
  std::map<std::string, std::shared_ptr<sim::Disk>> disks_;
  std::set<std::string> exhausted_;                  // storage classes
  std::vector<std::shared_ptr<sim::Disk>> removed_;  // processes may still have them mounted
};

// The volume as `process` sees it. `mounted` must come from WorldStorage::mount.
std::shared_ptr<Volume> bind_mount(const Volume& mounted, sim::Process& process);

}  // namespace drydock::harness

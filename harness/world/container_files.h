// ContainerFiles: the file system of a container, as programs that know absolute paths only see
// it: what is mounted, and a disk of the container's own for the rest.
//
//   ContainerFiles files(process, start.mounts);
//   files.make_directories("opt/infinispan/backups/b");   // "b" of the volume that is mounted
//   there
//
// Paths lack their leading '/'. kUnsupported: a rename from one file system to another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/volume.h"
#include "fakekube/actors/pod_program.h"
#include "sim/process.h"

namespace drydock::harness {

class ContainerFiles final : public Volume {
 public:
  // The mounts must come from WorldStorage.
  ContainerFiles(sim::Process& process, const std::vector<fakekube::Mount>& mounts);

  Result<std::unique_ptr<File>> open(std::string_view path, OpenMode mode, Pace pace) override;
  Result<std::vector<std::string>> list(std::string_view directory) override;
  Result<FileStat> stat(std::string_view path) override;
  Status make_directories(std::string_view path) override;
  Status rename(std::string_view from, std::string_view to) override;
  Status remove(std::string_view path) override;
  Status sync_directory(std::string_view path) override;
  Result<uint64_t> free_space_bytes() override;

 private:
  struct Mounted {
    std::string path;  // without leading '/'
    std::shared_ptr<Volume> volume;
  };
  struct Place {
    Volume* volume = nullptr;
    std::string_view path;  // in the volume; "" is its root
  };
  Place place_of(std::string_view path) const;

  std::shared_ptr<Volume> own_;
  std::vector<Mounted> mounts_;
};

}  // namespace drydock::harness

#include "harness/world/container_files.h"

#include "harness/world/storage.h"
#include "sim/disk.h"

namespace drydock::harness {

ContainerFiles::ContainerFiles(sim::Process& process, const std::vector<fakekube::Mount>& mounts) {
  const auto disk =
      std::make_shared<sim::Disk>(process.simulation(), process.name(), sim::DiskOptions{});
  process.keep(disk);
  own_ = disk->mount(process, false);
  for (const fakekube::Mount& mount : mounts)
    mounts_.push_back({mount.path.substr(1), bind_mount(*mount.volume, process)});
}

ContainerFiles::Place ContainerFiles::place_of(std::string_view path) const {
  Place place{own_.get(), path};
  size_t longest = 0;
  for (const Mounted& mount : mounts_) {
    const size_t length = mount.path.size();
    const bool inside = path.starts_with(mount.path) &&
                        (path.size() == length || path[length] == '/') && length > longest;
    if (!inside) continue;
    longest = length;
    place = {mount.volume.get(), path.substr(std::min(path.size(), length + 1))};
  }
  return place;
}

Result<std::unique_ptr<File>> ContainerFiles::open(std::string_view path, OpenMode mode,
                                                   Pace pace) {
  const Place place = place_of(path);
  return place.volume->open(place.path, mode, pace);
}

Result<std::vector<std::string>> ContainerFiles::list(std::string_view directory) {
  const Place place = place_of(directory);
  return place.volume->list(place.path);
}

Result<FileStat> ContainerFiles::stat(std::string_view path) {
  const Place place = place_of(path);
  if (place.path.empty()) return FileStat{.size_bytes = 0, .is_directory = true};
  return place.volume->stat(place.path);
}

Status ContainerFiles::make_directories(std::string_view path) {
  const Place place = place_of(path);
  return place.path.empty() ? ok_status() : place.volume->make_directories(place.path);
}

Status ContainerFiles::rename(std::string_view from, std::string_view to) {
  const Place old_place = place_of(from);
  const Place new_place = place_of(to);
  if (old_place.volume != new_place.volume)
    return Status(Code::kUnsupported, "rename across file systems");
  return old_place.volume->rename(old_place.path, new_place.path);
}

Status ContainerFiles::remove(std::string_view path) {
  const Place place = place_of(path);
  return place.volume->remove(place.path);
}

Status ContainerFiles::sync_directory(std::string_view path) {
  const Place place = place_of(path);
  return place.volume->sync_directory(place.path);
}

Result<uint64_t> ContainerFiles::free_space_bytes() { return own_->free_space_bytes(); }

}  // namespace drydock::harness

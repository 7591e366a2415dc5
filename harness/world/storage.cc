#include "harness/world/storage.h"

namespace drydock::harness {
namespace {

Status unbound() { return Status(Code::kUnsupported, "volume is not bound to a process yet"); }

class UnboundMount final : public Volume {
 public:
  UnboundMount(std::shared_ptr<sim::Disk> disk, bool read_only)
      : disk_(std::move(disk)), read_only_(read_only) {}

  std::shared_ptr<Volume> bind(sim::Process& process) const {
    process.keep(disk_);
    return disk_->mount(process, read_only_);
  }

  Result<std::unique_ptr<File>> open(std::string_view, OpenMode, Pace) override {
    return unbound();
  }
  Result<std::vector<std::string>> list(std::string_view) override { return unbound(); }
  Result<FileStat> stat(std::string_view) override { return unbound(); }
  Status make_directories(std::string_view) override { return unbound(); }
  Status rename(std::string_view, std::string_view) override { return unbound(); }
  Status remove(std::string_view) override { return unbound(); }
  Status sync_directory(std::string_view) override { return unbound(); }
  Result<uint64_t> free_space_bytes() override { return unbound(); }

 private:
  std::shared_ptr<sim::Disk> disk_;
  bool read_only_;
};

}  // namespace

Status WorldStorage::provision(const std::string& volume_name, uint64_t capacity_bytes,
                               const std::string& storage_class) {
  if (exhausted_.contains(storage_class))
    return Status(Code::kNoSpace,
                  "rpc error: code = ResourceExhausted desc = not enough free storage");
  if (disks_.contains(volume_name))
    return Status(Code::kAlreadyExists, "volume exists: " + volume_name);
  sim::DiskOptions options = defaults_;
  options.capacity_bytes = capacity_bytes;
  disks_[volume_name] = std::make_shared<sim::Disk>(simulation_, volume_name, options);
  return ok_status();
}

uint64_t WorldStorage::used_bytes(const std::string& volume_name) {
  const sim::Disk* disk = find(volume_name);
  return disk == nullptr ? 0 : disk->used_bytes();
}

void WorldStorage::set_exhausted(const std::string& storage_class, bool exhausted) {
  if (exhausted) {
    exhausted_.insert(storage_class);
  } else {
    exhausted_.erase(storage_class);
  }
}

Result<std::shared_ptr<Volume>> WorldStorage::mount(const std::string& volume_name,
                                                    const std::string&, bool read_only) {
  const auto found = disks_.find(volume_name);
  if (found == disks_.end()) return Status(Code::kNotFound, "no such volume: " + volume_name);
  return std::shared_ptr<Volume>(std::make_shared<UnboundMount>(found->second, read_only));
}

void WorldStorage::remove(const std::string& volume_name) {
  const auto found = disks_.find(volume_name);
  if (found == disks_.end()) return;
  removed_.push_back(found->second);
  disks_.erase(found);
}

sim::Disk* WorldStorage::find(const std::string& volume_name) {
  const auto found = disks_.find(volume_name);
  return found == disks_.end() ? nullptr : found->second.get();
}

std::shared_ptr<Volume> bind_mount(const Volume& mounted, sim::Process& process) {
  const auto* unbound_mount = dynamic_cast<const UnboundMount*>(&mounted);
  DRYDOCK_CHECK(unbound_mount != nullptr, "a mount that did not come from the world's storage");
  return unbound_mount->bind(process);
}

}  // namespace drydock::harness

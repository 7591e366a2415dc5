#include "sim/disk.h"

#include <algorithm>
#include <cstring>

#include "sim/simulation.h"

namespace drydock::sim {
namespace {

std::string_view parent_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool is_directly_in(std::string_view path, std::string_view directory) {
  return !path.empty() && parent_of(path) == directory;
}

bool is_below(std::string_view path, std::string_view directory) {
  return directory.empty() || (path.size() > directory.size() && path.starts_with(directory) &&
                               path[directory.size()] == '/');
}

Status check_path(std::string_view path) {
  const bool bad = path.empty() || path.front() == '/' || path.back() == '/' ||
                   path.find("//") != std::string_view::npos;
  std::string_view rest = path;
  bool dots = false;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    dots = dots || part == "." || part == "..";
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  if (bad || dots)
    return Status(Code::kInvalid, "not a path inside the volume: '" + std::string(path) + "'");
  return ok_status();
}

Status no_such(std::string_view path) {
  return Status(Code::kNotFound, "no such file or directory: " + std::string(path));
}

}  // namespace

// What the durable prefix still promises has to be copied away before it is overwritten.
void Disk::Node::before_overwrite(size_t offset) {
  if (durable_copy != nullptr || offset >= durable_prefix) return;
  durable_copy = std::make_unique<std::string>(content.substr(0, durable_prefix));
}

void Disk::Node::mark_durable() {
  durable_prefix = content.size();
  durable_copy.reset();
}

void Disk::Node::lose_unsynced() {
  if (durable_copy != nullptr)
    content = std::move(*durable_copy);
  else
    content.resize(durable_prefix);
  durable_copy.reset();
  durable_prefix = content.size();
  paced_bytes = std::min<uint64_t>(paced_bytes, content.size());
}

class DiskFile final : public File {
 public:
  DiskFile(Disk& disk, Process& process, std::shared_ptr<Disk::Node> node, std::string path,
           bool writable, Pace pace)
      : disk_(disk),
        process_(process),
        node_(std::move(node)),
        path_(std::move(path)),
        writable_(writable),
        pace_(pace) {}

  Result<size_t> read_at(uint64_t offset, std::span<std::byte> out) override {
    const size_t size = node_->content.size();
    const size_t count =
        offset >= size ? 0 : std::min<size_t>(out.size(), size - static_cast<size_t>(offset));
    DRYDOCK_RETURN_IF_ERROR(account("read", count, disk_.options_.read_bytes_per_second));
    if (count > 0) std::memcpy(out.data(), node_->content.data() + offset, count);
    return count;
  }

  Status write_at(uint64_t offset, std::span<const std::byte> bytes) override {
    if (!writable_) return Status(Code::kReadOnly, path_ + " is read-only");
    DRYDOCK_RETURN_IF_ERROR(account("write", bytes.size(), disk_.options_.write_bytes_per_second));
    const size_t end = static_cast<size_t>(offset) + bytes.size();
    const size_t growth = end > node_->content.size() ? end - node_->content.size() : 0;
    if (pace_ == Pace::kByBytes && growth > 0) DRYDOCK_RETURN_IF_ERROR(has_room(growth));
    node_->before_overwrite(static_cast<size_t>(offset));
    if (growth > 0) node_->content.resize(end);
    if (!bytes.empty()) std::memcpy(node_->content.data() + offset, bytes.data(), bytes.size());
    return ok_status();
  }

  Status append(std::span<const std::byte> bytes) override {
    return write_at(node_->content.size(), bytes);
  }

  Status truncate(uint64_t size_bytes) override {
    if (!writable_) return Status(Code::kReadOnly, path_ + " is read-only");
    DRYDOCK_RETURN_IF_ERROR(
        disk_.operate(process_, "truncate", path_, disk_.options_.operation_latency, 0, 1));
    node_->before_overwrite(static_cast<size_t>(size_bytes));
    node_->content.resize(static_cast<size_t>(size_bytes));
    return ok_status();
  }

  Status sync() override {
    DRYDOCK_RETURN_IF_ERROR(
        disk_.operate(process_, "sync", path_, disk_.options_.sync_latency, 0, 1));
    node_->mark_durable();
    return ok_status();
  }

  Result<uint64_t> size() override {
    if (process_.cancelled()) return cancelled();
    return static_cast<uint64_t>(node_->content.size());
  }

  Status pace(IoKind kind, uint64_t uncompressed_bytes) override {
    const bool write = kind == IoKind::kWrite;
    DRYDOCK_RETURN_IF_ERROR(disk_.operate(
        process_, write ? "write" : "read", path_, disk_.options_.operation_latency,
        uncompressed_bytes,
        write ? disk_.options_.write_bytes_per_second : disk_.options_.read_bytes_per_second));
    if (!write) return ok_status();
    DRYDOCK_RETURN_IF_ERROR(has_room(uncompressed_bytes));
    node_->paced_bytes += uncompressed_bytes;
    return ok_status();
  }

 private:
  Status account(std::string_view operation, uint64_t bytes, uint64_t bytes_per_second) {
    if (pace_ == Pace::kByCaller) return process_.cancelled() ? cancelled() : ok_status();
    return disk_.operate(process_, operation, path_, disk_.options_.operation_latency, bytes,
                         bytes_per_second);
  }

  Status has_room(uint64_t bytes) const {
    if (disk_.used_bytes() + bytes <= disk_.options_.capacity_bytes) return ok_status();
    return Status(Code::kNoSpace, "no space left on device: " + path_);
  }

  Disk& disk_;
  Process& process_;
  std::shared_ptr<Disk::Node> node_;
  std::string path_;
  bool writable_;
  Pace pace_;
};

class DiskVolume final : public Volume {
 public:
  DiskVolume(Disk& disk, Process& process, bool read_only)
      : disk_(disk), process_(process), read_only_(read_only) {}

  Result<std::unique_ptr<File>> open(std::string_view path, OpenMode mode, Pace pace) override {
    DRYDOCK_RETURN_IF_ERROR(begin("open", path));
    const bool writes = mode != OpenMode::kRead;
    if (writes) DRYDOCK_RETURN_IF_ERROR(writable(path));
    auto found = disk_.live_.find(path);
    const bool exists = found != disk_.live_.end();
    if (exists && found->second->is_directory)
      return Status(Code::kInvalid, "is a directory: " + std::string(path));
    if (exists && mode == OpenMode::kCreateNew)
      return Status(Code::kAlreadyExists, "file exists: " + std::string(path));
    if (!exists && (mode == OpenMode::kRead || mode == OpenMode::kReadWrite)) return no_such(path);
    if (!exists) {
      DRYDOCK_RETURN_IF_ERROR(disk_.parent_exists(path));
      found = disk_.live_.emplace(path, std::make_shared<Disk::Node>()).first;
    }
    Disk::Node& node = *found->second;
    if (mode == OpenMode::kCreate || mode == OpenMode::kCreateNew) {
      node.before_overwrite(0);
      node.content.clear();
      node.paced_bytes = 0;
      node.by_caller = pace == Pace::kByCaller;
    }
    return std::unique_ptr<File>(std::make_unique<DiskFile>(disk_, process_, found->second,
                                                            std::string(path), writes, pace));
  }

  Result<std::vector<std::string>> list(std::string_view directory) override {
    if (!directory.empty()) DRYDOCK_RETURN_IF_ERROR(check_path(directory));
    DRYDOCK_RETURN_IF_ERROR(operate("list", directory));
    const auto found = disk_.live_.find(directory);
    const bool exists = found != disk_.live_.end() && found->second->is_directory;
    if (!directory.empty() && !exists) return no_such(directory);
    std::vector<std::string> names;
    for (const auto& [path, node] : disk_.live_)
      if (is_directly_in(path, directory))
        names.push_back(path.substr(directory.empty() ? 0 : directory.size() + 1));
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<FileStat> stat(std::string_view path) override {
    DRYDOCK_RETURN_IF_ERROR(begin("stat", path));
    const auto found = disk_.live_.find(path);
    if (found == disk_.live_.end()) return no_such(path);
    if (found->second->is_directory) return FileStat{0, true};
    return FileStat{found->second->counted_bytes(), false};
  }

  Status make_directories(std::string_view path) override {
    DRYDOCK_RETURN_IF_ERROR(begin("mkdir", path));
    DRYDOCK_RETURN_IF_ERROR(writable(path));
    for (size_t end = path.find('/'); true; end = path.find('/', end + 1)) {
      const std::string part(path.substr(0, end));
      std::shared_ptr<Disk::Node>& node = disk_.live_[part];
      if (node == nullptr) {
        node = std::make_shared<Disk::Node>();
        node->is_directory = true;
      }
      if (!node->is_directory) return Status(Code::kInvalid, "not a directory: " + part);
      if (end == std::string_view::npos) return ok_status();
    }
  }

  Status rename(std::string_view from, std::string_view to) override {
    DRYDOCK_RETURN_IF_ERROR(check_path(to));
    DRYDOCK_RETURN_IF_ERROR(begin("rename", from));
    DRYDOCK_RETURN_IF_ERROR(writable(from));
    DRYDOCK_RETURN_IF_ERROR(disk_.parent_exists(to));
    const auto found = disk_.live_.find(from);
    if (found == disk_.live_.end()) return no_such(from);
    if (found->second->is_directory)
      return Status(Code::kUnsupported, "renaming a directory: " + std::string(from));
    std::shared_ptr<Disk::Node> node = found->second;
    disk_.live_.erase(found);
    disk_.live_[std::string(to)] = std::move(node);
    return ok_status();
  }

  Status remove(std::string_view path) override {
    DRYDOCK_RETURN_IF_ERROR(begin("remove", path));
    DRYDOCK_RETURN_IF_ERROR(writable(path));
    if (disk_.live_.find(path) == disk_.live_.end()) return no_such(path);
    std::erase_if(disk_.live_, [&](const auto& entry) {
      return entry.first == path || is_below(entry.first, path);
    });
    return ok_status();
  }

  Status sync_directory(std::string_view path) override {
    if (!path.empty()) DRYDOCK_RETURN_IF_ERROR(check_path(path));
    DRYDOCK_RETURN_IF_ERROR(
        disk_.operate(process_, "sync directory", path, disk_.options_.sync_latency, 0, 1));
    std::erase_if(disk_.durable_, [&](const auto& entry) {
      return is_directly_in(entry.first, path) && !disk_.live_.contains(entry.first);
    });
    for (const auto& [name, node] : disk_.live_)
      if (is_directly_in(name, path) || (node->is_directory && is_below(path, name)) ||
          name == path)
        disk_.durable_[name] = node;
    return ok_status();
  }

  Result<uint64_t> free_space_bytes() override {
    DRYDOCK_RETURN_IF_ERROR(operate("free space", ""));
    const uint64_t used = disk_.used_bytes();
    return used >= disk_.options_.capacity_bytes ? 0 : disk_.options_.capacity_bytes - used;
  }

 private:
  Status operate(std::string_view operation, std::string_view path) {
    return disk_.operate(process_, operation, path, disk_.options_.operation_latency, 0, 1);
  }
  Status begin(std::string_view operation, std::string_view path) {
    DRYDOCK_RETURN_IF_ERROR(check_path(path));
    return operate(operation, path);
  }
  Status writable(std::string_view path) const {
    if (!read_only_) return ok_status();
    return Status(Code::kReadOnly, "read-only file system: " + std::string(path));
  }

  Disk& disk_;
  Process& process_;
  bool read_only_;
};

Disk::Disk(Simulation& simulation, std::string name, const DiskOptions& options)
    : simulation_(simulation), name_(std::move(name)), options_(options) {}
Disk::~Disk() = default;

std::shared_ptr<Volume> Disk::mount(Process& process, bool read_only) {
  return std::make_shared<DiskVolume>(*this, process, read_only);
}

void Disk::crash() {
  live_ = durable_;
  for (const auto& [path, node] : live_) node->lose_unsynced();
}

Status Disk::operate(Process& process, std::string_view operation, std::string_view path,
                     Duration latency, uint64_t bytes, uint64_t bytes_per_second) {
  if (process.cancelled()) return cancelled();
  simulation_.trace().add_text(simulation_.now(), TraceKind::kVolume, process.id(),
                               name_ + " " + std::string(operation) + " " + std::string(path),
                               bytes);
  const auto moving = Duration(static_cast<int64_t>(bytes * 1'000'000'000 / bytes_per_second));
  free_at_ = std::max(free_at_, simulation_.now()) + moving;
  DRYDOCK_RETURN_IF_ERROR(process.sleep_until(free_at_ + latency));
  if (process.cancelled()) return cancelled();
  return fault_ ? fault_(operation, path) : ok_status();
}

Status Disk::parent_exists(std::string_view path) const {
  const std::string_view parent = parent_of(path);
  if (parent.empty()) return ok_status();
  const auto found = live_.find(parent);
  if (found == live_.end()) return no_such(parent);
  if (found->second->is_directory) return ok_status();
  return Status(Code::kInvalid, "not a directory: " + std::string(parent));
}

Status Disk::put_file(const std::string& path, std::string content) {
  DRYDOCK_RETURN_IF_ERROR(check_path(path));
  for (size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
    auto directory = std::make_shared<Node>();
    directory->is_directory = true;
    live_.emplace(path.substr(0, end), directory);
    durable_.emplace(path.substr(0, end), live_[path.substr(0, end)]);
  }
  auto node = std::make_shared<Node>();
  node->content = std::move(content);
  node->mark_durable();
  live_[path] = node;
  durable_[path] = std::move(node);
  return ok_status();
}

Result<std::string> Disk::get_file(const std::string& path) const {
  const auto found = live_.find(path);
  if (found == live_.end() || found->second->is_directory) return no_such(path);
  return found->second->content;
}

std::vector<std::string> Disk::paths() const {
  std::vector<std::string> paths;
  for (const auto& [path, node] : live_)
    if (!node->is_directory) paths.push_back(path);
  return paths;
}

uint64_t Disk::used_bytes() const {
  uint64_t used = 0;
  for (const auto& [path, node] : live_) used += node->counted_bytes();
  return used;
}

}  // namespace drydock::sim

// MemoryVolume: a Volume in memory for tests that need no simulation. Nothing suspends; everything
// counts as synced.
//
//   MemoryVolume volume;
//   volume.put("a.zip", bytes);
//   volume.on_call = [](const MemoryVolume::Call& call) {
//     return call.name == "write_at" ? Status(Code::kNoSpace, "full") : ok_status();
//   };
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/volume.h"

namespace drydock::tests {

class MemoryVolume : public Volume {
 public:
  struct Call {
    std::string name;  // "open", "read_at", "write_at", "pace" ...
    std::string path;
    uint64_t offset = 0;  // of read_at and write_at
    uint64_t bytes = 0;   // asked for
    friend bool operator==(const Call&, const Call&) = default;
  };

  // Asked before every call; an error is what the call returns, without having had an effect.
  std::function<Status(const Call&)> on_call;
  uint64_t free_bytes = UINT64_MAX;  // what free_space_bytes() says

  void put(std::string_view path, std::string bytes) {
    add_parents(path);
    files_[std::string(path)] = std::make_shared<std::string>(std::move(bytes));
  }
  bool has(std::string_view path) const { return files_.contains(path); }
  const std::string& get(std::string_view path) const { return *files_.find(path)->second; }

  Result<std::unique_ptr<File>> open(std::string_view path, OpenMode mode,
                                     Pace pace = Pace::kByBytes) override {
    DRYDOCK_RETURN_IF_ERROR(ask({"open", std::string(path), 0, 0}));
    const bool exists = has(path);
    const bool creates = mode == OpenMode::kCreate || mode == OpenMode::kCreateNew;
    if (!exists && !creates) return not_found(path);
    if (exists && mode == OpenMode::kCreateNew)
      return Status(Code::kAlreadyExists, std::string(path));
    if (creates) put(path, "");
    return std::unique_ptr<File>(
        std::make_unique<OpenFile>(*this, std::string(path), pace, files_.find(path)->second));
  }
  Result<std::vector<std::string>> list(std::string_view directory) override {
    DRYDOCK_RETURN_IF_ERROR(ask({"list", std::string(directory), 0, 0}));
    if (!directory.empty() && !directories_.contains(directory)) return not_found(directory);
    const std::string prefix = directory.empty() ? "" : std::string(directory) + "/";
    std::set<std::string> names;
    const auto add = [&](std::string_view path) {
      if (!path.starts_with(prefix) || path.size() == prefix.size()) return;
      path.remove_prefix(prefix.size());
      names.emplace(path.substr(0, path.find('/')));
    };
    for (const auto& [path, bytes] : files_) add(path);
    for (const std::string& path : directories_) add(path);
    return std::vector<std::string>(names.begin(), names.end());
  }
  Result<FileStat> stat(std::string_view path) override {
    DRYDOCK_RETURN_IF_ERROR(ask({"stat", std::string(path), 0, 0}));
    if (path.empty() || directories_.contains(path)) return FileStat{0, true};
    if (!has(path)) return not_found(path);
    return FileStat{get(path).size(), false};
  }
  Status make_directories(std::string_view path) override {
    DRYDOCK_RETURN_IF_ERROR(ask({"make_directories", std::string(path), 0, 0}));
    add_parents(std::string(path) + "/x");
    return ok_status();
  }
  Status rename(std::string_view from, std::string_view to) override {
    DRYDOCK_RETURN_IF_ERROR(ask({"rename", std::string(from), 0, 0}));
    const auto it = files_.find(from);
    if (it == files_.end()) return not_found(from);
    std::shared_ptr<std::string> bytes = it->second;
    files_.erase(it);
    files_[std::string(to)] = std::move(bytes);
    return ok_status();
  }
  Status remove(std::string_view path) override {
    DRYDOCK_RETURN_IF_ERROR(ask({"remove", std::string(path), 0, 0}));
    const auto within = [&path](std::string_view name) {
      return name == path || name.starts_with(std::string(path) + "/");
    };
    const size_t removed =
        std::erase_if(files_, [&](const auto& file) { return within(file.first); }) +
        std::erase_if(directories_, within);
    return removed > 0 ? ok_status() : not_found(path);
  }
  Status sync_directory(std::string_view path) override {
    return ask({"sync_directory", std::string(path), 0, 0});
  }
  Result<uint64_t> free_space_bytes() override {
    DRYDOCK_RETURN_IF_ERROR(ask({"free_space_bytes", "", 0, 0}));
    return free_bytes;
  }

 private:
  class OpenFile : public File {
   public:
    OpenFile(MemoryVolume& volume, std::string path, Pace pace, std::shared_ptr<std::string> bytes)
        : volume_(volume), path_(std::move(path)), pace_(pace), bytes_(std::move(bytes)) {}

    Result<size_t> read_at(uint64_t offset, std::span<std::byte> out) override {
      DRYDOCK_RETURN_IF_ERROR(volume_.ask({"read_at", path_, offset, out.size()}));
      if (offset >= bytes_->size()) return size_t{0};
      const size_t count = std::min<uint64_t>(out.size(), bytes_->size() - offset);
      std::memcpy(out.data(), bytes_->data() + offset, count);
      return count;
    }
    Status write_at(uint64_t offset, std::span<const std::byte> bytes) override {
      DRYDOCK_RETURN_IF_ERROR(volume_.ask({"write_at", path_, offset, bytes.size()}));
      if (bytes_->size() < offset + bytes.size()) bytes_->resize(offset + bytes.size());
      std::memcpy(bytes_->data() + offset, bytes.data(), bytes.size());
      return ok_status();
    }
    Status append(std::span<const std::byte> bytes) override {
      return write_at(bytes_->size(), bytes);
    }
    Status truncate(uint64_t size_bytes) override {
      DRYDOCK_RETURN_IF_ERROR(volume_.ask({"truncate", path_, 0, size_bytes}));
      bytes_->resize(size_bytes);
      return ok_status();
    }
    Status sync() override { return volume_.ask({"sync", path_, 0, 0}); }
    Result<uint64_t> size() override {
      DRYDOCK_RETURN_IF_ERROR(volume_.ask({"size", path_, 0, 0}));
      return uint64_t{bytes_->size()};
    }
    Status pace(IoKind kind, uint64_t uncompressed_bytes) override {
      DRYDOCK_CHECK(pace_ == Pace::kByCaller, "pace() on a file that the volume paces");
      return volume_.ask(
          {kind == IoKind::kRead ? "pace read" : "pace write", path_, 0, uncompressed_bytes});
    }

   private:
    MemoryVolume& volume_;
    std::string path_;
    Pace pace_;
    std::shared_ptr<std::string> bytes_;
  };

  Status ask(const Call& call) const { return on_call ? on_call(call) : ok_status(); }
  static Status not_found(std::string_view path) {
    return Status(Code::kNotFound, "no such file or directory: " + std::string(path));
  }
  void add_parents(std::string_view path) {
    for (size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1))
      directories_.emplace(path.substr(0, slash));
  }

  std::map<std::string, std::shared_ptr<std::string>, std::less<>> files_;
  std::set<std::string, std::less<>> directories_;
};

}  // namespace drydock::tests

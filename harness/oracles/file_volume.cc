#include "harness/oracles/file_volume.h"

#include <algorithm>
#include <cstring>

namespace drydock::harness {
namespace {

Status read_only() { return Status(Code::kReadOnly, "a file volume is read-only"); }

class MemoryFile final : public File {
 public:
  explicit MemoryFile(const std::string& content) : content_(content) {}

  Result<size_t> read_at(uint64_t offset, std::span<std::byte> out) override {
    if (offset >= content_.size()) return size_t{0};
    const size_t count = std::min(out.size(), content_.size() - static_cast<size_t>(offset));
    std::memcpy(out.data(), content_.data() + offset, count);
    return count;
  }
  Status write_at(uint64_t, std::span<const std::byte>) override { return read_only(); }
  Status append(std::span<const std::byte>) override { return read_only(); }
  Status truncate(uint64_t) override { return read_only(); }
  Status sync() override { return ok_status(); }
  Result<uint64_t> size() override { return static_cast<uint64_t>(content_.size()); }
  Status pace(IoKind, uint64_t) override { return ok_status(); }

 private:
  const std::string& content_;
};

class FileVolume final : public Volume {
 public:
  FileVolume(std::string path, std::string content)
      : path_(std::move(path)), content_(std::move(content)) {}

  Result<std::unique_ptr<File>> open(std::string_view path, OpenMode mode, Pace) override {
    if (mode != OpenMode::kRead) return read_only();
    DRYDOCK_RETURN_IF_ERROR(exists(path));
    return std::unique_ptr<File>(std::make_unique<MemoryFile>(content_));
  }
  Result<std::vector<std::string>> list(std::string_view) override {
    return std::vector<std::string>{path_};
  }
  Result<FileStat> stat(std::string_view path) override {
    DRYDOCK_RETURN_IF_ERROR(exists(path));
    return FileStat{content_.size(), false};
  }
  Status make_directories(std::string_view) override { return read_only(); }
  Status rename(std::string_view, std::string_view) override { return read_only(); }
  Status remove(std::string_view) override { return read_only(); }
  Status sync_directory(std::string_view) override { return ok_status(); }
  Result<uint64_t> free_space_bytes() override { return uint64_t{0}; }

 private:
  Status exists(std::string_view path) const {
    if (path == path_) return ok_status();
    return Status(Code::kNotFound, "no such file: " + std::string(path));
  }

  std::string path_;
  std::string content_;
};

}  // namespace

std::unique_ptr<Volume> make_file_volume(std::string path, std::string content) {
  return std::make_unique<FileVolume>(std::move(path), std::move(content));
}

}  // namespace drydock::harness

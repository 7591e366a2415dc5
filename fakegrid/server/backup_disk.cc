#include "fakegrid/server/backup_disk.h"

#include <algorithm>
#include <span>

#include "core/base/text.h"

namespace drydock::fakegrid {
namespace {

constexpr size_t kNameBytes = 255;
constexpr size_t kReadBytes = 1 << 20;

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Result<std::string> checked(std::string_view path) {
  for (const std::string_view part : split(path, '/'))
    if (part.size() > kNameBytes)
      return Status(Code::kInvalid, "File name too long: " + std::string(path));
  return normal_path(path);
}

}  // namespace

std::string normal_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

Result<bool> BackupDisk::is_directory(std::string_view path) {
  const std::string place = normal_path(path);
  if (place.empty()) return true;
  const Result<FileStat> stat = volume_.stat(place);
  if (stat.code() == Code::kCancelled) return stat.status();
  return stat.ok() && stat->is_directory;
}

Result<bool> BackupDisk::exists(std::string_view path) {
  const Result<FileStat> stat = volume_.stat(normal_path(path));
  if (stat.code() == Code::kCancelled) return stat.status();
  return stat.ok();
}

Status BackupDisk::make_directories(std::string_view path) {
  DRYDOCK_ASSIGN(const std::string place, checked(path));
  return volume_.make_directories(place);
}

Status BackupDisk::write(std::string_view path, std::string_view bytes) {
  DRYDOCK_ASSIGN(const std::string place, checked(path));
  DRYDOCK_ASSIGN(const auto file, volume_.open(place, OpenMode::kCreate));
  return bytes.empty() ? ok_status() : file->write_at(0, as_bytes(bytes));
}

Status BackupDisk::append(std::string_view path, std::string_view bytes) {
  DRYDOCK_ASSIGN(const std::string place, checked(path));
  DRYDOCK_ASSIGN(const auto file, volume_.open(place, OpenMode::kReadWrite));
  return file->append(as_bytes(bytes));
}

Status BackupDisk::write_new_archive(std::string_view path, std::string_view bytes) {
  DRYDOCK_ASSIGN(const std::string place, checked(path));
  DRYDOCK_ASSIGN(const auto file, volume_.open(place, OpenMode::kCreateNew, Pace::kByCaller));
  return file->write_at(0, as_bytes(bytes));
}

Result<std::string> BackupDisk::read(std::string_view path, Pace pace) {
  DRYDOCK_ASSIGN(const auto file, volume_.open(normal_path(path), OpenMode::kRead, pace));
  DRYDOCK_ASSIGN(const uint64_t size, file->size());
  std::string out(static_cast<size_t>(size), '\0');
  size_t at = 0;
  while (at < out.size()) {
    const auto room =
        std::as_writable_bytes(std::span(out)).subspan(at, std::min(kReadBytes, out.size() - at));
    DRYDOCK_ASSIGN(const size_t got, file->read_at(at, room));
    if (got == 0) break;
    at += got;
  }
  out.resize(at);
  return out;
}

Status BackupDisk::collect(const std::string& directory, const std::string& prefix,
                           std::vector<std::string>& out) {
  DRYDOCK_ASSIGN(const std::vector<std::string> names, volume_.list(directory));
  for (const std::string& name : names) {
    const std::string place = directory.empty() ? name : directory + "/" + name;
    DRYDOCK_ASSIGN(const FileStat stat, volume_.stat(place));
    if (stat.is_directory)
      DRYDOCK_RETURN_IF_ERROR(collect(place, prefix + name + "/", out));
    else
      out.push_back(prefix + name);
  }
  return ok_status();
}

Result<std::vector<std::string>> BackupDisk::files_below(std::string_view directory) {
  std::vector<std::string> out;
  DRYDOCK_RETURN_IF_ERROR(collect(normal_path(directory), "", out));
  return out;
}

Status BackupDisk::remove(std::string_view path) { return volume_.remove(normal_path(path)); }

}  // namespace drydock::fakegrid

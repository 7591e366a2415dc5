// Volume: the port to a mounted file system (a pod's /opt/infinispan/backups).
//
//   DRYDOCK_ASSIGN(auto file, volume.open("b/b.zip.part", OpenMode::kCreate));
//   DRYDOCK_RETURN_IF_ERROR(file->write_at(0, bytes));
//   DRYDOCK_RETURN_IF_ERROR(file->sync());
//   DRYDOCK_RETURN_IF_ERROR(volume.rename("b/b.zip.part", "b/b.zip"));
//   DRYDOCK_RETURN_IF_ERROR(volume.sync_directory("b"));
//
// Paths are relative to the mount, separated by '/', without "." or ".." parts. What was written
// but not synced may be lost when the machine dies; a process that dies loses nothing it wrote.
// Every call may fail and may suspend; after kCancelled nothing has any effect.
//
// Pace. A caller that writes *compressed* bytes opens the file with Pace::kByCaller and calls
// pace() with the number of uncompressed bytes instead: then how long I/O takes, what free space
// shrinks by and what traces show follow from the data and not from the compressor's version. On
// a real volume pace() does nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace drydock {

enum class OpenMode {
  kRead,       // must exist
  kCreate,     // created, or emptied when it exists; readable and writable
  kCreateNew,  // created; kAlreadyExists when it exists
  kReadWrite,  // must exist
};

enum class Pace { kByBytes, kByCaller };
enum class IoKind { kRead, kWrite };

struct FileStat {
  uint64_t size_bytes = 0;  // 0 for a directory
  bool is_directory = false;
};

class File {
 public:
  virtual ~File() = default;  // closes; never fails

  // Reads up to out.size() bytes at `offset`; fewer only at the end of the file. Bytes read.
  virtual Result<size_t> read_at(uint64_t offset, std::span<std::byte> out) = 0;
  // Writes all bytes at `offset`, growing the file as needed. kNoSpace, kReadOnly.
  virtual Status write_at(uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual Status append(std::span<const std::byte> bytes) = 0;
  virtual Status truncate(uint64_t size_bytes) = 0;
  // What was written so far survives the machine's death.
  virtual Status sync() = 0;
  virtual Result<uint64_t> size() = 0;
  // Accounts for `uncompressed_bytes` of work (see Pace above). kNoSpace when they don't fit.
  virtual Status pace(IoKind kind, uint64_t uncompressed_bytes) = 0;
};

class Volume {
 public:
  virtual ~Volume() = default;

  virtual Result<std::unique_ptr<File>> open(std::string_view path, OpenMode mode,
                                             Pace pace = Pace::kByBytes) = 0;
  // Names in the directory (not paths), sorted. "" is the mount itself.
  virtual Result<std::vector<std::string>> list(std::string_view directory) = 0;
  virtual Result<FileStat> stat(std::string_view path) = 0;
  // Creates the directory and its parents; ok when it exists.
  virtual Status make_directories(std::string_view path) = 0;
  // Replaces `to` when it exists.
  virtual Status rename(std::string_view from, std::string_view to) = 0;
  // Removes a file or a directory with all that is in it; kNotFound when there is none.
  virtual Status remove(std::string_view path) = 0;
  virtual Status sync_directory(std::string_view path) = 0;
  virtual Result<uint64_t> free_space_bytes() = 0;
};

}  // namespace drydock

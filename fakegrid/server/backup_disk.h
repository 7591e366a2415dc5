// BackupDisk: a node's file system as the backup engine of a real server uses it: absolute paths,
// "." and ".." parts, Java's words for what goes wrong.
//
//   BackupDisk disk(volume);
//   DRYDOCK_RETURN_IF_ERROR(disk.write("/data/backups/b/manifest.properties", text));
//
// All calls may suspend. Errors are those of Volume; a name of more than 255 bytes is kInvalid.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/volume.h"

namespace drydock::fakegrid {

class BackupDisk {
 public:
  explicit BackupDisk(Volume& volume) : volume_(volume) {}

  Result<bool> is_directory(std::string_view path);
  Result<bool> exists(std::string_view path);
  Status make_directories(std::string_view path);
  // Replaces what is there; kNotFound when there is no directory for it.
  Status write(std::string_view path, std::string_view bytes);
  Status append(std::string_view path, std::string_view bytes);
  // kAlreadyExists. Takes no time: its bytes were accounted for when they were first written.
  Status write_new_archive(std::string_view path, std::string_view bytes);
  // Pace::kByCaller takes no time.
  Result<std::string> read(std::string_view path, Pace pace = Pace::kByBytes);
  // Files below a directory, sorted, relative to it.
  Result<std::vector<std::string>> files_below(std::string_view directory);
  Status remove(std::string_view path);

 private:
  Status collect(const std::string& directory, const std::string& prefix,
                 std::vector<std::string>& out);

  Volume& volume_;
};

// Without leading and doubled '/', "." and ".." parts; ".." above the root is dropped.
std::string normal_path(std::string_view path);

}  // namespace drydock::fakegrid

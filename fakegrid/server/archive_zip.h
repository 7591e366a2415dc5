// Zip files as Java writes them (deflated, sizes in data descriptors, no directories) and as it
// reads them (by the central directory, bytes before the archive allowed, check sums optional).
//
//   std::string zip = zip_archive({{"manifest.properties", text}}, now);
//   DRYDOCK_ASSIGN(const ZipArchive archive, ZipArchive::open(bytes));
//   DRYDOCK_ASSIGN(std::string text, archive.read("manifest.properties", /*check_crc=*/true));
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/base/time.h"

namespace drydock::fakegrid {

// Names are UTF-8 and unique. Below 4 GiB.
std::string zip_archive(const std::vector<std::pair<std::string, std::string>>& entries,
                        WallTime now);

class ZipArchive {
 public:
  // kDataLoss: no zip file; the message is Java's.
  static Result<ZipArchive> open(std::string bytes);

  bool has(std::string_view name) const { return entries_.find(name) != entries_.end(); }
  std::vector<std::string> names() const;  // sorted
  // kNotFound: no such entry. kDataLoss: it can't be unpacked, or its check sum is another.
  Result<std::string> read(std::string_view name, bool check_crc) const;

 private:
  struct Entry {
    uint16_t method = 0;
    uint32_t crc = 0;
    size_t packed = 0;
    size_t size = 0;
    size_t header = 0;  // of the local header, in bytes_
  };

  std::string bytes_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace drydock::fakegrid

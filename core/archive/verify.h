// Is an archive whole? Reads every byte of it once.
//
//   DRYDOCK_ASSIGN(auto zip, ZipReader::open(volume, "b/b.zip"));
//   DRYDOCK_ASSIGN(VerifyReport report, verify(*zip));
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/archive/layout.h"
#include "core/archive/zip_reader.h"
#include "core/base/status.h"

namespace drydock::archive {

struct VerifiedCache {
  std::string name;
  std::string kind;  // "distributed-cache"
  uint64_t records = 0;
  uint64_t dat_bytes = 0;  // uncompressed

  friend bool operator==(const VerifiedCache&, const VerifiedCache&) = default;
};

struct VerifyReport {
  ArchiveIndex index;
  std::vector<VerifiedCache> caches;  // sorted by name
  uint64_t counters = 0;
  uint64_t total_records = 0;  // of all caches
  uint64_t total_bytes = 0;    // uncompressed, all entries
};

// Structure, CRC of every entry, every record of every .dat decodes, every cache has its .xml and
// its .dat, every cache and template document extracts under its own name, and no cache, schema or
// task that container.properties lists is missing. Returns the first thing that is wrong:
// kDataLoss, or read_index's kInvalid. May suspend; memory does not depend on the archive's size.
Result<VerifyReport> verify(ZipReader& zip);

}  // namespace drydock::archive

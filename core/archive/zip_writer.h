// ZipWriter: a new zip file on a Volume, its entries streamed, its memory bounded.
//
//   DRYDOCK_ASSIGN(auto zip, ZipWriter::create(volume, "b.zip.part", {.level = 1, .mtime = now}));
//   DRYDOCK_RETURN_IF_ERROR(zip->add_text("manifest.properties", text));
//   DRYDOCK_RETURN_IF_ERROR(zip->add_stream("containers/default/caches/a/a.dat", pull));
//   DRYDOCK_ASSIGN(ZipSummary summary, zip->finish());   // written, synced, closed
//
// Nothing is written before finish(), which then pulls the streams one after another in the order
// they were added. The caller names a file aside and renames it afterwards; a writer that failed
// or was destroyed without finish() leaves a file that is not a whole archive, and frees the rest.
//
// Volume calls depend on the uncompressed bytes only: compressed output is collected and written
// each limits::kArchiveChunkBytes of input and at the end of each entry, with pace() for the input.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/base/time.h"
#include "core/base/volume.h"

namespace drydock::archive {

struct ZipOptions {
  int level = 1;   // 0 = store, 1 (fast) .. 9 (small) = deflate
  WallTime mtime;  // of every entry; written as UTC whatever the machine's zone, 2 s granularity
};

// One file of an archive.
struct ZipEntry {
  std::string name;         // UTF-8 path with '/'
  uint64_t size_bytes = 0;  // uncompressed
  uint32_t crc32 = 0;       // of the uncompressed bytes

  friend bool operator==(const ZipEntry&, const ZipEntry&) = default;
};

struct ZipSummary {
  std::vector<ZipEntry> entries;  // in the order added
  uint64_t total_bytes = 0;       // uncompressed
};

// Appends the next uncompressed bytes to `chunk` (empty when called; may append nothing). False:
// the stream has ended (what was appended counts). May suspend. Its errors come out of finish().
using PullChunk = std::function<Result<bool>(std::string& chunk)>;

// A name that neither we nor anybody who unpacks the archive should refuse: relative, '/' between
// its parts, no empty, "." or ".." part, no NUL, valid UTF-8, at most 65535 bytes. A backslash is a
// character like others (real servers back up a cache `back\slash`), but not at the front, and not
// before or after "..".
bool is_safe_entry_name(std::string_view name);

class ZipWriter {
 public:
  // Creates (or empties) the file. May suspend. Errors are the Volume's.
  // `volume` must outlive the writer.
  static Result<std::unique_ptr<ZipWriter>> create(Volume& volume, std::string path,
                                                   ZipOptions options);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  // Neither suspends. kInvalid: no safe name; kAlreadyExists: the name was added before.
  // What `pull` refers to must live until finish() returned or the writer is destroyed.
  Status add_text(std::string name, std::string text);
  Status add_stream(std::string name, PullChunk pull);

  // Writes everything and syncs the file. Call once, after at least one add. May suspend, also
  // inside `pull`. Returns the first error of `pull` or of the Volume as it was (kCancelled
  // included); then the file is worthless and the writer can only be destroyed.
  Result<ZipSummary> finish();

 private:
  class Impl;
  explicit ZipWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace drydock::archive

// ZipReader: the entries of a zip file on a Volume. Trusts nothing that it reads.
//
//   DRYDOCK_ASSIGN(auto zip, ZipReader::open(volume, "b/b.zip"));
//   DRYDOCK_ASSIGN(std::string manifest, zip->read_text("manifest.properties"));
//
// Whatever is not as it must be is kDataLoss, naming the entry: structure, sizes, CRC (real servers
// up to 15 don't look at the CRC). Also refused: names that would escape a directory when
// unpacked, a name that occurs twice, directory entries, bytes before the archive, encryption, more
// than limits::kMaxArchiveEntries. Once the Volume failed to read, the reader keeps returning that
// error: open another.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/zip_writer.h"
#include "core/base/status.h"
#include "core/base/volume.h"

namespace drydock::archive {

class ZipReader {
 public:
  // Reads the directory of the archive. May suspend. Errors of the Volume as they are (kNotFound:
  // no such file), else kDataLoss. `volume` must outlive the reader.
  static Result<std::unique_ptr<ZipReader>> open(Volume& volume, std::string path);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  // Sorted by name. Size and CRC as the directory says; they hold once the entry was read.
  const std::vector<ZipEntry>& entries() const;
  // Null when there is no such entry. The pointer lives as long as the reader.
  const ZipEntry* find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  // The whole entry, checked. May suspend. kNotFound: no such entry; kDataLoss: damaged, or larger
  // than limits::kMaxTextEntryBytes.
  Result<std::string> read_text(std::string_view name);

  // Gives the entry in chunks of at most limits::kArchiveChunkBytes (none for an empty entry). May
  // suspend, also in `visit`, which may use other entries of this reader. An error of `visit` ends
  // it and is returned. The CRC is known only at the end: until kOk was returned, what was visited
  // may be wrong.
  using VisitChunk = std::function<Status(std::span<const std::byte> chunk)>;
  Status read_stream(std::string_view name, const VisitChunk& visit);

 private:
  class Impl;
  explicit ZipReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace drydock::archive

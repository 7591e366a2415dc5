#include "core/archive/zip_reader.h"

#include <zip.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "core/base/limits.h"

namespace drydock::archive {
namespace {

// The file is read in blocks of this: libzip asks for some 46 bytes to 8 KiB at a time.
constexpr size_t kBlockBytes = 64 * 1024;

Status data_loss(std::string_view entry, std::string_view what) {
  return Status(Code::kDataLoss, "entry \"" + std::string(entry) + "\": " + std::string(what));
}

// The bytes of the file as libzip reads them.
class BlockSource {
 public:
  BlockSource(std::unique_ptr<File> file, uint64_t size) : file_(std::move(file)), size_(size) {}
  ~BlockSource() { zip_error_fini(&zip_error_); }
  BlockSource(const BlockSource&) = delete;
  BlockSource& operator=(const BlockSource&) = delete;

  zip_source_t* make_source(zip_error_t* error) {
    return zip_source_function_create(&BlockSource::callback, this, error);
  }
  File& file() { return *file_; }
  // The Volume's first error. It stays: libzip never reads again from a source that failed once.
  const Status& error() const { return error_; }

 private:
  static zip_int64_t callback(void* source, void* data, zip_uint64_t size,
                              zip_source_cmd_t command) {
    auto& self = *static_cast<BlockSource*>(source);
    try {
      return self.run(data, size, command);
    } catch (const std::exception& e) {  // may not cross libzip's C frames
      return self.fail(Status(Code::kInternal, e.what()));
    }
  }

  zip_int64_t run(void* data, zip_uint64_t size, zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_SEEKABLE;
      case ZIP_SOURCE_OPEN: position_ = 0; return 0;
      case ZIP_SOURCE_STAT: return stat(static_cast<zip_stat_t*>(data));
      case ZIP_SOURCE_READ: return read(static_cast<char*>(data), size);
      case ZIP_SOURCE_SEEK: return seek(data, size);
      case ZIP_SOURCE_TELL: return static_cast<zip_int64_t>(position_);
      case ZIP_SOURCE_ERROR: return zip_error_to_data(&zip_error_, data, size);
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_FREE: return 0;
      default: zip_error_set(&zip_error_, ZIP_ER_OPNOTSUPP, 0); return -1;
    }
  }

  zip_int64_t stat(zip_stat_t* stat) const {
    zip_stat_init(stat);
    stat->size = size_;
    stat->valid = ZIP_STAT_SIZE;
    return sizeof(zip_stat_t);
  }

  zip_int64_t seek(void* data, zip_uint64_t size) {
    const zip_int64_t target =
        zip_source_seek_compute_offset(position_, size_, data, size, &zip_error_);
    if (target < 0) return -1;
    position_ = static_cast<uint64_t>(target);
    return 0;
  }

  zip_int64_t read(char* out, zip_uint64_t size) {
    const bool inside = position_ >= block_start_ && position_ < block_start_ + block_.size();
    if (!inside) {
      if (const Status status = load_block(); !status.ok()) return fail(status);
    }
    const uint64_t offset = position_ - block_start_;
    const uint64_t count = std::min<uint64_t>(size, block_.size() - offset);
    std::copy_n(block_.data() + offset, count, out);
    position_ += count;
    return static_cast<zip_int64_t>(count);
  }

  // Blocks start at multiples of their size, so that going back a little costs no second read.
  Status load_block() {
    block_start_ = position_ - position_ % kBlockBytes;
    block_.resize(std::min<uint64_t>(kBlockBytes, size_ - block_start_));
    auto got = file_->read_at(block_start_, std::as_writable_bytes(std::span(block_)));
    block_.resize(got.ok() ? *got : 0);
    DRYDOCK_RETURN_IF_ERROR(got.ok() ? ok_status() : got.status());
    if (position_ < size_ && position_ >= block_start_ + block_.size())
      return Status(Code::kDataLoss, "the file became shorter while it was read");
    return ok_status();
  }

  zip_int64_t fail(const Status& status) {
    if (error_.ok()) error_ = status;
    block_.clear();
    zip_error_set(&zip_error_, ZIP_ER_INTERNAL, 0);
    return -1;
  }

  std::unique_ptr<File> file_;
  uint64_t size_;
  Status error_;
  zip_error_t zip_error_ = {};
  std::string block_;
  uint64_t block_start_ = 0;
  uint64_t position_ = 0;
};

struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using OpenEntry = std::unique_ptr<zip_file_t, CloseEntry>;

}  // namespace

class ZipReader::Impl {
 public:
  Impl(std::unique_ptr<File> file, uint64_t size) : source_(std::move(file), size) {}
  ~Impl() {
    if (archive_) zip_discard(archive_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status open();
  const std::vector<ZipEntry>& entries() const { return entries_; }
  const ZipEntry* find(std::string_view name) const;
  Status read_stream(std::string_view name, const VisitChunk& visit);

 private:
  struct Listed {
    ZipEntry entry;
    zip_uint64_t index = 0;  // in libzip's directory
  };

  Status read_directory();
  Result<Listed> read_directory_entry(zip_uint64_t index);
  Status visit_chunks(const ZipEntry& entry, zip_file_t* file, const VisitChunk& visit);
  Status entry_error(const ZipEntry& entry, const char* libzip_text);

  BlockSource source_;
  zip_t* archive_ = nullptr;
  std::vector<ZipEntry> entries_;      // sorted by name
  std::vector<zip_uint64_t> indexes_;  // of the same entries
};

Status ZipReader::Impl::open() {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = source_.make_source(&error);
  // CHECKCONS compares each local header with the directory: real servers don't.
  if (source) archive_ = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  Status status;
  if (!archive_) {
    if (source) zip_source_free(source);
    status = source_.error();
    if (status.ok())
      status =
          Status(Code::kDataLoss, std::string("no whole zip file: ") + zip_error_strerror(&error));
  }
  zip_error_fini(&error);
  return status.ok() ? read_directory() : status;
}

Status ZipReader::Impl::read_directory() {
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive_, 0));
  if (count > limits::kMaxArchiveEntries)
    return Status(Code::kDataLoss,
                  "more than " + std::to_string(limits::kMaxArchiveEntries) + " entries");
  std::vector<Listed> listed;
  listed.reserve(count);
  for (zip_uint64_t i = 0; i < count; ++i) {
    DRYDOCK_ASSIGN(Listed one, read_directory_entry(i));
    listed.push_back(std::move(one));
  }
  std::sort(listed.begin(), listed.end(),
            [](const Listed& a, const Listed& b) { return a.entry.name < b.entry.name; });
  for (Listed& one : listed) {
    if (!entries_.empty() && entries_.back().name == one.entry.name)
      return data_loss(one.entry.name, "is there twice");
    entries_.push_back(std::move(one.entry));
    indexes_.push_back(one.index);
  }
  return ok_status();
}

Result<ZipReader::Impl::Listed> ZipReader::Impl::read_directory_entry(zip_uint64_t index) {
  zip_stat_t stat;
  if (zip_stat_index(archive_, index, 0, &stat) != 0)
    return Status(Code::kDataLoss, std::string("bad directory: ") + zip_strerror(archive_));
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD;
  if ((stat.valid & kNeeded) != kNeeded)
    return Status(Code::kDataLoss, "bad directory: entry " + std::to_string(index));
  Listed listed{{stat.name, stat.size, stat.crc}, index};
  if (!is_safe_entry_name(listed.entry.name))
    return data_loss(listed.entry.name, "a name that no archive may have");
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
    return data_loss(listed.entry.name, "a compression method that no archive uses");
  // libzip gives such an entry without looking at its size and CRC.
  if (stat.comp_size == 0 && (stat.size != 0 || stat.crc != 0))
    return data_loss(listed.entry.name, "has a size but no data");
  return listed;
}

const ZipEntry* ZipReader::Impl::find(std::string_view name) const {
  const auto it = std::lower_bound(
      entries_.begin(), entries_.end(), name,
      [](const ZipEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return it != entries_.end() && it->name == name ? &*it : nullptr;
}

Status ZipReader::Impl::read_stream(std::string_view name, const VisitChunk& visit) {
  const ZipEntry* entry = find(name);
  if (!entry) return Status(Code::kNotFound, "no entry \"" + std::string(name) + "\"");
  const auto slot = static_cast<size_t>(entry - entries_.data());
  const OpenEntry file(zip_fopen_index(archive_, indexes_[slot], 0));
  if (!file) return entry_error(*entry, zip_strerror(archive_));
  return visit_chunks(*entry, file.get(), visit);
}

Status ZipReader::Impl::visit_chunks(const ZipEntry& entry, zip_file_t* file,
                                     const VisitChunk& visit) {
  std::string chunk(std::min<uint64_t>(entry.size_bytes + 1, limits::kArchiveChunkBytes), '\0');
  uint64_t total = 0;
  while (true) {
    const zip_int64_t count = zip_fread(file, chunk.data(), chunk.size());
    if (count < 0) return entry_error(entry, zip_file_strerror(file));
    if (count == 0) break;
    const auto bytes = static_cast<size_t>(count);
    total += bytes;
    if (total > entry.size_bytes) return data_loss(entry.name, "longer than the directory says");
    DRYDOCK_RETURN_IF_ERROR(source_.file().pace(IoKind::kRead, bytes));
    DRYDOCK_RETURN_IF_ERROR(visit(std::as_bytes(std::span(chunk.data(), bytes))));
  }
  if (total != entry.size_bytes) return data_loss(entry.name, "shorter than the directory says");
  return ok_status();
}

Status ZipReader::Impl::entry_error(const ZipEntry& entry, const char* libzip_text) {
  const Status status = source_.error();
  return status.ok() ? data_loss(entry.name, libzip_text) : status;
}

ZipReader::ZipReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipReader::~ZipReader() = default;

Result<std::unique_ptr<ZipReader>> ZipReader::open(Volume& volume, std::string path) {
  DRYDOCK_ASSIGN(auto file, volume.open(path, OpenMode::kRead, Pace::kByCaller));
  DRYDOCK_ASSIGN(const uint64_t size, file->size());
  if (size == 0) return Status(Code::kDataLoss, path + ": an empty file");
  auto impl = std::make_unique<Impl>(std::move(file), size);
  if (const Status status = impl->open(); !status.ok())
    return status.code() == Code::kDataLoss ? status.with_context(path) : status;
  return std::unique_ptr<ZipReader>(new ZipReader(std::move(impl)));
}

const std::vector<ZipEntry>& ZipReader::entries() const { return impl_->entries(); }

const ZipEntry* ZipReader::find(std::string_view name) const { return impl_->find(name); }

Result<std::string> ZipReader::read_text(std::string_view name) {
  const ZipEntry* entry = find(name);
  if (entry && entry->size_bytes > limits::kMaxTextEntryBytes)
    return data_loss(name, "larger than a text may be");
  std::string text;
  DRYDOCK_RETURN_IF_ERROR(read_stream(name, [&text](std::span<const std::byte> chunk) {
    text.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    return ok_status();
  }));
  return text;
}

Status ZipReader::read_stream(std::string_view name, const VisitChunk& visit) {
  return impl_->read_stream(name, visit);
}

}  // namespace drydock::archive

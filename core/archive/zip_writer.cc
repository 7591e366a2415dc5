#include "core/archive/zip_writer.h"

#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <optional>
#include <set>

#include "core/archive/zip_sink.h"
#include "core/base/limits.h"

namespace drydock::archive {
namespace {

struct DosTime {
  zip_uint16_t time = 0;
  zip_uint16_t date = 0;
};

// DOS fields of a UTC time; the format knows 1980 to 2107 in steps of two seconds.
DosTime dos_time(WallTime wall) {
  using namespace std::chrono;
  const WallTime lowest = sys_days(year(1980) / 1 / 1);
  const WallTime highest = sys_days(year(2107) / 12 / 31) + hours(23) + minutes(59);
  wall = std::clamp(wall, lowest, highest);
  const sys_days day = floor<days>(wall);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(wall - day));
  const auto time_bits =
      clock.hours().count() << 11 | clock.minutes().count() << 5 | clock.seconds().count() / 2;
  const auto date_bits = static_cast<unsigned>(static_cast<int>(date.year()) - 1980) << 9 |
                         static_cast<unsigned>(date.month()) << 5 |
                         static_cast<unsigned>(date.day());
  return {static_cast<zip_uint16_t>(time_bits), static_cast<zip_uint16_t>(date_bits)};
}

class ZipError {
 public:
  ZipError() { zip_error_init(&error_); }
  ~ZipError() { zip_error_fini(&error_); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  zip_error_t* get() { return &error_; }

 private:
  zip_error_t error_ = {};
};

}  // namespace

class ZipWriter::Impl {
 public:
  Impl(std::unique_ptr<File> file, ZipOptions options)
      : options_(options), dos_time_(dos_time(options.mtime)), sink_(std::move(file), error_) {}
  ~Impl() {
    if (archive_) zip_discard(archive_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status open();
  Status add(std::string name, std::string text, PullChunk pull);
  Result<ZipSummary> finish();

 private:
  // What one entry is read from: a text, or a stream that is pulled chunk by chunk.
  struct Source {
    Impl* writer;
    ZipEntry entry;
    std::string chunk;
    size_t given = 0;  // bytes of `chunk` given to libzip
    PullChunk pull;    // empty: `chunk` is all there is
    std::optional<uint64_t> known_size;
    bool begun = false;
    zip_error_t zip_error = {};
  };

  static zip_int64_t callback(void* source, void* data, zip_uint64_t size,
                              zip_source_cmd_t command);
  zip_int64_t run(Source& source, void* data, zip_uint64_t size, zip_source_cmd_t command);
  zip_int64_t stat(Source& source, void* data);
  Status begin_entry(Source& source);
  zip_int64_t read(Source& source, char* out, zip_uint64_t size);
  Status pull_chunk(Source& source);
  void end_entry(Source& source);
  zip_int64_t fail(Source& source, const Status& status);
  Status add_source(Source& source);
  Status libzip_error(std::string_view what);

  ZipOptions options_;
  DosTime dos_time_;
  Status error_;  // the first error inside a callback
  ZipSink sink_;
  zip_t* archive_ = nullptr;
  std::vector<std::unique_ptr<Source>> sources_;
  std::set<std::string, std::less<>> names_;
  bool finished_ = false;
};

Status ZipWriter::Impl::open() {
  ZipError error;
  zip_source_t* source = sink_.make_source();
  if (source) archive_ = zip_open_from_source(source, ZIP_CREATE, error.get());
  if (archive_) return ok_status();
  if (source) zip_source_free(source);
  return Status(Code::kInternal, std::string("libzip: ") + zip_error_strerror(error.get()));
}

Status ZipWriter::Impl::add(std::string name, std::string text, PullChunk pull) {
  DRYDOCK_CHECK(!finished_, "an entry added after finish()");
  if (!is_safe_entry_name(name))
    return Status(Code::kInvalid, "\"" + name + "\" is no name for an entry of an archive");
  if (!names_.insert(name).second)
    return Status(Code::kAlreadyExists, "entry \"" + name + "\" was added before");
  auto source = std::make_unique<Source>();
  source->writer = this;
  source->entry.name = std::move(name);
  if (!pull) source->known_size = text.size();
  source->chunk = std::move(text);
  source->pull = std::move(pull);
  sources_.push_back(std::move(source));
  return add_source(*sources_.back());
}

Status ZipWriter::Impl::add_source(Source& source) {
  zip_source_t* zip_source = zip_source_function(archive_, &Impl::callback, &source);
  if (!zip_source) return libzip_error(source.entry.name);
  const zip_int64_t index =
      zip_file_add(archive_, source.entry.name.c_str(), zip_source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(zip_source);
    return libzip_error(source.entry.name);
  }
  const auto at = static_cast<zip_uint64_t>(index);
  const bool store = options_.level == 0;
  if (zip_set_file_compression(archive_, at, store ? ZIP_CM_STORE : ZIP_CM_DEFLATE,
                               static_cast<zip_uint32_t>(options_.level)) != 0 ||
      zip_file_set_dostime(archive_, at, dos_time_.time, dos_time_.date, 0) != 0)
    return libzip_error(source.entry.name);
  return ok_status();
}

Result<ZipSummary> ZipWriter::Impl::finish() {
  DRYDOCK_CHECK(!finished_ && !sources_.empty(), "finish() is called once, after an add");
  finished_ = true;
  if (zip_close(archive_) != 0) return error_.ok() ? libzip_error("zip_close") : error_;
  archive_ = nullptr;
  DRYDOCK_RETURN_IF_ERROR(sink_.sync());
  ZipSummary summary;
  summary.entries.reserve(sources_.size());
  for (const auto& source : sources_) {
    summary.total_bytes += source->entry.size_bytes;
    summary.entries.push_back(std::move(source->entry));
  }
  return summary;
}

zip_int64_t ZipWriter::Impl::callback(void* source, void* data, zip_uint64_t size,
                                      zip_source_cmd_t command) {
  auto& self = *static_cast<Source*>(source);
  try {
    return self.writer->run(self, data, size, command);
  } catch (const std::exception& e) {  // may not cross libzip's C frames
    return self.writer->fail(self, Status(Code::kInternal, e.what()));
  }
}

zip_int64_t ZipWriter::Impl::run(Source& source, void* data, zip_uint64_t size,
                                 zip_source_cmd_t command) {
  switch (command) {
    case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_READABLE;
    case ZIP_SOURCE_STAT: return stat(source, data);
    case ZIP_SOURCE_OPEN: return 0;
    case ZIP_SOURCE_READ: return read(source, static_cast<char*>(data), size);
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&source.zip_error, data, size);
    case ZIP_SOURCE_CLOSE: end_entry(source); return 0;
    case ZIP_SOURCE_FREE: return 0;
    default: zip_error_set(&source.zip_error, ZIP_ER_OPNOTSUPP, 0); return -1;
  }
}

// libzip asks this first of an entry's source, before it writes the entry's header. The size is
// told only where it is known: then libzip writes no Zip64 header.
zip_int64_t ZipWriter::Impl::stat(Source& source, void* data) {
  if (const Status status = begin_entry(source); !status.ok()) return fail(source, status);
  auto* stat = static_cast<zip_stat_t*>(data);
  zip_stat_init(stat);
  if (source.known_size) {
    stat->size = *source.known_size;
    stat->valid = ZIP_STAT_SIZE;
  }
  return sizeof(zip_stat_t);
}

// The entry before is complete now, its local header too: it goes out.
Status ZipWriter::Impl::begin_entry(Source& source) {
  if (source.begun) return ok_status();
  source.begun = true;
  return sink_.flush();
}

zip_int64_t ZipWriter::Impl::read(Source& source, char* out, zip_uint64_t size) {
  if (sink_.unpaced_bytes() == limits::kArchiveChunkBytes) {
    if (const Status status = sink_.flush(); !status.ok()) return fail(source, status);
  }
  while (source.given == source.chunk.size() && source.pull) {
    if (const Status status = pull_chunk(source); !status.ok()) return fail(source, status);
  }
  const size_t count = std::min({size, source.chunk.size() - source.given,
                                 limits::kArchiveChunkBytes - sink_.unpaced_bytes()});
  std::memcpy(out, source.chunk.data() + source.given, count);
  source.given += count;
  sink_.count_input(count);
  ZipEntry& entry = source.entry;
  entry.size_bytes += count;
  entry.crc32 =
      static_cast<uint32_t>(::crc32_z(entry.crc32, reinterpret_cast<const Bytef*>(out), count));
  return static_cast<zip_int64_t>(count);
}

void ZipWriter::Impl::end_entry(Source& source) {
  source.chunk = std::string();
  source.given = 0;
  source.pull = nullptr;
}

Status ZipWriter::Impl::pull_chunk(Source& source) {
  source.chunk.clear();
  source.given = 0;
  DRYDOCK_ASSIGN(const bool more, source.pull(source.chunk));
  if (!more) source.pull = nullptr;
  return ok_status();
}

zip_int64_t ZipWriter::Impl::fail(Source& source, const Status& status) {
  if (error_.ok()) error_ = status;
  zip_error_set(&source.zip_error, ZIP_ER_INTERNAL, 0);
  return -1;
}

Status ZipWriter::Impl::libzip_error(std::string_view what) {
  return Status(Code::kInternal, std::string(what) + ": libzip: " + zip_strerror(archive_));
}

ZipWriter::ZipWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipWriter::~ZipWriter() = default;

Result<std::unique_ptr<ZipWriter>> ZipWriter::create(Volume& volume, std::string path,
                                                     ZipOptions options) {
  DRYDOCK_CHECK(options.level >= 0 && options.level <= 9, "compression levels are 0 to 9");
  DRYDOCK_ASSIGN(auto file, volume.open(path, OpenMode::kCreate, Pace::kByCaller));
  auto impl = std::make_unique<Impl>(std::move(file), options);
  DRYDOCK_RETURN_IF_ERROR(impl->open());
  return std::unique_ptr<ZipWriter>(new ZipWriter(std::move(impl)));
}

Status ZipWriter::add_text(std::string name, std::string text) {
  return impl_->add(std::move(name), std::move(text), nullptr);
}

Status ZipWriter::add_stream(std::string name, PullChunk pull) {
  DRYDOCK_CHECK(pull != nullptr, "a stream needs a function");
  return impl_->add(std::move(name), {}, std::move(pull));
}

Result<ZipSummary> ZipWriter::finish() { return impl_->finish(); }

}  // namespace drydock::archive

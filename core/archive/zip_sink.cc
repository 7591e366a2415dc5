#include "core/archive/zip_sink.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <span>
#include <utility>

#include "core/base/limits.h"

namespace drydock::archive {
namespace {

// Compressed output of one chunk, what deflate held back of the one before and a local header fit
// in twice a chunk: entry data never reaches this, only the directory does.
constexpr size_t kMaxPendingBytes = 2 * limits::kArchiveChunkBytes;

constexpr zip_int64_t kSupported = ZIP_SOURCE_SUPPORTS_WRITABLE;

}  // namespace

ZipSink::~ZipSink() { zip_error_fini(&zip_error_); }

zip_source_t* ZipSink::make_source() {
  zip_error_init(&zip_error_);
  return zip_source_function_create(&ZipSink::callback, this, &zip_error_);
}

Status ZipSink::flush() {
  if (unpaced_ == 0 && pending_.empty()) return ok_status();
  if (unpaced_ > 0) DRYDOCK_RETURN_IF_ERROR(file_->pace(IoKind::kWrite, unpaced_));
  unpaced_ = 0;
  DRYDOCK_RETURN_IF_ERROR(file_->write_at(flushed_, std::as_bytes(std::span(pending_))));
  flushed_ += pending_.size();
  pending_.clear();
  return ok_status();
}

zip_int64_t ZipSink::callback(void* sink, void* data, zip_uint64_t size, zip_source_cmd_t command) {
  auto& self = *static_cast<ZipSink*>(sink);
  try {
    return self.run(data, size, command);
  } catch (const std::exception& e) {  // may not cross libzip's C frames
    return self.check(Status(Code::kInternal, e.what()));
  }
}

zip_int64_t ZipSink::run(void* data, zip_uint64_t size, zip_source_cmd_t command) {
  switch (command) {
    case ZIP_SOURCE_SUPPORTS: return kSupported;
    case ZIP_SOURCE_STAT: return refuse_stat();
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&zip_error_, data, size);
    case ZIP_SOURCE_WRITE: return write({static_cast<const char*>(data), size});
    case ZIP_SOURCE_SEEK_WRITE: return seek(data, size);
    case ZIP_SOURCE_TELL_WRITE: return static_cast<zip_int64_t>(position_);
    case ZIP_SOURCE_COMMIT_WRITE: return check(flush());
    case ZIP_SOURCE_BEGIN_WRITE:
    case ZIP_SOURCE_ROLLBACK_WRITE:  // the caller removes the file
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE: return 0;
    default: zip_error_set(&zip_error_, ZIP_ER_OPNOTSUPP, 0); return -1;
  }
}

// Tells libzip that there is no archive yet: it then creates one without reading.
zip_int64_t ZipSink::refuse_stat() {
  zip_error_set(&zip_error_, ZIP_ER_READ, ENOENT);
  return -1;
}

zip_int64_t ZipSink::seek(void* data, zip_uint64_t size) {
  const zip_int64_t target =
      zip_source_seek_compute_offset(position_, end(), data, size, &zip_error_);
  if (target < 0) return -1;
  position_ = static_cast<uint64_t>(target);
  return check(write_overwritten());
}

zip_int64_t ZipSink::write(std::string_view bytes) {
  const auto written = static_cast<zip_int64_t>(bytes.size());
  if (position_ < flushed_) {
    const std::string_view below = bytes.substr(0, flushed_ - position_);
    if (overwritten_.empty()) overwritten_at_ = position_;
    overwritten_ += below;
    position_ += below.size();
    bytes.remove_prefix(below.size());
  }
  if (bytes.empty()) return written;
  const uint64_t at = position_ - flushed_;
  const uint64_t replaced = std::min<uint64_t>(bytes.size(), pending_.size() - at);
  pending_.replace(at, replaced, bytes);
  position_ += bytes.size();
  if (pending_.size() >= kMaxPendingBytes && check(flush()) < 0) return -1;
  return written;
}

// libzip always seeks back to the end after it went back: one run of writes lies between two seeks.
Status ZipSink::write_overwritten() {
  if (overwritten_.empty()) return ok_status();
  const std::string bytes = std::exchange(overwritten_, {});
  return file_->write_at(overwritten_at_, std::as_bytes(std::span(bytes)));
}

zip_int64_t ZipSink::check(const Status& status) {
  if (status.ok()) return 0;
  if (error_.ok()) error_ = status;
  zip_error_set(&zip_error_, ZIP_ER_INTERNAL, 0);
  return -1;
}

}  // namespace drydock::archive

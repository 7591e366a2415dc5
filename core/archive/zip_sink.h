// ZipSink: the file that libzip writes, as a zip_source_t over a Volume's File. Internal to
// core/archive.
//
// Output is collected in memory. The writer says when to flush, so that volume calls follow the
// uncompressed bytes; only the directory at the end, whose size follows from the names alone, makes
// the sink flush by itself. libzip goes back once per entry to complete its local header: if that
// header was flushed already, it is overwritten in the file, by one call.
#pragma once

#include <zip.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/base/volume.h"

namespace drydock::archive {

class ZipSink {
 public:
  // `error` keeps the first thing that went wrong in any callback; it must outlive the sink.
  ZipSink(std::unique_ptr<File> file, Status& error) : file_(std::move(file)), error_(error) {}
  ~ZipSink();
  ZipSink(const ZipSink&) = delete;
  ZipSink& operator=(const ZipSink&) = delete;

  // A libzip source that refers to this sink. Null: no memory.
  zip_source_t* make_source();

  // Counts uncompressed bytes whose output will reach this sink.
  void count_input(uint64_t uncompressed_bytes) { unpaced_ += uncompressed_bytes; }
  // Counted since the last flush.
  uint64_t unpaced_bytes() const { return unpaced_; }

  // Paces for the bytes counted, then writes what was collected: also nothing, when a compressor
  // has kept all of it, so that compressibility doesn't show. May suspend.
  Status flush();
  // May suspend.
  Status sync() { return file_->sync(); }

 private:
  static zip_int64_t callback(void* sink, void* data, zip_uint64_t size, zip_source_cmd_t command);
  zip_int64_t run(void* data, zip_uint64_t size, zip_source_cmd_t command);
  zip_int64_t refuse_stat();
  zip_int64_t seek(void* data, zip_uint64_t size);
  zip_int64_t write(std::string_view bytes);
  Status write_overwritten();
  zip_int64_t check(const Status& status);
  uint64_t end() const { return flushed_ + pending_.size(); }

  std::unique_ptr<File> file_;
  Status& error_;
  zip_error_t zip_error_ = {};
  std::string pending_;      // bytes of the file from flushed_ on
  std::string overwritten_;  // of what was flushed, from overwritten_at_ on
  uint64_t overwritten_at_ = 0;
  uint64_t unpaced_ = 0;
  uint64_t flushed_ = 0;   // bytes of the file written to the volume
  uint64_t position_ = 0;  // where libzip writes next
};

}  // namespace drydock::archive

#include "core/archive/dat.h"

#include <algorithm>

#include "core/base/limits.h"

namespace drydock::archive {
namespace {

constexpr size_t kLengthBytes = 4;

int32_t big_endian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return static_cast<int32_t>(value);
}

// Moves bytes of `from` to `to` until that has `size`, or `from` is empty.
void fill(std::string& to, size_t size, std::string_view& from) {
  const size_t count = std::min(size - std::min(size, to.size()), from.size());
  to.append(from.substr(0, count));
  from.remove_prefix(count);
}

}  // namespace

Status RecordSplitter::feed(std::span<const std::byte> chunk, const VisitRecord& visit) {
  std::string_view rest(reinterpret_cast<const char*>(chunk.data()), chunk.size());
  while (!rest.empty()) {
    if (!partial_.empty() || rest.size() < kLengthBytes) {
      fill(partial_, kLengthBytes, rest);
      if (partial_.size() < kLengthBytes) break;
    }
    const int32_t length = big_endian(partial_.empty() ? rest : partial_);
    if (length <= 0 || static_cast<uint32_t>(length) > limits::kMaxRecordBytes)
      return data_loss("a length of " + std::to_string(length));
    const size_t framed = kLengthBytes + static_cast<size_t>(length);
    if (partial_.empty() && rest.size() >= framed) {  // no copy where the chunk has all of it
      DRYDOCK_RETURN_IF_ERROR(visit_one(rest.substr(kLengthBytes, framed - kLengthBytes), visit));
      rest.remove_prefix(framed);
      continue;
    }
    fill(partial_, framed, rest);
    if (partial_.size() < framed) break;
    DRYDOCK_RETURN_IF_ERROR(visit_one(std::string_view(partial_).substr(kLengthBytes), visit));
    partial_.clear();
  }
  return ok_status();
}

Status RecordSplitter::finish() const {
  return partial_.empty() ? ok_status() : data_loss("the entry ends inside it");
}

Status RecordSplitter::visit_one(std::string_view message, const VisitRecord& visit) {
  if (const Status status = visit(message); !status.ok())
    return status.code() == Code::kDataLoss ? data_loss(status.message()) : status;
  ++records_;
  offset_ += kLengthBytes + message.size();
  return ok_status();
}

Status RecordSplitter::data_loss(std::string_view what) const {
  return Status(Code::kDataLoss, "entry \"" + entry_name_ + "\": record " +
                                     std::to_string(records_) + " at byte " +
                                     std::to_string(offset_) + ": " + std::string(what));
}

Status read_records(ZipReader& zip, std::string_view entry_name, const VisitRecord& visit) {
  RecordSplitter splitter{std::string(entry_name)};
  DRYDOCK_RETURN_IF_ERROR(
      zip.read_stream(entry_name, [&](auto chunk) { return splitter.feed(chunk, visit); }));
  return splitter.finish();
}

Result<uint64_t> count_records(ZipReader& zip, std::string_view entry_name) {
  uint64_t count = 0;
  DRYDOCK_RETURN_IF_ERROR(read_records(zip, entry_name, [&count](std::string_view) {
    ++count;
    return ok_status();
  }));
  return count;
}

}  // namespace drydock::archive

#include "fakegrid/server/archive_zip.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace drydock::fakegrid {
namespace {

constexpr uint32_t kLocal = 0x04034b50, kDescriptor = 0x08074b50, kCentral = 0x02014b50,
                   kEnd = 0x06054b50;
constexpr size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22;
constexpr uint16_t kFlags = 0x0808;  // a data descriptor follows; names are UTF-8
constexpr uint16_t kVersion = 20, kDeflated = 8;

void put(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

uint32_t get(std::string_view bytes, size_t at, int count) {
  uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i)
    value = (value << 8) | static_cast<uint8_t>(bytes[at + static_cast<size_t>(i)]);
  return value;
}

uint32_t crc_of(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string deflated(std::string_view bytes) {
  z_stream stream = {};
  DRYDOCK_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
                             Z_DEFAULT_STRATEGY) == Z_OK,
                "zlib can be started");
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&stream, Z_FINISH);
  DRYDOCK_CHECK(done == Z_STREAM_END, "deflateBound() is enough");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> inflated(std::string_view packed, size_t size) {
  z_stream stream = {};
  DRYDOCK_CHECK(inflateInit2(&stream, -MAX_WBITS) == Z_OK, "zlib can be started");
  std::string out(size + 1, '\0');  // one more, so that a longer stream is seen
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int done = inflate(&stream, Z_FINISH);
  const std::string why = stream.msg == nullptr ? "invalid stored data" : stream.msg;
  out.resize(stream.total_out);
  inflateEnd(&stream);
  if (done != Z_STREAM_END || out.size() != size)
    return Status(Code::kDataLoss, "java.util.zip.ZipException: " + why);
  return out;
}

uint32_t dos_time(WallTime now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<seconds>(now - day));
  const auto years = static_cast<uint32_t>(std::max(static_cast<int>(date.year()), 1980) - 1980);
  return (years << 25) | (static_cast<unsigned>(date.month()) << 21) |
         (static_cast<unsigned>(date.day()) << 16) |
         (static_cast<uint32_t>(time.hours().count()) << 11) |
         (static_cast<uint32_t>(time.minutes().count()) << 5) |
         (static_cast<uint32_t>(time.seconds().count()) / 2);
}

void put_sizes(std::string& out, uint32_t crc, size_t packed, size_t size) {
  put(out, crc, 4);
  put(out, static_cast<uint32_t>(packed), 4);
  put(out, static_cast<uint32_t>(size), 4);
}

void put_common(std::string& out, uint32_t time) {
  put(out, kVersion, 2);
  put(out, kFlags, 2);
  put(out, kDeflated, 2);
  put(out, time, 4);
}

// Where the end record begins; npos: there is none.
size_t find_end(std::string_view bytes) {
  if (bytes.size() < kEndSize) return std::string_view::npos;
  const size_t lowest = bytes.size() > kEndSize + 0xFFFF ? bytes.size() - kEndSize - 0xFFFF : 0;
  for (size_t at = bytes.size() - kEndSize + 1; at-- > lowest;)
    if (get(bytes, at, 4) == kEnd && at + kEndSize + get(bytes, at + 20, 2) == bytes.size())
      return at;
  return std::string_view::npos;
}

Status bad(std::string_view what) {
  return Status(Code::kDataLoss, "java.util.zip.ZipException: " + std::string(what));
}

}  // namespace

std::string zip_archive(const std::vector<std::pair<std::string, std::string>>& entries,
                        WallTime now) {
  std::string out;
  std::string directory;
  const uint32_t time = dos_time(now);
  for (const auto& [name, content] : entries) {
    const auto offset = static_cast<uint32_t>(out.size());
    const uint32_t crc = crc_of(content);
    const std::string packed = deflated(content);
    put(out, kLocal, 4);
    put_common(out, time);
    put_sizes(out, 0, 0, 0);
    put(out, static_cast<uint32_t>(name.size()), 2);
    put(out, 0, 2);
    out += name;
    out += packed;
    put(out, kDescriptor, 4);
    put_sizes(out, crc, packed.size(), content.size());
    put(directory, kCentral, 4);
    put(directory, kVersion, 2);
    put_common(directory, time);
    put_sizes(directory, crc, packed.size(), content.size());
    put(directory, static_cast<uint32_t>(name.size()), 2);
    directory.append(12, '\0');  // extra field, comment, disk, attributes
    put(directory, offset, 4);
    directory += name;
  }
  const auto start = static_cast<uint32_t>(out.size());
  out += directory;
  put(out, kEnd, 4);
  put(out, 0, 4);
  put(out, static_cast<uint32_t>(entries.size()), 2);
  put(out, static_cast<uint32_t>(entries.size()), 2);
  put(out, static_cast<uint32_t>(directory.size()), 4);
  put(out, start, 4);
  put(out, 0, 2);
  return out;
}

Result<ZipArchive> ZipArchive::open(std::string bytes) {
  if (bytes.empty()) return bad("zip file is empty");
  const size_t end = find_end(bytes);
  if (end == std::string::npos) return bad("zip END header not found");
  const size_t size = get(bytes, end + 12, 4);
  const size_t offset = get(bytes, end + 16, 4);
  if (size > end || offset + size > end) return bad("invalid END header (bad central directory)");
  const size_t before = end - size - offset;  // bytes in front of the archive
  ZipArchive archive;
  for (size_t at = end - size; at + kCentralSize <= end;) {
    if (get(bytes, at, 4) != kCentral) return bad("invalid CEN header (bad signature)");
    const size_t name = get(bytes, at + 28, 2);
    if (at + kCentralSize + name > end) return bad("invalid CEN header (bad header size)");
    archive.entries_[bytes.substr(at + kCentralSize, name)] = {
        .method = static_cast<uint16_t>(get(bytes, at + 10, 2)),
        .crc = get(bytes, at + 16, 4),
        .packed = get(bytes, at + 20, 4),
        .size = get(bytes, at + 24, 4),
        .header = before + get(bytes, at + 42, 4)};
    at += kCentralSize + name + get(bytes, at + 30, 2) + get(bytes, at + 32, 2);
  }
  archive.bytes_ = std::move(bytes);
  return archive;
}

std::vector<std::string> ZipArchive::names() const {
  std::vector<std::string> out;
  for (const auto& [name, entry] : entries_) out.push_back(name);
  return out;
}

Result<std::string> ZipArchive::read(std::string_view name, bool check_crc) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return Status(Code::kNotFound, "no entry " + std::string(name));
  const Entry& entry = found->second;
  if (entry.header + kLocalSize > bytes_.size() || get(bytes_, entry.header, 4) != kLocal)
    return bad("ZipFile invalid LOC header (bad signature)");
  const size_t data = entry.header + kLocalSize + get(bytes_, entry.header + 26, 2) +
                      get(bytes_, entry.header + 28, 2);
  if (data > bytes_.size() || entry.packed > bytes_.size() - data)
    return bad("ZipFile invalid LOC header (bad signature)");
  const std::string_view packed = std::string_view(bytes_).substr(data, entry.packed);
  Result<std::string> content =
      entry.method == kDeflated ? inflated(packed, entry.size) : Result(std::string(packed));
  if (content.ok() && check_crc && crc_of(*content) != entry.crc)
    return bad("invalid entry CRC (expected 0x" + std::to_string(entry.crc) + ")");
  return content;
}

}  // namespace drydock::fakegrid

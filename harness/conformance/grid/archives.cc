#include "harness/conformance/grid/archives.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/archive/properties.h"
#include "core/archive/zip_reader.h"
#include "core/archive/zip_writer.h"
#include "core/base/record.h"
#include "core/base/text.h"
#include "harness/conformance/grid/compare.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr const char* kFile = "scratch.zip";
constexpr uint64_t kScratchBytes = uint64_t{1} << 30;
constexpr uint64_t kAtOnce = uint64_t{1} << 50;  // bytes per second

sim::DiskOptions scratch() {
  return {.capacity_bytes = kScratchBytes,
          .operation_latency = Duration::zero(),
          .sync_latency = Duration::zero(),
          .write_bytes_per_second = kAtOnce,
          .read_bytes_per_second = kAtOnce};
}

// A text for each record, sorted. What can't be read is shown as it is.
std::vector<std::string> record_texts(const std::string& dat, bool counters) {
  std::vector<std::string> texts;
  for (size_t at = 0; at + 4 <= dat.size();) {
    size_t length = 0;
    for (size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(dat[at + i]);
    std::string message = dat.substr(at + 4, length);
    at += 4 + length;
    const Result<CacheRecord> record = decode_cache_record(message);
    if (!counters && record.ok())
      message =
          fmt::format("key {} value {} metadata {} created {} used {}", base64_encode(record->key),
                      base64_encode(record->value), base64_encode(record->metadata),
                      record->created_ms > 0, record->last_used_ms > 0);
    else
      message = base64_encode(message);
    texts.push_back(std::move(message));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::string records_difference(const std::string& recorded, const std::string& ours,
                               bool counters) {
  const std::vector<std::string> theirs = record_texts(recorded, counters);
  const std::vector<std::string> mine = record_texts(ours, counters);
  std::vector<std::string> missing;
  std::set_difference(theirs.begin(), theirs.end(), mine.begin(), mine.end(),
                      std::back_inserter(missing));
  std::vector<std::string> extra;
  std::set_difference(mine.begin(), mine.end(), theirs.begin(), theirs.end(),
                      std::back_inserter(extra));
  if (missing.empty() && extra.empty()) return "";
  return fmt::format("{} of {} records are missing ({}), {} of ours are additional ({})",
                     missing.size(), theirs.size(), missing.empty() ? "-" : missing[0],
                     extra.size(), extra.empty() ? "-" : extra[0].substr(0, 300));
}

// "a,b" and "b,a" are the same list.
std::vector<std::string> sorted_list(const std::string& text) {
  std::vector<std::string> items;
  for (const std::string_view item : split(text, ',')) items.emplace_back(item);
  std::sort(items.begin(), items.end());
  return items;
}

std::string properties_difference(const std::string& recorded, const std::string& ours) {
  const auto theirs = archive::parse_properties(recorded);
  const auto mine = archive::parse_properties(ours);
  if (!theirs.ok() || !mine.ok()) return recorded == ours ? "" : "no properties";
  for (const auto& [key, value] : *theirs) {
    const auto found = mine->find(key);
    if (found == mine->end()) return fmt::format("{} is missing", key);
    if (sorted_list(value) != sorted_list(found->second))
      return fmt::format("{}: recorded '{}', ours '{}'", key, value, found->second);
  }
  for (const auto& [key, value] : *mine)
    if (!theirs->contains(key)) return fmt::format("{}={} is additional", key, value);
  return "";
}

// Where a server keeps its data differs between machines.
std::string without_directories(const std::string& xml) {
  constexpr std::string_view kPath = " path=\"";
  const size_t at = xml.find(kPath);
  if (at == std::string::npos) return xml;
  const size_t begin = at + kPath.size();
  return xml.substr(0, begin) + xml.substr(std::min(xml.find('"', begin), xml.size()));
}

std::string entry_difference(const std::string& name, const std::string& recorded,
                             const std::string& ours) {
  if (name.ends_with("/global.xml")) return "";
  if (name.ends_with(".dat"))
    return records_difference(recorded, ours, name.ends_with("/counters.dat"));
  if (name.ends_with(".properties")) return properties_difference(recorded, ours);
  return text_difference(without_directories(recorded), without_directories(ours));
}

}  // namespace

Archives::Archives(sim::Simulation& simulation)
    : disk_(simulation, "scratch", scratch()), volume_(disk_.mount(simulation.harness(), false)) {}

Result<Entries> Archives::read(const std::string& zip) {
  DRYDOCK_RETURN_IF_ERROR(disk_.put_file(kFile, zip));
  DRYDOCK_ASSIGN(const auto reader, archive::ZipReader::open(*volume_, kFile));
  Entries entries;
  for (const archive::ZipEntry& entry : reader->entries()) {
    std::string& content = entries[entry.name];
    DRYDOCK_RETURN_IF_ERROR(
        reader->read_stream(entry.name, [&content](std::span<const std::byte> chunk) {
          for (const std::byte byte : chunk) content.push_back(static_cast<char>(byte));
          return ok_status();
        }));
  }
  return entries;
}

Result<std::string> Archives::make(const Entries& entries) {
  DRYDOCK_ASSIGN(const auto writer, archive::ZipWriter::create(*volume_, kFile, {}));
  for (const auto& [name, content] : entries)
    DRYDOCK_RETURN_IF_ERROR(writer->add_text(name, content));
  DRYDOCK_RETURN_IF_ERROR(writer->finish().status());
  return disk_.get_file(kFile);
}

std::string Archives::difference(const std::string& recorded_zip, const std::string& our_zip) {
  const Result<Entries> theirs = read(recorded_zip);
  if (!theirs.ok()) return "the recorded archive: " + theirs.status().message();
  const Result<Entries> mine = read(our_zip);
  if (!mine.ok()) return "our archive: " + mine.status().message();
  for (const auto& [name, content] : *theirs) {
    const auto found = mine->find(name);
    if (found == mine->end()) return "archive: " + name + " is missing";
    const std::string differs = entry_difference(name, content, found->second);
    if (!differs.empty()) return "archive: " + name + ": " + differs;
  }
  for (const auto& [name, content] : *mine)
    if (!theirs->contains(name)) return "archive: " + name + " is additional";
  return "";
}

}  // namespace drydock::harness::conformance::grid

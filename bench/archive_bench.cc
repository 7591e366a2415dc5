// Archives over a Volume in memory: how many uncompressed bytes a second are written, and read
// again with every check of core/archive/verify.h. Records have values of 1 KiB.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/archive/cache_document.h"
#include "core/archive/layout.h"
#include "core/archive/verify.h"
#include "core/archive/zip_reader.h"
#include "core/archive/zip_writer.h"
#include "core/base/limits.h"
#include "core/base/record.h"
#include "tests/support/memory_volume.h"

namespace drydock::bench {
namespace {

constexpr size_t kRecords = 32 * 1024;
constexpr size_t kValueBytes = 1024;
// Enough that deflate, which looks 32 KiB back, never sees one twice.
constexpr size_t kDistinctRecords = 1024;
constexpr char kPath[] = "b.zip";
constexpr char kCache[] = "cache-one";

// Text out of 64 characters, as encoded data often is: it shrinks to three quarters.
std::string make_value(uint64_t state) {
  static constexpr std::string_view kAlphabet =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  std::string value(kValueBytes, ' ');
  for (char& c : value) {
    state = state * 6364136223846793005 + 1442695040888963407;
    c = kAlphabet[state >> 58];
  }
  return value;
}

const std::vector<CacheRecord>& distinct_records() {
  static const std::vector<CacheRecord> records = [] {
    std::vector<CacheRecord> made;
    for (size_t i = 0; i < kDistinctRecords; ++i)
      made.push_back({.key = "key-" + std::to_string(i),
                      .value = make_value(i),
                      .metadata = encode_metadata({})});
    return made;
  }();
  return records;
}

// The stream of a cache's .dat entry: records are encoded as they are pulled.
class RecordStream {
 public:
  bool pull(std::string& chunk) {
    while (next_ < kRecords && chunk.size() < limits::kArchiveChunkBytes)
      append_framed(chunk, encode(distinct_records()[next_++ % kDistinctRecords]));
    return next_ < kRecords;
  }

 private:
  size_t next_ = 0;
};

// An archive of one cache. Uncompressed bytes, or what went wrong.
Result<uint64_t> write_archive(Volume& volume, int level) {
  DRYDOCK_ASSIGN(const auto zip, archive::ZipWriter::create(volume, kPath, {level, WallTime()}));
  archive::ContainerResources resources;
  resources.caches = {kCache};
  DRYDOCK_RETURN_IF_ERROR(zip->add_text(std::string(archive::kManifestEntry),
                                        archive::manifest_text("15.0.21.Final", WallTime())));
  DRYDOCK_RETURN_IF_ERROR(zip->add_text(std::string(archive::kContainerPropertiesEntry),
                                        archive::container_properties_text(resources, WallTime())));
  DRYDOCK_RETURN_IF_ERROR(zip->add_text(
      archive::cache_xml_entry(kCache),
      archive::wrap_cache_xml(R"(<distributed-cache name="cache-one"/>)", "15.0.21.Final")));
  RecordStream stream;
  DRYDOCK_RETURN_IF_ERROR(zip->add_stream(
      archive::cache_dat_entry(kCache),
      [&stream](std::string& chunk) -> Result<bool> { return stream.pull(chunk); }));
  DRYDOCK_ASSIGN(const archive::ZipSummary summary, zip->finish());
  return summary.total_bytes;
}

Result<uint64_t> verify_archive(Volume& volume) {
  DRYDOCK_ASSIGN(const auto zip, archive::ZipReader::open(volume, kPath));
  DRYDOCK_ASSIGN(const archive::VerifyReport report, archive::verify(*zip));
  if (report.total_records != kRecords) return Status(Code::kDataLoss, "records are missing");
  return report.total_bytes;
}

// Times `work`, which says how many uncompressed bytes it has dealt with.
template <class Work>
void measure(benchmark::State& state, Work work) {
  uint64_t bytes = 0;
  for (auto _ : state) {
    const Result<uint64_t> done = work();
    if (!done.ok()) return state.SkipWithError(done.status().to_string().c_str());
    bytes += *done;
  }
  state.counters["mb_per_s"] =
      benchmark::Counter(static_cast<double>(bytes) / 1e6, benchmark::Counter::kIsRate);
}

void archive_write(benchmark::State& state) {
  const int level = static_cast<int>(state.range(0));
  distinct_records();
  uint64_t compressed = 0;
  uint64_t uncompressed = 0;
  measure(state, [&]() -> Result<uint64_t> {
    tests::MemoryVolume volume;
    DRYDOCK_ASSIGN(uncompressed, write_archive(volume, level));
    compressed = volume.get(kPath).size();
    return uncompressed;
  });
  if (uncompressed == 0) return;
  state.counters["ratio"] = static_cast<double>(compressed) / static_cast<double>(uncompressed);
}

void archive_read(benchmark::State& state) {
  tests::MemoryVolume volume;
  const Result<uint64_t> written = write_archive(volume, static_cast<int>(state.range(0)));
  if (!written.ok()) return state.SkipWithError(written.status().to_string().c_str());
  measure(state, [&] { return verify_archive(volume); });
}

// Level 1 is what the agent writes; 0 stores.
BENCHMARK(archive_write)->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond);
BENCHMARK(archive_read)->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace drydock::bench

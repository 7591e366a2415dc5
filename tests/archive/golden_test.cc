// Every archive that a real server wrote reads as its sidecar says, and survives a round trip.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/archive/cache_document.h"
#include "core/archive/dat.h"
#include "core/archive/layout.h"
#include "core/archive/verify.h"
#include "core/archive/zip_reader.h"
#include "core/archive/zip_writer.h"
#include "core/base/record.h"
#include "tests/support/golden_archives.h"
#include "tests/support/memory_volume.h"

namespace drydock::archive {
namespace {

using tests::GoldenArchive;
using tests::MemoryVolume;

class Golden : public testing::TestWithParam<GoldenArchive> {
 protected:
  void SetUp() override {
    volume_.put("golden.zip", GetParam().zip());
    auto zip = ZipReader::open(volume_, "golden.zip");
    ASSERT_TRUE(zip.ok()) << zip.status().to_string();
    zip_ = std::move(*zip);
  }

  std::vector<std::string> messages(const std::string& entry) {
    std::vector<std::string> all;
    const Status status = read_records(*zip_, entry, [&all](std::string_view message) {
      all.emplace_back(message);
      return ok_status();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return all;
  }

  MemoryVolume volume_;
  std::unique_ptr<ZipReader> zip_;
};

INSTANTIATE_TEST_SUITE_P(Archive, Golden, testing::ValuesIn(tests::golden_archives()),
                         [](const auto& param) { return tests::test_name(param.param); });

bool is_counters(std::string_view entry) { return entry == kCountersEntry; }

std::string hex_field(const boost::json::object& record, std::string_view field) {
  const boost::json::value* value = record.if_contains(field);
  const boost::json::value* hex = value ? value->as_object().if_contains("hex") : nullptr;
  return hex ? std::string(hex->as_string()) : "";
}

// Sidecars replace long values by {len, sha256}: then only the length is compared.
void expect_bytes(const boost::json::object& record, std::string_view field,
                  const std::string& bytes) {
  const boost::json::object& value = record.at(field).as_object();
  if (value.contains("hex")) {
    EXPECT_EQ(hex_field(record, field), tests::to_hex(bytes));
  } else {
    EXPECT_EQ(value.at("len").to_number<size_t>(), bytes.size());
  }
}

void expect_cache_record(const boost::json::object& expected, const std::string& message) {
  const auto record = decode_cache_record(message);
  ASSERT_TRUE(record.ok()) << record.status().to_string();
  expect_bytes(expected, "1", record->key);
  expect_bytes(expected, "2", record->value);
  expect_bytes(expected, "3", record->metadata);
  EXPECT_EQ(expected.contains("4"), record->private_metadata.has_value());
  EXPECT_EQ(expected.at("5").as_int64(), record->created_ms);
  EXPECT_EQ(expected.at("6").as_int64(), record->last_used_ms);
}

void expect_counter_record(const boost::json::object& expected, const std::string& message) {
  const auto record = decode_counter_record(message);
  ASSERT_TRUE(record.ok()) << record.status().to_string();
  expect_bytes(expected, "1", record->name);
  EXPECT_EQ(expected.at("3").as_int64(), record->value);
}

TEST_P(Golden, HoldsWhatTheSidecarSays) {
  if (!GetParam().has_sidecar()) return;  // "corrupt-base"
  const boost::json::array entries = GetParam().sidecar_entries();
  ASSERT_EQ(zip_->entries().size(), entries.size());
  for (const boost::json::value& value : entries) {
    const boost::json::object& expected = value.as_object();
    const std::string name(expected.at("name").as_string());
    SCOPED_TRACE(name);
    const ZipEntry* entry = zip_->find(name);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->size_bytes, expected.at("size").to_number<uint64_t>());
    EXPECT_EQ(entry->crc32, std::stoul(std::string(expected.at("crc").as_string()), nullptr, 16));
    if (const auto* text = expected.if_contains("text")) {
      EXPECT_EQ(zip_->read_text(name).value(), std::string(text->as_string()));
    }
    if (!expected.contains("rec")) continue;
    const std::vector<std::string> found = messages(name);
    EXPECT_EQ(found.size(), expected.at("records").to_number<size_t>());
    const boost::json::array& records = expected.at("rec").as_array();  // may be the first only
    for (size_t i = 0; i < records.size(); ++i) {
      const boost::json::object& record = records[i].as_object();
      is_counters(name) ? expect_counter_record(record, found.at(i))
                        : expect_cache_record(record, found.at(i));
    }
  }
}

TEST_P(Golden, EveryRecordIsByteForByteWhatDecodeAndEncodeMakeOfIt) {
  size_t records = 0;
  for (const ZipEntry& entry : zip_->entries()) {
    if (!entry.name.ends_with(".dat")) continue;
    for (const std::string& message : messages(entry.name)) {
      ++records;
      if (is_counters(entry.name)) {
        EXPECT_EQ(encode(decode_counter_record(message).value()), message);
        continue;
      }
      const CacheRecord record = decode_cache_record(message).value();
      EXPECT_EQ(encode(record), message);
      EXPECT_EQ(encode_metadata(decode_metadata(record.metadata).value()), record.metadata);
    }
  }
  EXPECT_GT(records, 0u);
}

// "corrupt-base" was cut down by hand to two caches; its lists still name all.
TEST_P(Golden, VerifiesAndItsIndexNamesItsVersion) {
  const auto report = verify(*zip_);
  if (GetParam().name == "corrupt-base") {
    EXPECT_EQ(report.code(), Code::kDataLoss);
    return;
  }
  ASSERT_TRUE(report.ok()) << report.status().to_string();
  EXPECT_EQ(report->index.version, GetParam().version);
  EXPECT_EQ(report->index.unknown, std::vector<std::string>{});
  EXPECT_FALSE(report->caches.empty());
}

std::string content(ZipReader& zip, const std::string& name) {
  auto text = zip.read_text(name);
  EXPECT_TRUE(text.ok()) << text.status().to_string();
  return text.ok() ? *text : "";
}

TEST_P(Golden, WrittenAgainItReadsTheSame) {
  for (const int level : {0, 1, 9}) {
    auto writer = ZipWriter::create(volume_, "copy.zip", {.level = level, .mtime = {}});
    ASSERT_TRUE(writer.ok());
    for (const ZipEntry& entry : zip_->entries()) {
      const std::string bytes = content(*zip_, entry.name);
      Status added = entry.name.ends_with(".dat")
                         ? (*writer)->add_stream(entry.name,
                                                 [bytes](std::string& chunk) -> Result<bool> {
                                                   chunk = bytes;
                                                   return false;
                                                 })
                         : (*writer)->add_text(entry.name, bytes);
      ASSERT_TRUE(added.ok()) << added.to_string();
    }
    const auto summary = (*writer)->finish();
    ASSERT_TRUE(summary.ok()) << summary.status().to_string();
    EXPECT_EQ(summary->entries, zip_->entries());

    auto copy = ZipReader::open(volume_, "copy.zip");
    ASSERT_TRUE(copy.ok()) << copy.status().to_string();
    ASSERT_EQ((*copy)->entries(), zip_->entries());
    for (const ZipEntry& entry : zip_->entries())
      EXPECT_EQ(content(**copy, entry.name), content(*zip_, entry.name)) << entry.name;
  }
}

TEST_P(Golden, ItsDocumentsAreWrappedAsTheServerDid) {
  const std::string& version = GetParam().version;
  const ArchiveIndex index = read_index(*zip_).value();
  const auto expect_same = [&](const std::string& entry, const std::string& name) {
    const std::string document = content(*zip_, entry);
    const auto element = extract_cache(document, name);
    ASSERT_TRUE(element.ok()) << element.status().to_string();
    EXPECT_NE(document.find(element->xml), std::string::npos);
    const std::string wrapped = wrap_cache(*element, version);
    EXPECT_EQ(extract_cache(wrapped, name).value(), *element);
    if (version.starts_with("15")) {  // older ones are pretty printed
      EXPECT_EQ(wrapped, document);
    }
  };
  for (const std::string& name : index.caches) expect_same(cache_xml_entry(name), name);
  for (const std::string& name : index.templates) expect_same(template_entry(name), name);
}

TEST_P(Golden, ItsPropertiesAreFormattedAsTheServerDid) {
  const std::string manifest = content(*zip_, std::string(kManifestEntry));
  const Properties properties = parse_properties(manifest).value();
  const std::string ours = manifest_text(GetParam().version, WallTime());
  const auto third_line = [](const std::string& text) {
    return text.substr(text.find('\n', text.find('\n') + 1));
  };
  EXPECT_EQ(third_line(ours), third_line(manifest));
  EXPECT_EQ(properties.at("version"), GetParam().version);

  const std::string container = content(*zip_, std::string(kContainerPropertiesEntry));
  std::vector<std::pair<std::string, std::string>> lines;
  for (const char* key : {"counters", "caches", "templates", "proto-schemas", "tasks"}) {
    const Properties listed = parse_properties(container).value();
    if (const auto it = listed.find(key); it != listed.end()) lines.emplace_back(*it);
  }
  EXPECT_EQ(third_line(format_properties("Container Properties", WallTime(), lines)),
            third_line(container));
}

}  // namespace
}  // namespace drydock::archive

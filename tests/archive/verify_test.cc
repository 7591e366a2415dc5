// Every damage that real servers were seen to overlook or to stumble over is one exact answer here.
#include "core/archive/verify.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "tests/support/archive_builder.h"
#include "tests/support/golden_archives.h"

namespace drydock::archive {
namespace {

using tests::Entries;
using tests::GoldenArchive;
using tests::MemoryVolume;
using tests::whole_archive;

const std::string kDat = cache_dat_entry("a");
const std::string kXml = cache_xml_entry("a");
const std::string kCounters(kCountersEntry);

Result<VerifyReport> verify_entries(const Entries& entries) {
  MemoryVolume volume;
  return verify(*tests::open_archive(volume, entries));
}

TEST(Verify, AWholeArchiveIsCounted) {
  const VerifyReport report = verify_entries(whole_archive()).value();
  const std::vector<VerifiedCache> expected = {
      {"a", "distributed-cache", 3, tests::cache_dat(3).size()},
      {"empty", "distributed-cache", 0, 0}};
  EXPECT_EQ(report.caches, expected);
  EXPECT_EQ(report.counters, 1u);
  EXPECT_EQ(report.total_records, 3u);
  uint64_t total = 0;
  for (const auto& [name, text] : whole_archive()) total += text.size();
  EXPECT_EQ(report.total_bytes, total);
}

TEST(Verify, ARealArchiveIsCounted) {
  MemoryVolume volume;
  volume.put("a.zip", GoldenArchive{"15.0.21.Final", "all"}.zip());
  const VerifyReport report = verify(*ZipReader::open(volume, "a.zip").value()).value();
  EXPECT_EQ(report.counters, 9u);
  for (const VerifiedCache& cache : report.caches) {
    if (cache.name == "thousand") {
      EXPECT_EQ(cache.records, 1000u);
    }
    if (cache.name == "repl-text") {  // 15.0 loses replicated caches on a zero-capacity node
      EXPECT_EQ(cache.records, 0u);
      EXPECT_EQ(cache.kind, "replicated-cache");
    }
  }
}

struct Damage {
  const char* name;
  std::function<void(Entries&)> apply;
  Code code = Code::kDataLoss;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

const Damage kDamages[] = {
    {"no_manifest", [](Entries& e) { e.erase(std::string(kManifestEntry)); }, Code::kInvalid},
    {"no_version", [](Entries& e) { e[std::string(kManifestEntry)] = "containers=default\n"; },
     Code::kInvalid},
    {"version_abc",
     [](Entries& e) { e[std::string(kManifestEntry)] = "containers=default\nversion=abc\n"; },
     Code::kInvalid},
    {"version_11",
     [](Entries& e) { e[std::string(kManifestEntry)] = manifest_text("11.0.9.Final", {}); },
     Code::kInvalid},
    {"other_container",
     [](Entries& e) { e[std::string(kManifestEntry)] = "containers=other\nversion=15.0\n"; },
     Code::kInvalid},
    {"no_container_properties", [](Entries& e) { e.erase(std::string(kContainerPropertiesEntry)); },
     Code::kInvalid},
    {"dat_cut_inside_a_record", [](Entries& e) { e[kDat].resize(e[kDat].size() - 3); }},
    {"dat_with_two_stray_bytes", [](Entries& e) { e[kDat] += "ab"; }},
    {"dat_length_past_the_end",
     [](Entries& e) { e[kDat] += std::string("\x00\x01\x00\x00", 4) + "x"; }},
    {"dat_negative_length", [](Entries& e) { e[kDat] += "\xff\xff\xff\xff"; }},
    {"dat_length_7fffffff", [](Entries& e) { e[kDat] += "\x7f\xff\xff\xff"; }},
    {"dat_length_20000000", [](Entries& e) { e[kDat] += std::string("\x20\0\0\0", 4); }},
    {"dat_bad_record", [](Entries& e) { append_framed(e[kDat], "garbage"); }},
    {"dat_empty_record", [](Entries& e) { append_framed(e[kDat], ""); }},
    {"dat_bad_metadata",
     [](Entries& e) { append_framed(e[kDat], encode(CacheRecord{"k", "v", "m", std::nullopt})); }},
    {"dat_missing", [](Entries& e) { e.erase(kDat); }},
    {"xml_missing", [](Entries& e) { e.erase(kXml); }},
    {"xml_bad", [](Entries& e) { e[kXml].resize(e[kXml].size() / 2); }},
    {"xml_of_another_cache", [](Entries& e) { e[kXml] = tests::cache_document("b"); }},
    {"xml_of_a_template",
     [](Entries& e) {
       e[kXml] = wrap_cache_xml("<local-cache-configuration name=\"a\"/>", "15.0.21.Final");
     }},
    {"template_bad", [](Entries& e) { e[template_entry("t")] = "<infinispan/>"; }},
    {"counters_missing", [](Entries& e) { e.erase(kCounters); }},
    {"counters_cut", [](Entries& e) { e[kCounters].resize(e[kCounters].size() - 1); }},
    {"counters_bad_record", [](Entries& e) { append_framed(e[kCounters], "garbage"); }},
    {"listed_cache_missing", [](Entries& e) { e.erase(kDat), e.erase(kXml); }},
    {"listed_schema_missing", [](Entries& e) { e.erase(schema_entry("book.proto")); }},
    {"listed_task_missing", [](Entries& e) { e.erase(task_entry("dir/hello.js")); }},
};

class VerifyDamage : public testing::TestWithParam<Damage> {};

INSTANTIATE_TEST_SUITE_P(Archive, VerifyDamage, testing::ValuesIn(kDamages),
                         [](const auto& param) { return param.param.name; });

TEST_P(VerifyDamage, HasItsExactCode) {
  Entries entries = whole_archive();
  GetParam().apply(entries);
  const Status status = verify_entries(entries).status();
  EXPECT_EQ(status.code(), GetParam().code) << status.to_string();
  EXPECT_FALSE(status.message().empty());
}

TEST(Verify, AFlippedByteOfAnyEntryIsDataLoss) {
  MemoryVolume volume;
  volume.put("a.zip", GoldenArchive{"15.0.21.Final", "all"}.zip());
  const std::string zip = volume.get("a.zip");
  for (size_t at = 100; at < zip.size() * 3 / 4; at += zip.size() / 200) {
    std::string damaged = zip;
    for (size_t i = 0; i < 30; ++i) damaged[at + i] = static_cast<char>(~damaged[at + i]);
    volume.put("a.zip", damaged);
    auto reader = ZipReader::open(volume, "a.zip");
    const Status status = reader.ok() ? verify(**reader).status() : reader.status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << at << " " << status.to_string();
  }
}

Result<VerifyReport> verify_caches(const std::vector<std::string>& names,
                                   const std::string& listed) {
  Entries entries = whole_archive();
  entries.erase(kDat), entries.erase(kXml);
  entries.erase(cache_dat_entry("empty")), entries.erase(cache_xml_entry("empty"));
  for (const std::string& name : names) {
    entries[cache_dat_entry(name)] = "";
    entries[cache_xml_entry(name)] = tests::cache_document(name);
  }
  entries[std::string(kContainerPropertiesEntry)] = "caches=" + listed + "\n";
  return verify_entries(entries);
}

TEST(Verify, ListsWithCommasInNamesAreReadEveryWay) {
  EXPECT_TRUE(verify_caches({"comma,name"}, "comma,name").ok());
  EXPECT_TRUE(verify_caches({"a", "a,b", "b,c"}, "a,b,c").ok());
  EXPECT_TRUE(verify_caches({"a", "b"}, "b").ok());
  EXPECT_TRUE(verify_caches({"a"}, "").ok());
  EXPECT_EQ(verify_caches({"a,b"}, "a,b,c").status(),
            Status(Code::kDataLoss,
                   "container.properties lists \"c\" under caches, but it is not "
                   "in the archive"));
  EXPECT_EQ(verify_caches({"a,b"}, "a").code(), Code::kDataLoss);
}

}  // namespace
}  // namespace drydock::archive

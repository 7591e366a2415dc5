#include "core/archive/layout.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/archive_builder.h"
#include "tests/support/golden_archives.h"

namespace drydock::archive {
namespace {

using tests::Entries;
using tests::MemoryVolume;
using tests::whole_archive;
using Names = std::vector<std::string>;

Result<ArchiveIndex> index_of(const Entries& entries) {
  MemoryVolume volume;
  return read_index(*tests::open_archive(volume, entries));
}

Result<ArchiveIndex> index_with(std::string_view entry, std::string text) {
  Entries entries = whole_archive();
  entries[std::string(entry)] = std::move(text);
  return index_of(entries);
}

TEST(ArchiveIndex, ListsWhatIsInTheDirectory) {
  const ArchiveIndex index = index_of(whole_archive()).value();
  EXPECT_EQ(index.version, "15.0.21.Final");
  EXPECT_EQ(index.caches, (Names{"a", "empty"}));
  EXPECT_EQ(index.templates, Names{"t"});
  EXPECT_EQ(index.schemas, Names{"book.proto"});
  EXPECT_EQ(index.schema_errors, Names{"book.proto.errors"});
  EXPECT_EQ(index.tasks, Names{"dir/hello.js"});
  EXPECT_TRUE(index.has_counters);
  EXPECT_TRUE(index.has_global_xml);
  EXPECT_EQ(index.listed.at("templates"), "t,org.infinispan.LOCAL");
  EXPECT_EQ(index.unknown, Names{});
}

TEST(ArchiveIndex, OfARealArchiveHasEveryName) {
  MemoryVolume volume;
  volume.put("a.zip", tests::GoldenArchive{"15.0.21.Final", "all"}.zip());
  const ArchiveIndex index = read_index(*ZipReader::open(volume, "a.zip").value()).value();
  EXPECT_EQ(index.caches.size(), 31u);
  EXPECT_EQ(index.templates, (Names{"tmpl-dist", "tmpl.repl"}));  // built-in ones have no file
  EXPECT_EQ(index.schemas, (Names{"book.proto", "broken.proto", "person.proto", "team.proto"}));
  EXPECT_EQ(index.schema_errors, (Names{".errors", "broken.proto.errors"}));
  EXPECT_EQ(index.tasks, (Names{"hello.js", "two"}));
  EXPECT_TRUE(index.has_counters);
}

TEST(ArchiveIndex, NamesWithCommasAndDotsAreWhole) {
  Entries entries = whole_archive();
  for (const std::string name : {"comma,name", "x.xml", "a=b", "..a", "back\\slash", " lead"}) {
    entries[cache_xml_entry(name)] = "";
    entries[cache_dat_entry(name)] = "";
  }
  EXPECT_EQ(index_of(entries)->caches,
            (Names{" lead", "..a", "a", "a=b", "back\\slash", "comma,name", "empty", "x.xml"}));
}

TEST(ArchiveIndex, WhatHasNoPlaceIsUnknown) {
  Entries entries = whole_archive();
  const Names odd = {"containers/default/caches/a/b.dat",
                     "containers/default/caches/a/c/c.dat",
                     "containers/default/caches/x.dat",
                     "containers/default/templates/d/t.xml",
                     "containers/default/templates/t.txt",
                     "containers/other/global.xml",
                     "readme"};
  for (const std::string& name : odd) entries[name] = "";
  const ArchiveIndex index = index_of(entries).value();
  EXPECT_EQ(index.unknown, odd);
  EXPECT_EQ(index.caches, (Names{"a", "empty"}));
}

TEST(ArchiveIndex, WithoutManifestOrPropertiesItIsInvalid) {
  for (const std::string_view entry : {kManifestEntry, kContainerPropertiesEntry}) {
    Entries entries = whole_archive();
    entries.erase(std::string(entry));
    EXPECT_EQ(index_of(entries).code(), Code::kInvalid) << entry;
  }
}

TEST(ArchiveIndex, AManifestThatIsNotOneIsInvalid) {
  for (const char* text :
       {"", "version=15.0.21.Final\n", "containers=default\n", "containers=default\nversion=\n",
        "containers=default\nversion=abc\n", "containers=default\nversion=15x\n",
        "containers=default\nversion=-15\n", "containers=other\nversion=15.0.21.Final\n",
        "containers=default\nversion=99999999999.1\n", "containers=default\nversion=\\u12\n"})
    EXPECT_EQ(index_with(kManifestEntry, text).code(), Code::kInvalid) << text;
}

TEST(ArchiveIndex, VersionsBelow12AreInvalidAndLaterOnesAreNot) {
  const auto with_version = [](const std::string& version) {
    return index_with(kManifestEntry, manifest_text(version, {}));
  };
  EXPECT_EQ(with_version("11.0.9.Final").code(), Code::kInvalid);
  EXPECT_NE(with_version("11.0.9.Final").status().message().find("11.0.9.Final"),
            std::string::npos);
  for (const char* version : {"12.1.11.Final", "16.0.7", "99.1", "13"})
    EXPECT_EQ(with_version(version).code(), Code::kOk) << version;
}

TEST(ArchiveIndex, TheDefaultContainerIsFoundAmongOthers) {
  EXPECT_TRUE(index_with(kManifestEntry, "containers=other,default\nversion=15.0\n").ok());
  EXPECT_EQ(index_with(kManifestEntry, "containers=other,default2\nversion=15.0\n").code(),
            Code::kInvalid);
}

TEST(Layout, TextsAreAsRealServersWriteThem) {
  const WallTime date = *parse_rfc3339("2026-11-23T05:48:21Z");
  EXPECT_EQ(manifest_text("15.0.21.Final", date),
            "#Backup Manifest\n#Mon Nov 23 05:48:21 UTC 2026\ncontainers=default\n"
            "version=15.0.21.Final\n");
  EXPECT_EQ(container_properties_text({.caches = Names{"b", "a=b"}, .tasks = Names{}}, date),
            "#Container Properties\n#Mon Nov 23 05:48:21 UTC 2026\ncaches=b,a\\=b\ntasks=\n");
}

TEST(Layout, NamesThatAnArchiveCanHold) {
  for (const char* name : {"a", "odd name", " lead", "a=b", "comma,name", "back\\slash", "...",
                           "\xe5\x90\x8d", "quote'\"x"})
    EXPECT_TRUE(is_archivable_name(name)) << name;
  for (const char* name : {"", ".", "..", "a/b", "/", "tab\t", "line\n", "\xff", "\\a"})
    EXPECT_FALSE(is_archivable_name(name)) << name;
}

}  // namespace
}  // namespace drydock::archive

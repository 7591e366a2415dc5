// Archives for tests of damage: a map of entries that is a whole archive until a test changes it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/archive/cache_document.h"
#include "core/archive/layout.h"
#include "core/archive/zip_reader.h"
#include "core/archive/zip_writer.h"
#include "core/base/record.h"
#include "tests/support/memory_volume.h"

namespace drydock::tests {

using Entries = std::map<std::string, std::string>;

inline std::string cache_document(const std::string& name) {
  return archive::wrap_cache_xml("<distributed-cache name=\"" + name + "\" owners=\"2\"/>",
                                 "15.0.21.Final");
}

inline std::string cache_dat(int records) {
  std::string dat;
  for (int i = 0; i < records; ++i)
    append_framed(dat, encode(CacheRecord{"k" + std::to_string(i), "value", encode_metadata({}),
                                          std::nullopt}));
  return dat;
}

// Two caches ("a" of 3 records, "empty"), a counter, a schema, a task and a template.
inline Entries whole_archive() {
  using Names = std::vector<std::string>;
  const archive::ContainerResources resources{.caches = Names{"a", "empty"},
                                              .templates = Names{"t", "org.infinispan.LOCAL"},
                                              .counters = Names{"c"},
                                              .schemas = Names{"book.proto", "book.proto.errors"},
                                              .tasks = Names{"dir/hello.js"}};
  std::string counters;
  append_framed(counters, encode(CounterRecord{.name = "c", .value = 3}));
  return {
      {std::string(archive::kManifestEntry), archive::manifest_text("15.0.21.Final", {})},
      {std::string(archive::kContainerPropertiesEntry),
       archive::container_properties_text(resources, {})},
      {std::string(archive::kGlobalXmlEntry), "<infinispan/>"},
      {std::string(archive::kCountersEntry), counters},
      {archive::cache_xml_entry("a"), cache_document("a")},
      {archive::cache_dat_entry("a"), cache_dat(3)},
      {archive::cache_xml_entry("empty"), cache_document("empty")},
      {archive::cache_dat_entry("empty"), ""},
      {archive::template_entry("t"),
       archive::wrap_cache_xml("<local-cache-configuration name=\"t\"/>", "15.0.21.Final")},
      {archive::schema_entry("book.proto"), "message Book {}\n"},
      {archive::schema_entry("book.proto.errors"), ""},
      {archive::task_entry("dir/hello.js"), "// hello\n"},
  };
}

// Writes the entries to "a.zip" and opens it.
inline std::unique_ptr<archive::ZipReader> open_archive(MemoryVolume& volume,
                                                        const Entries& entries) {
  auto writer =
      archive::ZipWriter::create(volume, "a.zip", {.level = 1, .mtime = WallTime()}).value();
  for (const auto& [name, text] : entries)
    DRYDOCK_CHECK(writer->add_text(name, text).ok(), "a test's entry name");
  DRYDOCK_CHECK(writer->finish().ok(), "memory doesn't fail");
  return archive::ZipReader::open(volume, "a.zip").value();
}

}  // namespace drydock::tests

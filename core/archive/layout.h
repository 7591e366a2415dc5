// What is where in an archive (docs/facts/archive.md), and what an archive says that it holds.
//
//   zip->add_text(kManifestEntry, manifest_text("15.0.21.Final", now));
//   zip->add_text(cache_xml_entry("a"), document);
//
//   DRYDOCK_ASSIGN(ArchiveIndex index, read_index(*reader));
//   for (const std::string& cache : index.caches) ...
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/properties.h"
#include "core/archive/zip_reader.h"
#include "core/base/status.h"
#include "core/base/time.h"

namespace drydock::archive {

inline constexpr std::string_view kManifestEntry = "manifest.properties";
inline constexpr std::string_view kContainerPropertiesEntry =
    "containers/default/container.properties";
inline constexpr std::string_view kGlobalXmlEntry = "containers/default/global.xml";
inline constexpr std::string_view kCountersEntry = "containers/default/counters/counters.dat";

// Names are used as they are. A cache name with '/' has no place in an archive: check with
// is_archivable_name first; the writer refuses what is not a safe path.
std::string cache_xml_entry(std::string_view cache);
std::string cache_dat_entry(std::string_view cache);
std::string template_entry(std::string_view name);
std::string schema_entry(std::string_view file);  // `file` may have '/' parts
std::string task_entry(std::string_view file);    // `file` may have '/' parts

// Whether a cache or template of this name can be kept in an archive: not empty, not "." or "..",
// without '/' and control characters, and safe as a part of a path.
bool is_archivable_name(std::string_view name);

// "#Backup Manifest", date, containers=default, version=<version>.
std::string manifest_text(std::string_view version, WallTime date);

// The asked types' names; nullopt = the type was not asked for (no line).
struct ContainerResources {
  std::optional<std::vector<std::string>> caches;
  std::optional<std::vector<std::string>> templates;
  std::optional<std::vector<std::string>> counters;
  std::optional<std::vector<std::string>> schemas;
  std::optional<std::vector<std::string>> tasks;
};
// "#Container Properties", date, one comma list per asked type. A type without members gets an
// empty value. Names with commas make such a list ambiguous: that is the format's fault, and why
// read_index doesn't use the lists.
std::string container_properties_text(const ContainerResources& resources, WallTime date);

struct ArchiveIndex {
  std::string version;              // of the server that wrote it: "15.0.21.Final"
  std::vector<std::string> caches;  // all lists: sorted, from the directory of the zip
  std::vector<std::string> templates;
  std::vector<std::string> schemas;        // without `.errors` and `<file>.errors`, which servers
                                           // derive from schemas and write beside them
  std::vector<std::string> schema_errors;  // those
  std::vector<std::string> tasks;
  bool has_counters = false;  // counters.dat is there; it may be empty
  bool has_global_xml = false;
  Properties listed;                 // container.properties as read
  std::vector<std::string> unknown;  // entries that are none of the above
};

// May suspend. kInvalid: no archive that can be restored: manifest or its version missing or not a
// version, containers without "default", a major version below 12, no container.properties.
// kDataLoss: ZipReader's.
Result<ArchiveIndex> read_index(ZipReader& zip);

}  // namespace drydock::archive

#include "core/archive/layout.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace drydock::archive {
namespace {

constexpr std::string_view kCaches = "containers/default/caches/";
constexpr std::string_view kTemplates = "containers/default/templates/";
constexpr std::string_view kSchemas = "containers/default/proto-schemas/";
constexpr std::string_view kTasks = "containers/default/tasks/";
constexpr std::string_view kErrors = ".errors";
constexpr int kOldestMajor = 12;  // before it the directories had other names

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out.push_back(',');
    out += name;
  }
  return out;
}

// "<c>/<c>.xml" or "<c>/<c>.dat" -> "<c>"; empty: neither.
std::string_view cache_of(std::string_view path) {
  const std::string_view name = path.substr(0, path.find('/'));
  if (path.size() != 2 * name.size() + 5) return {};
  const std::string_view file = path.substr(name.size() + 1);
  const std::string_view extension = file.substr(name.size());
  const bool matches = file.starts_with(name) && (extension == ".xml" || extension == ".dat");
  return matches ? name : std::string_view();
}

std::string_view template_of(std::string_view path) {
  if (!path.ends_with(".xml") || path.find('/') != std::string_view::npos) return {};
  return path.substr(0, path.size() - 4);
}

// True if `name` is under `folder`; then `rest` is what follows.
bool is_under(std::string_view name, std::string_view folder, std::string_view& rest) {
  if (!name.starts_with(folder)) return false;
  rest = name.substr(folder.size());
  return true;
}

class IndexBuilder {
 public:
  explicit IndexBuilder(ArchiveIndex& index) : index_(index) {}

  void add(const std::string& name) {
    std::string_view rest;
    if (name == kManifestEntry || name == kContainerPropertiesEntry) return;
    if (name == kGlobalXmlEntry) {
      index_.has_global_xml = true;
    } else if (name == kCountersEntry) {
      index_.has_counters = true;
    } else if (is_under(name, kCaches, rest) && !cache_of(rest).empty()) {
      caches_.emplace(cache_of(rest));
    } else if (is_under(name, kTemplates, rest) && !template_of(rest).empty()) {
      templates_.emplace(template_of(rest));
    } else if (is_under(name, kSchemas, rest)) {
      (rest.ends_with(kErrors) ? schema_errors_ : schemas_).emplace(rest);
    } else if (is_under(name, kTasks, rest)) {
      tasks_.emplace(rest);
    } else {
      index_.unknown.push_back(name);
    }
  }

  void finish() {
    index_.caches.assign(caches_.begin(), caches_.end());
    index_.templates.assign(templates_.begin(), templates_.end());
    index_.schemas.assign(schemas_.begin(), schemas_.end());
    index_.schema_errors.assign(schema_errors_.begin(), schema_errors_.end());
    index_.tasks.assign(tasks_.begin(), tasks_.end());
  }

 private:
  ArchiveIndex& index_;
  std::set<std::string, std::less<>> caches_, templates_, schemas_, schema_errors_, tasks_;
};

Status no_archive(std::string_view what) {
  return Status(Code::kInvalid, "not an archive of Data Grid resources: " + std::string(what));
}

Result<Properties> read_properties(ZipReader& zip, std::string_view entry) {
  if (!zip.contains(entry)) return no_archive(std::string(entry) + " is missing");
  DRYDOCK_ASSIGN(const std::string text, zip.read_text(entry));
  auto properties = parse_properties(text);
  if (!properties.ok()) return no_archive(properties.status().message());
  return properties;
}

bool lists_default(std::string_view containers) {
  while (true) {
    const size_t comma = containers.find(',');
    if (containers.substr(0, comma) == "default") return true;
    if (comma == std::string_view::npos) return false;
    containers.remove_prefix(comma + 1);
  }
}

Status check_version(std::string_view version) {
  int major = 0;
  const char* end = version.data() + version.size();
  const auto [past, error] = std::from_chars(version.data(), end, major);
  if (error != std::errc() || past == version.data() || (past != end && *past != '.'))
    return no_archive("\"" + std::string(version) + "\" is no version");
  if (major >= kOldestMajor) return ok_status();
  return Status(Code::kInvalid, "an archive of version " + std::string(version) +
                                    " can't be restored: versions before 12 had another layout");
}

Result<std::string> read_manifest(ZipReader& zip) {
  DRYDOCK_ASSIGN(Properties manifest, read_properties(zip, kManifestEntry));
  const auto version = manifest.find("version");
  if (version == manifest.end()) return no_archive("the manifest has no version");
  DRYDOCK_RETURN_IF_ERROR(check_version(version->second));
  if (!lists_default(manifest["containers"]))
    return no_archive("the manifest has no container named default");
  return version->second;
}

}  // namespace

std::string cache_xml_entry(std::string_view cache) {
  return std::string(kCaches).append(cache).append("/").append(cache).append(".xml");
}

std::string cache_dat_entry(std::string_view cache) {
  return std::string(kCaches).append(cache).append("/").append(cache).append(".dat");
}

std::string template_entry(std::string_view name) {
  return std::string(kTemplates).append(name).append(".xml");
}

std::string schema_entry(std::string_view file) { return std::string(kSchemas).append(file); }

std::string task_entry(std::string_view file) { return std::string(kTasks).append(file); }

bool is_archivable_name(std::string_view name) {
  const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return !has_control && name.find('/') == std::string_view::npos && is_safe_entry_name(name);
}

std::string manifest_text(std::string_view version, WallTime date) {
  const std::pair<std::string, std::string> lines[] = {{"containers", "default"},
                                                       {"version", std::string(version)}};
  return format_properties("Backup Manifest", date, lines);
}

std::string container_properties_text(const ContainerResources& resources, WallTime date) {
  std::vector<std::pair<std::string, std::string>> lines;
  const auto add = [&lines](const char* type, const auto& names) {
    if (names) lines.emplace_back(type, join(*names));
  };
  add("counters", resources.counters);
  add("caches", resources.caches);
  add("templates", resources.templates);
  add("proto-schemas", resources.schemas);
  add("tasks", resources.tasks);
  return format_properties("Container Properties", date, lines);
}

Result<ArchiveIndex> read_index(ZipReader& zip) {
  ArchiveIndex index;
  DRYDOCK_ASSIGN(index.version, read_manifest(zip));
  DRYDOCK_ASSIGN(index.listed, read_properties(zip, kContainerPropertiesEntry));
  IndexBuilder builder(index);
  for (const ZipEntry& entry : zip.entries()) builder.add(entry.name);
  builder.finish();
  return index;
}

}  // namespace drydock::archive

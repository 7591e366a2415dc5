#include "fakegrid/server/restore_reader.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>

#include "core/base/log.h"
#include "core/base/messages.h"
#include "core/base/sync.h"
#include "core/base/text.h"
#include "fakegrid/server/backup_content.h"
#include "fakegrid/server/backup_failure.h"
#include "fakegrid/server/java_text.h"
#include "fakegrid/server/restore_configuration.h"
#include "fakegrid/server/restore_records.h"
#include "fakegrid/server/timings.h"

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kNoEntry = "java.lang.NullPointerException: entry";
const std::string kContainer = "containers/default/";

std::vector<std::string> listed_names(const PropertyMap& properties, std::string_view key) {
  std::vector<std::string> out;
  const auto found = properties.find(key);
  if (found == properties.end()) return out;
  for (const std::string_view name : split(found->second, ','))
    if (!name.empty()) out.emplace_back(name);
  return out;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Status not_in_archive(ResourceType type, const std::vector<std::string>& names) {
  return cache_exception(messages::not_in_archive(type_name(type), hash_order(names)));
}

}  // namespace

Status RestoreReader::run(const std::string& location, const Selection& wanted) {
  DRYDOCK_RETURN_IF_ERROR(pool_.spend(timings::kOperation));
  DRYDOCK_RETURN_IF_ERROR(open(location));
  DRYDOCK_RETURN_IF_ERROR(check_manifest());
  DRYDOCK_ASSIGN(const Plan resources, plan(wanted));
  return restore_all(resources);
}

Status RestoreReader::open(const std::string& location) {
  const ServerVersion& version = options_.version;
  const std::string text = version.at_least(16)   ? messages::unable_to_read_archive(location)
                           : version.at_least(15) ? messages::unable_to_read_archive_15(location)
                                                  : "Unable to read zip file '" + location + "'";
  DRYDOCK_ASSIGN(const bool directory, disk_.is_directory(location));
  if (directory)
    return cache_exception(
        text, java_exception("java.io.FileNotFoundException: " + location + " (Is a directory)"));
  Result<std::string> bytes = disk_.read(location);
  if (!bytes.ok()) return cache_exception(text, file_exception(bytes.status(), location));
  Result<ZipArchive> archive = ZipArchive::open(std::move(*bytes));
  if (!archive.ok()) return cache_exception(text, archive.status());
  archive_ = std::move(*archive);
  return ok_status();
}

Result<std::string> RestoreReader::entry(const std::string& path) const {
  if (!archive_.has(path)) return java_exception(kNoEntry);
  const Result<std::string> content = archive_.read(path, !has(Quirk::kCrcIgnored));
  if (!content.ok()) return java_exception(content.status().message());
  return content;
}

Status RestoreReader::check_manifest() const {
  DRYDOCK_ASSIGN(const std::string text, entry("manifest.properties"));
  const PropertyMap manifest = parse_properties(text);
  const auto found = manifest.find("version");
  if (found == manifest.end())
    return java_exception("java.lang.IllegalStateException: Missing manifest version");
  const std::string major_text = found->second.substr(0, found->second.find('.'));
  int major = 0;
  const char* const end = major_text.data() + major_text.size();
  const auto [read_to, error] = std::from_chars(major_text.data(), end, major);
  if (error != std::errc() || read_to != end)
    return java_exception("java.lang.NumberFormatException: For input string: \"" + major_text +
                          "\"");
  const bool newer = major > options_.version.major && !has(Quirk::kNewerArchiveAccepted);
  if (major < 12 || newer)
    return cache_exception(messages::archive_version_unsupported(found->second) +
                           " in 'Infinispan " + options_.version.text + "'");
  if (!contains(listed_names(manifest, "containers"), "default"))
    return cache_exception("ISPN005047: Containers '[default]' not found in the backup archive");
  return ok_status();
}

Result<RestoreReader::Plan> RestoreReader::plan(const Selection& wanted) const {
  DRYDOCK_ASSIGN(const std::string text, entry(kContainer + "container.properties"));
  const PropertyMap listed = parse_properties(text);
  Plan out;
  for (const auto& [type, names] : wanted) {
    DRYDOCK_ASSIGN(out[type], plan_type(listed, type, names));
  }
  return out;
}

Result<std::vector<std::string>> RestoreReader::plan_type(const PropertyMap& properties,
                                                          ResourceType type,
                                                          const Wanted& wanted) const {
  std::vector<std::string> listed = listed_names(properties, type_name(type));
  if (!has(Quirk::kNamesJoinedByCommas)) {
    DRYDOCK_ASSIGN(listed, rejoined(type, listed));
  }
  if (wanted.all) return listed;
  std::vector<std::string> missing;
  for (const std::string& name : wanted.names)
    if (!contains(listed, name)) missing.push_back(name);
  if (missing.size() == wanted.names.size()) return not_in_archive(type, missing);
  if (!missing.empty() && !has(Quirk::kPartlyMissingFails)) return not_in_archive(type, missing);
  return hash_order(wanted.names);
}

// The parts of names with commas put together again, as far as the archive holds such names.
Result<std::vector<std::string>> RestoreReader::rejoined(
    ResourceType type, const std::vector<std::string>& parts) const {
  DRYDOCK_ASSIGN(const std::set<std::string> held, held_names(type));
  std::vector<std::string> out;
  for (size_t i = 0; i < parts.size(); ++i) {
    std::string name = parts[i];
    size_t last = i;
    while (!held.contains(name) && last + 1 < parts.size()) name += "," + parts[++last];
    if (!held.contains(name)) {
      out.push_back(parts[i]);
      continue;
    }
    out.push_back(std::move(name));
    i = last;
  }
  return out;
}

Result<std::set<std::string>> RestoreReader::held_counters() const {
  std::set<std::string> out;
  const std::string path = kContainer + "counters/counters.dat";
  if (!archive_.has(path)) return out;
  DRYDOCK_ASSIGN(const std::string bytes, entry(path));
  RecordFrames frames(bytes, has(Quirk::kLengthInOneByte), options_.heap_bytes);
  while (!frames.at_end()) {
    const Result<std::string_view> message = frames.next();
    if (!message.ok()) break;  // the restore itself stumbles over it, too
    const Result<CounterRecord> counter = read_counter_record(*message);
    if (counter.ok()) out.insert(counter->name);
  }
  return out;
}

Result<std::set<std::string>> RestoreReader::held_names(ResourceType type) const {
  if (type == ResourceType::kCounters) return held_counters();
  std::set<std::string> out;
  const std::string folder = kContainer + std::string(type_name(type)) + "/";
  for (const std::string& path : archive_.names()) {
    if (!path.starts_with(folder)) continue;
    const std::string file = path.substr(folder.size());
    if (type == ResourceType::kCaches)
      out.insert(file.substr(0, file.find('/')));
    else if (type == ResourceType::kTemplates)
      out.insert(file.substr(0, file.rfind(".xml")));
    else
      out.insert(file);
  }
  return out;
}

// All types at once; without quirk L23 those that others need come first.
Status RestoreReader::restore_all(const Plan& plan) {
  if (!has(Quirk::kTypesWithoutOrder)) {
    for (const ResourceType type :
         {ResourceType::kSchemas, ResourceType::kTasks, ResourceType::kTemplates,
          ResourceType::kCounters, ResourceType::kCaches}) {
      const auto found = plan.find(type);
      if (found != plan.end()) DRYDOCK_RETURN_IF_ERROR(restore_type(type, found->second));
    }
    return ok_status();
  }
  struct Shared {
    explicit Shared(Env& env) : running(env) {}
    WaitGroup running;
    Status failure;
  };
  const auto shared = std::make_shared<Shared>(env_);
  shared->running.add(static_cast<int>(plan.size()));
  for (const auto& [type, names] : plan)
    env_.spawn("restore-type", [self = shared_from_this(), shared, type = type, names = names] {
      const Status restored = self->restore_type(type, names);
      if (!restored.ok() && shared->failure.ok()) shared->failure = restored;
      shared->running.done();
    });
  DRYDOCK_RETURN_IF_ERROR(shared->running.wait(kForever));
  return shared->failure;
}

Status RestoreReader::restore_type(ResourceType type, const std::vector<std::string>& names) {
  switch (type) {
    case ResourceType::kCaches: return restore_caches(names);
    case ResourceType::kTemplates: return restore_templates(names);
    case ResourceType::kCounters: return restore_counters(names);
    default: break;
  }
  Status failure;
  for (const std::string& name : names) {
    const Status restored = restore_text(type, name);
    if (!restored.ok() && failure.ok()) failure = restored;
  }
  return failure;
}

Status RestoreReader::restore_text(ResourceType type, const std::string& name) {
  const bool schema = type == ResourceType::kSchemas;
  if (!schema)
    DRYDOCK_RETURN_IF_ERROR(pool_.spend(
        options_.version.at_least(15) ? timings::kRestoreOfTask : timings::kRestoreOfTaskBefore15));
  DRYDOCK_ASSIGN(std::string text, entry(kContainer + std::string(type_name(type)) + "/" + name));
  // The companions of bad schemas follow from the schemas.
  if (schema && name.ends_with(".errors")) return ok_status();
  if (has(Quirk::kAllCachesAtOnce)) {
    std::erase(text, '\r');
    if (text.ends_with('\n')) text.pop_back();
  }
  const Status stored =
      schema ? node_.put_schema(name, text, deadline()) : node_.put_task(name, text, deadline());
  return stored.ok() ? stored : cache_exception(stored.message());
}

// What is created by a release itself is left alone.
Status RestoreReader::restore_templates(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (is_reserved(name) || is_builtin_template(name, options_.version)) continue;
    DRYDOCK_ASSIGN(const std::string text, entry(kContainer + "templates/" + name + ".xml"));
    DRYDOCK_ASSIGN(const std::string element, archived_element(name, text, options_.version));
    const Result<bool> created = node_.create_template({name, element}, deadline());
    if (!created.ok()) return cache_exception(created.status().message());
  }
  return ok_status();
}

Status RestoreReader::restore_counters(const std::vector<std::string>& names) {
  if (names.empty()) return ok_status();
  if (!archive_.has(kContainer + "counters/counters.dat"))
    return not_in_archive(ResourceType::kCounters, names);
  DRYDOCK_ASSIGN(const std::string bytes, entry(kContainer + "counters/counters.dat"));
  RecordFrames frames(bytes, has(Quirk::kLengthInOneByte), options_.heap_bytes);
  while (!frames.at_end()) {
    const Result<std::string_view> message = frames.next();
    if (!message.ok()) return cache_exception("", message.status());
    DRYDOCK_ASSIGN(const CounterRecord saved, read_counter_record(*message));
    if (contains(names, saved.name)) DRYDOCK_RETURN_IF_ERROR(restore_counter(saved));
  }
  return ok_status();
}

Status RestoreReader::restore_counter(const CounterRecord& saved) {
  const bool weak = saved.configuration.type == CounterType::kWeak;
  const int64_t initial = saved.configuration.initial_value;
  CounterRecord fresh = saved;
  fresh.value = initial;
  DRYDOCK_RETURN_IF_ERROR(node_.create_counter(fresh, deadline()).status());
  DRYDOCK_ASSIGN(const CounterRecord now, node_.counter(saved.name, deadline()));
  if ((now.configuration.type == CounterType::kWeak) != weak)
    return java_exception("java.lang.ClassCastException: counter '" + saved.name +
                          "' has another type");
  if (weak) {
    const int64_t from = has(Quirk::kWeakCounterAddedAgain) ? initial : now.value;
    return node_.add_to_counter(saved.name, saved.value - from, deadline()).status();
  }
  if (now.value != initial && has(Quirk::kStrongCounterKept)) return ok_status();
  return node_.set_counter(saved.name, saved.value, deadline());
}

}  // namespace drydock::fakegrid

#include "fakegrid/server/backup_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <utility>
#include <vector>

#include "core/base/log.h"
#include "core/base/sync.h"
#include "core/base/text.h"
#include "fakegrid/data/cache_config.h"
#include "fakegrid/server/archive_zip.h"
#include "fakegrid/server/backup_failure.h"
#include "fakegrid/server/config_render.h"
#include "fakegrid/server/media_type.h"
#include "fakegrid/server/properties.h"
#include "fakegrid/server/rest_container.h"
#include "fakegrid/server/timings.h"

namespace drydock::fakegrid {
namespace {

constexpr size_t kCachesAtOnce = 4;  // without quirk L30

// A length of one byte can't tell more than 255 (quirk F62).
void append_record(std::string& out, const CacheRecord& record, bool one_byte) {
  const std::string message = encode(record);
  if (!one_byte) return append_framed(out, message);
  out += static_cast<char>(message.size() & 0xFF);
  out += message;
}

bool has_parent_part(std::string_view name) {
  for (const std::string_view part : split(name, '/'))
    if (part == "..") return true;
  return false;
}

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

bool has_json_keys(const std::string& configuration) {
  const Result<ConfigElement> element = parse_cache_element(configuration, ConfigFormat::kXml);
  return element.ok() && encoding_of(*element).key.kind == MediaKind::kJson;
}

}  // namespace

Status BackupWriter::run(const std::string& name, const std::string& directory,
                         const Selection& wanted) {
  Job job{.name = name, .root = directory + "/" + name, .container = {}, .plan = {}};
  job.container = job.root + "/containers/default";
  const Status made = make(job, wanted);
  const bool inside = normal_path(job.root).starts_with(normal_path(directory) + "/");
  if (!made.ok() && inside && !has(Quirk::kFailureLeavesFiles))
    (void)disk_.remove(job.root).ok();  // nothing more can be done about it
  return made;
}

Status BackupWriter::make(Job& job, const Selection& wanted) {
  const Status directories = disk_.make_directories(job.container);
  if (!directories.ok())
    return cache_exception("Unable to create directories " + job.container,
                           file_exception(directories, job.container));
  DRYDOCK_ASSIGN(job.plan,
                 plan_backup(node_, options_.quirks, wanted, env_.now() + timings::kRemoteTimeout));
  const PropertyMap manifest = {{"containers", "default"}, {"version", options_.version.text}};
  DRYDOCK_RETURN_IF_ERROR(
      write_file(job.root + "/manifest.properties", "manifest.properties",
                 properties_text("Backup Manifest", env_.wall_now(), manifest)));
  DRYDOCK_RETURN_IF_ERROR(write_content(job));
  DRYDOCK_RETURN_IF_ERROR(write_properties(job));
  return pack(job);
}

Status BackupWriter::write_content(const Job& job) {
  DRYDOCK_RETURN_IF_ERROR(write_file(job.container + "/global.xml", "global.xml", global_xml()));
  DRYDOCK_RETURN_IF_ERROR(write_templates(job));
  DRYDOCK_RETURN_IF_ERROR(write_counters(job));
  DRYDOCK_RETURN_IF_ERROR(write_texts(job, ResourceType::kSchemas, node_.schemas()));
  DRYDOCK_RETURN_IF_ERROR(write_texts(job, ResourceType::kTasks, node_.tasks()));
  return write_caches(job);
}

Status BackupWriter::write_caches(const Job& job) {
  const auto found = job.plan.names.find(ResourceType::kCaches);
  if (found == job.plan.names.end()) return ok_status();
  struct Shared {
    Shared(Env& env, std::vector<std::string> names) : running(env), caches(std::move(names)) {}
    WaitGroup running;
    std::vector<std::string> caches;
    size_t next = 0;
    Status failure;
  };
  const auto shared = std::make_shared<Shared>(env_, found->second);
  const size_t count = shared->caches.size();
  const size_t tasks = has(Quirk::kAllCachesAtOnce) ? count : std::min(count, kCachesAtOnce);
  shared->running.add(static_cast<int>(tasks));
  for (size_t i = 0; i < tasks; ++i)
    env_.spawn("backup-cache", [self = shared_from_this(), shared, container = job.container] {
      while (shared->next < shared->caches.size()) {
        const Status written = self->write_cache(container, shared->caches[shared->next++]);
        if (!written.ok() && shared->failure.ok()) shared->failure = written;
      }
      shared->running.done();
    });
  DRYDOCK_RETURN_IF_ERROR(shared->running.wait(kForever));
  return shared->failure;
}

Status BackupWriter::write_cache(const std::string& container, const std::string& cache) {
  const std::string directory = container + "/caches/" + cache;
  const std::string shown = cache + ".xml";
  const std::optional<std::string> stored = node_.cache_configuration(cache);
  if (!stored) return java_exception("java.lang.NullPointerException");
  DRYDOCK_RETURN_IF_ERROR(pool_.spend(timings::kBackupOfCache));
  if (has_parent_part(cache))
    return cache_exception("Unable to create backup file '" + shown + "'",
                           java_exception("java.nio.file.NoSuchFileException: " + directory));
  if (has(Quirk::kJsonKeysFail) && has_json_keys(*stored))
    return java_exception(
        "java.lang.ClassCastException: class [B cannot be cast to class "
        "java.lang.String ([B and java.lang.String are in module java.base of "
        "loader 'bootstrap')");
  std::string xml = archived_schema_cache(options_.data_directory, options_.version);
  if (cache != kSchemaCache) {
    DRYDOCK_ASSIGN(xml, archived_configuration(cache, *stored, false, options_.version));
  }
  const Status made = disk_.make_directories(directory);
  if (!made.ok()) return file_exception(made, directory);
  DRYDOCK_RETURN_IF_ERROR(write_file(directory + "/" + shown, shown, xml));
  return write_records(cache, directory + "/" + cache + ".dat");
}

// Caches of texts keep them as protostream strings.
std::vector<CacheRecord> BackupWriter::text_records(const std::string& cache) const {
  std::vector<CacheRecord> out;
  const auto wrapped = [](std::string_view text) {
    std::string bytes = "\x4a";  // field 9, a string
    for (size_t length = text.size();; length >>= 7) {
      bytes += static_cast<char>((length & 0x7F) | (length > 0x7F ? 0x80 : 0));
      if (length <= 0x7F) break;
    }
    return bytes + std::string(text);
  };
  for (const auto& [name, text] : cache == kSchemaCache ? node_.schemas() : node_.tasks())
    out.push_back({.key = wrapped(name),
                   .value = wrapped(text),
                   .metadata = encode_metadata({}),
                   .private_metadata = std::nullopt});
  return out;
}

Status BackupWriter::write_records(const std::string& cache, const std::string& path) {
  DRYDOCK_RETURN_IF_ERROR(write_file(path, cache + ".dat", ""));
  const bool one_byte = has(Quirk::kLengthInOneByte);
  const bool wrong_value = has(Quirk::kValueIsKey);
  uint64_t count = 0;
  std::string pending;  // with quirk F60 the last of it is never waited for
  const auto flush = [&] {
    const Status written = pending.empty() ? ok_status() : disk_.append(path, pending);
    pending.clear();
    return written.ok() ? written : file_exception(written, path);
  };
  const auto visit = [&](std::span<const CacheRecord> records) {
    DRYDOCK_RETURN_IF_ERROR(flush());
    for (CacheRecord record : records) {
      if (wrong_value) record.value = record.key;
      append_record(pending, record, one_byte);
    }
    count += records.size();
    if (options_.on_records) options_.on_records(records.size());
    return has(Quirk::kCompletedBeforeWritten) ? ok_status() : flush();
  };
  const bool texts = cache == kSchemaCache || cache == kTaskCache;
  const Status read =
      texts ? visit(text_records(cache)) : node_.iterate(cache, visit, timings::kIterationTimeout);
  if (!read.ok()) return read.code() == Code::kInternal ? read : cache_exception(read.message());
  if (options_.on_cache_read) options_.on_cache_read(cache);
  log_at(env_, spdlog::level::debug, "{}Cache {} backed up {} entries", kContainerResource, cache,
         count);
  return ok_status();
}

Status BackupWriter::write_templates(const Job& job) {
  const auto found = job.plan.names.find(ResourceType::kTemplates);
  if (found == job.plan.names.end()) return ok_status();
  std::map<std::string, std::string> stored;
  // From 15 on the templates of the server itself are listed, and have no file.
  if (!options_.version.at_least(15))
    for (const NamedElement& one : builtin_templates(options_.version))
      stored[one.name] = element_xml(one.element);
  for (const NamedDefinition& one : node_.templates()) stored[one.name] = one.configuration_xml;
  for (const std::string& name : found->second) {
    const auto definition = stored.find(name);
    if (definition == stored.end()) continue;
    DRYDOCK_ASSIGN(const std::string xml,
                   archived_configuration(name, definition->second, true, options_.version));
    const std::string file = name + ".xml";
    DRYDOCK_RETURN_IF_ERROR(disk_.make_directories(job.container + "/templates"));
    DRYDOCK_RETURN_IF_ERROR(write_file(job.container + "/templates/" + file, file, xml));
  }
  return ok_status();
}

Status BackupWriter::write_counters(const Job& job) {
  if (!job.plan.names.contains(ResourceType::kCounters)) return ok_status();
  std::string bytes;
  for (const CounterRecord& counter : job.plan.counters) append_framed(bytes, encode(counter));
  const std::string directory = job.container + "/counters";
  DRYDOCK_RETURN_IF_ERROR(disk_.make_directories(directory));
  return write_file(directory + "/counters.dat", "counters.dat", bytes);
}

Status BackupWriter::write_texts(const Job& job, ResourceType type,
                                 const std::map<std::string, std::string>& texts) {
  const auto found = job.plan.names.find(type);
  if (found == job.plan.names.end()) return ok_status();
  const std::string directory = job.container + "/" + std::string(type_name(type));
  for (const std::string& name : found->second) {
    const auto text = texts.find(name);
    if (text == texts.end()) return java_exception("java.lang.NullPointerException");
    const std::string path = directory + "/" + name;
    if (has_parent_part(name))
      return cache_exception("Unable to create '" + name + "'",
                             java_exception("java.nio.file.NoSuchFileException: " + path));
    const Status made =
        disk_.make_directories(has(Quirk::kSlashInNameFails) ? directory : directory_of(path));
    if (!made.ok()) return file_exception(made, path);
    DRYDOCK_RETURN_IF_ERROR(write_file(path, name, text->second));
  }
  return ok_status();
}

Status BackupWriter::write_file(const std::string& path, std::string_view shown,
                                std::string_view bytes) {
  const Status written = disk_.write(path, bytes);
  if (written.ok()) return written;
  return cache_exception("Unable to create backup file '" + std::string(shown) + "'",
                         file_exception(written, path));
}

Status BackupWriter::write_properties(const Job& job) {
  PropertyMap properties;
  for (const auto& [type, names] : job.plan.names)
    properties.emplace(type_name(type), fmt::format("{}", fmt::join(names, ",")));
  return write_file(job.container + "/container.properties", "container.properties",
                    properties_text("Container Properties", env_.wall_now(), properties));
}

// Each file goes once it is in the zip, which must not be there yet. For the name ".." the files
// are those of the directory above, and the zip is deleted with them.
Status BackupWriter::pack(const Job& job) {
  const std::string zip = job.root + "/" + job.name + ".zip";
  const Status no_place =
      cache_exception(zip, java_exception("java.nio.file.NoSuchFileException: " + zip));
  if (job.name.find('/') != std::string::npos) return no_place;
  DRYDOCK_ASSIGN(const bool there, disk_.exists(zip));
  if (there)
    return cache_exception(zip, java_exception("java.nio.file.FileAlreadyExistsException: " + zip));
  DRYDOCK_ASSIGN(const std::vector<std::string> files, disk_.files_below(job.root));
  std::vector<std::pair<std::string, std::string>> entries;
  for (const std::string& file : files) {
    DRYDOCK_ASSIGN(std::string content, disk_.read(job.root + "/" + file, Pace::kByCaller));
    entries.emplace_back(file, std::move(content));
    DRYDOCK_RETURN_IF_ERROR(disk_.remove(job.root + "/" + file));
  }
  if (has_parent_part(job.name)) return no_place;
  const Status written = disk_.write_new_archive(zip, zip_archive(entries, env_.wall_now()));
  if (!written.ok()) return cache_exception(zip, file_exception(written, zip));
  return disk_.remove(job.root + "/containers");
}

std::string BackupWriter::global_xml() const {
  const std::string& stack = node_.config().stack;
  return fmt::format(
      "<?xml version=\"1.0\"?>\n<infinispan xmlns=\"urn:infinispan:config:{0}.{1}\">\n{2}"
      "    <cache-container name=\"default\" shutdown-hook=\"DONT_REGISTER\" statistics=\"true\">\n"
      "        <transport cluster=\"{3}\" node-name=\"{4}\" stack=\"{5}\"/>\n"
      "        <global-state>\n"
      "            <persistent-location path=\"{6}\"/>\n"
      "            <shared-persistent-location path=\"{6}\"/>\n"
      "            <overlay-configuration-storage/>\n"
      "        </global-state>\n"
      "{7}    </cache-container>\n{8}</infinispan>",
      options_.version.major, options_.version.minor, options_.configuration_head,
      node_.config().cluster_name, node_.config().name, stack, options_.data_directory,
      options_.version.at_least(14) ? "        <caches/>\n" : "", options_.configuration_tail);
}

}  // namespace drydock::fakegrid

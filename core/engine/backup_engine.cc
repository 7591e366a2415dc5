#include "core/engine/backup_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "core/archive/cache_document.h"
#include "core/archive/layout.h"
#include "core/archive/verify.h"
#include "core/archive/zip_writer.h"
#include "core/base/limits.h"
#include "core/base/messages.h"
#include "core/engine/backup_content.h"
#include "core/engine/cache_stream.h"

namespace drydock::engine {
namespace {

constexpr size_t kMaxNameBytes = 200;  // leaves room for the hidden name in a file name of 255
constexpr std::string_view kTemporarySuffix = ".part";

std::string join(std::string_view directory, std::string_view name) {
  return directory.empty() ? std::string(name) : fmt::format("{}/{}", directory, name);
}

std::string temporary_prefix(std::string_view name) { return fmt::format(".{}.zip.", name); }

bool is_temporary(std::string_view file, std::string_view name) {
  return file.starts_with(temporary_prefix(name)) && file.ends_with(kTemporarySuffix);
}

// One run. Its order is the promise: collect, write aside, read again, rename.
class Run {
 public:
  Run(Env& env, TaskGroup& tasks, GridMember& member, Volume& volume, const BackupRequest& request)
      : env_(env),
        tasks_(tasks),
        member_(member),
        volume_(volume),
        request_(request),
        directory_(join(request.directory, request.name)),
        final_(join(directory_, request.name + ".zip")) {
    // Another writer of this name, if there is one on a shared volume, has another file.
    const auto ordinal = static_cast<uint64_t>(env.now().time_since_epoch().count());
    temporary_ = fmt::format("{}/{}{:016x}{}", directory_, temporary_prefix(request.name),
                             env.draw("engine.temporary", ordinal), kTemporarySuffix);
  }

  Result<BackupReport> run() {
    DRYDOCK_RETURN_IF_ERROR(check_place());
    DRYDOCK_RETURN_IF_ERROR(remove_temporaries(volume_, request_.directory, request_.name));
    DRYDOCK_ASSIGN(content_, collect_content(env_, member_, request_.selection));
    if (Status status = write_and_publish(); !status.ok()) {
      clean_up();
      return status;
    }
    return report();
  }

 private:
  Status check_place() {
    if (!is_backup_name(request_.name))
      return Status(Code::kInvalid, fmt::format("'{}' can't name a backup", request_.name));
    if (!request_.directory.empty()) {
      DRYDOCK_ASSIGN(const FileStat stat, volume_.stat(request_.directory));
      if (!stat.is_directory)
        return Status(Code::kInvalid, messages::not_a_directory(request_.directory));
    }
    return check_free();
  }

  Status check_free() {
    Result<FileStat> stat = volume_.stat(final_);
    if (stat.ok())
      return Status(Code::kAlreadyExists, fmt::format("the archive '{}' exists already", final_));
    return stat.code() == Code::kNotFound ? ok_status() : stat.status();
  }

  Status write_and_publish() {
    DRYDOCK_RETURN_IF_ERROR(volume_.make_directories(directory_));
    Status written = write();
    for (const auto& stream : streams_) {
      if (Status stopped = stream->stop(env_.now() + limits::kLeaveDeadline);
          written.ok() && !stopped.ok())
        written = stopped;
    }
    DRYDOCK_RETURN_IF_ERROR(written);
    if (Status status = read_again(); !status.ok())
      return status.with_context("reading the archive again");
    return publish();
  }

  Status write() {
    DRYDOCK_ASSIGN(auto zip, archive::ZipWriter::create(
                                 volume_, temporary_,
                                 {.level = request_.zip_level, .mtime = env_.wall_now()}));
    DRYDOCK_RETURN_IF_ERROR(add_texts(*zip));
    DRYDOCK_RETURN_IF_ERROR(add_caches(*zip));
    DRYDOCK_ASSIGN(summary_, zip->finish());
    return ok_status();
  }

  Status add_texts(archive::ZipWriter& zip) {
    const WallTime now = env_.wall_now();
    const std::string version = member_.version();
    DRYDOCK_RETURN_IF_ERROR(
        zip.add_text(std::string(archive::kManifestEntry), archive::manifest_text(version, now)));
    DRYDOCK_RETURN_IF_ERROR(zip.add_text(std::string(archive::kContainerPropertiesEntry),
                                         archive::container_properties_text(content_.listed, now)));
    DRYDOCK_RETURN_IF_ERROR(
        zip.add_text(std::string(archive::kGlobalXmlEntry), member_.global_configuration_xml()));
    for (const CacheDefinition& definition : content_.templates)
      DRYDOCK_RETURN_IF_ERROR(
          zip.add_text(archive::template_entry(definition.name),
                       archive::wrap_cache_xml(definition.configuration_xml, version)));
    for (const auto& [name, text] : content_.schemas)
      DRYDOCK_RETURN_IF_ERROR(zip.add_text(archive::schema_entry(name), text));
    for (const auto& [name, text] : content_.tasks)
      DRYDOCK_RETURN_IF_ERROR(zip.add_text(archive::task_entry(name), text));
    return add_counters(zip);
  }

  Status add_counters(archive::ZipWriter& zip) {
    if (!content_.listed.counters) return ok_status();
    std::string dat;
    for (const CounterRecord& counter : content_.counters) append_framed(dat, encode(counter));
    return zip.add_text(std::string(archive::kCountersEntry), std::move(dat));
  }

  Status add_caches(archive::ZipWriter& zip) {
    const std::string version = member_.version();
    for (const CacheDefinition& definition : content_.caches) {
      DRYDOCK_RETURN_IF_ERROR(
          zip.add_text(archive::cache_xml_entry(definition.name),
                       archive::wrap_cache_xml(definition.configuration_xml, version)));
      CacheStream& stream = *streams_.emplace_back(
          std::make_unique<CacheStream>(env_, tasks_, member_, definition.name));
      DRYDOCK_RETURN_IF_ERROR(
          zip.add_stream(archive::cache_dat_entry(definition.name),
                         [&stream](std::string& chunk) { return stream.pull(chunk); }));
    }
    return ok_status();
  }

  // Nothing may differ between what went in and what can be read out.
  Status read_again() {
    DRYDOCK_ASSIGN(auto zip, archive::ZipReader::open(volume_, temporary_));
    DRYDOCK_ASSIGN(const archive::VerifyReport found, archive::verify(*zip));
    std::sort(summary_.entries.begin(), summary_.entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    if (zip->entries() != summary_.entries) return differs("its directory");
    if (found.caches.size() != streams_.size()) return differs("the number of caches");
    for (size_t i = 0; i < streams_.size(); ++i)
      if (found.caches[i].name != streams_[i]->cache() ||
          found.caches[i].records != streams_[i]->records())
        return differs(resource_label(ResourceType::kCaches, streams_[i]->cache()));
    if (found.counters != content_.counters.size()) return differs("the number of counters");
    return ok_status();
  }

  static Status differs(std::string_view what) {
    return Status(Code::kDataLoss, fmt::format("{} is not what was written", what));
  }

  Status publish() {
    DRYDOCK_RETURN_IF_ERROR(check_free());
    DRYDOCK_RETURN_IF_ERROR(volume_.rename(temporary_, final_));
    published_ = true;
    DRYDOCK_RETURN_IF_ERROR(volume_.sync_directory(directory_));
    return volume_.sync_directory(request_.directory);
  }

  // Best effort: the cause is reported, not what follows from it. Without effect once cancelled.
  void clean_up() {
    if (published_) (void)volume_.remove(final_);
    (void)remove_temporaries(volume_, request_.directory, request_.name);
  }

  BackupReport report() const {
    BackupReport report{.path = final_,
                        .templates = content_.templates.size(),
                        .counters = content_.counters.size(),
                        .schemas = content_.schemas.size(),
                        .tasks = content_.tasks.size(),
                        .total_bytes = summary_.total_bytes};
    for (const auto& stream : streams_)
      report.caches.push_back({stream->cache(), stream->records()});
    return report;
  }

  Env& env_;
  TaskGroup& tasks_;
  GridMember& member_;
  Volume& volume_;
  const BackupRequest& request_;
  std::string directory_;
  std::string final_;
  std::string temporary_;
  BackupContent content_;
  std::vector<std::unique_ptr<CacheStream>> streams_;
  archive::ZipSummary summary_;
  bool published_ = false;
};

}  // namespace

bool is_backup_name(std::string_view name) {
  return name.size() <= kMaxNameBytes && archive::is_archivable_name(name);
}

std::string archive_path(std::string_view directory, std::string_view name) {
  return join(join(directory, name), std::string(name) + ".zip");
}

Result<BackupReport> run_backup(Env& env, TaskGroup& tasks, GridMember& member, Volume& volume,
                                const BackupRequest& request) {
  return Run(env, tasks, member, volume, request).run();
}

Status remove_temporaries(Volume& volume, std::string_view directory, std::string_view name) {
  const std::string place = join(directory, name);
  Result<std::vector<std::string>> files = volume.list(place);
  if (!files.ok()) return files.code() == Code::kNotFound ? ok_status() : files.status();
  size_t left = files->size();
  for (const std::string& file : *files) {
    if (!is_temporary(file, name)) continue;
    DRYDOCK_RETURN_IF_ERROR(volume.remove(join(place, file)));
    --left;
  }
  return left == 0 ? volume.remove(place) : ok_status();
}

}  // namespace drydock::engine

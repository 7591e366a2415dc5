#include "core/engine/restore_engine.h"

#include <fmt/format.h>

#include <utility>

#include "core/archive/dat.h"
#include "core/archive/layout.h"
#include "core/archive/zip_reader.h"
#include "core/base/limits.h"
#include "core/base/messages.h"
#include "core/engine/restore_check.h"
#include "core/engine/restore_plan.h"

namespace drydock::engine {
namespace {

// A batch ends at limits::kIterationBatch records or here, so that memory is bounded by records.
constexpr size_t kBatchBytes = 4 * limits::kArchiveChunkBytes;

// Applies a checked plan, and knows how far it came.
class Applier {
 public:
  Applier(Env& env, GridMember& member, archive::ZipReader& zip, const RestorePlan& plan)
      : env_(env), member_(member), zip_(zip), plan_(plan) {}

  Result<RestoreReport> apply() {
    const MemberHealth before = member_.health();
    Status status = apply_all();
    if (status.ok()) status = check_restored(env_, member_, zip_, plan_, before);
    if (!status.ok()) return Status(status.code(), status.message() + applied_before());
    return std::move(report_);
  }

 private:
  SteadyTime deadline() const { return env_.now() + limits::kGridIdleDeadline; }

  Status apply_all() {
    DRYDOCK_RETURN_IF_ERROR(apply_schemas());
    DRYDOCK_RETURN_IF_ERROR(apply_templates());
    for (const CacheDefinition& cache : plan_.caches)
      DRYDOCK_RETURN_IF_ERROR(labelled(ResourceType::kCaches, cache.name, apply_cache(cache)));
    DRYDOCK_RETURN_IF_ERROR(apply_counters());
    return apply_tasks();
  }

  Status apply_schemas() {
    for (const std::string& name : plan_.schemas) {
      DRYDOCK_ASSIGN(const std::string text, zip_.read_text(archive::schema_entry(name)));
      const Status status = member_.put_schema(name, text, deadline());
      DRYDOCK_RETURN_IF_ERROR(labelled(ResourceType::kSchemas, name, status));
      ++report_.schemas;
    }
    return ok_status();
  }

  Status apply_templates() {
    for (const CacheDefinition& definition : plan_.templates) {
      const Result<bool> created = member_.create_template(definition, deadline());
      if (!created.ok())
        return labelled(ResourceType::kTemplates, definition.name, created.status());
      ++report_.templates;
    }
    return ok_status();
  }

  Status apply_cache(const CacheDefinition& definition) {
    const Result<bool> created = member_.create_cache(definition, deadline());
    if (!created.ok()) return created.status();
    report_.caches.push_back({definition.name, 0});
    batch_.clear();
    batch_bytes_ = 0;
    DRYDOCK_RETURN_IF_ERROR(archive::read_records(
        zip_, archive::cache_dat_entry(definition.name),
        [&](std::string_view message) { return take(definition.name, message); }));
    return put_batch(definition.name);
  }

  Status take(const std::string& cache, std::string_view message) {
    DRYDOCK_ASSIGN(CacheRecord record, decode_cache_record(message));
    batch_.push_back(std::move(record));
    batch_bytes_ += message.size();
    if (batch_.size() < limits::kIterationBatch && batch_bytes_ < kBatchBytes) return ok_status();
    return put_batch(cache);
  }

  Status put_batch(const std::string& cache) {
    if (batch_.empty()) return ok_status();
    DRYDOCK_RETURN_IF_ERROR(member_.put(cache, batch_, deadline()));
    report_.caches.back().records += batch_.size();
    batch_.clear();
    batch_bytes_ = 0;
    return ok_status();
  }

  Status apply_counters() {
    for (const CounterRecord& counter : plan_.counters) {
      const Status status = member_.set_counter(counter, deadline());
      DRYDOCK_RETURN_IF_ERROR(labelled(ResourceType::kCounters, counter.name, status));
      ++report_.counters;
    }
    return ok_status();
  }

  Status apply_tasks() {
    for (const std::string& name : plan_.tasks) {
      DRYDOCK_ASSIGN(const std::string text, zip_.read_text(archive::task_entry(name)));
      const Status status = member_.put_task(name, text, deadline());
      DRYDOCK_RETURN_IF_ERROR(labelled(ResourceType::kTasks, name, status));
      ++report_.tasks;
    }
    return ok_status();
  }

  static Status labelled(ResourceType type, std::string_view name, const Status& status) {
    return status.ok() ? status : status.with_context(resource_label(type, name));
  }

  std::string applied_before() const {
    const std::string last =
        report_.caches.empty()
            ? ""
            : fmt::format(" (the last '{}' with {} entries)", report_.caches.back().name,
                          report_.caches.back().records);
    return fmt::format(
        "; applied before and not undone: proto-schemas {}, templates {}, caches {}{}, "
        "counters {}, tasks {}",
        report_.schemas, report_.templates, report_.caches.size(), last, report_.counters,
        report_.tasks);
  }

  Env& env_;
  GridMember& member_;
  archive::ZipReader& zip_;
  const RestorePlan& plan_;
  RestoreReport report_;
  std::vector<CacheRecord> batch_;
  size_t batch_bytes_ = 0;
};

}  // namespace

Result<RestoreReport> run_restore(Env& env, GridMember& member, Volume& volume,
                                  const RestoreRequest& request) {
  Result<std::unique_ptr<archive::ZipReader>> zip =
      archive::ZipReader::open(volume, request.archive);
  if (!zip.ok())
    return zip.status().with_context(messages::unable_to_read_archive(request.archive));
  DRYDOCK_ASSIGN(const RestorePlan plan, make_restore_plan(**zip, request.selection));
  return Applier(env, member, **zip, plan).apply();
}

}  // namespace drydock::engine

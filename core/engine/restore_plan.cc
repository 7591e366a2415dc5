#include "core/engine/restore_plan.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/archive/cache_document.h"
#include "core/archive/dat.h"
#include "core/archive/layout.h"
#include "core/base/messages.h"

namespace drydock::engine {
namespace {

using Names = std::vector<std::string>;

// Of the grid's own, which a newer grid makes itself: an archive of 12 or 14 holds the built-in
// templates as files, and applying them has kept newer servers from starting.
bool is_internal(std::string_view name) {
  return name.starts_with("org.infinispan.") || name.starts_with("example.") ||
         name.starts_with("___");
}

// The parts of `list` between its commas. A name with a comma gives several: the format's fault.
void add_parts(std::string_view list, Names& parts) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) parts.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

Status check_record(std::string_view message) {
  DRYDOCK_ASSIGN(const CacheRecord record, decode_cache_record(message));
  return decode_metadata(record.metadata).status();
}

class Planner {
 public:
  Planner(archive::ZipReader& zip, const ResourceSelection& selection)
      : zip_(zip), selection_(selection) {}

  Result<RestorePlan> plan() {
    DRYDOCK_ASSIGN(index_, archive::read_index(zip_));
    DRYDOCK_RETURN_IF_ERROR(read_counters());
    DRYDOCK_RETURN_IF_ERROR(check_names());
    DRYDOCK_RETURN_IF_ERROR(check_listed(ResourceType::kCaches));
    DRYDOCK_RETURN_IF_ERROR(check_listed(ResourceType::kCounters));
    DRYDOCK_RETURN_IF_ERROR(check_listed(ResourceType::kSchemas));
    DRYDOCK_RETURN_IF_ERROR(check_listed(ResourceType::kTasks));
    DRYDOCK_RETURN_IF_ERROR(plan_texts(ResourceType::kSchemas, plan_.schemas));
    DRYDOCK_RETURN_IF_ERROR(plan_texts(ResourceType::kTasks, plan_.tasks));
    DRYDOCK_RETURN_IF_ERROR(plan_templates());
    DRYDOCK_RETURN_IF_ERROR(plan_caches());
    return std::move(plan_);
  }

 private:
  Status check_names() {
    for (const ResourceType type : kResourceTypes) {
      const Names missing = selection_.missing(type, available(type));
      if (!missing.empty())
        return Status(Code::kNotFound, messages::not_in_archive(resource_key(type), missing));
    }
    return ok_status();
  }

  // When all of a type is asked for, what container.properties promises must be there. Templates
  // are left out: servers of 15 list built-in ones that they don't write.
  Status check_listed(ResourceType type) const {
    const auto list = index_.listed.find(resource_key(type));
    if (!selection_.wants_all(type) || list == index_.listed.end()) return ok_status();
    Names present;
    for (const std::string& name : available(type)) add_parts(name, present);
    if (type == ResourceType::kSchemas)
      for (const std::string& name : index_.schema_errors) add_parts(name, present);
    std::sort(present.begin(), present.end());
    Names promised;
    add_parts(list->second, promised);
    for (const std::string& name : promised)
      if (!std::binary_search(present.begin(), present.end(), name))
        return Status(Code::kDataLoss, resource_label(type, name) + " is listed but not there");
    return ok_status();
  }

  const Names& available(ResourceType type) const {
    switch (type) {
      case ResourceType::kCaches: return index_.caches;
      case ResourceType::kTemplates: return index_.templates;
      case ResourceType::kCounters: return counter_names_;
      case ResourceType::kSchemas: return index_.schemas;
      case ResourceType::kTasks: return index_.tasks;
    }
    return counter_names_;
  }

  Names chosen(ResourceType type) const {
    Names names = selection_.choose(type, available(type));
    const bool definitions = type == ResourceType::kCaches || type == ResourceType::kTemplates;
    if (definitions && selection_.wants_all(type)) std::erase_if(names, is_internal);
    return names;
  }

  Status read_counters() {
    if (!selection_.wants(ResourceType::kCounters)) return ok_status();
    if (!index_.has_counters) return ok_status();
    std::vector<CounterRecord> all;
    DRYDOCK_RETURN_IF_ERROR(archive::read_records(
        zip_, archive::kCountersEntry, [&](std::string_view message) -> Status {
          DRYDOCK_ASSIGN(CounterRecord counter, decode_counter_record(message));
          all.push_back(std::move(counter));
          return ok_status();
        }));
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return std::tie(a.name, a.value) < std::tie(b.name, b.value);
    });
    for (const CounterRecord& counter : all) counter_names_.push_back(counter.name);
    const Names names = selection_.choose(ResourceType::kCounters, counter_names_);
    std::erase_if(all, [&](const CounterRecord& counter) {
      return !std::binary_search(names.begin(), names.end(), counter.name);
    });
    plan_.counters = std::move(all);
    return ok_status();
  }

  Status plan_texts(ResourceType type, Names& planned) {
    planned = chosen(type);
    for (const std::string& name : planned) {
      const std::string entry =
          type == ResourceType::kSchemas ? archive::schema_entry(name) : archive::task_entry(name);
      DRYDOCK_RETURN_IF_ERROR(labelled(type, name, zip_.read_text(entry)));
    }
    return ok_status();
  }

  Status plan_templates() {
    for (const std::string& name : chosen(ResourceType::kTemplates)) {
      const Status status = plan_definition(archive::template_entry(name), name, plan_.templates);
      DRYDOCK_RETURN_IF_ERROR(labelled(ResourceType::kTemplates, name, status));
    }
    return ok_status();
  }

  Status plan_caches() {
    for (const std::string& name : chosen(ResourceType::kCaches)) {
      Status status = plan_definition(archive::cache_xml_entry(name), name, plan_.caches);
      if (status.ok()) status = check_entries(archive::cache_dat_entry(name));
      DRYDOCK_RETURN_IF_ERROR(labelled(ResourceType::kCaches, name, status));
    }
    return ok_status();
  }

  Status plan_definition(const std::string& entry, const std::string& name,
                         std::vector<CacheDefinition>& planned) {
    DRYDOCK_ASSIGN(const std::string document, zip_.read_text(entry));
    DRYDOCK_ASSIGN(archive::CacheElement element, archive::extract_cache(document, name));
    planned.push_back({name, std::move(element.xml)});
    return ok_status();
  }

  Status check_entries(const std::string& entry) {
    return archive::read_records(zip_, entry, check_record);
  }

  // An entry that the archive's own lists promise but that isn't there is damage, not a name that
  // the caller got wrong.
  static Status labelled(ResourceType type, std::string_view name, const Status& status) {
    if (status.ok()) return status;
    if (status.code() == Code::kNotFound)
      return Status(Code::kDataLoss, resource_label(type, name) + ": " + status.message());
    return status.with_context(resource_label(type, name));
  }
  static Status labelled(ResourceType type, std::string_view name,
                         const Result<std::string>& text) {
    return text.ok() ? ok_status() : labelled(type, name, text.status());
  }

  archive::ZipReader& zip_;
  const ResourceSelection& selection_;
  archive::ArchiveIndex index_;
  Names counter_names_;
  RestorePlan plan_;
};

}  // namespace

Result<RestorePlan> make_restore_plan(archive::ZipReader& zip, const ResourceSelection& selection) {
  return Planner(zip, selection).plan();
}

}  // namespace drydock::engine

#include "core/archive/verify.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "core/archive/cache_document.h"
#include "core/archive/dat.h"
#include "core/base/record.h"

namespace drydock::archive {
namespace {

Status data_loss(std::string what) { return Status(Code::kDataLoss, std::move(what)); }

// The first name of a comma list that is not among `names`; empty: all are. Names may hold commas
// themselves, so every way to cut the list counts.
class CommaList {
 public:
  CommaList(std::string_view list, const std::vector<std::string>& names)
      : list_(list), names_(names.begin(), names.end()) {
    for (const std::string& name : names)
      longest_ = std::max<size_t>(
          longest_, 1 + static_cast<size_t>(std::count(name.begin(), name.end(), ',')));
  }

  std::string_view first_missing() const {
    if (list_.empty()) return {};
    std::set<size_t> starts = {0};  // where a name may begin
    size_t furthest = 0;
    for (auto at = starts.begin(); at != starts.end(); ++at) {
      furthest = *at;
      if (add_ends(*at, starts)) return {};
    }
    return list_.substr(furthest, list_.find(',', furthest) - furthest);
  }

 private:
  // Adds where the next name may begin after one that begins at `start`; true: the list is done.
  bool add_ends(size_t start, std::set<size_t>& starts) const {
    size_t comma = start;
    for (size_t parts = 0; parts < longest_; ++parts) {
      comma = list_.find(',', parts == 0 ? start : comma + 1);
      if (names_.contains(list_.substr(start, comma - start))) {
        if (comma == std::string_view::npos) return true;
        starts.insert(comma + 1);
      }
      if (comma == std::string_view::npos) break;
    }
    return false;
  }

  std::string_view list_;
  std::set<std::string_view> names_;
  size_t longest_ = 1;  // parts between commas of the name that has most
};

Status check_listed(const ArchiveIndex& index, std::string_view type,
                    const std::vector<std::string>& names) {
  const auto listed = index.listed.find(type);
  if (listed == index.listed.end()) return ok_status();
  const std::string_view missing = CommaList(listed->second, names).first_missing();
  if (missing.empty()) return ok_status();
  return data_loss("container.properties lists \"" + std::string(missing) + "\" under " +
                   std::string(type) + ", but it is not in the archive");
}

Status check_lists(const ArchiveIndex& index) {
  std::vector<std::string> schemas = index.schemas;
  schemas.insert(schemas.end(), index.schema_errors.begin(), index.schema_errors.end());
  DRYDOCK_RETURN_IF_ERROR(check_listed(index, "caches", index.caches));
  DRYDOCK_RETURN_IF_ERROR(check_listed(index, "proto-schemas", schemas));
  DRYDOCK_RETURN_IF_ERROR(check_listed(index, "tasks", index.tasks));
  const auto counters = index.listed.find("counters");
  if (counters != index.listed.end() && !counters->second.empty() && !index.has_counters)
    return data_loss("container.properties lists counters, but there is no counters.dat");
  return ok_status();
}

Result<CacheElement> verify_document(ZipReader& zip, const std::string& entry,
                                     std::string_view name) {
  if (!zip.contains(entry)) return data_loss("entry \"" + entry + "\" is missing");
  DRYDOCK_ASSIGN(const std::string document, zip.read_text(entry));
  return extract_cache(document, name);
}

Result<VerifiedCache> verify_cache(ZipReader& zip, const std::string& name) {
  DRYDOCK_ASSIGN(CacheElement element, verify_document(zip, cache_xml_entry(name), name));
  if (element.is_template) return data_loss("cache \"" + name + "\" is a template");
  const std::string dat = cache_dat_entry(name);
  const ZipEntry* entry = zip.find(dat);
  if (!entry) return data_loss("entry \"" + dat + "\" is missing");
  VerifiedCache cache{name, std::move(element.kind), 0, entry->size_bytes};
  DRYDOCK_RETURN_IF_ERROR(read_records(zip, dat, [&cache](std::string_view message) -> Status {
    DRYDOCK_ASSIGN(const CacheRecord record, decode_cache_record(message));
    ++cache.records;
    return decode_metadata(record.metadata).status();
  }));
  return cache;
}

Result<uint64_t> verify_counters(ZipReader& zip) {
  uint64_t counters = 0;
  DRYDOCK_RETURN_IF_ERROR(read_records(zip, kCountersEntry, [&counters](std::string_view message) {
    ++counters;
    return decode_counter_record(message).status();
  }));
  return counters;
}

Status verify_bytes(ZipReader& zip, std::string_view entry) {
  return zip.read_stream(entry, [](auto) { return ok_status(); });
}

// Entries of which only the CRC can be checked; manifest and container.properties were read before.
Status verify_other_entries(ZipReader& zip, const ArchiveIndex& index) {
  const auto each = [&zip](const std::vector<std::string>& names, auto to_entry) -> Status {
    for (const std::string& name : names)
      DRYDOCK_RETURN_IF_ERROR(verify_bytes(zip, to_entry(name)));
    return ok_status();
  };
  DRYDOCK_RETURN_IF_ERROR(each(index.schemas, schema_entry));
  DRYDOCK_RETURN_IF_ERROR(each(index.schema_errors, schema_entry));
  DRYDOCK_RETURN_IF_ERROR(each(index.tasks, task_entry));
  DRYDOCK_RETURN_IF_ERROR(each(index.unknown, [](const std::string& name) { return name; }));
  return index.has_global_xml ? verify_bytes(zip, kGlobalXmlEntry) : ok_status();
}

}  // namespace

Result<VerifyReport> verify(ZipReader& zip) {
  VerifyReport report;
  DRYDOCK_ASSIGN(report.index, read_index(zip));
  DRYDOCK_RETURN_IF_ERROR(check_lists(report.index));
  for (const std::string& name : report.index.caches) {
    DRYDOCK_ASSIGN(VerifiedCache cache, verify_cache(zip, name));
    report.total_records += cache.records;
    report.caches.push_back(std::move(cache));
  }
  for (const std::string& name : report.index.templates)
    DRYDOCK_RETURN_IF_ERROR(verify_document(zip, template_entry(name), name).status());
  if (report.index.has_counters) {
    DRYDOCK_ASSIGN(report.counters, verify_counters(zip));
  }
  DRYDOCK_RETURN_IF_ERROR(verify_other_entries(zip, report.index));
  for (const ZipEntry& entry : zip.entries()) report.total_bytes += entry.size_bytes;
  return report;
}

}  // namespace drydock::archive

#include "harness/oracles/content_oracles.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/oracles/archive_content.h"

namespace drydock::harness {
namespace {

using Seen = std::optional<std::string>;
using fakegrid::CacheContent;
using fakegrid::Content;
using Records = std::map<std::string_view, const CacheRecord*>;

// Whether a type's list in spec.resources covers `name`.
bool covers(const ResourceSelection& selection, const std::vector<std::string>& list,
            const std::string& name) {
  const bool all = selection.everything() || (list.size() == 1 && list.front() == "*");
  if (all) return !is_internal_name(name);
  return std::find(list.begin(), list.end(), name) != list.end();
}

Records records_of(const Content& content, const std::string& cache) {
  Records records;
  const auto found = content.caches.find(cache);
  if (found == content.caches.end()) return records;
  for (const CacheRecord& record : found->second.records) records[record.key] = &record;
  return records;
}

const CacheRecord* find(const Records& records, std::string_view key) {
  const auto found = records.find(key);
  return found == records.end() ? nullptr : found->second;
}

// Reading moves lastUsed of entries with max idle: not a change of what they hold.
bool same(const CacheRecord* a, const CacheRecord* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->key == b->key && a->value == b->value && a->metadata == b->metadata &&
         a->created_ms == b->created_ms;
}

Seen check_backup_cache(const std::string& name, const Content& before, const Content& after,
                        const Content& archive) {
  const Records was = records_of(before, name);
  const Records is = records_of(after, name);
  const Records kept = records_of(archive, name);
  if (kept.size() != archive.caches.at(name).records.size())
    return fmt::format("cache {}: a key is in the archive twice", name);
  for (const auto& [key, record] : was)
    if (same(record, find(is, key)) && !same(record, find(kept, key)))
      return fmt::format("cache {}: {} is unchanged in the cluster, but {} the archive", name,
                         printable(key), find(kept, key) == nullptr ? "not in" : "different in");
  for (const auto& [key, record] : kept)
    if (!same(record, find(was, key)) && !same(record, find(is, key)))
      return fmt::format("cache {}: {} of the archive never was in the cluster", name,
                         printable(key));
  return std::nullopt;
}

// What is listed (or everything) is in the archive, and nothing else.
template <class Map>
Seen check_names(std::string_view what, const Map& before, const Map& after, const Map& archive,
                 const ResourceSelection& selection, const std::vector<std::string>& list) {
  for (const auto& [name, value] : archive) {
    if (!before.contains(name) && !after.contains(name))
      return fmt::format("{} {} of the archive never was in the cluster", what, name);
    if (!covers(selection, list, name))
      return fmt::format("{} {} is in the archive, but was not asked for", what, name);
  }
  for (const auto& [name, value] : before)
    if (after.contains(name) && covers(selection, list, name) && !archive.contains(name))
      return fmt::format("{} {} is not in the archive", what, name);
  return std::nullopt;
}

template <class Map>
Seen check_values(std::string_view what, const Map& before, const Map& after, const Map& archive) {
  for (const auto& [name, value] : archive) {
    const auto was = before.find(name);
    const auto is = after.find(name);
    const bool known =
        (was != before.end() && was->second == value) || (is != after.end() && is->second == value);
    if (!known) return fmt::format("{} {} of the archive never was so in the cluster", what, name);
  }
  return std::nullopt;
}

// Everything selected of the archive is in the cluster with the archive's value, unless it is there
// to keep its own.
template <class Map>
Seen check_restored(std::string_view what, const Map& before, const Map& after, const Map& archive,
                    const ResourceSelection& selection, const std::vector<std::string>& list,
                    bool existing_kept) {
  for (const auto& [name, value] : archive) {
    if (!covers(selection, list, name)) continue;
    const auto is = after.find(name);
    if (is == after.end()) return fmt::format("{} {} was not restored", what, name);
    const auto was = before.find(name);
    if (existing_kept && was != before.end()) {
      if (!(is->second == was->second)) return fmt::format("{} {} was changed", what, name);
    } else if (!(is->second == value)) {
      return fmt::format("{} {} is not as in the archive", what, name);
    }
  }
  for (const auto& [name, value] : after)
    if (!before.contains(name) && !(archive.contains(name) && covers(selection, list, name)))
      return fmt::format("{} {} came from nowhere", what, name);
  return std::nullopt;
}

Seen check_restored_cache(const std::string& name, const Content& before, const Content& after,
                          const Content& archive, bool selected, WallTime now) {
  const Records was = records_of(before, name);
  const Records is = records_of(after, name);
  const Records kept = selected ? records_of(archive, name) : Records();
  for (const auto& [key, record] : kept)
    if (!is_expired(*record, now) && !same(record, find(is, key)))
      return fmt::format("cache {}: {} is not as in the archive", name, printable(key));
  for (const auto& [key, record] : was) {
    if (is_expired(*record, now) || find(kept, key) != nullptr) continue;
    if (!same(record, find(is, key)))
      return fmt::format("cache {}: {} was only in the cluster and is gone or changed", name,
                         printable(key));
  }
  for (const auto& [key, record] : is)
    if (find(was, key) == nullptr && find(kept, key) == nullptr)
      return fmt::format("cache {}: {} came from nowhere", name, printable(key));
  return std::nullopt;
}

std::map<std::string, std::string> configurations(const Content& content) {
  std::map<std::string, std::string> xml;
  for (const auto& [name, cache] : content.caches) xml[name] = cache.configuration_xml;
  return xml;
}

// Values of counters only: an existing one keeps its configuration.
std::map<std::string, int64_t> values(const Content& content) {
  std::map<std::string, int64_t> counters;
  for (const auto& [name, counter] : content.counters) counters[name] = counter.value;
  return counters;
}

}  // namespace

bool is_expired(const CacheRecord& record, WallTime now) {
  const auto metadata = decode_metadata(record.metadata);
  if (!metadata.ok()) return false;
  const int64_t now_ms = to_epoch_ms(now);
  const bool old = metadata->lifespan_ms >= 0 && record.created_ms >= 0 &&
                   record.created_ms + metadata->lifespan_ms <= now_ms;
  const bool idle = metadata->max_idle_ms >= 0 && record.last_used_ms >= 0 &&
                    record.last_used_ms + metadata->max_idle_ms <= now_ms;
  return old || idle;
}

Seen check_backup_content(const Content& before, const Content& after, const Content& archive,
                          const ResourceSelection& wanted) {
  const auto caches = configurations(archive);
  if (Seen seen = check_names("cache", configurations(before), configurations(after), caches,
                              wanted, wanted.caches))
    return seen;
  if (Seen seen = check_values("configuration of cache", configurations(before),
                               configurations(after), caches))
    return seen;
  for (const auto& [name, cache] : archive.caches)
    if (Seen seen = check_backup_cache(name, before, after, archive)) return seen;
  const auto both = [&](std::string_view what, const auto& was, const auto& is, const auto& kept,
                        const std::vector<std::string>& list) -> Seen {
    if (Seen seen = check_names(what, was, is, kept, wanted, list)) return seen;
    return check_values(what, was, is, kept);
  };
  if (Seen seen =
          both("template", before.templates, after.templates, archive.templates, wanted.templates))
    return seen;
  if (Seen seen =
          both("counter", before.counters, after.counters, archive.counters, wanted.counters))
    return seen;
  if (Seen seen =
          both("schema", before.schemas, after.schemas, archive.schemas, wanted.proto_schemas))
    return seen;
  return both("task", before.tasks, after.tasks, archive.tasks, wanted.tasks);
}

Seen check_restore_content(const Content& before, const Content& after, const Content& archive,
                           const ResourceSelection& wanted, WallTime succeeded_at,
                           bool client_writes) {
  if (Seen seen = check_restored("cache", configurations(before), configurations(after),
                                 configurations(archive), wanted, wanted.caches, true))
    return seen;
  for (const auto& [name, cache] : after.caches) {
    if (client_writes) break;
    if (Seen seen = check_restored_cache(name, before, after, archive,
                                         covers(wanted, wanted.caches, name), succeeded_at))
      return seen;
  }
  if (Seen seen = check_restored("template", before.templates, after.templates, archive.templates,
                                 wanted, wanted.templates, true))
    return seen;
  if (Seen seen = check_restored("counter", values(before), values(after), values(archive), wanted,
                                 wanted.counters, false))
    return seen;
  if (Seen seen = check_restored("schema", before.schemas, after.schemas, archive.schemas, wanted,
                                 wanted.proto_schemas, false))
    return seen;
  return check_restored("task", before.tasks, after.tasks, archive.tasks, wanted, wanted.tasks,
                        false);
}

}  // namespace drydock::harness

#include "harness/world/check_content.h"

#include <fmt/format.h>

#include <map>

#include "fakegrid/server/backup_content.h"
#include "harness/oracles/archive_content.h"
#include "harness/world/grid_content.h"

namespace drydock::harness {
namespace {

using Seen = std::optional<std::string>;
using Records = std::map<std::string, const CacheRecord*>;

Seen check_value(const std::string& cache, const Records& records, const std::string& key,
                 const std::string& value) {
  const auto found = records.find(key);
  if (found == records.end()) return fmt::format("cache {} lacks key {}", cache, printable(key));
  if (found->second->value == value) return std::nullopt;
  return fmt::format("cache {}: {} is {}", cache, printable(key), printable(found->second->value));
}

Seen check_exactly(const scenario::CacheHolds& wanted, const Records& records) {
  for (const auto& [key, value] : *wanted.exactly)
    if (Seen seen = check_value(wanted.name, records, key, value)) return seen;
  for (const auto& [key, record] : records)
    if (!wanted.exactly->contains(key))
      return fmt::format("cache {} also holds {} = {}", wanted.name, printable(key),
                         printable(record->value));
  return std::nullopt;
}

Seen check_generated(const scenario::GeneratedEntries& wanted, const Records& records) {
  for (int64_t i = 0; i < wanted.entries; ++i) {
    const std::string key = wanted.prefix + std::to_string(i);
    if (Seen seen =
            check_value(wanted.cache, records, key, generated_value(key, wanted.value_bytes)))
      return seen;
  }
  return std::nullopt;
}

std::string_view element_of(scenario::CacheMode mode) {
  switch (mode) {
    case scenario::CacheMode::kLocal: return "<local-cache";
    case scenario::CacheMode::kDistributed: return "<distributed-cache";
    case scenario::CacheMode::kReplicated: return "<replicated-cache";
  }
  return "";
}

Seen check_cache(const fakegrid::Content& content, const scenario::CacheHolds& wanted) {
  const auto found = content.caches.find(wanted.name);
  if (found == content.caches.end()) return "there is no cache " + wanted.name;
  Records records;
  for (const CacheRecord& record : found->second.records) records[record.key] = &record;
  if (wanted.mode && !found->second.configuration_xml.starts_with(element_of(*wanted.mode)))
    return fmt::format("cache {} is {}", wanted.name, found->second.configuration_xml);
  for (const auto& [key, value] : wanted.entries)
    if (Seen seen = check_value(wanted.name, records, key, value)) return seen;
  for (const std::string& key : wanted.without)
    if (records.contains(key)) return fmt::format("cache {} holds key {}", wanted.name, key);
  if (wanted.count && static_cast<int64_t>(records.size()) != *wanted.count)
    return fmt::format("cache {} holds {} entries", wanted.name, records.size());
  for (scenario::GeneratedEntries generated : wanted.generated) {
    generated.cache = wanted.name;
    if (Seen seen = check_generated(generated, records)) return seen;
  }
  return wanted.exactly ? check_exactly(wanted, records) : std::nullopt;
}

Seen check_texts(std::string_view what, const std::map<std::string, std::string>& texts,
                 const std::vector<scenario::NamedText>& wanted) {
  for (const scenario::NamedText& one : wanted) {
    const auto found = texts.find(one.name);
    if (found == texts.end()) return fmt::format("there is no {} {}", what, one.name);
    if (one.text && found->second != *one.text)
      return fmt::format("{} {} is {}", what, one.name, printable(found->second));
  }
  return std::nullopt;
}

Seen check_counters(const fakegrid::Content& content,
                    const std::map<std::string, std::optional<int64_t>>& wanted) {
  for (const auto& [name, value] : wanted) {
    const auto found = content.counters.find(name);
    if (found == content.counters.end()) return "there is no counter " + name;
    if (value && found->second.value != *value)
      return fmt::format("counter {} is {}", name, found->second.value);
  }
  return std::nullopt;
}

template <class Map>
Seen check_absent(std::string_view what, const Map& map, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (map.contains(name)) return fmt::format("{} {} is there", what, name);
  return std::nullopt;
}

}  // namespace

Seen differs(const fakegrid::Content& content, const scenario::Holds& holds,
             const scenario::Lacks& lacks) {
  for (const scenario::CacheHolds& cache : holds.caches)
    if (Seen seen = check_cache(content, cache)) return seen;
  for (const std::string& name : holds.templates)
    if (!content.templates.contains(name)) return "there is no template " + name;
  if (Seen seen = check_counters(content, holds.counters)) return seen;
  if (Seen seen = check_texts("schema", content.schemas, holds.schemas)) return seen;
  if (Seen seen = check_texts("task", content.tasks, holds.tasks)) return seen;
  if (Seen seen = check_absent("cache", content.caches, lacks.caches)) return seen;
  if (Seen seen = check_absent("template", content.templates, lacks.templates)) return seen;
  if (Seen seen = check_absent("counter", content.counters, lacks.counters)) return seen;
  if (Seen seen = check_absent("schema", content.schemas, lacks.schemas)) return seen;
  return check_absent("task", content.tasks, lacks.tasks);
}

Result<fakegrid::Content> comparable_archive(World& world, std::string zip_bytes,
                                             const std::string& cluster) {
  DRYDOCK_ASSIGN(fakegrid::Content content, read_archive_content(std::move(zip_bytes)));
  const fakegrid::ServerOptions* server = world.runtime().server_of(cluster);
  if (server == nullptr) return content;
  std::erase_if(content.templates, [&](const auto& one) {
    return fakegrid::is_builtin_template(one.first, server->version);
  });
  DRYDOCK_RETURN_IF_ERROR(write_as_server(content, server->version));
  return content;
}

Result<fakegrid::Content> read_backup(World& world, const std::string& backup,
                                      const std::string& cluster) {
  DRYDOCK_ASSIGN(std::string bytes, world.archive_bytes(backup));
  return comparable_archive(world, std::move(bytes), cluster);
}

}  // namespace drydock::harness

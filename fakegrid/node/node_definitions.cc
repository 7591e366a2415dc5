// Node's cache and template definitions, schemas and tasks: entries of the internal caches that
// every member has a copy of.
#include <algorithm>
#include <utility>

#include "fakegrid/data/operations.h"
#include "fakegrid/data/registry.h"
#include "fakegrid/data/registry_keys.h"
#include "fakegrid/node/node.h"

namespace drydock::fakegrid {
namespace {

std::vector<NamedDefinition> as_list(std::map<std::string, std::string> definitions) {
  std::vector<NamedDefinition> out;
  for (auto& [name, xml] : definitions) out.push_back({name, std::move(xml)});
  return out;
}

CacheRecord text_record(std::string key, std::string_view text) {
  CacheRecord record;
  record.key = std::move(key);
  record.value = text;
  record.metadata = encode_metadata({});
  return record;
}

// Stores a definition cluster-wide unless there is one of that name.
Result<bool> define(NodeCore& core, std::string key, const NamedDefinition& definition,
                    SteadyTime deadline) {
  DRYDOCK_RETURN_IF_ERROR(
      parse_cache_config(definition.name, definition.configuration_xml, core.config.segments)
          .status());
  DRYDOCK_ASSIGN(EntryPtr entry,
                 make_entry(text_record(key, definition.configuration_xml), core.now_ms()));
  WriteRequest write{.kind = WriteKind::kPutIfAbsent, .entries = {std::move(entry)}};
  DRYDOCK_ASSIGN(const DataReply reply,
                 ask_owner(core, std::string(kConfigCache), key, std::move(write), deadline));
  return !reply.existed;
}

// Quirk F42.
bool waits_for_itself(const NodeCore& core) {
  if (!core.config.zero_capacity || !core.config.quirks.has(Quirk::kCreateBlocksOnOnlyOwner))
    return false;
  const std::vector<Member>& members = *core.membership.view()->members;
  return std::count_if(members.begin(), members.end(),
                       [](const Member& member) { return !member.zero_capacity; }) == 1;
}

// Quirk F58: of real servers by chance, here of the second of caches that a zero-capacity member
// creates within a second, as a restore of several does.
bool configuration_comes_late(NodeCore& core) {
  constexpr Duration kWithin = seconds(1);
  if (!core.config.zero_capacity || !core.config.quirks.has(Quirk::kConfigurationComesLate))
    return false;
  const SteadyTime now = core.env.now();
  core.creations = now - core.last_creation < kWithin ? core.creations + 1 : 1;
  core.last_creation = now;
  return core.creations == 2;
}

// Key -> value of a cache of texts: from this node's copy, or from its owners when it has none.
std::map<std::string, std::string> all_texts(NodeCore& core, std::string_view name) {
  const LocalCache* cache = core.caches.find(name);
  if (cache == nullptr || cache->topology->readers().owns(0, cache->position))
    return core.caches.texts(name);
  std::map<std::string, std::string> out;
  const VisitEntries collect = [&](const std::vector<EntryPtr>& entries) {
    for (const EntryPtr& entry : entries) out.emplace(entry->record.key, entry->record.value);
    return ok_status();
  };
  // What can't be read now is as good as not there, as for a node that was not told.
  (void)scan_cache(core, std::string(name), collect, nullptr, timings::kRemoteTimeout,
                   core.env.now() + timings::kRemoteTimeout);
  return out;
}

}  // namespace

std::vector<NamedDefinition> Node::caches() const {
  return as_list(core_->caches.definitions(kCacheKeyPrefix));
}

std::vector<NamedDefinition> Node::templates() const {
  return as_list(core_->caches.definitions(kTemplateKeyPrefix));
}

bool Node::has_cache(std::string_view name) const { return core_->caches.find(name) != nullptr; }

std::optional<std::string> Node::cache_configuration(std::string_view name) const {
  const LocalCache* cache = core_->caches.find(name);
  if (cache == nullptr) return std::nullopt;
  return cache->topology->config->xml;
}

Result<bool> Node::create_cache(const NamedDefinition& definition, SteadyTime deadline) {
  if (waits_for_itself(*core_)) {
    DRYDOCK_RETURN_IF_ERROR(
        core_->env.sleep_until(std::min(deadline, core_->env.now() + timings::kRemoteTimeout)));
    return Status(Code::kDeadlineExceeded,
                  "ISPN000476: Timed out waiting for responses for request from " +
                      core_->membership.view()->coordinator().name);
  }
  DRYDOCK_ASSIGN(const bool created,
                 define(*core_, cache_key(definition.name), definition, deadline));
  if (created && configuration_comes_late(*core_))
    return Status(Code::kNotFound, "ISPN000436: Cache '" + definition.name +
                                       "' has been requested, but no matching cache "
                                       "configuration exists");
  DRYDOCK_RETURN_IF_ERROR(core_->wait_until([&] { return has_cache(definition.name); }, deadline));
  return created;
}

Result<bool> Node::remove_cache(std::string_view name, SteadyTime deadline) {
  DRYDOCK_ASSIGN(const bool removed, remove(kConfigCache, cache_key(name), deadline));
  DRYDOCK_RETURN_IF_ERROR(
      core_->wait_until([&] { return !removed || !has_cache(name); }, deadline));
  return removed;
}

Result<bool> Node::create_template(const NamedDefinition& definition, SteadyTime deadline) {
  return define(*core_, template_key(definition.name), definition, deadline);
}

std::map<std::string, std::string> Node::schemas() const {
  return with_error_companions(all_texts(*core_, kSchemaCache), core_->version);
}

std::map<std::string, std::string> Node::tasks() const { return all_texts(*core_, kTaskCache); }

Status Node::put_schema(std::string_view name, std::string_view text, SteadyTime deadline) {
  const CacheRecord record = text_record(std::string(name), text);
  return put(kSchemaCache, {&record, 1}, deadline);
}

Result<bool> Node::remove_schema(std::string_view name, SteadyTime deadline) {
  return remove(kSchemaCache, name, deadline);
}

Status Node::put_task(std::string_view name, std::string_view text, SteadyTime deadline) {
  const CacheRecord record = text_record(std::string(name), text);
  return put(kTaskCache, {&record, 1}, deadline);
}

}  // namespace drydock::fakegrid

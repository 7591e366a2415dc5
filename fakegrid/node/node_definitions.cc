// Node's cache and template definitions, schemas and tasks: entries of the internal caches that
// every member has a copy of.
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
  DRYDOCK_ASSIGN(const bool created,
                 define(*core_, cache_key(definition.name), definition, deadline));
  DRYDOCK_RETURN_IF_ERROR(core_->wait_until([&] { return has_cache(definition.name); }, deadline));
  return created;
}

Result<bool> Node::create_template(const NamedDefinition& definition, SteadyTime deadline) {
  return define(*core_, template_key(definition.name), definition, deadline);
}

std::map<std::string, std::string> Node::schemas() const {
  return with_error_companions(core_->caches.texts(kSchemaCache));
}

std::map<std::string, std::string> Node::tasks() const { return core_->caches.texts(kTaskCache); }

Status Node::put_schema(std::string_view name, std::string_view text, SteadyTime deadline) {
  const CacheRecord record = text_record(std::string(name), text);
  return put(kSchemaCache, {&record, 1}, deadline);
}

Status Node::put_task(std::string_view name, std::string_view text, SteadyTime deadline) {
  const CacheRecord record = text_record(std::string(name), text);
  return put(kTaskCache, {&record, 1}, deadline);
}

}  // namespace drydock::fakegrid

#include "fakegrid/server/backup_content.h"

#include <algorithm>
#include <set>

#include "core/base/messages.h"
#include "fakegrid/server/backup_failure.h"
#include "fakegrid/server/java_text.h"
#include "fakegrid/server/rest_container.h"

namespace drydock::fakegrid {
namespace {

using Names = std::set<std::string, std::less<>>;

Names names_of(const std::vector<NamedDefinition>& definitions) {
  Names out;
  for (const NamedDefinition& one : definitions) out.insert(one.name);
  return out;
}

template <class Map>
Names keys_of(const Map& map) {
  Names out;
  for (const auto& [name, text] : map) out.insert(name);
  return out;
}

// What there is of each type, and what "*" stands for.
struct Inventory {
  Names caches, templates, schemas, tasks, counters;
  Names wildcard_caches;
  std::vector<CounterRecord> counter_records;
};

Result<Inventory> take_inventory(Node& node, const Quirks& quirks, SteadyTime deadline) {
  Inventory out;
  out.caches = names_of(node.caches());
  out.templates = names_of(node.templates());
  for (const NamedElement& one : builtin_templates(node.version()))
    if (is_builtin_template(one.name, node.version())) out.templates.insert(one.name);
  out.schemas = keys_of(node.schemas());
  out.tasks = keys_of(node.tasks());
  DRYDOCK_ASSIGN(out.counter_records, node.counters(deadline));
  for (const CounterRecord& counter : out.counter_records) out.counters.insert(counter.name);
  for (const std::string& name : out.caches) {
    const bool protocol = name == "respCache" || name == "memcachedCache";
    if (is_reserved(name) || (protocol && quirks.has(Quirk::kProtocolCachesSkipped))) continue;
    out.wildcard_caches.insert(name);
  }
  return out;
}

const Names& names_in(const Inventory& inventory, ResourceType type) {
  switch (type) {
    case ResourceType::kTemplates: return inventory.templates;
    case ResourceType::kCaches: return inventory.caches;
    case ResourceType::kCounters: return inventory.counters;
    case ResourceType::kSchemas: return inventory.schemas;
    case ResourceType::kTasks: break;
  }
  return inventory.tasks;
}

Status missing(const Inventory& inventory, ResourceType type, const std::string& name) {
  if (type == ResourceType::kCaches && inventory.templates.contains(name))
    return cache_exception(messages::template_asked_as_cache(name));
  if (type == ResourceType::kTemplates && inventory.caches.contains(name))
    return cache_exception(messages::cache_asked_as_template(name));
  return cache_exception(messages::resource_missing(type_name(type), name));
}

Result<std::vector<std::string>> resolve(const Node& node, const Inventory& inventory,
                                         ResourceType type, const Wanted& wanted) {
  if (wanted.all) {
    const Names& all =
        type == ResourceType::kCaches ? inventory.wildcard_caches : names_in(inventory, type);
    return hash_order({all.begin(), all.end()});
  }
  for (const std::string& name : wanted.names) {
    const bool internal = type == ResourceType::kCaches && node.has_cache(name);
    if (!internal && !names_in(inventory, type).contains(name))
      return missing(inventory, type, name);
  }
  return hash_order(wanted.names);
}

}  // namespace

bool is_reserved(std::string_view name) {
  return name.starts_with("org.infinispan") || name.starts_with("example.") ||
         name.starts_with("___");
}

// Those that 16 still lists belong to its RESP endpoint.
bool is_builtin_template(std::string_view name, const ServerVersion& version) {
  if (version.at_least(16) && !name.starts_with("org.infinispan.RESP")) return false;
  for (const NamedElement& one : builtin_templates(version))
    if (one.name == name) return true;
  return false;
}

Result<BackupPlan> plan_backup(Node& node, const Quirks& quirks, const Selection& wanted,
                               SteadyTime deadline) {
  DRYDOCK_ASSIGN(const Inventory inventory, take_inventory(node, quirks, deadline));
  BackupPlan plan;
  for (const auto& [type, names] : wanted) {
    DRYDOCK_ASSIGN(plan.names[type], resolve(node, inventory, type, names));
  }
  const auto counters = plan.names.find(ResourceType::kCounters);
  if (counters == plan.names.end()) return plan;
  for (const std::string& name : counters->second)
    for (const CounterRecord& counter : inventory.counter_records)
      if (counter.name == name) plan.counters.push_back(counter);
  return plan;
}

}  // namespace drydock::fakegrid

#include "harness/world/grid_member_adapter.h"

#include <fmt/format.h>

namespace drydock::harness {
namespace {

std::vector<engine::CacheDefinition> to_engine(std::vector<fakegrid::NamedDefinition> from) {
  std::vector<engine::CacheDefinition> to;
  to.reserve(from.size());
  for (fakegrid::NamedDefinition& one : from)
    to.push_back({std::move(one.name), std::move(one.configuration_xml)});
  return to;
}

// Servers derive these from schemas; they are no schemas of their own.
bool is_error_companion(std::string_view name) { return name.ends_with(".errors"); }

}  // namespace

engine::MemberHealth GridMemberAdapter::health() {
  const fakegrid::Health health = node_.health();
  return {health.node_names,   health.status,   health.coordinator,
          node_.config().name, node_.view_id(), node_.merged_views()};
}

Result<std::vector<engine::CacheDefinition>> GridMemberAdapter::caches(SteadyTime) {
  return to_engine(node_.caches());
}

Result<std::vector<engine::CacheDefinition>> GridMemberAdapter::templates(SteadyTime) {
  return to_engine(node_.templates());
}

Result<bool> GridMemberAdapter::create_cache(const engine::CacheDefinition& definition,
                                             SteadyTime deadline) {
  return node_.create_cache({definition.name, definition.configuration_xml}, deadline);
}

Result<bool> GridMemberAdapter::create_template(const engine::CacheDefinition& definition,
                                                SteadyTime deadline) {
  return node_.create_template({definition.name, definition.configuration_xml}, deadline);
}

Status GridMemberAdapter::iterate(std::string_view cache,
                                  const std::function<Status(std::span<const CacheRecord>)>& visit,
                                  Duration idle_deadline) {
  const auto observed = [&](std::span<const CacheRecord> records) -> Status {
    if (observer_.on_records) observer_.on_records(records.size());
    return visit(records);
  };
  DRYDOCK_RETURN_IF_ERROR(node_.iterate(cache, observed, idle_deadline));
  if (observer_.on_cache_read) observer_.on_cache_read(cache);
  return ok_status();
}

Status GridMemberAdapter::put(std::string_view cache, std::span<const CacheRecord> records,
                              SteadyTime deadline) {
  return node_.put(cache, records, deadline);
}

Result<std::vector<CounterRecord>> GridMemberAdapter::counters(SteadyTime deadline) {
  return node_.counters(deadline);
}

Status GridMemberAdapter::set_counter(const CounterRecord& counter, SteadyTime deadline) {
  DRYDOCK_ASSIGN(const bool created, node_.create_counter(counter, deadline));
  if (created) return ok_status();
  return node_.set_counter(counter.name, counter.value, deadline);
}

Result<std::map<std::string, std::string>> GridMemberAdapter::schemas(SteadyTime) {
  std::map<std::string, std::string> schemas = node_.schemas();
  std::erase_if(schemas, [](const auto& entry) { return is_error_companion(entry.first); });
  return schemas;
}

Status GridMemberAdapter::put_schema(std::string_view name, std::string_view text,
                                     SteadyTime deadline) {
  return node_.put_schema(name, text, deadline);
}

Result<std::map<std::string, std::string>> GridMemberAdapter::tasks(SteadyTime) {
  return node_.tasks();
}

Status GridMemberAdapter::put_task(std::string_view name, std::string_view text,
                                   SteadyTime deadline) {
  return node_.put_task(name, text, deadline);
}

std::string GridMemberAdapter::global_configuration_xml() const {
  const std::string version = node_.config().version;
  const size_t minor_end = version.find('.', version.find('.') + 1);
  return fmt::format(
      "<?xml version=\"1.0\"?>\n<infinispan xmlns=\"urn:infinispan:config:{}\">\n"
      "    <cache-container name=\"default\" statistics=\"true\" zero-capacity-node=\"true\">\n"
      "        <transport cluster=\"{}\" node-name=\"{}\" stack=\"image-tcp\"/>\n"
      "    </cache-container>\n</infinispan>\n",
      version.substr(0, minor_end), node_.config().cluster_name, node_.config().name);
}

}  // namespace drydock::harness

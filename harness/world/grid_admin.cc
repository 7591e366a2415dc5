#include "harness/world/grid_admin.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "harness/world/grid_content.h"
#include "harness/world/grid_membership.h"

namespace drydock::harness {
namespace {

constexpr Duration kWorkDeadline = minutes(30);
constexpr Duration kClientDeadline = seconds(15);

std::string percent_encode(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// One operation of a traffic client, through whichever data node's turn it is.
TrafficSample one_request(World& world, const scenario::Traffic& traffic, int64_t ordinal) {
  sim::Process& client = world.clients();
  TrafficSample sample;
  sample.begin = client.now();
  const auto nodes = world.grids().data_addresses(traffic.cluster);
  if (nodes.empty()) return sample;
  const sim::Process* node =
      world.grids().process_of(nodes[static_cast<size_t>(ordinal) % nodes.size()]);
  const int64_t keys = std::max<int64_t>(traffic.keys, 1);
  const std::string key = traffic.prefix + std::to_string(ordinal % keys);
  HttpRequest request;
  request.method = traffic.writes ? "PUT" : "GET";
  request.target = "/rest/v2/caches/" + percent_encode(traffic.cache) + "/" + percent_encode(key);
  if (traffic.writes)
    request.body = Body(generated_value(key + "/" + std::to_string(ordinal), traffic.value_bytes));
  const auto answer = client.wire().call({node->ip(), kDataPort}, std::move(request),
                                         client.now() + kClientDeadline);
  sample.latency = client.now() - sample.begin;
  sample.ok = answer.ok() && answer->status < 400;
  return sample;
}

Status create_definitions(fakegrid::Node& node, const fakegrid::Content& content,
                          SteadyTime deadline) {
  for (const auto& [name, text] : content.schemas)
    DRYDOCK_RETURN_IF_ERROR(node.put_schema(name, text, deadline));
  for (const auto& [name, text] : content.tasks)
    DRYDOCK_RETURN_IF_ERROR(node.put_task(name, text, deadline));
  for (const auto& [name, element] : content.templates) {
    const auto created = node.create_template({name, element}, deadline);
    if (!created.ok()) return created.status();
  }
  for (const auto& [name, cache] : content.caches) {
    const auto created = node.create_cache({name, cache.configuration_xml}, deadline);
    if (!created.ok()) return created.status();
  }
  for (const auto& [name, counter] : content.counters) {
    const auto created = node.create_counter(counter, deadline);
    if (!created.ok()) return created.status();
  }
  return ok_status();
}

// Puts in batches, as a bulk client does.
Status put_all(fakegrid::Node& node, const std::string& cache, std::span<const CacheRecord> records,
               SteadyTime deadline) {
  while (!records.empty()) {
    const size_t count = std::min(records.size(), limits::kIterationBatch);
    DRYDOCK_RETURN_IF_ERROR(node.put(cache, records.first(count), deadline));
    records = records.subspan(count);
  }
  return ok_status();
}

}  // namespace

Status on_data_node(World& world, const std::string& cluster,
                    std::function<Status(fakegrid::Node&, SteadyTime)> work) {
  const GridRegistry::Entry entry = world.grids().any_data_node(cluster);
  if (entry.node == nullptr)
    return Status(Code::kUnavailable, "cluster " + cluster + " has no running data node");
  auto outcome = std::make_shared<std::optional<Status>>();
  fakegrid::Node* node = entry.node;
  sim::Process* process = entry.process;
  process->spawn("client request", [&world, outcome, node, process, work = std::move(work)] {
    *outcome = work(*node, process->now() + kWorkDeadline);
    world.notify();
  });
  DRYDOCK_RETURN_IF_ERROR(
      world.wait_until([&] { return outcome->has_value() || process->killed(); }, kForever));
  return outcome->value_or(Status(Code::kConnectionReset, "the data node has gone"));
}

Status put_records(World& world, const std::string& cluster, const std::string& cache,
                   std::vector<CacheRecord> records) {
  return on_data_node(
      world, cluster,
      [cache, records = std::move(records)](fakegrid::Node& node, SteadyTime deadline) {
        return put_all(node, cache, records, deadline);
      });
}

Status remove_keys(World& world, const std::string& cluster, const std::string& cache,
                   std::vector<std::string> keys) {
  return on_data_node(
      world, cluster,
      [cache, keys = std::move(keys)](fakegrid::Node& node, SteadyTime deadline) -> Status {
        for (const std::string& key : keys) {
          const auto removed = node.remove(cache, key, deadline);
          if (!removed.ok()) return removed.status();
        }
        return ok_status();
      });
}

// Entries may go into caches that exist already; those are kept as they are.
Status create_content(World& world, const std::string& cluster, const scenario::Content& from) {
  scenario::Content definitions = from;
  definitions.data.clear();
  DRYDOCK_ASSIGN(fakegrid::Content content,
                 make_content(definitions, world.simulation().wall_now()));
  if (const fakegrid::ServerOptions* server = world.runtime().server_of(cluster))
    DRYDOCK_RETURN_IF_ERROR(write_as_server(content, server->version));
  DRYDOCK_RETURN_IF_ERROR(
      on_data_node(world, cluster, [content](fakegrid::Node& node, SteadyTime deadline) {
        return create_definitions(node, content, deadline);
      }));
  for (const scenario::Data& data : from.data) {
    const WallTime now = world.simulation().wall_now();
    if (const auto* some = std::get_if<scenario::InlineEntries>(&data))
      DRYDOCK_RETURN_IF_ERROR(put_records(world, cluster, some->cache, make_records(*some, now)));
    if (const auto* many = std::get_if<scenario::GeneratedEntries>(&data))
      DRYDOCK_RETURN_IF_ERROR(put_records(world, cluster, many->cache, make_records(*many, now)));
  }
  return ok_status();
}

void start_traffic(Run& run, const scenario::Traffic& traffic) {
  World& world = run.world();
  world.clients().spawn("traffic " + traffic.name, [&run, &world, traffic] {
    sim::Process& client = world.clients();
    const SteadyTime start = client.now();
    for (int64_t i = 0; i < traffic.count; ++i) {
      if (!client.sleep_until(start + traffic.every * i).ok()) return;
      const TrafficSample sample = one_request(world, traffic, i);
      if (client.killed()) return;
      run.traffic()[traffic.name].push_back(sample);
    }
    world.notify();
  });
}

}  // namespace drydock::harness

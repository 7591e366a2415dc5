#include "fakegrid/server/rest_statistics.h"

#include <fmt/format.h>

#include "core/base/json.h"
#include "fakegrid/data/cache_config.h"
#include "fakegrid/server/config_element.h"
#include "fakegrid/server/rest_reply.h"

namespace drydock::fakegrid {
namespace {

constexpr int kGridPort = 7800;  // the default stack's
constexpr const char* kMetricsType = "text/plain;version=0.0.4;charset=utf-8";
constexpr const char* kPrefix = "vendor_cache_manager_default";

CacheInstruments counted(const Node& node, const std::string& cache) {
  const Instruments all = node.instruments();
  const auto found = all.caches.find(cache);
  return found == all.caches.end() ? CacheInstruments{} : found->second;
}

// How metrics name and label values, which depends on the release.
class MetricsText {
 public:
  explicit MetricsText(const Node& node)
      : node_(node.config().name), by_label_(node.version().at_least(14)) {}

  void add(std::string_view what, int64_t value) {
    add_line(fmt::format("{}_{}", kPrefix, what), "", value);
  }
  void add(const std::string& cache, std::string_view what, int64_t value) {
    const std::string label = by_label_ ? fmt::format("cache=\"{}\",", cache) : "";
    add_line(fmt::format("{}_cache_{}_{}", kPrefix, cache, what), label, value);
  }
  std::string take() { return std::move(text_); }

 private:
  void add_line(const std::string& name, const std::string& label, int64_t value) {
    text_ += fmt::format("# TYPE {} gauge\n{}{{{}node=\"{}\"{}}} {}.0\n", name, name, label, node_,
                         by_label_ ? "," : "", value);
  }

  const std::string node_;
  const bool by_label_;
  std::string text_;
};

struct CountedCache {
  std::string name;
  CacheConfigPtr config;
};

std::vector<CountedCache> caches_with_statistics(const Node& node) {
  std::vector<CountedCache> out;
  for (const NamedDefinition& cache : node.caches()) {
    const auto element = parse_cache_element(cache.configuration_xml, ConfigFormat::kXml);
    if (!element.ok()) continue;
    const std::string* wanted = element->attribute("statistics");
    if (wanted == nullptr || *wanted != "true") continue;
    Result<CacheConfigPtr> config =
        parse_cache_config(cache.name, cache.configuration_xml, node.config().segments);
    if (config.ok()) out.push_back({cache.name, std::move(*config)});
  }
  return out;
}

// What all members hold together, divided by the owners of an entry; of a replicated cache only
// what this one holds. The default number of owners stands in for those of a local cache.
Result<int64_t> in_memory_of_cluster(Node& node, const CountedCache& cache, SteadyTime deadline) {
  if (cache.config->mode == CacheMode::kReplicated)
    return static_cast<int64_t>(counted(node, cache.name).entries);
  DRYDOCK_ASSIGN(const std::vector<Holding> holdings, node.holdings(cache.name, deadline));
  uint64_t sum = 0;
  for (const Holding& holding : holdings) sum += holding.entries;
  return static_cast<int64_t>(sum) / cache.config->owners;
}

// 12.1 counts when it is asked.
Status add_counts(Node& node, MetricsText& out, const CountedCache& cache, SteadyTime deadline) {
  const auto entries = static_cast<int64_t>(counted(node, cache.name).entries);
  DRYDOCK_ASSIGN(const uint64_t size, node.size(cache.name, deadline));
  DRYDOCK_ASSIGN(const int64_t in_memory, in_memory_of_cluster(node, cache, deadline));
  out.add(cache.name, "statistics_number_of_entries", entries);
  out.add(cache.name, "statistics_number_of_entries_in_memory", entries);
  out.add(cache.name, "cluster_cache_stats_number_of_entries", static_cast<int64_t>(size));
  out.add(cache.name, "cluster_cache_stats_current_number_of_entries_in_memory", in_memory);
  return ok_status();
}

void add_cache(const Node& node, MetricsText& out, const CountedCache& cache) {
  out.add(cache.name, "statistics_number_of_entries", -1);
  out.add(cache.name, "statistics_number_of_entries_in_memory", -1);
  if (!node.version().at_least(15)) {
    out.add(cache.name, "cluster_cache_stats_number_of_entries", -1);
    out.add(cache.name, "cluster_cache_stats_current_number_of_entries_in_memory", -1);
  }
  if (cache.config->mode == CacheMode::kLocal) return;
  const auto inbound = static_cast<int64_t>(counted(node, cache.name).inbound);
  out.add(cache.name, "state_transfer_manager_inflight_segment_transfer_count", inbound);
  out.add(cache.name, "state_transfer_manager_inflight_transactional_segment_count", 0);
}

}  // namespace

json::object cache_statistics(const Node& node, const std::string& cache) {
  const CacheInstruments here = counted(node, cache);
  json::object out;
  if (!node.version().at_least(14)) {
    out = {{"current_number_of_entries", here.entries},
           {"current_number_of_entries_in_memory", here.entries}};
  } else {
    out = {{"approximate_entries", here.entries},
           {"approximate_entries_in_memory", here.entries},
           {"approximate_entries_unique", here.primary_entries},
           {"current_number_of_entries", -1},
           {"current_number_of_entries_in_memory", -1}};
  }
  // Stores, whoever asked for them: state that is received is stored, too.
  if (!node.version().at_least(15))
    out["total_number_of_entries"] = here.written + here.moved.entries_in;
  return out;
}

HttpResponse distribution_route(Node& node, const std::string& cache, SteadyTime deadline) {
  const Result<std::vector<Holding>> holdings = node.holdings(cache, deadline);
  if (!holdings.ok()) return reply_error(holdings.status());
  const auto config = parse_cache_config(cache, node.cache_configuration(cache).value_or(""),
                                         node.config().segments);
  const bool alone = config.ok() && (*config)->mode == CacheMode::kLocal;
  json::array out;
  for (const Holding& holding : *holdings) {
    if (alone && holding.member.address != node.address()) continue;
    const std::string address = fmt::format("{}:{}", holding.member.address, kGridPort);
    out.push_back({{"node_name", holding.member.name},
                   {"node_addresses", json::array{json::value(address)}},
                   {"memory_entries", holding.entries},
                   {"total_entries", holding.entries},
                   {"memory_used", -1}});
  }
  return reply_json(out);
}

HttpResponse metrics_route(Node& node, SteadyTime deadline) {
  MetricsText out(node);
  out.add("cluster_size", static_cast<int64_t>(node.members().size()));
  for (const CountedCache& cache : caches_with_statistics(node)) {
    if (node.version().at_least(14)) {
      add_cache(node, out, cache);
      continue;
    }
    const Status added = add_counts(node, out, cache, deadline);
    if (!added.ok()) return reply_error(added);
  }
  return reply_typed(out.take(), kMetricsType);
}

}  // namespace drydock::fakegrid

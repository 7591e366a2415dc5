#include "fakegrid/server/rest_caches.h"

#include <algorithm>

#include "core/base/json.h"
#include "fakegrid/server/cache_creation.h"
#include "fakegrid/server/config_render.h"
#include "fakegrid/server/media_type.h"
#include "fakegrid/server/rest_entries.h"
#include "fakegrid/server/rest_reply.h"
#include "fakegrid/server/rest_statistics.h"

namespace drydock::fakegrid {
namespace {

constexpr Duration kClearIdleLimit = timings::kRemoteTimeout;

std::string health_of(const Node& node, const std::string& cache) {
  const Health health = node.health();
  const auto found = health.cache_status.find(cache);
  return found == health.cache_status.end() ? "HEALTHY" : found->second;
}

HttpResponse details(Node& node, const ContainerState& state, const std::string& cache,
                     const ConfigElement& configuration, SteadyTime deadline) {
  const auto size = node.size(cache, deadline);
  if (!size.ok()) return reply_error(size.status());
  const auto has = [&](std::string_view child) { return configuration.child(child) != nullptr; };
  const ServerVersion& version = node.version();
  const Result<json::value> shown = json_parse(shown_json(cache, configuration, false, version));
  json::object out{{"stats", cache_statistics(node, cache)},
                   {"size", *size},
                   {"configuration", shown.ok() ? *shown : json::value(nullptr)},
                   {"rehash_in_progress", health_of(node, cache) == "HEALTHY_REBALANCING"}};
  if (version.at_least(14))
    out["rebalancing_enabled"] =
        state.rebalancing && state.caches_not_rebalancing.count(cache) == 0;
  out["bounded"] = has("memory");
  out["indexed"] = has("indexing");
  out["persistent"] = has("persistence");
  out["transactional"] = has("transaction");
  out["secured"] = has("security");
  out["has_remote_backup"] = has("backups");
  const std::string* counts = configuration.attribute("statistics");
  out["statistics"] = counts != nullptr && *counts == "true";
  return reply_json(out);
}

HttpResponse shown_configuration(const Node& node, const HttpRequest& request,
                                 const std::string& cache, const ConfigElement& configuration) {
  const std::string* accept = find_header(request.headers, "Accept");
  const MediaType wanted = media_type(accept == nullptr ? "*/*" : std::string_view(*accept));
  const ServerVersion& version = node.version();
  switch (wanted.kind) {
    case MediaKind::kXml:
      return reply_typed(shown_xml(cache, configuration, version), "application/xml");
    case MediaKind::kAny:
    case MediaKind::kNone:
    case MediaKind::kJson:
      return reply_typed(shown_json(cache, configuration, false, version), "application/json");
    default: return reply(406);
  }
}

HttpResponse clear(Node& node, const std::string& cache, SteadyTime deadline) {
  std::vector<std::string> keys;
  const Status read = node.iterate(
      cache,
      [&](std::span<const CacheRecord> records) {
        for (const CacheRecord& record : records) keys.push_back(record.key);
        return ok_status();
      },
      kClearIdleLimit);
  if (!read.ok()) return reply_error(read);
  for (const std::string& key : keys) {
    const auto removed = node.remove(cache, key, deadline);
    if (!removed.ok()) return reply_error(removed.status());
  }
  return reply(204);
}

HttpResponse availability(const Node& node, const std::string& cache) {
  return reply_typed(health_of(node, cache) == "DEGRADED" ? "DEGRADED_MODE" : "AVAILABLE",
                     "text/plain");
}

HttpResponse read_route(Node& node, const ContainerState& state, const HttpRequest& request,
                        const std::string& cache, const HttpTarget& target, SteadyTime deadline) {
  const std::optional<std::string> text = node.cache_configuration(cache);
  if (!text) return reply_text(404, cache_not_found(cache));
  const auto configuration = parse_cache_element(*text, ConfigFormat::kXml);
  if (!configuration.ok()) return reply_error(configuration.status());
  const std::string action = target.action();
  if (action.empty()) return details(node, state, cache, *configuration, deadline);
  if (action == "config") return shown_configuration(node, request, cache, *configuration);
  if (action == "stats") return reply_json(cache_statistics(node, cache));
  if (action == "distribution" && node.version().at_least(14))
    return distribution_route(node, cache, deadline);
  if (action == "keys") return keys_route(node, cache, target);
  if (action == "entries") return entries_route(node, cache, target);
  if (action == "get-availability") return availability(node, cache);
  if (action != "size") return unknown_action();
  const auto size = node.size(cache, deadline);
  if (!size.ok()) return reply_error(size.status());
  return reply_typed(std::to_string(*size), "application/json");
}

HttpResponse set_rebalancing(ContainerState& state, const std::string& cache, bool on) {
  if (on)
    state.caches_not_rebalancing.erase(cache);
  else
    state.caches_not_rebalancing.insert(cache);
  return reply(204);
}

}  // namespace

HttpResponse caches_route(Node& node, const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return not_allowed();
  std::vector<std::string> names = visible_caches(node);
  std::sort(names.begin(), names.end());
  return reply_json(json::array(names.begin(), names.end()));
}

HttpResponse cache_route(Node& node, ContainerState& state, const HttpRequest& request,
                         const std::string& cache, const HttpTarget& target, SteadyTime deadline) {
  const std::string action = target.action();
  const bool exists = node.has_cache(cache);
  if (request.method == "HEAD" && action.empty()) return reply(exists ? 204 : 404);
  if (request.method == "GET" || request.method == "HEAD")
    return read_route(node, state, request, cache, target, deadline);
  if (request.method == "DELETE") {
    const auto removed = node.remove_cache(cache, deadline);
    if (!removed.ok()) return reply_error(removed.status());
    return reply(*removed ? 200 : 404);
  }
  if (request.method != "POST" && request.method != "PUT") return not_allowed();
  if (action.empty()) return create_cache_route(node, request, cache, target, deadline);
  if (request.method == "PUT") return not_found();
  if (!exists) return reply_text(404, cache_not_found(cache));
  if (action == "clear") return clear(node, cache, deadline);
  if (action == "enable-rebalancing") return set_rebalancing(state, cache, true);
  if (action == "disable-rebalancing") return set_rebalancing(state, cache, false);
  return not_found();
}

}  // namespace drydock::fakegrid

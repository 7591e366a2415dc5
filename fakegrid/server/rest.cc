#include "fakegrid/server/rest.h"

#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "core/base/json.h"
#include "core/base/log.h"
#include "fakegrid/server/http_target.h"

namespace drydock::fakegrid {
namespace {

using Path = std::vector<std::string>;

HttpReply answer(int status, std::string text = "", std::string type = "text/plain") {
  HttpResponse response{.status = status, .headers = {}, .body = {}};
  if (!text.empty()) {
    response.headers.emplace_back("Content-Type", std::move(type));
    response.body = Body(std::move(text));
  }
  return response;
}

HttpReply json_answer(json::value value) {
  HttpResponse response{
      .status = 200, .headers = {{"Content-Type", "application/json"}}, .body = {}};
  response.body = Body(make_json(std::move(value)));
  return response;
}

HttpReply not_found() { return answer(404, "Resource not found"); }

// As the server's REST layer maps what the grid says.
HttpReply error_answer(const Status& status) {
  switch (status.code()) {
    case Code::kNotFound: return answer(404, status.message());
    case Code::kInvalid:
    case Code::kAlreadyExists: return answer(400, status.message());
    default: return answer(500, status.message());
  }
}

bool is_container(const Path& path, size_t extra) {
  if (path.size() == 3 + extra && path[0] == "rest" && path[1] == "v2" && path[2] == "container")
    return true;
  return path.size() == 4 + extra && path[0] == "rest" && path[1] == "v2" &&
         path[2] == "cache-managers" && path[3] == "default";
}

json::value health_document(const Health& health) {
  json::array names(health.node_names.begin(), health.node_names.end());
  json::array caches;
  for (const auto& [name, status] : health.cache_status)
    caches.push_back({{"status", status}, {"cache_name", name}});
  return {{"cluster_health",
           {{"cluster_name", health.cluster_name},
            {"health_status", health.status},
            {"number_of_nodes", health.node_names.size()},
            {"node_names", names}}},
          {"cache_health", caches}};
}

json::value container_document(const Node& node) {
  const Health health = node.health();
  json::array members(health.node_names.begin(), health.node_names.end());
  json::array addresses;
  for (const Member& member : node.members()) addresses.emplace_back(member.address + ":7800");
  json::array defined;
  for (const NamedDefinition& cache : node.caches())
    defined.push_back({{"name", cache.name}, {"started", true}});
  return {{"version", node.config().version},
          {"name", "default"},
          {"coordinator", node.is_coordinator()},
          {"cluster_name", health.cluster_name},
          {"physical_addresses", "[" + node.address() + ":7800]"},
          {"coordinator_address", health.coordinator},
          {"cache_manager_status", node.state() == NodeState::kRunning ? "RUNNING" : "STOPPING"},
          {"created_cache_count", defined.size()},
          {"running_cache_count", defined.size()},
          {"node_address", node.config().name},
          {"cluster_members", members},
          {"cluster_members_physical_addresses", addresses},
          {"cluster_size", members.size()},
          {"defined_caches", defined},
          {"rebalancing_enabled", true}};
}

int64_t seconds_header_ms(const HttpRequest& request, std::string_view name) {
  const std::string* text = find_header(request.headers, name);
  int64_t value = -1;
  if (text == nullptr) return -1;
  std::from_chars(text->data(), text->data() + text->size(), value);
  return value < 0 ? -1 : value * 1000;
}

HttpReply entry_request(Node& node, const HttpRequest& request, const std::string& cache,
                        const std::string& key, SteadyTime deadline) {
  if (!node.has_cache(cache))
    return answer(
        404, "ISPN012010: Cache with name '" + cache + "' not found amongst the configured caches");
  if (request.method == "GET" || request.method == "HEAD") {
    const auto found = node.get(cache, key, deadline);
    if (!found.ok()) return error_answer(found.status());
    if (!*found) return answer(404);
    const bool head = request.method == "HEAD";
    return answer(200, head ? "" : (*found)->value, "application/octet-stream");
  }
  if (request.method == "DELETE") {
    const auto removed = node.remove(cache, key, deadline);
    if (!removed.ok()) return error_answer(removed.status());
    return answer(*removed ? 204 : 404);
  }
  CacheRecord record;
  record.key = key;
  record.value = request.body.text();
  record.metadata =
      encode_metadata({.lifespan_ms = seconds_header_ms(request, "timeToLiveSeconds"),
                       .max_idle_ms = seconds_header_ms(request, "maxIdleTimeSeconds")});
  const Status stored = node.put(cache, {&record, 1}, deadline);
  return stored.ok() ? answer(204) : error_answer(stored);
}

HttpReply cache_request(Node& node, const HttpRequest& request, const std::string& cache,
                        const std::string& action, SteadyTime deadline) {
  if (request.method == "POST" && action.empty()) {
    const auto created = node.create_cache({cache, request.body.text()}, deadline);
    if (!created.ok()) return error_answer(created.status());
    if (*created) return answer(200);
    return answer(400, "ISPN000507: Cache " + cache + " already exists");
  }
  const auto configuration = node.cache_configuration(cache);
  if (!configuration)
    return answer(
        404, "ISPN012010: Cache with name '" + cache + "' not found amongst the configured caches");
  if (request.method == "GET" && action == "config")
    return answer(200, *configuration, "application/xml");
  if (request.method != "GET" || action != "size") return not_found();
  const auto size = node.size(cache, deadline);
  if (!size.ok()) return error_answer(size.status());
  return answer(200, std::to_string(*size), "application/json");
}

HttpReply counter_request(Node& node, const HttpRequest& request, const std::string& name,
                          const HttpTarget& target, SteadyTime deadline) {
  if (request.method == "GET") {
    const auto counter = node.counter(name, deadline);
    if (!counter.ok()) return error_answer(counter.status());
    return answer(200, std::to_string(counter->value));
  }
  int64_t delta = target.action() == "decrement" ? -1 : 1;
  if (target.action() == "add") {
    const auto found = target.query.find("delta");
    if (found == target.query.end()) return answer(400, "Missing argument 'delta'");
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), delta);
  } else if (target.action() != "increment" && target.action() != "decrement") {
    return not_found();
  }
  const auto value = node.add_to_counter(name, delta, deadline);
  if (!value.ok()) return error_answer(value.status());
  return answer(200, std::to_string(*value));
}

HttpReply health_probe(const Node& node, bool ready) {
  const bool good =
      node.state() == NodeState::kRunning || (!ready && node.state() == NodeState::kStarting);
  return answer(good ? 200 : 503);
}

}  // namespace

RestServer::RestServer(Env& env, Node& node, std::function<void()> on_stop)
    : env_(env), node_(node), on_stop_(std::move(on_stop)) {}

HttpReply RestServer::handle(const HttpRequest& request) {
  const HttpTarget target = parse_target(request.target);
  const Path& path = target.path;
  const SteadyTime deadline = env_.now() + timings::kRemoteTimeout;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (path.size() == 2 && path[0] == "health") {
    if (path[1] == "live" || path[1] == "ready") return health_probe(node_, path[1] == "ready");
    return not_found();
  }
  if (path.size() < 3 || path[0] != "rest" || path[1] != "v2") return not_found();
  const std::string action = target.action();
  const bool stops = (path.size() == 3 && path[2] == "server" && action == "stop") ||
                     (is_container(path, 0) && action == "shutdown");
  if (request.method == "POST" && stops) return stop();
  if (is_container(path, 0) && reads) return json_answer(container_document(node_));
  if (is_container(path, 1) && path.back() == "health" && reads)
    return json_answer(health_document(node_.health()));
  if (is_container(path, 2) && path.back() == "status" && reads)
    return answer(200, node_.health().status);
  if (path.size() == 3 && path[2] == "server" && reads)
    return json_answer({{"version", "Infinispan " + node_.config().version}});
  if (path.size() == 3 && path[2] == "caches" && reads) return list_caches();
  if (path.size() == 4 && path[2] == "caches")
    return cache_request(node_, request, path[3], action, deadline);
  if (path.size() == 5 && path[2] == "caches")
    return entry_request(node_, request, path[3], path[4], deadline);
  if (path.size() == 4 && path[2] == "counters")
    return counter_request(node_, request, path[3], target, deadline);
  return not_found();
}

HttpReply RestServer::list_caches() const {
  json::array names;
  for (const NamedDefinition& cache : node_.caches()) names.emplace_back(cache.name);
  return json_answer(std::move(names));
}

// The answer goes out first; leaving takes its own task.
HttpReply RestServer::stop() {
  env_.spawn("grid-stop", [this] {
    const Status left = node_.leave(env_.now() + timings::kRemoteTimeout);
    if (left.code() != Code::kCancelled && on_stop_) on_stop_();
  });
  return answer(204);
}

}  // namespace drydock::fakegrid

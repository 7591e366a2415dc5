#include "fakegrid/server/rest.h"

#include <utility>

#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "fakegrid/server/rest_caches.h"
#include "fakegrid/server/rest_counters.h"
#include "fakegrid/server/rest_reply.h"
#include "fakegrid/server/rest_statistics.h"
#include "fakegrid/server/rest_texts.h"
#include "fakegrid/server/timings.h"

namespace drydock::fakegrid {
namespace {

using Path = std::span<const std::string>;

bool reads(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

HttpResponse bad_action(const ServerVersion& version) {
  return version.at_least(14) ? unknown_action() : not_allowed();
}

bool is_rest_version(const std::string& part, const ServerVersion& version) {
  return part == "v2" || (part == "v3" && version.at_least(16, 1));
}

}  // namespace

void warn_if_deprecated(const Node& node, Env& env, const HttpRequest& request) {
  if (!node.config().verbose_log || !node.version().at_least(15)) return;
  if (!request.target.starts_with("/rest/v2/cache-managers/")) return;
  log_warn(env,
           "[o.i.r.RestRequestHandler] ISPN012026: The REST invocation [NettyRestRequest{{{} {}, "
           "remote=/127.0.0.1:0, subject=null}}] has been deprecated. Please consult the upgrade "
           "guide",
           request.method, request.target);
}

RestServer::RestServer(Env& env, Node& node, RestOptions options, std::function<void()> on_stop)
    : env_(env), node_(node), options_(options), on_stop_(std::move(on_stop)) {}

HttpReply RestServer::handle(const HttpRequest& request) {
  warn_if_deprecated(node_, env_, request);
  ++connections_;
  HttpResponse response = answer(request, parse_target(request.target));
  if (response.status == 500 && node_.config().verbose_log && node_.version().at_least(14))
    log_error(env_,
              "[o.i.r.RestRequestHandler] ISPN012005: An error occurred while responding to the "
              "client");
  const bool tells = node_.config().quirks.has(Quirk::kHeadTellsBodyLength);
  if (request.method != "HEAD" || !tells) return finished(std::move(response), request.method);
  response.headers.emplace_back("content-length", std::to_string(response.body.weight()));
  response.body = Body();
  return response;
}

HttpResponse RestServer::answer(const HttpRequest& request, const HttpTarget& target) {
  const std::vector<std::string>& path = target.path;
  if (container_.shut_down) return while_stopping(target);
  if (path.size() == 2 && path[0] == "health") return probe(target);
  if (path.size() == 1 && path[0] == "metrics" && reads(request))
    return metrics_route(node_, env_.now() + timings::kRemoteTimeout);
  if (path.size() < 3 || path[0] != "rest" || !is_rest_version(path[1], node_.version()))
    return not_found();
  const SteadyTime deadline = env_.now() + timings::kRemoteTimeout;
  const std::string& kind = path[2];
  const Path rest = Path(path).subspan(3);
  if (kind == "caches" && rest.empty()) return caches_route(node_, request);
  if (kind == "caches" && rest.size() == 1)
    return cache_route(node_, container_, request, rest[0], target, deadline);
  if (kind == "caches" && rest.size() == 2)
    return entry_route(node_, configurations_, request, rest[0], rest[1], deadline);
  if (kind == "counters" && rest.empty()) return counters_route(node_, request, deadline);
  if (kind == "counters") return counter_route(node_, request, rest[0], target, deadline);
  if (kind == "schemas") return schemas_route(node_, request, rest, deadline);
  if (kind == "tasks") return tasks_route(node_, request, rest, target, deadline);
  if (kind == "server") return server_route(request, target);
  if (kind == "cluster") return cluster_route(request, target);
  if (kind == "container" && node_.version().at_least(15))
    return container_route(request, target, rest);
  if (kind == "cache-managers" && !rest.empty() && rest[0] == "default")
    return container_route(request, target, rest.subspan(1));
  return not_found();
}

// Only who looks at health alone is answered.
HttpResponse RestServer::while_stopping(const HttpTarget& target) const {
  const std::vector<std::string>& path = target.path;
  if (path.size() == 2 && path[0] == "health") return probe(target);
  if (path.size() == 5 && path[2] == "container" && path[3] == "health")
    return path[4] == "status" ? reply_typed("", "text/plain") : not_found();
  return reply_text(503, "Unable to process REST request when Server is STOPPING");
}

HttpResponse RestServer::probe(const HttpTarget& target) const {
  const bool known = target.path[1] == "live" || target.path[1] == "ready";
  if (!known || !(options_.always_probes || node_.version().at_least(16))) return not_found();
  const bool ready = target.path[1] == "ready";
  const bool good =
      node_.state() == NodeState::kRunning || (!ready && node_.state() == NodeState::kStarting);
  return reply(good ? 200 : 503);
}

// Each call has a connection of its own, and no other is open.
HttpResponse RestServer::connections(const HttpRequest& request) const {
  const std::string* agent = find_header(request.headers, "User-Agent");
  const json::value client = agent == nullptr ? json::value(nullptr) : json::value(*agent);
  return reply_json(json::array{{{"id", connections_},
                                 {"server-node-name", node_.config().name},
                                 {"name", nullptr},
                                 {"created", format_rfc3339_micro(env_.wall_now())},
                                 {"principal", nullptr},
                                 {"local-address", "/" + node_.address() + ":11222"},
                                 {"remote-address", "/127.0.0.1:0"},
                                 {"protocol-version", "HTTP/1.1"},
                                 {"client-library", client},
                                 {"client-version", nullptr}}});
}

HttpResponse RestServer::server_route(const HttpRequest& request, const HttpTarget& target) {
  if (target.path.size() == 4 && target.path[3] == "connections" && node_.version().at_least(15))
    return request.method == "GET" ? connections(request) : not_allowed();
  if (target.path.size() > 3) return not_found();
  if (request.method == "POST" && target.action() == "stop") return stop();
  if (request.method == "POST") return bad_action(node_.version());
  if (!reads(request)) return not_allowed();
  return reply_json({{"version", server_title(node_.version())}});
}

HttpResponse RestServer::cluster_route(const HttpRequest& request, const HttpTarget& target) {
  if (target.path.size() > 3) return not_found();
  if (request.method == "POST" && target.action() == "stop") return stop();
  return bad_action(node_.version());
}

HttpResponse RestServer::container_route(const HttpRequest& request, const HttpTarget& target,
                                         Path rest) {
  const std::string action = target.action();
  if (request.method == "POST" && rest.empty()) {
    if (action == "shutdown") return shut_down();
    const bool on = action == "enable-rebalancing";
    if (!on && action != "disable-rebalancing") return bad_action(node_.version());
    container_.rebalancing = on;
    return reply(204);
  }
  if (!reads(request)) return not_allowed();
  if (rest.empty()) return reply_json(container_document(node_, container_));
  if (rest[0] == "health" && rest.size() == 1) return reply_json(health_document(node_));
  if (rest[0] == "health" && rest.size() == 2 && rest[1] == "status")
    return reply_typed(node_.health().status, "text/plain");
  if (rest[0] != "cache-configs" || rest.size() > 2) return not_found();
  const bool templates = rest.size() == 2 && rest[1] == "templates";
  if (rest.size() == 2 && !templates) return not_found();
  return reply_typed(configurations_text(node_, templates), "application/json");
}

// The answer goes out first; leaving takes its own task.
HttpResponse RestServer::stop() {
  env_.spawn("grid-stop", [this] {
    if (!env_.sleep_for(timings::kEndpointsEnd).ok()) return;
    const Status left = node_.leave(env_.now() + timings::kRemoteTimeout);
    if (left.code() != Code::kCancelled && on_stop_) on_stop_();
  });
  return reply(204);
}

HttpResponse RestServer::shut_down() {
  container_.shut_down = true;
  return reply(204);
}

}  // namespace drydock::fakegrid

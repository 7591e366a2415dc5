#include "core/engine/agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/messages.h"
#include "core/engine/operations.h"
#include "core/engine/rest_path.h"
#include "core/engine/rest_reply.h"
#include "core/engine/task_group.h"

namespace drydock::engine {
namespace {

constexpr std::string_view kBadAction = "Invalid 'action' parameter supplied";

// From the answer to a stop call until the server goes: the answer must get out first.
constexpr Duration kStopGrace = milliseconds(100);

bool is_anonymous(RestResource resource) {
  return resource == RestResource::kLive || resource == RestResource::kReady ||
         resource == RestResource::kHealthStatus;
}

// HEAD is answered as GET is, without the body.
HttpReply without_body(HttpReply reply) {
  reply.stream = nullptr;
  reply.response.body = Body();
  std::erase_if(reply.response.headers,
                [](const auto& header) { return header.first == "content-length"; });
  reply.response.headers.emplace_back("content-length", "0");
  return reply;
}

HttpResponse not_allowed() { return text_reply(405, "Not allowed"); }

// An empty body is null: everything.
Result<JsonPtr> read_object(const Body& body) {
  if (body.empty()) return make_json(nullptr);
  DRYDOCK_ASSIGN(JsonPtr value, body.json());
  if (!value->is_object()) return Status(Code::kInvalid, "the body must be a JSON object");
  return value;
}

// The string at `key`; "" when absent. Real servers print a number that stands there as text.
std::string read_path(const json::value& body, std::string_view key) {
  const json::value* value = json_find(body, {key});
  if (value == nullptr || value->is_null()) return "";
  return value->is_string() ? std::string(value->get_string()) : json_text(*value);
}

bool is_json_type(const std::string* content_type) {
  return content_type != nullptr && content_type->starts_with("application/json");
}

}  // namespace

class Agent::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Env& env, Wire& wire, GridMember& member, AgentOptions options)
      : env_(env),
        wire_(wire),
        member_(member),
        options_(std::move(options)),
        digest_({.credentials = options_.credentials}, [this] { return next_nonce(); }),
        operations_(std::make_shared<Operations>(env, member, options_.zip_level)),
        tasks_(env) {}

  Status start() {
    HttpHandler handler = [weak = weak_from_this()](const HttpRequest& request) -> HttpReply {
      const std::shared_ptr<Impl> self = weak.lock();
      return self == nullptr ? empty_reply(503) : self->handle(request);
    };
    DRYDOCK_ASSIGN(listener_, wire_.serve(options_.port, std::move(handler)));
    return ok_status();
  }

  void terminate() {
    if (std::exchange(stopping_, true)) return;
    log_info(env_, "[o.i.SERVER] {}", messages::server_stopping());
    tasks_.spawn("agent.stop", [self = shared_from_this()] { self->stop(); });
  }

  void abandon() {
    listener_.reset();
    operations_->abandon();
    tasks_.cancel();
  }

 private:
  HttpReply handle(const HttpRequest& request) {
    const RestPath path = parse_rest_path(request.target);
    if (!is_anonymous(path.resource)) {
      if (std::optional<HttpResponse> refused = authenticate(request)) return *refused;
    }
    if (request.method != "HEAD") return route(request, path);
    if (path.resource == RestResource::kBackups || path.resource == RestResource::kRestores)
      return without_body(not_allowed());
    HttpRequest as_get = request;
    as_get.method = "GET";
    return without_body(route(as_get, path));
  }

  std::optional<HttpResponse> authenticate(const HttpRequest& request) {
    if (options_.credentials.username.empty()) return std::nullopt;
    const Status status = digest_.check(request, env_.now());
    if (status.ok()) return std::nullopt;
    return digest_.challenge(env_.now(), status.code() == Code::kExpired);
  }

  HttpReply route(const HttpRequest& request, const RestPath& path) {
    if (request.method == "PATCH") return empty_reply(403);
    if (path.resource == RestResource::kLive) return empty_reply(200);
    if (path.resource == RestResource::kServer) return server(request, path);
    if (path.resource == RestResource::kUnknown) return empty_reply(404);
    if (!path.action.empty()) return text_reply(400, std::string(kBadAction));
    const MemberHealth health = member_.health();
    if (!is_joined(health) || stopping_) return empty_reply(503);
    switch (path.resource) {
      case RestResource::kBackup: return operation(request, OperationKind::kBackup, path.name);
      case RestResource::kRestore: return operation(request, OperationKind::kRestore, path.name);
      default: break;
    }
    return request.method == "GET" ? document(path, health) : not_allowed();
  }

  static bool is_joined(const MemberHealth& health) {
    return std::find(health.members.begin(), health.members.end(), health.self) !=
           health.members.end();
  }

  HttpReply document(const RestPath& path, const MemberHealth& health) {
    switch (path.resource) {
      case RestResource::kReady: return empty_reply(200);
      case RestResource::kHealthStatus: return text_reply(200, health.status);
      case RestResource::kHealth: return json_reply(health_document(health, options_.cluster_name));
      case RestResource::kContainer:
        return json_reply(container_document(member_, health, options_.cluster_name));
      case RestResource::kBackups: return names(OperationKind::kBackup);
      case RestResource::kRestores: return names(OperationKind::kRestore);
      default: return empty_reply(404);
    }
  }

  HttpReply names(OperationKind kind) const {
    json::array names;
    for (const std::string& name : operations_->names(kind)) names.emplace_back(name);
    return json_reply(std::move(names));
  }

  HttpReply server(const HttpRequest& request, const RestPath& path) {
    if (request.method == "GET" && path.action.empty())
      return json_reply(json::object{{"version", "drydock agent on " + member_.version()}});
    if (request.method != "POST") return not_allowed();
    if (path.action != "stop") return text_reply(400, std::string(kBadAction));
    terminate();
    return empty_reply(204);
  }

  HttpReply operation(const HttpRequest& request, OperationKind kind, const std::string& name) {
    if (request.method == "GET") return state(kind, name);
    if (request.method == "DELETE") return removal(kind, name);
    if (request.method != "POST") return not_allowed();
    if (operations_->find(kind, name) != nullptr) return empty_reply(409);
    return kind == OperationKind::kBackup ? start_backup(request, name)
                                          : start_restore(request, name);
  }

  HttpReply state(OperationKind kind, const std::string& name) const {
    const Operation* found = operations_->find(kind, name);
    if (found == nullptr) return empty_reply(404);
    if (found->state == OperationState::kRunning) return empty_reply(202);
    const bool backup = kind == OperationKind::kBackup;
    if (found->state == OperationState::kFailed)
      return text_reply(500, fmt::format("{}\n    {}",
                                         backup ? messages::backup_failed()
                                                : messages::cannot_restore(found->location),
                                         found->failure.message()));
    if (!backup) return empty_reply(201);
    return archive_reply(name, found->place.volume, found->archive);
  }

  HttpReply removal(OperationKind kind, const std::string& name) {
    switch (operations_->remove(kind, name)) {
      case Removal::kUnknown: return empty_reply(404);
      case Removal::kQueued: return empty_reply(202);
      case Removal::kRemoved: return empty_reply(204);
      case Removal::kFailed: break;
    }
    return text_reply(500, messages::backup_delete_failed());
  }

  HttpReply start_backup(const HttpRequest& request, const std::string& name) {
    const Result<JsonPtr> body = read_object(request.body);
    if (!body.ok()) return text_reply(400, body.status().message());
    Result<ResourceSelection> selection =
        ResourceSelection::parse(json_find(**body, {"resources"}));
    if (!selection.ok()) return text_reply(400, selection.status().message());
    Result<Place> directory = backup_directory(read_path(**body, "directory"));
    if (!directory.ok()) return text_reply(400, directory.status().message());
    const bool started =
        operations_->start_backup(name, std::move(*directory), std::move(*selection));
    return empty_reply(started ? 202 : 409);
  }

  // May suspend.
  Result<Place> backup_directory(const std::string& asked) {
    const std::string& path = asked.empty() ? options_.default_directory : asked;
    const Status no_directory(Code::kInvalid, messages::not_a_directory(path));
    std::optional<Place> place = find_place(options_.mounts, path);
    if (!place) return no_directory;
    if (place->path.empty()) return std::move(*place);
    if (asked.empty()) DRYDOCK_RETURN_IF_ERROR(place->volume->make_directories(place->path));
    const Result<FileStat> stat = place->volume->stat(place->path);
    if (!stat.ok() || !stat->is_directory) return no_directory;
    return std::move(*place);
  }

  HttpReply start_restore(const HttpRequest& request, const std::string& name) {
    if (!is_json_type(find_header(request.headers, "Content-Type"))) return empty_reply(415);
    const Result<JsonPtr> body = read_object(request.body);
    if (!body.ok()) return text_reply(400, body.status().message());
    Result<ResourceSelection> selection =
        ResourceSelection::parse(json_find(**body, {"resources"}));
    if (!selection.ok()) return text_reply(400, selection.status().message());
    std::string location = read_path(**body, "location");
    if (location.empty()) return text_reply(400, messages::missing_argument("backup-location"));
    Place archive = find_place(options_.mounts, location).value_or(Place{});
    const bool started = operations_->start_restore(name, std::move(archive), std::move(location),
                                                    std::move(*selection));
    return empty_reply(started ? 202 : 409);
  }

  void stop() {
    (void)env_.sleep_for(kStopGrace);
    operations_->stop();
    if (const Status left = member_.leave(env_.now() + limits::kLeaveDeadline); !left.ok())
      log_warn(env_, "[o.i.SERVER] leaving the cluster: {}", left.message());
    if (env_.cancelled()) return;  // killed meanwhile: nobody is told
    listener_.reset();
    if (options_.exit) options_.exit(0, operations_->termination_message());
  }

  std::string next_nonce() {
    const uint64_t high = env_.draw("agent.nonce", nonces_++);
    const uint64_t low = env_.draw("agent.nonce", nonces_++);
    return fmt::format("{:016x}{:016x}", high, low);
  }

  Env& env_;
  Wire& wire_;
  GridMember& member_;
  AgentOptions options_;
  DigestServer digest_;
  uint64_t nonces_ = 0;
  std::shared_ptr<Operations> operations_;
  std::unique_ptr<Listener> listener_;
  bool stopping_ = false;
  TaskGroup tasks_;
};

Agent::Agent(Env& env, Wire& wire, GridMember& member, AgentOptions options)
    : impl_(std::make_shared<Impl>(env, wire, member, std::move(options))) {}

Agent::~Agent() { impl_->abandon(); }

Status Agent::start() { return impl_->start(); }

void Agent::terminate() { impl_->terminate(); }

}  // namespace drydock::engine

#include "core/control/rest_client.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace drydock::control {
namespace {

// A 401 to an answered challenge may only mean that the nonce was old; a second one does not.
constexpr int kMaxChallenges = 2;
constexpr size_t kMaxReasonBytes = 1024;

std::string base_path(int major_version) {
  const bool old = major_version != 0 && major_version < 15;
  return old ? "/rest/v2/cache-managers/default" : "/rest/v2/container";
}

std::string answer_text(const HttpResponse& response) {
  std::string text(trim(response.body.text()));
  if (text.empty()) return fmt::format("the server answered {}", response.status);
  if (text.size() > kMaxReasonBytes) text.resize(kMaxReasonBytes);
  return text;
}

Body start_body(const StartRequest& request) {
  const std::string_view key = request.kind == OperationKind::kBackup ? "directory" : "location";
  return make_json(
      json::object{{key, request.path}, {"resources", request.resources.to_rest_json()}});
}

}  // namespace

DirectServerApi::DirectServerApi(Wire& wire, Address server, ServerApiOptions options)
    : wire_(wire),
      server_(std::move(server)),
      base_(base_path(options.major_version)),
      digest_(std::move(options.credentials), std::move(options.cnonce)) {}

Result<HttpResponse> DirectServerApi::send(std::string method, std::string target, Body body,
                                           SteadyTime deadline) {
  for (int challenges = 0;; ++challenges) {
    HttpRequest request{.method = method, .target = target, .body = body};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    if (digest_.has_challenge())
      request.headers.emplace_back("Authorization", digest_.authorization(method, target));
    DRYDOCK_ASSIGN(HttpResponse response, wire_.call(server_, std::move(request), deadline));
    switch (response.status) {
      case 401: break;
      case 403: return Status(Code::kForbidden, answer_text(response));
      case 502:
      case 503:
      case 504: return Status(Code::kUnavailable, answer_text(response));
      default: return response;
    }
    if (challenges == kMaxChallenges)
      return Status(Code::kUnauthenticated, "the server does not accept the operator's password");
    if (const Status accepted = digest_.accept(response.headers); !accepted.ok())
      return Status(Code::kUnauthenticated, accepted.message());
  }
}

std::string DirectServerApi::operation_target(OperationKind kind, std::string_view name) const {
  return fmt::format("{}/{}/{}", base_, kind == OperationKind::kBackup ? "backups" : "restores",
                     percent_encode(name));
}

Result<ServerHealth> DirectServerApi::health(SteadyTime deadline) {
  DRYDOCK_ASSIGN(const HttpResponse response, send("GET", base_ + "/health", {}, deadline));
  if (response.status != 200) return Status(Code::kUnavailable, answer_text(response));
  DRYDOCK_ASSIGN(const JsonPtr body, response.body.json());
  return ServerHealth{.members = json_strings(*body, {"cluster_health", "node_names"}),
                      .status = json_string(*body, {"cluster_health", "health_status"})};
}

Result<OperationReport> DirectServerApi::status(OperationKind kind, std::string_view name,
                                                SteadyTime deadline) {
  const std::string target = operation_target(kind, name);
  DRYDOCK_ASSIGN(const HttpResponse response, send("HEAD", target, {}, deadline));
  switch (response.status) {
    case 200:
    case 201: return OperationReport{OperationState::kSucceeded, {}};
    case 202: return OperationReport{OperationState::kRunning, {}};
    case 404: return OperationReport{OperationState::kAbsent, {}};
    case 500: break;
    default: return Status(Code::kInternal, answer_text(response));
  }
  return OperationReport{OperationState::kFailed, failure_reason(target, deadline)};
}

// A HEAD has no body; a GET of a failed backup has one, which may be empty. Of a restore only the
// agent tells: real servers refuse that GET (405).
std::string DirectServerApi::failure_reason(const std::string& target, SteadyTime deadline) {
  const Result<HttpResponse> response = send("GET", target, {}, deadline);
  if (!response.ok() || response->status != 500) return {};
  std::string text(trim(response->body.text()));
  if (text.size() > kMaxReasonBytes) text.resize(kMaxReasonBytes);
  return text;
}

Status DirectServerApi::start(const StartRequest& request, SteadyTime deadline) {
  DRYDOCK_ASSIGN(
      const HttpResponse response,
      send("POST", operation_target(request.kind, request.name), start_body(request), deadline));
  if (response.status == 202) return ok_status();
  if (response.status == 409)
    return Status(Code::kAlreadyExists, "the server knows an operation of this name");
  const bool refused = response.status >= 400 && response.status < 500;
  return Status(refused ? Code::kInvalid : Code::kInternal, answer_text(response));
}

Status DirectServerApi::stop(SteadyTime deadline) {
  DRYDOCK_ASSIGN(const HttpResponse response,
                 send("POST", "/rest/v2/server?action=stop", {}, deadline));
  if (response.status == 204) return ok_status();
  return Status(Code::kInternal, answer_text(response));
}

}  // namespace drydock::control

#include "core/control/kube_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/text.h"

namespace drydock::control {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kMergePatch = "application/merge-patch+json";
// As Kubernetes' own clients: how often one call obeys Retry-After.
constexpr int kMaxRepeats = 10;

Code code_of(int http_status, std::string_view reason) {
  switch (http_status) {
    case 400:
    case 422: return Code::kInvalid;
    case 401: return Code::kUnauthenticated;
    case 403: return Code::kForbidden;
    case 404: return Code::kNotFound;
    case 405:
    case 406:
    case 415: return Code::kUnsupported;
    case 409: return reason == "AlreadyExists" ? Code::kAlreadyExists : Code::kConflict;
    case 410: return Code::kExpired;
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: return Code::kUnavailable;
    default: return Code::kInternal;
  }
}

bool is_success(int http_status) { return http_status >= 200 && http_status < 300; }

// The wait that the server asks for; nullopt when it doesn't.
std::optional<Duration> retry_after(const HttpResponse& response) {
  if (response.status != 429 && response.status < 500) return std::nullopt;
  const std::string* header = find_header(response.headers, "Retry-After");
  if (header == nullptr) return std::nullopt;
  int64_t delay_s = 0;
  const auto end = header->data() + header->size();
  if (std::from_chars(header->data(), end, delay_s).ptr != end || delay_s < 0) return std::nullopt;
  return seconds(std::min<int64_t>(delay_s, 3600));
}

}  // namespace

Status kube_error(const json::value& status_object) {
  const auto http_status = static_cast<int>(json_int(status_object, {"code"}));
  std::string message = json_string(status_object, {"message"});
  if (message.empty()) message = fmt::format("the API server answered {}", http_status);
  return Status(code_of(http_status, json_string(status_object, {"reason"})), std::move(message));
}

Status kube_error(const HttpResponse& response) {
  const Result<JsonPtr> body = response.body.json();
  if (body.ok() && json_find(**body, {"code"}) != nullptr) return kube_error(**body);
  std::string message(trim(response.body.text()));
  if (message.empty()) message = fmt::format("the API server answered {}", response.status);
  // Only a Status speaks of an object; plain text comes when nobody serves the path.
  if (response.status == 404) return Status(Code::kUnavailable, std::move(message));
  return Status(code_of(response.status, ""), std::move(message));
}

std::string KubeClient::collection_path(const KubeResource& resource) const {
  const bool core = resource.group_version.find('/') == std::string_view::npos;
  std::string path = fmt::format("{}/{}", core ? "/api" : "/apis", resource.group_version);
  if (resource.namespaced) path += "/namespaces/" + percent_encode(options_.namespace_name);
  return fmt::format("{}/{}", path, resource.plural);
}

std::string KubeClient::object_path(const KubeResource& resource, std::string_view name) const {
  return collection_path(resource) + "/" + percent_encode(name);
}

HttpRequest KubeClient::make_request(std::string method, std::string target, Body body,
                                     std::string_view content_type) const {
  HttpRequest request{.method = std::move(method), .target = std::move(target)};
  request.headers.emplace_back("Accept", kJson);
  request.headers.emplace_back("User-Agent", options_.user_agent);
  if (!options_.bearer_token.empty())
    request.headers.emplace_back("Authorization", "Bearer " + options_.bearer_token);
  if (!body.empty()) request.headers.emplace_back("Content-Type", content_type);
  request.body = std::move(body);
  return request;
}

Result<JsonPtr> KubeClient::call(std::string method, std::string target, Body body,
                                 std::string_view content_type) {
  const SteadyTime deadline = env_.now() + options_.call_deadline;
  const HttpRequest request =
      make_request(std::move(method), std::move(target), std::move(body), content_type);
  for (int repeats = 0;; ++repeats) {
    DRYDOCK_ASSIGN(const HttpResponse response, wire_.call(options_.api, request, deadline));
    if (is_success(response.status)) return response.body.json();
    const std::optional<Duration> delay = retry_after(response);
    if (!delay || repeats == kMaxRepeats || env_.now() + *delay >= deadline)
      return kube_error(response);
    DRYDOCK_RETURN_IF_ERROR(env_.sleep_for(*delay));
  }
}

Result<JsonPtr> KubeClient::get(const KubeResource& resource, std::string_view name) {
  return call("GET", object_path(resource, name), {}, kJson);
}

Result<KubeList> KubeClient::list(const KubeResource& resource, std::string_view label_selector) {
  KubeList list;
  std::string next;
  do {
    std::string target = fmt::format("{}?limit={}", collection_path(resource), options_.list_limit);
    if (!label_selector.empty()) target += "&labelSelector=" + percent_encode(label_selector);
    if (!next.empty()) target += "&continue=" + percent_encode(next);
    DRYDOCK_ASSIGN(const JsonPtr page, call("GET", std::move(target), {}, kJson));
    for (const json::value& item : json_array(*page, {"items"}))
      list.items.emplace_back(page, &item);  // shares the page's memory
    list.resource_version = json_string(*page, {"metadata", "resourceVersion"});
    next = json_string(*page, {"metadata", "continue"});
  } while (!next.empty());
  return list;
}

Result<JsonPtr> KubeClient::create(const KubeResource& resource, json::value object) {
  return call("POST", collection_path(resource), make_json(std::move(object)), kJson);
}

Result<JsonPtr> KubeClient::update(const KubeResource& resource, json::value object) {
  const std::string name = json_string(object, {"metadata", "name"});
  return call("PUT", object_path(resource, name), make_json(std::move(object)), kJson);
}

Result<JsonPtr> KubeClient::patch(const KubeResource& resource, std::string_view name,
                                  json::value patch) {
  return call("PATCH", object_path(resource, name), make_json(std::move(patch)), kMergePatch);
}

Result<JsonPtr> KubeClient::patch_status(const KubeResource& resource, std::string_view name,
                                         json::value patch) {
  return call("PATCH", object_path(resource, name) + "/status", make_json(std::move(patch)),
              kMergePatch);
}

Status KubeClient::remove(const KubeResource& resource, std::string_view name,
                          std::string_view uid) {
  json::value options = json::object{{"apiVersion", "v1"},
                                     {"kind", "DeleteOptions"},
                                     {"preconditions", json::object{{"uid", uid}}}};
  return call("DELETE", object_path(resource, name), make_json(std::move(options)), kJson).status();
}

Result<std::unique_ptr<ResponseStream>> KubeClient::watch(const KubeResource& resource,
                                                          std::string_view resource_version,
                                                          Duration timeout) {
  const auto timeout_s = std::chrono::duration_cast<seconds>(timeout).count();
  std::string target =
      fmt::format("{}?watch=true&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}",
                  collection_path(resource), percent_encode(resource_version), timeout_s);
  DRYDOCK_ASSIGN(std::unique_ptr<ResponseStream> stream,
                 wire_.open(options_.api, make_request("GET", std::move(target), {}, kJson),
                            env_.now() + options_.call_deadline));
  if (!is_success(stream->head().status)) return kube_error(stream->head());
  return stream;
}

}  // namespace drydock::control

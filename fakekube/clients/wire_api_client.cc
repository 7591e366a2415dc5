// The ApiClient that speaks HTTP through a Wire.
#include <algorithm>
#include <charconv>
#include <deque>
#include <utility>

#include "core/base/text.h"
#include "fakekube/actors/timings.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {
namespace {

using Query = std::vector<std::pair<std::string_view, std::string>>;

std::string target_of(const ResourceType& type, std::string_view namespace_name,
                      std::string_view name, std::string_view subresource, const Query& query) {
  std::string out = type.group.empty() ? "/api/" : "/apis/" + std::string(type.group) + "/";
  out += type.version;
  if (type.namespaced && !namespace_name.empty()) out.append("/namespaces/").append(namespace_name);
  out.append("/").append(type.plural);
  if (!name.empty()) out.append("/").append(name);
  if (!subresource.empty()) out.append("/").append(subresource);
  char separator = '?';
  for (const auto& [key, value] : query) {
    if (value.empty()) continue;
    out.append(1, separator).append(key).append("=").append(percent_encode(value));
    separator = '&';
  }
  return out;
}

Code code_of(int http_status, std::string_view reason) {
  switch (http_status) {
    case 400:
    case 422: return Code::kInvalid;
    case 401: return Code::kUnauthenticated;
    case 403: return Code::kForbidden;
    case 404: return Code::kNotFound;
    case 405:
    case 415: return Code::kUnsupported;
    case 409: return reason == "AlreadyExists" ? Code::kAlreadyExists : Code::kConflict;
    case 410: return Code::kExpired;
    case 429:
    case 503:
    case 504: return Code::kUnavailable;
    default: return Code::kInternal;
  }
}

Status error_of(int http_status, const Body& body) {
  const Result<JsonPtr> parsed = body.json();
  if (!parsed.ok() || !(*parsed)->is_object())
    return Status(code_of(http_status, ""), "HTTP " + std::to_string(http_status));
  const json::value& status = **parsed;
  return Status(code_of(http_status, json_string(status, {"reason"})),
                json_string(status, {"message"}));
}

uint64_t revision_of(const json::value& object) {
  const std::string text = json_string(object, {"metadata", "resourceVersion"});
  uint64_t revision = 0;
  std::from_chars(text.data(), text.data() + text.size(), revision);
  return revision;
}

// Items of a list of built-in kinds carry neither kind nor apiVersion.
JsonPtr whole_item(const ResourceType& type, const json::value& item) {
  json::value copy = item;
  json_at(copy, {"kind"}) = type.kind;
  json_at(copy, {"apiVersion"}) = type.api_version;
  return make_json(std::move(copy));
}

class WireApiWatch : public ApiWatch {
 public:
  explicit WireApiWatch(std::unique_ptr<ResponseStream> stream) : stream_(std::move(stream)) {}

  Result<WatchEvent> next(SteadyTime deadline) override {
    while (true) {
      while (!events_.empty()) {
        const JsonPtr event = std::move(events_.front());
        events_.pop_front();
        DRYDOCK_ASSIGN(std::optional<WatchEvent> decoded, decode(event));
        if (decoded) return std::move(*decoded);
      }
      DRYDOCK_ASSIGN(const std::optional<Body> chunk, stream_->next(deadline));
      if (!chunk) return Status(Code::kNotFound, "the server ended the watch");
      DRYDOCK_RETURN_IF_ERROR(take(*chunk));
    }
  }

 private:
  // A chunk is one event as a value, or text: any number of lines, the last one maybe cut.
  Status take(const Body& chunk) {
    if (chunk.is_json()) {
      DRYDOCK_ASSIGN(JsonPtr event, chunk.json());
      events_.push_back(std::move(event));
      return ok_status();
    }
    rest_ += chunk.text();
    for (size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      DRYDOCK_ASSIGN(json::value event, json_parse(std::string_view(rest_).substr(0, end)));
      events_.push_back(make_json(std::move(event)));
      rest_.erase(0, end + 1);
    }
    return ok_status();
  }

  // nullopt: an event that says nothing about an object (a bookmark).
  static Result<std::optional<WatchEvent>> decode(const JsonPtr& event) {
    const std::string type = json_string(*event, {"type"});
    const json::value* object = json_find(*event, {"object"});
    if (object == nullptr) return Status(Code::kInvalid, "a watch event without object");
    if (type == "ERROR") {
      const int code = static_cast<int>(json_int(*object, {"code"}, 500));
      return Status(code_of(code, ""), json_string(*object, {"message"}));
    }
    WatchEvent out;
    if (type == "ADDED") {
      out.type = WatchEventType::kAdded;
    } else if (type == "MODIFIED") {
      out.type = WatchEventType::kModified;
    } else if (type == "DELETED") {
      out.type = WatchEventType::kDeleted;
    } else {
      return std::optional<WatchEvent>();
    }
    out.object = JsonPtr(event, object);
    out.revision = revision_of(*object);
    return std::optional<WatchEvent>(std::move(out));
  }

  std::unique_ptr<ResponseStream> stream_;
  std::deque<JsonPtr> events_;
  std::string rest_;
};

class WireApiClient : public ApiClient {
 public:
  WireApiClient(Env& env, Wire& wire, Address server, std::string user_agent)
      : env_(env), wire_(wire), server_(std::move(server)), user_agent_(std::move(user_agent)) {}

  Result<JsonPtr> create(const ResourceType& type, json::value object) override {
    const std::string namespace_name = json_string(object, {"metadata", "namespace"});
    return call("POST", target_of(type, namespace_name, "", "", {}), std::move(object));
  }
  Result<JsonPtr> get(const ResourceType& type, std::string_view namespace_name,
                      std::string_view name) override {
    return call("GET", target_of(type, namespace_name, name, "", {}), nullptr);
  }
  Result<ListResult> list(const ResourceType& type, const ListOptions& options) override {
    DRYDOCK_ASSIGN(const JsonPtr body, call("GET",
                                            target_of(type, options.namespace_name, "", "",
                                                      {{"labelSelector", options.label_selector},
                                                       {"fieldSelector", options.field_selector}}),
                                            nullptr));
    ListResult out;
    out.revision = revision_of(*body);
    for (const json::value& item : json_array(*body, {"items"}))
      out.items.push_back(whole_item(type, item));
    return out;
  }
  Result<JsonPtr> update(const ResourceType& type, json::value object) override {
    return put(type, "", std::move(object));
  }
  Result<JsonPtr> update_status(const ResourceType& type, json::value object) override {
    return put(type, "status", std::move(object));
  }
  Result<JsonPtr> patch(const ResourceType& type, std::string_view namespace_name,
                        std::string_view name, json::value merge_patch) override {
    return call("PATCH", target_of(type, namespace_name, name, "", {}), std::move(merge_patch));
  }
  Result<JsonPtr> patch_status(const ResourceType& type, std::string_view namespace_name,
                               std::string_view name, json::value merge_patch) override {
    return call("PATCH", target_of(type, namespace_name, name, "status", {}),
                std::move(merge_patch));
  }
  Status remove(const ResourceType& type, std::string_view namespace_name, std::string_view name,
                const DeleteOptions& options) override {
    json::object body{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
    if (options.grace_period_seconds) body["gracePeriodSeconds"] = *options.grace_period_seconds;
    if (!options.propagation_policy.empty()) body["propagationPolicy"] = options.propagation_policy;
    json::object preconditions;
    if (!options.uid.empty()) preconditions["uid"] = options.uid;
    if (options.resource_version != 0)
      preconditions["resourceVersion"] = std::to_string(options.resource_version);
    if (!preconditions.empty()) body["preconditions"] = std::move(preconditions);
    return call("DELETE", target_of(type, namespace_name, name, "", {}), std::move(body)).status();
  }
  Status bind(std::string_view namespace_name, std::string_view pod,
              std::string_view node) override {
    json::object binding{{"apiVersion", "v1"}, {"kind", "Binding"}};
    binding["metadata"] = json::object{{"name", pod}, {"namespace", namespace_name}};
    binding["target"] = json::object{{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node}};
    return call("POST", target_of(kPods, namespace_name, pod, "binding", {}), std::move(binding))
        .status();
  }
  Status finalize_namespace(json::value name_space) override {
    const std::string target =
        target_of(kNamespaces, "", json_string(name_space, {"metadata", "name"}), "finalize", {});
    return call("PUT", target, std::move(name_space)).status();
  }
  Result<std::unique_ptr<ApiWatch>> watch(const ResourceType& type,
                                          const WatchOptions& options) override {
    const int64_t seconds_open =
        std::chrono::duration_cast<seconds>(timings::kWatchTimeout).count();
    HttpRequest request = make_request(
        "GET", target_of(type, options.namespace_name, "", "",
                         {{"watch", "true"},
                          {"labelSelector", options.label_selector},
                          {"fieldSelector", options.field_selector},
                          {"resourceVersion",
                           options.revision ? std::to_string(*options.revision) : std::string()},
                          {"timeoutSeconds", std::to_string(seconds_open)}}));
    DRYDOCK_ASSIGN(std::unique_ptr<ResponseStream> stream,
                   wire_.open(server_, std::move(request), env_.now() + timings::kApiCallDeadline));
    if (stream->head().status != 200) return error_of(stream->head().status, stream->head().body);
    return std::unique_ptr<ApiWatch>(std::make_unique<WireApiWatch>(std::move(stream)));
  }

 private:
  HttpRequest make_request(std::string method, std::string target) const {
    HttpRequest request{.method = std::move(method), .target = std::move(target)};
    request.headers.emplace_back("Accept", "application/json");
    request.headers.emplace_back("User-Agent", user_agent_);
    return request;
  }

  Result<JsonPtr> put(const ResourceType& type, std::string_view subresource, json::value object) {
    const std::string namespace_name = json_string(object, {"metadata", "namespace"});
    const std::string name = json_string(object, {"metadata", "name"});
    return call("PUT", target_of(type, namespace_name, name, subresource, {}), std::move(object));
  }

  Result<JsonPtr> call(std::string_view method, std::string target, json::value body) {
    HttpRequest request = make_request(std::string(method), std::move(target));
    if (!body.is_null()) {
      request.headers.emplace_back(
          "Content-Type", method == "PATCH" ? "application/merge-patch+json" : "application/json");
      request.body = Body(make_json(std::move(body)));
    }
    DRYDOCK_ASSIGN(const HttpResponse response,
                   wire_.call(server_, std::move(request), env_.now() + timings::kApiCallDeadline));
    if (response.status >= 400) return error_of(response.status, response.body);
    return response.body.json();
  }

  Env& env_;
  Wire& wire_;
  Address server_;
  std::string user_agent_;
};

}  // namespace

std::shared_ptr<ApiClient> make_wire_client(Env& env, Wire& wire, Address server,
                                            std::string user_agent) {
  return std::make_shared<WireApiClient>(env, wire, std::move(server), std::move(user_agent));
}

}  // namespace drydock::fakekube

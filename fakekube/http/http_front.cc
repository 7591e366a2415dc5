#include "fakekube/http/http_front.h"

#include <algorithm>
#include <utility>

#include "fakekube/api/status_error.h"
#include "fakekube/http/answer_headers.h"
#include "fakekube/http/body_decode.h"
#include "fakekube/http/discovery.h"
#include "fakekube/http/health.h"
#include "fakekube/http/negotiation.h"
#include "fakekube/http/query_options.h"
#include "fakekube/http/routing.h"
#include "fakekube/http/table.h"
#include "fakekube/http/warning_headers.h"
#include "fakekube/http/yaml_text.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

std::string_view path_of(const HttpRequest& request) {
  return std::string_view(request.target).substr(0, request.target.find('?'));
}

ApiReply with_nosniff(ApiReply reply) {
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return reply;
}

// Subresources that are a connection to somewhere else: nothing is negotiated.
bool is_connection(const ApiCall& call) {
  const std::string& name = call.subresource;
  return !name.empty() && !call.type->custom &&
         (name == "log" || name == "exec" || name == "attach" || name == "portforward" ||
          name == "proxy");
}

std::optional<ApiReply> negotiate_form(const HttpRequest& request, Transforms transforms,
                                       ApiCall& call) {
  if (is_connection(call)) return std::nullopt;
  const std::optional<AcceptedForm> form = negotiate(request, transforms);
  if (!form) return not_acceptable();
  if (call.verb == Verb::kWatch && form->yaml)
    return failure(406, "NotAcceptable",
                   "only the following media types are accepted: application/json, "
                   "application/vnd.kubernetes.protobuf");
  call.rendering = form->rendering;
  call.rendering_version = form->version;
  return std::nullopt;
}

// The type of a patch decides about its options, and an unknown one is the first thing refused.
std::optional<ApiReply> read_options_and_body(const HttpRequest& request, const UrlParts& url,
                                              ApiCall& call) {
  if (call.is_write())
    if (auto refused = read_request_body(request, call)) return refused;
  if (auto refused = read_options(url.query, call)) return refused;
  if (call.rendering == Rendering::kTable)
    for (const auto& [key, value] : url.query)
      if (key == "includeObject") call.include_object = value;
  return std::nullopt;
}

// Whether the watch begins with the state and marks its end: such a one is never a Table.
bool is_watch_list(const ApiServer& server, const ApiCall& call) {
  if (call.verb != Verb::kWatch || !server.options().watch_list || !call.allow_bookmarks)
    return false;
  const std::string from = call.resource_version.value_or("");
  const bool by_default = call.resource_version_match.empty() && (from.empty() || from == "0");
  return call.send_initial_events.value_or(by_default);
}

std::optional<ApiReply> unrouted_answer(const ApiServer& server, const HttpRequest& request,
                                        const UrlParts& url) {
  const std::string_view path = path_of(request);
  if (path.find("//") != std::string_view::npos) return plain_not_found();
  if (is_resource_path(url)) return std::nullopt;
  if (auto answer = health_answer(server, url)) return answer;
  if (auto answer = discovery_answer(server, request, path)) return answer;
  return plain_not_found();
}

// Makes lines of a watch's events, for clients that read text.
class LineWriter : public StreamWriter {
 public:
  explicit LineWriter(StreamWriter& client) : client_(client) {}

  Status write(Body chunk) override {
    return client_.write(chunk.is_json() ? Body(chunk.text() + "\n") : std::move(chunk));
  }
  bool closed() const override { return client_.closed(); }
  void on_closed(std::function<void()> callback) override {
    client_.on_closed(std::move(callback));
  }
  void reset() override { client_.reset(); }

 private:
  StreamWriter& client_;
};

// What the client reads, and its Content-Type.
struct Content {
  Body body;
  std::string_view type = "application/json";
};

Content json_content(const ApiServer& server, const HttpRequest& request, const ApiCall* call,
                     ApiReply& reply) {
  // An error is never shown as a Table: a client that takes nothing else gets it as for people.
  const bool transforms = reply.ok() && call != nullptr;
  const std::optional<AcceptedForm> form =
      negotiate(request, transforms ? Transforms::kTableAndMetadata : Transforms::kNone);
  // What tells of groups and kinds is no object.
  if (!form && reply.ok() && path_of(request).starts_with("/api")) reply = not_acceptable();
  if (!form || form->pretty) return {Body(indented_json(*reply.body))};
  if (form->yaml) return {Body(yaml_text(*reply.body)), "application/yaml"};
  if (!server.options().complete_answers) return {Body(std::move(reply.body))};
  return {Body(json_text(*reply.body) + "\n")};
}

Content content_of(const ApiServer& server, const HttpRequest& request, const ApiCall* call,
                   ApiReply& reply) {
  const bool log = call != nullptr && call->subresource == "log";
  if (reply.stream) return {Body(), log ? "text/plain" : "application/json"};
  if (reply.body != nullptr) return json_content(server, request, call, reply);
  return {Body(std::move(reply.text)), log ? "text/plain" : kPlainText};
}

bool has_header(const ApiReply& reply, std::string_view name) {
  return std::any_of(reply.headers.begin(), reply.headers.end(),
                     [&](const auto& header) { return header.first == name; });
}

// Takes the reply's own headers.
HttpResponse make_head(ApiReply& reply, std::string_view content_type) {
  HttpResponse response{.status = reply.code, .headers = {}, .body = {}};
  if (!has_header(reply, "Content-Type") && reply.code != 204 && reply.code != 304)
    response.headers.emplace_back("Content-Type", content_type);
  if (!has_header(reply, "Cache-Control"))
    response.headers.emplace_back("Cache-Control", "no-cache, private");
  for (auto& header : reply.headers) response.headers.push_back(std::move(header));
  if (!reply.warnings.empty()) add_warnings(reply.warnings, response.headers);
  if (reply.retry_after_s)
    response.headers.emplace_back("Retry-After", std::to_string(*reply.retry_after_s));
  return response;
}

}  // namespace

std::variant<ApiCall, ApiReply> decode_request(ApiServer& server, const HttpRequest& request) {
  ApiCall call;
  const Access& access = server.access();
  if (auto refused = access.authenticate(request, call.user)) return *std::move(refused);
  if (auto refused = access.authorize(call.user, request.method, request.target))
    return with_nosniff(*std::move(refused));
  const UrlParts url = split_target(request.target);
  if (auto answer = unrouted_answer(server, request, url)) return *std::move(answer);
  if (const std::string* agent = find_header(request.headers, "User-Agent"))
    call.user_agent = *agent;
  if (auto refused = route(server, request.method, url, call)) return *std::move(refused);
  if (auto refused = negotiate_form(request, Transforms::kTableAndMetadata, call))
    return *std::move(refused);
  if (auto refused = read_options_and_body(request, url, call)) return *std::move(refused);
  if (call.rendering == Rendering::kTable && is_watch_list(server, call))
    if (auto refused = negotiate_form(request, Transforms::kMetadata, call))
      return *std::move(refused);
  return call;
}

HttpReply encode_reply(ApiServer& server, const HttpRequest& request, const ApiCall* call,
                       ApiReply reply) {
  if (call != nullptr && call->rendering != Rendering::kObject)
    reply = rendered(server, *call, std::move(reply));
  const bool plain = reply.body == nullptr && !reply.stream && call == nullptr;
  Content content = content_of(server, request, call, reply);
  HttpResponse response = make_head(reply, content.type);
  if (server.options().complete_answers) {
    if (plain) response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    if (request.method == "HEAD")
      response.headers.emplace_back("Content-Length", std::to_string(content.body.weight()));
    add_answer_headers(server, request, call, response);
    if (reply.stream)
      reply.stream = [events = std::move(reply.stream)](StreamWriter& client) {
        LineWriter lines(client);
        events(lines);
      };
  }
  if (reply.stream) return HttpReply(std::move(response), std::move(reply.stream));
  if (request.method != "HEAD") response.body = std::move(content.body);
  return HttpReply(std::move(response));
}

HttpReply encode_reply(ApiReply reply) {
  const bool text = reply.body == nullptr;
  HttpResponse response = make_head(reply, text ? kPlainText : "application/json");
  response.body = text ? Body(std::move(reply.text)) : Body(std::move(reply.body));
  return HttpReply(std::move(response));
}

}  // namespace drydock::fakekube

#include "fakekube/http/http_front.h"

#include <charconv>
#include <utility>

#include "core/base/limits.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {
namespace {

using Segments = std::vector<std::string>;
using Parameters = std::vector<std::pair<std::string, std::string>>;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode_percent(std::string_view text, bool query) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                       hex_digit(text[i + 2]) >= 0;
    if (coded) {
      plain += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      plain += query && text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

// The path's parts; nullopt when one is empty (a double slash). A last slash is fine.
std::optional<Segments> split_path(std::string_view path) {
  Segments segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() && slash != std::string_view::npos) return std::nullopt;
    if (!part.empty()) segments.push_back(decode_percent(part, false));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash);
  }
  return segments;
}

Parameters split_query(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const size_t sign = item.find('=');
    parameters.emplace_back(
        decode_percent(item.substr(0, sign), true),
        sign == std::string_view::npos ? "" : decode_percent(item.substr(sign + 1), true));
  }
  return parameters;
}

ApiReply text_reply(std::string text) {
  ApiReply reply;
  reply.text = std::move(text);
  return reply;
}

ApiReply unknown_core_resource() {
  return failure(404, "NotFound", "the server could not find the requested resource",
                 StatusDetails{});
}

// Fills in type, namespace, name and subresource; a reply when the path leads nowhere. `watch` is
// set by the old /watch/ prefix.
std::optional<ApiReply> route(const ApiServer& server, const Segments& all, ApiCall& call,
                              bool& watch) {
  size_t at = 0;
  const auto next = [&]() -> std::string { return at < all.size() ? all[at++] : ""; };
  const std::string root = next();
  const bool core = root == "api";
  if (!core && root != "apis") return plain_not_found();
  const std::string group = core ? "" : next();
  const std::string version = next();
  if (at < all.size() && all[at] == "watch") {
    watch = true;
    ++at;
  }
  const bool in_namespace = at + 2 < all.size() && all[at] == "namespaces" &&
                            all[at + 2] != "status" && all[at + 2] != "finalize";
  if (in_namespace) {
    call.namespace_name = all[at + 1];
    at += 2;
  }
  const std::string plural = next();
  call.type = server.find_type(group, version, plural);
  if (call.type == nullptr || (in_namespace && !call.type->namespaced))
    return core ? unknown_core_resource() : plain_not_found();
  call.name = next();
  call.subresource = next();
  const bool homeless = call.type->namespaced && !in_namespace && !call.name.empty();
  if (at != all.size() || homeless) return core ? unknown_core_resource() : plain_not_found();
  return std::nullopt;
}

std::optional<Verb> verb_of(const std::string& method, const ApiCall& call, bool watch) {
  if (method == "GET" || method == "HEAD") {
    if (!call.name.empty() && !watch) return Verb::kGet;
    return watch ? Verb::kWatch : Verb::kList;
  }
  if (method == "POST") return Verb::kCreate;
  if (method == "PUT") return Verb::kUpdate;
  if (method == "PATCH") return Verb::kPatch;
  if (method == "DELETE") return call.name.empty() ? Verb::kDeleteCollection : Verb::kDelete;
  return std::nullopt;
}

std::string_view options_kind(Verb verb) {
  switch (verb) {
    case Verb::kCreate: return "CreateOptions";
    case Verb::kUpdate: return "UpdateOptions";
    case Verb::kPatch: return "PatchOptions";
    case Verb::kDelete:
    case Verb::kDeleteCollection: return "DeleteOptions";
    default: return "ListOptions";
  }
}

std::optional<ApiReply> read_number(const std::string& text, std::optional<int64_t>& number) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return bad_request("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax");
  number = value;
  return std::nullopt;
}

std::optional<ApiReply> read_field_validation(const std::string& value, ApiCall& call) {
  if (value.empty() || value == "Warn")
    call.field_validation = FieldValidation::kWarn;
  else if (value == "Strict")
    call.field_validation = FieldValidation::kStrict;
  else if (value == "Ignore")
    call.field_validation = FieldValidation::kIgnore;
  else
    return invalid_options(options_kind(call.verb),
                           {not_supported("fieldValidation", quoted(value),
                                          "\"\", \"Ignore\", \"Strict\", \"Warn\"")});
  return std::nullopt;
}

std::optional<ApiReply> read_parameter(const std::string& key, const std::string& value,
                                       ApiCall& call) {
  std::optional<int64_t> number;
  if (key == "fieldValidation") return read_field_validation(value, call);
  if (key == "dryRun") {
    call.dry_run = value == "All";
    if (call.dry_run || value.empty()) return std::nullopt;
    return invalid_options(options_kind(call.verb),
                           {not_supported("dryRun", "[]string{" + quoted(value) + "}", "\"All\"")});
  }
  if (key == "fieldManager" && value.size() > 128)
    return invalid_options(options_kind(call.verb), {too_long("fieldManager", 128)});
  if (key == "limit") {
    if (auto refused = read_number(value, number)) return refused;
    call.limit = number.value_or(0);
  } else if (key == "timeoutSeconds") {
    return read_number(value, call.timeout_seconds);
  } else if (key == "labelSelector") {
    call.label_selector = value;
  } else if (key == "fieldSelector") {
    call.field_selector = value;
  } else if (key == "resourceVersion") {
    call.resource_version = value;
  } else if (key == "resourceVersionMatch") {
    call.resource_version_match = value;
  } else if (key == "continue") {
    call.continue_token = value;
  } else if (key == "allowWatchBookmarks") {
    call.allow_bookmarks = value != "false" && value != "0";
  } else if (key == "sendInitialEvents") {
    call.send_initial_events = value != "false" && value != "0";
  } else {
    call.other_parameters.emplace_back(key, value);
  }
  return std::nullopt;
}

PatchType patch_type_of(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  if (type == "application/merge-patch+json") return PatchType::kMerge;
  if (type == "application/json-patch+json") return PatchType::kJson;
  if (type == "application/strategic-merge-patch+json") return PatchType::kStrategic;
  if (type == "application/apply-patch+yaml") return PatchType::kApply;
  return PatchType::kUnknown;
}

ApiReply unreadable_body(const ApiCall& call, const std::string& text) {
  constexpr size_t kShown = 30;
  if (call.verb == Verb::kPatch)
    return bad_request("error decoding patch: unexpected end of JSON input");
  if (call.verb == Verb::kDelete || call.verb == Verb::kDeleteCollection)
    return failure(500, "",
                   "couldn't get version/kind; json parse error: unexpected end of JSON input");
  return bad_request(
      "the object provided is unrecognized (must be of type " + std::string(call.type->kind) +
      "): couldn't get version/kind; json parse error: unexpected end of JSON input (" +
      (text.size() > kShown ? text.substr(0, kShown) + " ..." : text) + ")");
}

std::optional<ApiReply> read_body(const HttpRequest& request, ApiCall& call) {
  if (!call.is_write()) return std::nullopt;
  const std::string* header = find_header(request.headers, "Content-Type");
  const std::string_view content_type = header == nullptr ? std::string_view() : *header;
  if (call.verb == Verb::kPatch) call.patch_type = patch_type_of(content_type);
  if (request.body.empty()) return std::nullopt;
  if (!request.body.is_json()) {
    if (request.body.weight() > limits::kMaxRequestBytes)
      return failure(
          413, "RequestEntityTooLarge",
          "Request entity too large: limit is " + std::to_string(limits::kMaxRequestBytes));
    if (call.verb != Verb::kPatch && !content_type.empty() &&
        content_type.find("json") == std::string_view::npos)
      return failure(415, "UnsupportedMediaType",
                     "the body of the request was in an unknown format - accepted media types "
                     "include: application/json, application/yaml, "
                     "application/vnd.kubernetes.protobuf");
  }
  Result<JsonPtr> body = request.body.json();
  if (!body.ok()) {
    const bool unknown_patch = call.verb == Verb::kPatch && call.patch_type != PatchType::kMerge &&
                               call.patch_type != PatchType::kJson;
    if (unknown_patch) return std::nullopt;  // the verb refuses the type
    return unreadable_body(call, request.body.text());
  }
  call.body = *std::move(body);
  return std::nullopt;
}

std::optional<ApiReply> check_force(const ApiCall& call) {
  if (call.verb != Verb::kPatch || call.patch_type == PatchType::kApply) return std::nullopt;
  for (const auto& [key, value] : call.other_parameters)
    if (key == "force")
      return invalid_options(
          "PatchOptions", {forbidden_value("force", "may not be specified for non-apply patch")});
  return std::nullopt;
}

bool acceptable(const HttpRequest& request) {
  const std::string* accept = find_header(request.headers, "Accept");
  if (accept == nullptr || accept->empty()) return true;
  return accept->find("json") != std::string::npos || accept->find("*") != std::string::npos;
}

std::optional<ApiReply> fixed_answer(std::string_view path) {
  if (path == "/readyz" || path == "/livez" || path == "/healthz") return text_reply("ok");
  if (path != "/version") return std::nullopt;
  ApiReply reply;
  reply.body =
      make_json(json::object{{"major", "1"}, {"minor", "33"}, {"gitVersion", "v1.33.0-drydock"}});
  return reply;
}

}  // namespace

std::variant<ApiCall, ApiReply> decode_request(const ApiServer& server,
                                               const HttpRequest& request) {
  const std::string_view target = request.target;
  const size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  if (auto answer = fixed_answer(path)) return *std::move(answer);
  const std::optional<Segments> segments = split_path(path);
  if (!segments) return plain_not_found();
  ApiCall call;
  bool watch = false;
  if (auto lost = route(server, *segments, call, watch)) return *std::move(lost);
  const Parameters parameters =
      mark == std::string_view::npos ? Parameters() : split_query(target.substr(mark + 1));
  for (const auto& [key, value] : parameters)
    if (key == "watch" && call.name.empty()) watch = value != "false" && value != "0";
  const std::optional<Verb> verb = verb_of(request.method, call, watch);
  if (!verb) return method_not_allowed(*call.type, "");
  call.verb = *verb;
  if (!acceptable(request))
    return failure(406, "NotAcceptable",
                   "only the following media types are accepted: application/json, "
                   "application/yaml, application/vnd.kubernetes.protobuf");
  if (call.name.empty() && (*verb == Verb::kUpdate || *verb == Verb::kPatch))
    return bad_request("name must be provided");
  if (watch && !call.name.empty()) {
    call.field_selector = "metadata.name=" + std::exchange(call.name, "");
  }
  for (const auto& [key, value] : parameters)
    if (key != "watch")
      if (auto refused = read_parameter(key, value, call)) return *std::move(refused);
  if (auto refused = read_body(request, call)) return *std::move(refused);
  if (auto refused = check_force(call)) return *std::move(refused);
  if (const std::string* agent = find_header(request.headers, "User-Agent"))
    call.user_agent = *agent;
  return call;
}

HttpReply encode_reply(ApiReply reply) {
  HttpResponse response{.status = reply.code, .headers = {}, .body = {}};
  const bool text = reply.body == nullptr && !reply.stream;
  response.headers.emplace_back("Content-Type", text ? "text/plain" : "application/json");
  response.headers.emplace_back("Cache-Control", "no-cache, private");
  for (const std::string& warning : reply.warnings)
    response.headers.emplace_back("Warning", "299 - " + quoted(warning));
  if (reply.retry_after_s)
    response.headers.emplace_back("Retry-After", std::to_string(*reply.retry_after_s));
  if (reply.stream) return HttpReply(std::move(response), std::move(reply.stream));
  response.body = text ? Body(std::move(reply.text)) : Body(std::move(reply.body));
  return HttpReply(std::move(response));
}

}  // namespace drydock::fakekube

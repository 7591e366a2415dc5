#include "fakekube/access/webhook_review.h"

#include "fakekube/api/api_server.h"
#include "fakekube/api/served_version.h"
#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// What the server sets on a new object after the mutating webhooks.
constexpr std::string_view kSetByServer[] = {"uid", "creationTimestamp", "generation"};

std::string_view asked_name(const WebhookQuestion& question) {
  const ApiCall& call = question.call;
  if (!call.name.empty() || call.body == nullptr) return call.name;
  return metadata_string(*call.body, "name");
}

json::value in_version(const ResourceType& from, const ResourceType& to, json::value object) {
  if (&from == &to) return object;
  to_stored_form(from, object);
  return *served_view(to, make_json(std::move(object)));
}

json::object kind_of(const ResourceType& type, std::string_view subresource) {
  if (subresource == "scale")
    return {{"group", "autoscaling"}, {"version", "v1"}, {"kind", "Scale"}};
  return {{"group", text_value(type.group)},
          {"version", text_value(type.version)},
          {"kind", text_value(type.kind)}};
}

json::object resource_of(const ResourceType& type) {
  return {{"group", text_value(type.group)},
          {"version", text_value(type.version)},
          {"resource", text_value(type.plural)}};
}

json::object user_info(const UserInfo& user) {
  json::object info;
  if (!user.name.empty()) info.emplace("username", user.name);
  if (!user.uid.empty()) info.emplace("uid", user.uid);
  json::array groups;
  for (const std::string& group : user.groups) groups.emplace_back(group);
  if (!groups.empty()) info.emplace("groups", std::move(groups));
  return info;
}

json::object delete_options(const ApiCall& call) {
  json::object options = {{"kind", "DeleteOptions"}, {"apiVersion", "meta.k8s.io/v1"}};
  const json::value none = json::object();
  const json::value& body = call.body == nullptr ? none : *call.body;
  for (std::string_view key :
       {"gracePeriodSeconds", "preconditions", "orphanDependents", "propagationPolicy"})
    if (const json::value* value = json_find(body, {key})) options.emplace(key, *value);
  return options;
}

json::object options_of(const WebhookQuestion& question) {
  const ApiCall& call = question.call;
  const bool deletes = question.operation == Verb::kDelete;
  json::object options = deletes ? delete_options(call) : json::object();
  if (!deletes) {
    options.emplace("kind",
                    question.operation == Verb::kCreate ? "CreateOptions" : "UpdateOptions");
    options.emplace("apiVersion", "meta.k8s.io/v1");
  }
  if (call.dry_run) options.emplace("dryRun", json::array{"All"});
  if (deletes) return options;
  if (!call.field_manager.empty()) options.emplace("fieldManager", call.field_manager);
  if (call.field_validation == FieldValidation::kStrict)
    options.emplace("fieldValidation", "Strict");
  if (call.field_validation == FieldValidation::kIgnore)
    options.emplace("fieldValidation", "Ignore");
  return options;
}

std::string_view operation_name(Verb operation) {
  if (operation == Verb::kCreate) return "CREATE";
  return operation == Verb::kDelete ? "DELETE" : "UPDATE";
}

json::value review_of(const WebhookQuestion& question, const WebhookTask& task) {
  const ApiCall& call = question.call;
  json::object request = {{"uid", task.uid},
                          {"kind", kind_of(task.version, call.subresource)},
                          {"resource", resource_of(task.version)}};
  if (!call.subresource.empty()) request.emplace("subResource", call.subresource);
  request.emplace("requestKind", kind_of(*call.type, call.subresource));
  request.emplace("requestResource", resource_of(*call.type));
  if (!call.subresource.empty()) request.emplace("requestSubResource", call.subresource);
  if (const std::string_view name = asked_name(question); !name.empty())
    request.emplace("name", text_value(name));
  if (!call.namespace_name.empty()) request.emplace("namespace", call.namespace_name);
  request.emplace("operation", text_value(operation_name(question.operation)));
  request.emplace("userInfo", user_info(call.user));
  request.emplace("object", task.object ? *task.object : json::value());
  request.emplace("oldObject", task.old_object ? *task.old_object : json::value());
  request.emplace("dryRun", call.dry_run);
  request.emplace("options", options_of(question));
  return json::object{{"kind", "AdmissionReview"},
                      {"apiVersion", "admission.k8s.io/v1"},
                      {"request", std::move(request)}};
}

// ---- the answer

std::string way_error(const Status& status, const Address& address) {
  if (status.code() == Code::kRefused)
    return "dial tcp " + address.to_string() + ": connect: connection refused";
  if (status.code() == Code::kDeadlineExceeded) return "context deadline exceeded";
  return status.code() == Code::kCancelled ? "context canceled" : "EOF";
}

std::string http_error(const HttpResponse& response) {
  if (const Result<JsonPtr> body = response.body.json();
      body.ok() && string_at(**body, {"kind"}) == "Status")
    return json_string(**body, {"message"});
  switch (response.status) {
    case 400: return "the server rejected our request for an unknown reason";
    case 401: return "the server has asked for the client to provide credentials";
    case 404: return "the server could not find the requested resource";
    case 405: return "the server does not allow this method on the requested resource";
    case 409: return "the server reported a conflict";
    case 422: return "the server rejected our request due to an error in our request";
    case 429:
      return "the server has received too many requests and has asked us to try again later";
    case 503: return "the server is currently unable to handle the request";
    case 504:
      return "the server was unable to return a response in the time allotted, but may still be "
             "processing the request";
    default: break;
  }
  const std::string* type = find_header(response.headers, "Content-Type");
  const bool text = type != nullptr && type->substr(0, 5) == "text/";
  const std::string said = text ? response.body.text() : "unknown";
  if (response.status >= 500)
    return "an error on the server (" + quoted(said) +
           ") has prevented the request from succeeding";
  if (response.status == 403 || response.status == 406 || response.status == 415) return said;
  return "the server responded with the status code " + std::to_string(response.status) +
         " but did not return more information";
}

std::string_view go_kind(const json::value& value) {
  if (value.is_array()) return "array";
  if (value.is_bool()) return "bool";
  return value.is_number() ? "number" : "string";
}

// What is no JSON object is read as YAML, where a plain word is a string.
std::string not_an_object(std::string_view kind) {
  return "couldn't get version/kind; json parse error: json: cannot unmarshal " +
         std::string(kind) +
         " into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; "
         "Kind string \"json:\\\"kind,omitempty\\\"\" }";
}

// Reads the body; a text says why it is no object with kind and apiVersion.
std::string read_object(const HttpResponse& response, JsonPtr& object) {
  if (response.body.empty()) {
    const std::string* type = find_header(response.headers, "Content-Type");
    return "0-length response with status code: " + std::to_string(response.status) +
           " and content type: " + (type == nullptr ? "" : *type);
  }
  Result<JsonPtr> parsed = response.body.json();
  if (!parsed.ok()) {
    const std::string text = response.body.text();
    const size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && text[first] != '{') return not_an_object("string");
    return "couldn't get version/kind; json parse error: unexpected end of JSON input";
  }
  object = *std::move(parsed);
  if (!object->is_object() && !object->is_null()) return not_an_object(go_kind(*object));
  for (std::string_view key : {"kind", "apiVersion"})
    if (string_at(*object, {key}).empty())
      return "Object '" + std::string(key == "kind" ? "Kind" : key) + "' is missing in '" +
             response.body.text() + "'";
  return "";
}

// Why the answer is none to this review; empty: it is one.
std::string bad_answer(const WebhookTask& task, const json::value& review) {
  const json::value* response = json_find(review, {"response"});
  if (response == nullptr || !response->is_object()) return "webhook response was absent";
  const std::string uid = json_string(*response, {"uid"});
  if (uid != task.uid) return "expected response.uid=" + quoted(task.uid) + ", got " + quoted(uid);
  const std::string kind = json_string(review, {"kind"});
  const std::string version = json_string(review, {"apiVersion"});
  if (kind != "AdmissionReview" || version != "admission.k8s.io/v1")
    return "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got " +
           version + ", Kind=" + kind;
  const bool patch = !json_string(*response, {"patch"}).empty();
  const bool type = json_find(*response, {"patchType"}) != nullptr;
  if (!task.mutating && patch) return "validating webhook may not return response.patch";
  if (!task.mutating && type) return "validating webhook may not return response.patchType";
  if (patch && !type) return "webhook returned response.patch but not response.patchType";
  if (!patch && type) return "webhook returned response.patchType but not response.patch";
  if (type && json_string(*response, {"patchType"}).empty())
    return "webhook returned invalid response.patchType of \"\"";
  return "";
}

ApiReply denial(const Webhook& hook, const json::value& response) {
  const json::value none = json::object();
  const json::value* given = json_find(response, {"status"});
  const json::value& status = given == nullptr || !given->is_object() ? none : *given;
  const int64_t code = std::max<int64_t>(json_int(status, {"code"}), 400);
  const std::string reason = json_string(status, {"reason"});
  const std::string said = json_string(status, {"message"}, reason);
  std::string message = "admission webhook " + quoted(hook.name) + " denied the request";
  message += said.empty() && reason.empty() ? " without explanation"
                                            : ": " + (said.empty() ? reason : said);
  ApiReply reply = failure(static_cast<int>(code), reason, message);
  const json::value* details = json_find(status, {"details"});
  if (details == nullptr || !details->is_object()) return reply;
  json::object body = reply.body->as_object();
  const json::value number = body["code"];
  remove_member(body, "code");
  body.emplace("details", *details);
  body.emplace("code", number);
  reply.body = make_json(std::move(body));
  if (const int64_t after = json_int(*details, {"retryAfterSeconds"}); after > 0)
    reply.retry_after_s = after;
  return reply;
}

ApiReply internal_error(const std::string& why) {
  return failure(500, "InternalError", "Internal error occurred: " + why,
                 StatusDetails{.causes = {{"", "", why}}});
}

// nullopt: no base64.
std::optional<std::string> from_base64(std::string_view text) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t group = 0;
  int bits = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    group = group << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 255);
  }
  return bytes;
}

void read_patch(const json::value& response, WebhookVerdict& verdict) {
  const std::string coded = json_string(response, {"patch"});
  if (coded.empty()) return;
  const std::optional<std::string> text = from_base64(coded);
  if (!text) {
    verdict.failure = "failed to call webhook: illegal base64 data at input byte 0";
    return;
  }
  if (const std::string type = json_string(response, {"patchType"}); type != "JSONPatch") {
    verdict.failure = "unsupported patch type " + quoted(type);
    return;
  }
  Result<json::value> patch = json_parse(*text);
  if (!patch.ok())
    verdict.refusal = internal_error("invalid character looking for beginning of value");
  else if (!patch->is_array())
    verdict.refusal = internal_error("json: cannot unmarshal " +
                                     std::string(patch->is_object() ? "object" : go_kind(*patch)) +
                                     " into Go value of type jsonpatch.Patch");
  else
    verdict.patch = std::move(patch->get_array());
}

}  // namespace

ApiReply webhook_failure(std::string_view hook_name, std::string_view why) {
  return internal_error("failed calling webhook " + quoted(hook_name) + ": " + std::string(why));
}

std::optional<json::value> seen_object(const WebhookQuestion& question, const ResourceType& version,
                                       bool mutating) {
  if (question.object == nullptr) return std::nullopt;
  json::value object = in_version(*question.call.type, version, *question.object);
  const bool fresh = mutating && question.operation == Verb::kCreate;
  json::object& metadata = mutable_metadata(object);
  if (fresh) {
    for (std::string_view key : kSetByServer) remove_member(metadata, key);
    if (asked_name(question).empty()) remove_member(metadata, "name");
  }
  order_members(version, object);
  if (fresh && !version.custom) metadata["creationTimestamp"] = nullptr;
  return object;
}

std::optional<json::value> seen_old_object(const WebhookQuestion& question,
                                           const ResourceType& version) {
  if (question.old_object == nullptr) return std::nullopt;
  return in_version(*question.call.type, version, *question.old_object);
}

json::value own_object(const WebhookQuestion& question, const ResourceType& version,
                       json::value seen) {
  json::value object = in_version(version, *question.call.type, std::move(seen));
  if (question.operation != Verb::kCreate || !object.is_object()) return object;
  json::object& metadata = mutable_metadata(object);
  const json::object& before = metadata_of(*question.object);
  for (std::string_view key : kSetByServer)
    if (const json::value* value = before.if_contains(key)) set_member(metadata, key, *value);
  if (const json::value* name = before.if_contains("name")) set_default(metadata, "name", *name);
  return object;
}

std::string called_url(const Webhook& hook) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(hook.timeout);
  return hook.url + "?timeout=" + std::to_string(whole.count()) + "s";
}

HttpRequest review_request(const WebhookQuestion& question, const WebhookTask& task) {
  const std::string url = called_url(task.hook);
  const size_t host = url.find("://") + 3;
  const size_t path = url.find('/', host);
  std::string body = json_text(review_of(question, task)) + "\n";
  HttpRequest request{.method = "POST", .target = url.substr(path), .headers = {}, .body = {}};
  request.headers = {{"Host", url.substr(host, path - host)},
                     {"User-Agent", "kube-apiserver-admission"},
                     {"Content-Length", std::to_string(body.size())},
                     {"Accept", "application/json, */*"},
                     {"Content-Type", "application/json"},
                     {"Accept-Encoding", "gzip"}};
  request.body = Body(std::move(body));
  return request;
}

WebhookVerdict read_verdict(const WebhookTask& task, const Address& address,
                            const Result<HttpResponse>& response) {
  WebhookVerdict verdict;
  std::string why;
  JsonPtr review;
  if (!response.ok())
    why = "Post " + quoted(called_url(task.hook)) + ": " + way_error(response.status(), address);
  else if (response->status < 200 || response->status > 206)
    why = http_error(*response);
  else
    why = read_object(*response, review);
  if (!why.empty()) {
    verdict.failure = "failed to call webhook: " + why;
    return verdict;
  }
  if (const std::string bad = bad_answer(task, *review); !bad.empty()) {
    verdict.failure = "received invalid webhook response: " + bad;
    return verdict;
  }
  const json::value& answer = *json_find(*review, {"response"});
  verdict.warnings = json_strings(answer, {"warnings"});
  if (json_bool(answer, {"allowed"}))
    read_patch(answer, verdict);
  else
    verdict.refusal = denial(task.hook, answer);
  return verdict;
}

}  // namespace drydock::fakekube

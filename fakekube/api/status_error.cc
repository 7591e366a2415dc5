#include "fakekube/api/status_error.h"

#include <algorithm>
#include <set>

#include "fakekube/schema/go_json.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

std::string joined(std::string_view words, std::string_view detail) {
  std::string text(words);
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

// What a client gave may be no UTF-8; an answer is.
json::value answer_text(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return plain ? text_value(text) : text_value(valid_utf8(text));
}

json::value causes_of(const FieldErrors& errors) {
  json::array causes;
  causes.reserve(errors.size());
  for (const FieldError& error : errors) {
    json::object cause;
    if (!error.reason.empty()) cause.emplace("reason", error.reason);
    if (!error.message.empty()) cause.emplace("message", answer_text(error.message));
    if (!error.field.empty()) cause.emplace("field", answer_text(error.field));
    causes.emplace_back(std::move(cause));
  }
  return causes;
}

json::value details_of(const StatusDetails& details) {
  json::object object;
  const auto put = [&object](std::string_view key, std::string_view text) {
    if (!text.empty()) object.emplace(key, answer_text(text));
  };
  put("name", details.name);
  put("group", details.group);
  put("kind", details.kind);
  put("uid", details.uid);
  if (!details.causes.empty()) object.emplace("causes", causes_of(details.causes));
  if (details.retry_after_s) object.emplace("retryAfterSeconds", *details.retry_after_s);
  return object;
}

json::object status_head(std::string_view status) {
  json::object object;
  object.reserve(8);
  object.emplace("kind", "Status");
  object.emplace("apiVersion", "v1");
  object.emplace("metadata", json::object());
  object.emplace("status", text_value(status));
  return object;
}

// Field errors as in a message: "a: Required value", "[a: ..., b: ...]"; each text once.
std::string error_list(const FieldErrors& errors) {
  std::set<std::string> seen;
  std::string list;
  for (const FieldError& error : errors) {
    const auto [text, fresh] = seen.insert(error.field + ": " + error.message);
    if (fresh) list += (list.empty() ? "" : ", ") + *text;
  }
  return seen.size() == 1 ? list : "[" + list + "]";
}

// What answers that come from storage call the kind: the older view of Events speaks for both.
const ResourceType& stored_kind(const ResourceType& type) {
  return type.custom || type.stored_as == nullptr ? type : *type.stored_as;
}

StatusDetails named(const ResourceType& type, std::string_view name) {
  return {.name = name, .group = type.group, .kind = type.plural};
}

Code code_of(int http, std::string_view reason) {
  switch (http) {
    case 400:
    case 413:
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
    case 503:
    case 504: return Code::kUnavailable;
    default: return Code::kInternal;
  }
}

}  // namespace

FieldError required_value(std::string field, std::string_view detail) {
  return {"FieldValueRequired", std::move(field), joined("Required value", detail)};
}

FieldError invalid_value(std::string field, std::string_view value, std::string_view detail) {
  return {"FieldValueInvalid", std::move(field),
          joined("Invalid value: " + std::string(value), detail)};
}

FieldError wrong_type(std::string field, std::string_view value, std::string_view detail) {
  FieldError error = invalid_value(std::move(field), value, detail);
  error.reason = "FieldValueTypeInvalid";
  return error;
}

FieldError forbidden_value(std::string field, std::string_view detail) {
  return {"FieldValueForbidden", std::move(field), joined("Forbidden", detail)};
}

FieldError not_supported(std::string field, std::string_view value, std::string_view supported) {
  return {
      "FieldValueNotSupported", std::move(field),
      "Unsupported value: " + std::string(value) + ": supported values: " + std::string(supported)};
}

FieldError duplicate_value(std::string field, std::string_view value) {
  return {"FieldValueDuplicate", std::move(field), "Duplicate value: " + std::string(value)};
}

FieldError not_found_value(std::string field, std::string_view value) {
  return {"FieldValueNotFound", std::move(field), "Not found: " + std::string(value)};
}

FieldError too_long(std::string field, size_t max_bytes) {
  return {"FieldValueTooLong", std::move(field),
          "Too long: may not be more than " + std::to_string(max_bytes) + " bytes"};
}

FieldError too_many(std::string field, size_t actual, size_t maximum) {
  return {"FieldValueTooMany", std::move(field),
          "Too many: " + std::to_string(actual) + ": must have at most " + std::to_string(maximum) +
              " items"};
}

std::string quoted(std::string_view text) { return json_text(text_value(text)); }

ApiReply failure(int code, std::string_view reason, std::string_view message,
                 const std::optional<StatusDetails>& details) {
  json::object status = status_head("Failure");
  status.emplace("message", answer_text(message));
  if (!reason.empty()) status.emplace("reason", text_value(reason));
  if (details) status.emplace("details", details_of(*details));
  status.emplace("code", code);
  ApiReply reply;
  reply.code = code;
  reply.body = make_json(std::move(status));
  if (details) reply.retry_after_s = details->retry_after_s;
  return reply;
}

ApiReply success(int code, const std::optional<StatusDetails>& details) {
  json::object status = status_head("Success");
  if (details)
    status.emplace("details", details_of(*details));
  else
    status.emplace("code", code);
  ApiReply reply;
  reply.code = code;
  reply.body = make_json(std::move(status));
  return reply;
}

ApiReply not_found(const ResourceType& served, std::string_view name) {
  const ResourceType& type = stored_kind(served);
  return failure(404, "NotFound",
                 std::string(type.qualified_plural) + " " + quoted(name) + " not found",
                 named(type, name));
}

ApiReply already_exists(const ResourceType& served, std::string_view name, bool being_deleted) {
  const ResourceType& type = stored_kind(served);
  return failure(409, "AlreadyExists",
                 (being_deleted ? "object is being deleted: " : "") +
                     std::string(type.qualified_plural) + " " + quoted(name) + " already exists",
                 named(type, name));
}

ApiReply conflict(const ResourceType& served, std::string_view name, std::string_view why) {
  const ResourceType& type = stored_kind(served);
  return failure(409, "Conflict",
                 "Operation cannot be fulfilled on " + std::string(type.qualified_plural) + " " +
                     quoted(name) + ": " + std::string(why),
                 named(type, name));
}

ApiReply modified_conflict(const ResourceType& type, std::string_view name) {
  return conflict(type, name,
                  "the object has been modified; please apply your changes to the latest version "
                  "and try again");
}

ApiReply invalid(std::string_view qualified_kind, std::string_view kind, std::string_view group,
                 std::string_view name, const FieldErrors& errors) {
  return failure(
      422, "Invalid",
      std::string(qualified_kind) + " " + quoted(name) + " is invalid: " + error_list(errors),
      StatusDetails{.name = name, .group = group, .kind = kind, .causes = errors});
}

ApiReply invalid(const ResourceType& served, std::string_view name, const FieldErrors& errors) {
  const ResourceType& type = stored_kind(served);
  return invalid(type.qualified_kind, type.kind, type.group, name, errors);
}

ApiReply invalid_options(std::string_view kind, const FieldErrors& errors) {
  return invalid(std::string(kind) + ".meta.k8s.io", kind, "meta.k8s.io", "", errors);
}

ApiReply forbidden(const ResourceType& type, std::string_view name, std::string_view why) {
  return failure(403, "Forbidden",
                 std::string(type.qualified_plural) + " " + quoted(name) +
                     " is forbidden: " + std::string(why),
                 named(type, name));
}

ApiReply namespace_terminating(const ResourceType& type, std::string_view name,
                               const std::string& namespace_name) {
  return failure(
      403, "Forbidden",
      std::string(type.qualified_plural) + " " + quoted(name) +
          " is forbidden: unable to create new content in namespace " + namespace_name +
          " because it is being terminated",
      StatusDetails{.name = name,
                    .group = type.group,
                    .kind = type.plural,
                    .causes = {{"NamespaceTerminating", "metadata.namespace",
                                "namespace " + namespace_name + " is being terminated"}}});
}

ApiReply bad_request(std::string_view message) { return failure(400, "BadRequest", message); }

ApiReply method_not_allowed(const ResourceType& type, std::string_view verb) {
  return failure(
      405, "MethodNotAllowed",
      std::string(verb) + " is not supported on resources of kind " + quoted(type.qualified_plural),
      StatusDetails{.group = type.group, .kind = type.plural});
}

ApiReply too_large_revision(uint64_t wanted, uint64_t current) {
  return failure(
      504, "Timeout",
      "Timeout: Too large resource version: " + std::to_string(wanted) +
          ", current: " + std::to_string(current),
      StatusDetails{.causes = {{"ResourceVersionTooLarge", "", "Too large resource version"}},
                    .retry_after_s = 1});
}

ApiReply plain_not_found() {
  ApiReply reply;
  reply.code = 404;
  reply.text = "404 page not found\n";
  return reply;
}

std::string status_message(const ApiReply& reply) {
  if (reply.body == nullptr) return reply.text;
  return json_string(*reply.body, {"message"}, "no message");
}

Status to_status(const ApiReply& reply) {
  if (reply.ok()) return ok_status();
  const std::string_view reason =
      reply.body == nullptr ? std::string_view() : string_at(*reply.body, {"reason"});
  return Status(code_of(reply.code, reason), status_message(reply));
}

}  // namespace drydock::fakekube

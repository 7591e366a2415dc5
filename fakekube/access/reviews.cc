#include "fakekube/access/reviews.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "fakekube/access/rbac.h"
#include "fakekube/api/api_server.h"
#include "fakekube/api/decode.h"
#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

using Keys = std::initializer_list<std::string_view>;

// The members in a real server's order; empty ones are not printed.
json::object ordered(const json::object& members, Keys keys) {
  json::object result;
  for (std::string_view key : keys) {
    const json::value* value = members.if_contains(key);
    if (value == nullptr || value->is_null()) continue;
    if (value->is_string() && value->get_string().empty()) continue;
    if (value->is_array() && value->get_array().empty()) continue;
    result.emplace(key, *value);
  }
  return result;
}

void order_spec(json::object& spec) {
  const auto order = [&spec](std::string_view member, Keys keys) {
    json::value* value = spec.if_contains(member);
    if (value != nullptr && value->is_object()) *value = ordered(value->get_object(), keys);
  };
  order("resourceAttributes", {"namespace", "verb", "group", "version", "resource", "subresource",
                               "name", "fieldSelector", "labelSelector"});
  order("nonResourceAttributes", {"path", "verb"});
  spec = ordered(spec, {"resourceAttributes", "nonResourceAttributes", "user", "groups", "extra",
                        "uid", "token", "audiences"});
}

json::array group_list(const std::vector<std::string>& groups) {
  json::array list;
  for (const std::string& group : groups) list.emplace_back(group);
  return list;
}

json::object user_info(const UserInfo& user) {
  return ordered(
      json::object{{"username", user.name}, {"uid", user.uid}, {"groups", group_list(user.groups)}},
      {"username", "uid", "groups"});
}

// The fields that the request set, for managedFields.
json::object owned_fields(const json::object& spec) {
  json::object fields;
  std::vector<std::string> names;
  for (const auto& member : spec) names.emplace_back(member.key());
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const json::value& value = spec.at(name);
    json::object inner;
    if (value.is_object()) {
      inner = owned_fields(value.get_object());
      inner.emplace(".", json::object());
    }
    fields.emplace("f:" + name, std::move(inner));
  }
  return fields;
}

std::string manager_of(const ApiCall& call) {
  if (!call.field_manager.empty()) return call.field_manager;
  const std::string agent = call.user_agent.substr(0, call.user_agent.find('/'));
  return agent.empty() ? "unknown" : agent;
}

json::array managed_fields(ApiServer& server, const ApiCall& call, const json::object& spec) {
  json::object entry = {{"manager", manager_of(call)},
                        {"operation", "Update"},
                        {"apiVersion", text_value(call.type->api_version)},
                        {"time", server.now_text()},
                        {"fieldsType", "FieldsV1"},
                        {"fieldsV1", json::object{{"f:spec", owned_fields(spec)}}}};
  return {std::move(entry)};
}

ApiReply created(const ApiCall& call, json::object metadata, std::optional<json::object> spec,
                 json::object status) {
  json::object object = {{"kind", text_value(call.type->kind)},
                         {"apiVersion", text_value(call.type->api_version)},
                         {"metadata", std::move(metadata)}};
  if (spec) object.emplace("spec", *std::move(spec));
  object.emplace("status", std::move(status));
  ApiReply reply;
  reply.code = 201;
  reply.body = make_json(std::move(object));
  return reply;
}

// A review whose answer is the question with a status.
ApiReply answered(ApiServer& server, const ApiCall& call, json::object spec, json::object status) {
  json::object metadata;
  if (call.type->namespaced) metadata.emplace("namespace", call.namespace_name);
  metadata.emplace("creationTimestamp", nullptr);
  if (server.options().managed_fields && !spec.empty())
    metadata.emplace("managedFields", managed_fields(server, call, spec));
  return created(call, std::move(metadata), std::move(spec), std::move(status));
}

AccessRequest asked_for(const json::value& spec) {
  AccessRequest request;
  if (const json::value* path = json_find(spec, {"nonResourceAttributes"})) {
    request.verb = json_string(*path, {"verb"});
    request.path = json_string(*path, {"path"});
    return request;
  }
  const json::value none = json::object();
  const json::value* found = json_find(spec, {"resourceAttributes"});
  const json::value& resource = found == nullptr ? none : *found;
  request.verb = json_string(resource, {"verb"});
  request.namespace_name = json_string(resource, {"namespace"});
  request.group = json_string(resource, {"group"});
  request.resource = json_string(resource, {"resource"});
  request.subresource = json_string(resource, {"subresource"});
  request.name = json_string(resource, {"name"});
  return request;
}

UserInfo user_of_spec(const json::value& spec) {
  return {.name = json_string(spec, {"user"}),
          .uid = json_string(spec, {"uid"}),
          .groups = json_strings(spec, {"groups"})};
}

void validate_attributes(const json::value& spec, FieldErrors& errors) {
  const json::value* resource = json_find(spec, {"resourceAttributes"});
  const json::value* path = json_find(spec, {"nonResourceAttributes"});
  if (resource != nullptr && path != nullptr)
    errors.push_back(invalid_value("spec.nonResourceAttributes", json_text(*path),
                                   "cannot be specified in combination with resourceAttributes"));
  if (resource == nullptr && path == nullptr)
    errors.push_back(
        invalid_value("spec.resourceAttributes", "\"null\"",
                      "exactly one of nonResourceAttributes or resourceAttributes must be "
                      "specified"));
}

void validate_subject(const json::value& spec, FieldErrors& errors) {
  if (json_string(spec, {"user"}).empty() && json_array(spec, {"groups"}).empty())
    errors.push_back(
        invalid_value("spec.user", "\"\"", "at least one of user or group must be specified"));
}

ApiReply access_review(ApiServer& server, const ApiCall& call, json::value spec) {
  const bool self = call.type == &kSelfSubjectAccessReviews;
  FieldErrors errors;
  validate_attributes(spec, errors);
  if (!self) validate_subject(spec, errors);
  if (!errors.empty()) return invalid(*call.type, "", errors);
  const AccessRequest request = asked_for(spec);
  if (call.type == &kLocalSubjectAccessReviews && request.namespace_name != call.namespace_name)
    return bad_request("spec.resourceAttributes.namespace must match namespace: " +
                       call.namespace_name);
  const AccessDecision decision =
      decide(server.store(), self ? call.user : user_of_spec(spec), request);
  json::object status = {{"allowed", decision.allowed}};
  if (!decision.reason.empty()) status.emplace("reason", decision.reason);
  return answered(server, call, std::move(spec.get_object()), std::move(status));
}

ApiReply rules_review(ApiServer& server, const ApiCall& call, const json::value& spec) {
  const std::string ns = json_string(spec, {"namespace"});
  if (ns.empty()) return bad_request("no namespace on request");
  json::array resources;
  json::array paths;
  for (const json::value& rule : rules_for(server.store(), call.user, ns)) {
    const json::object& members = rule.as_object();
    if (!json_array(rule, {"nonResourceURLs"}).empty())
      paths.emplace_back(ordered(members, {"verbs", "nonResourceURLs"}));
    if (!json_array(rule, {"resources"}).empty())
      resources.emplace_back(
          ordered(members, {"verbs", "apiGroups", "resources", "resourceNames"}));
  }
  return created(call, json::object{{"creationTimestamp", nullptr}}, json::object(),
                 json::object{{"resourceRules", std::move(resources)},
                              {"nonResourceRules", std::move(paths)},
                              {"incomplete", false}});
}

ApiReply who_am_i(ApiServer& server, const ApiCall& call) {
  return created(call, json::object{{"creationTimestamp", server.now_text()}}, std::nullopt,
                 json::object{{"userInfo", user_info(call.user)}});
}

ApiReply token_review(ApiServer& server, const ApiCall& call, json::value spec) {
  const std::string token = json_string(spec, {"token"});
  if (token.empty()) return bad_request("token is required for TokenReview in authentication");
  const std::optional<UserInfo> user = server.access().user_of_token(token);
  json::object status;
  if (user) status.emplace("authenticated", true);
  status.emplace("user", user ? user_info(*user) : json::object());
  return answered(server, call, std::move(spec.get_object()), std::move(status));
}

bool is_review(const ResourceType& type) {
  return type.group == "authentication.k8s.io" || type.group == "authorization.k8s.io";
}

}  // namespace

std::optional<ApiReply> review_call(ApiServer& server, const ApiCall& call) {
  if (!is_review(*call.type)) return std::nullopt;
  if (call.verb != Verb::kCreate) return method_not_allowed(*call.type, verb_name(call.verb));
  Draft draft;
  if (auto refused = decode_body(call, draft)) return refused;
  json::value spec(object_member(draft.object.get_object(), "spec"));
  if (call.type == &kSelfSubjectRulesReviews) return rules_review(server, call, spec);
  order_spec(spec.get_object());
  if (call.type == &kSelfSubjectReviews) return who_am_i(server, call);
  if (call.type == &kTokenReviews) return token_review(server, call, std::move(spec));
  return access_review(server, call, std::move(spec));
}

}  // namespace drydock::fakekube

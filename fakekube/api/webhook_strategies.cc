// Mutating- and ValidatingWebhookConfigurations.
#include <algorithm>
#include <functional>
#include <set>

#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr int64_t kDefaultTimeoutSeconds = 10;
constexpr int64_t kMaxTimeoutSeconds = 30;

void default_rules(json::object& webhook) {
  json::value* rules = webhook.if_contains("rules");
  if (rules == nullptr || !rules->is_array()) return;
  for (json::value& rule : rules->get_array())
    if (rule.is_object()) set_default(rule.get_object(), "scope", "*");
}

void default_webhook(json::object& webhook) {
  default_rules(webhook);
  set_default(webhook, "failurePolicy", "Fail");
  set_default(webhook, "matchPolicy", "Equivalent");
  set_default(webhook, "namespaceSelector", json::object());
  set_default(webhook, "objectSelector", json::object());
  set_default(webhook, "timeoutSeconds", kDefaultTimeoutSeconds);
  json::value* client = webhook.if_contains("clientConfig");
  json::value* service = client != nullptr && client->is_object()
                             ? client->get_object().if_contains("service")
                             : nullptr;
  if (service != nullptr && service->is_object()) set_default(service->get_object(), "port", 443);
}

void each_webhook(json::value& object, const std::function<void(json::object&)>& change) {
  json::value* webhooks = object.get_object().if_contains("webhooks");
  if (webhooks == nullptr || !webhooks->is_array()) return;
  for (json::value& webhook : webhooks->get_array())
    if (webhook.is_object()) change(webhook.get_object());
}

void default_validating(json::value& object) { each_webhook(object, default_webhook); }

void default_mutating(json::value& object) {
  each_webhook(object, [](json::object& webhook) {
    default_webhook(webhook);
    set_default(webhook, "reinvocationPolicy", "Never");
  });
}

// ---- validation; `path` is "webhooks[0]"

using Values = std::vector<std::string>;

bool contains(const Values& values, std::string_view one) {
  return std::find(values.begin(), values.end(), one) != values.end();
}

std::string go_strings(const Values& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ",") + quoted(value);
  return "[" + text + "]";
}

void validate_choice(const json::value& owner, const std::string& path, std::string_view key,
                     const Values& allowed, FieldErrors& errors) {
  const std::string value = json_string(owner, {key});
  if (value.empty() || contains(allowed, value)) return;
  std::string list;
  for (const std::string& one : allowed) list += (list.empty() ? "" : ", ") + quoted(one);
  errors.push_back(not_supported(path + "." + std::string(key), quoted(value), list));
}

// A list that must have items, and nothing else beside "*".
void validate_list(const json::value& rule, const std::string& path, std::string_view key,
                   std::string_view noun, FieldErrors& errors) {
  const std::string field = path + "." + std::string(key);
  const Values values = json_strings(rule, {key});
  if (values.empty()) errors.push_back(required_value(field));
  if (values.size() > 1 && contains(values, "*"))
    errors.push_back(
        invalid_value(field, go_strings(values),
                      "if '*' is present, must not specify other " + std::string(noun)));
}

void validate_resources(const json::value& rule, const std::string& path, FieldErrors& errors) {
  const std::string field = path + ".resources";
  const Values resources = json_strings(rule, {"resources"});
  if (resources.empty()) errors.push_back(required_value(field));
  bool plain = false;
  for (size_t i = 0; i < resources.size(); ++i) {
    if (resources[i].empty())
      errors.push_back(required_value(field + "[" + std::to_string(i) + "]"));
    plain = plain || (resources[i] != "*" && resources[i].find('/') == std::string::npos);
  }
  if (resources.size() > 1 && contains(resources, "*/*"))
    errors.push_back(invalid_value(field, go_strings(resources),
                                   "if '*/*' is present, must not specify other resources"));
  if (plain && contains(resources, "*"))
    errors.push_back(
        invalid_value(field, go_strings(resources),
                      "if '*' is present, must not specify other resources without subresources"));
}

void validate_rule(const json::value& rule, const std::string& path, FieldErrors& errors) {
  validate_list(rule, path, "operations", "operations", errors);
  static const Values kOperations = {"*", "CONNECT", "CREATE", "DELETE", "UPDATE"};
  const Values operations = json_strings(rule, {"operations"});
  for (size_t i = 0; i < operations.size(); ++i)
    if (!contains(kOperations, operations[i]))
      errors.push_back(not_supported(path + ".operations[" + std::to_string(i) + "]",
                                     quoted(operations[i]),
                                     "\"*\", \"CONNECT\", \"CREATE\", \"DELETE\", \"UPDATE\""));
  validate_list(rule, path, "apiGroups", "API groups", errors);
  validate_list(rule, path, "apiVersions", "API versions", errors);
  validate_resources(rule, path, errors);
  validate_choice(rule, path, "scope", {"*", "Cluster", "Namespaced"}, errors);
}

void validate_url(const std::string& url, const std::string& path, FieldErrors& errors) {
  constexpr std::string_view kForm = "; desired format: https://host[:port]/path";
  const size_t colon = url.find("://");
  const std::string scheme = colon == std::string::npos ? "" : url.substr(0, colon);
  if (scheme != "https")
    errors.push_back(invalid_value(path, quoted(scheme),
                                   "'https' is the only allowed URL scheme" + std::string(kForm)));
  const size_t host = colon == std::string::npos ? url.size() : colon + 3;
  const std::string authority = url.substr(host, url.find_first_of("/?#", host) - host);
  if (authority.empty())
    errors.push_back(
        invalid_value(path, quoted(""), "host must be specified" + std::string(kForm)));
  if (const size_t at = authority.find('@'); at != std::string::npos)
    errors.push_back(invalid_value(path, quoted(authority.substr(0, at)),
                                   "user information is not permitted in the URL"));
  if (const size_t at = url.find('#'); at != std::string::npos)
    errors.push_back(
        invalid_value(path, quoted(url.substr(at + 1)), "fragments are not permitted in the URL"));
  if (const size_t at = url.find('?'); at != std::string::npos)
    errors.push_back(invalid_value(path, quoted(url.substr(at + 1)),
                                   "query parameters are not permitted in the URL"));
}

void validate_client(const json::value& webhook, const std::string& path, FieldErrors& errors) {
  const json::value* url = json_find(webhook, {"clientConfig", "url"});
  const json::value* service = json_find(webhook, {"clientConfig", "service"});
  if ((url == nullptr) == (service == nullptr)) {
    errors.push_back(required_value(path, "exactly one of url or service is required"));
  } else if (url != nullptr) {
    validate_url(json_string(webhook, {"clientConfig", "url"}), path + ".url", errors);
  } else {
    for (std::string_view key : {"name", "namespace"})
      if (json_string(*service, {key}).empty())
        errors.push_back(required_value(path + ".service." + std::string(key),
                                        "service " + std::string(key) + " is required"));
    const std::string where = json_string(*service, {"path"});
    if (!where.empty() && where.front() != '/')
      errors.push_back(
          invalid_value(path + ".service.path", quoted(where), "must start with a '/'"));
    const int64_t port = json_int(*service, {"port"});
    if (port < 1 || port > 65535)
      errors.push_back(invalid_value(path + ".service.port", std::to_string(port),
                                     "port is not valid: must be between 1 and 65535, inclusive"));
  }
}

void validate_name(const json::value& webhook, const std::string& path, FieldErrors& errors) {
  const std::string name = json_string(webhook, {"name"});
  if (name.empty()) {
    errors.push_back(required_value(path));
    return;
  }
  if (const std::string_view bad = bad_dns_subdomain(name); !bad.empty())
    errors.push_back(invalid_value(path, quoted(name), bad));
  else if (std::count(name.begin(), name.end(), '.') < 2)
    errors.push_back(invalid_value(
        path, quoted(name), "should be a domain with at least three segments separated by dots"));
}

void validate_versions(const json::value& webhook, const std::string& path, FieldErrors& errors) {
  const Values versions = json_strings(webhook, {"admissionReviewVersions"});
  if (versions.empty()) {
    errors.push_back(required_value(path, "must specify one of v1, v1beta1"));
    return;
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < versions.size(); ++i)
    if (!seen.insert(versions[i]).second)
      errors.push_back(invalid_value(path + "[" + std::to_string(i) + "]", quoted(versions[i]),
                                     "duplicate version"));
  if (!contains(versions, "v1") && !contains(versions, "v1beta1"))
    errors.push_back(
        invalid_value(path, go_strings(versions), "must include at least one of v1, v1beta1"));
}

void validate_webhook(const json::value& webhook, const std::string& path, FieldErrors& errors) {
  validate_name(webhook, path + ".name", errors);
  const json::array& rules = json_array(webhook, {"rules"});
  for (size_t i = 0; i < rules.size(); ++i)
    validate_rule(rules[i], path + ".rules[" + std::to_string(i) + "]", errors);
  validate_choice(webhook, path, "failurePolicy", {"Fail", "Ignore"}, errors);
  validate_choice(webhook, path, "matchPolicy", {"Equivalent", "Exact"}, errors);
  validate_choice(webhook, path, "reinvocationPolicy", {"IfNeeded", "Never"}, errors);
  if (json_string(webhook, {"sideEffects"}).empty())
    errors.push_back(
        required_value(path + ".sideEffects", "must specify one of None, NoneOnDryRun"));
  validate_choice(webhook, path, "sideEffects", {"None", "NoneOnDryRun"}, errors);
  const int64_t timeout = json_int(webhook, {"timeoutSeconds"}, kDefaultTimeoutSeconds);
  if (timeout < 1 || timeout > kMaxTimeoutSeconds)
    errors.push_back(invalid_value(path + ".timeoutSeconds", std::to_string(timeout),
                                   "the timeout value must be between 1 and 30 seconds"));
  validate_client(webhook, path + ".clientConfig", errors);
  validate_versions(webhook, path + ".admissionReviewVersions", errors);
}

void validate_configuration(const json::value& object, FieldErrors& errors) {
  const json::array& webhooks = json_array(object, {"webhooks"});
  std::set<std::string> names;
  for (size_t i = 0; i < webhooks.size(); ++i) {
    const std::string path = "webhooks[" + std::to_string(i) + "]";
    validate_webhook(webhooks[i], path, errors);
    const std::string name = json_string(webhooks[i], {"name"});
    if (!name.empty() && !names.insert(name).second)
      errors.push_back(duplicate_value(path + ".name", quoted(name)));
  }
}

}  // namespace

const Strategy kMutatingWebhooksStrategy = {.prepare_create = nullptr,
                                            .prepare_update = nullptr,
                                            .validate = validate_configuration,
                                            .validate_update = nullptr,
                                            .grace_seconds = nullptr,
                                            .set_defaults = default_mutating};
const Strategy kValidatingWebhooksStrategy = {.prepare_create = nullptr,
                                              .prepare_update = nullptr,
                                              .validate = validate_configuration,
                                              .validate_update = nullptr,
                                              .grace_seconds = nullptr,
                                              .set_defaults = default_validating};

}  // namespace drydock::fakekube

#include "fakekube/access/webhook_match.h"

#include <algorithm>

#include "fakekube/api/api_server.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

namespace drydock::fakekube {
namespace {

bool names(const json::value& rule, std::string_view key, std::string_view wanted) {
  const json::array& list = json_array(rule, {key});
  return std::any_of(list.begin(), list.end(), [&](const json::value& item) {
    if (!item.is_string()) return false;
    const std::string_view text = item.get_string();
    return text == "*" || text == wanted;
  });
}

// "pods" is only the object itself, "pods/*" and "*/*" are subresources too.
bool names_resource(const json::value& rule, std::string_view plural,
                    std::string_view subresource) {
  for (const json::value& item : json_array(rule, {"resources"})) {
    if (!item.is_string()) continue;
    const std::string_view text = item.get_string();
    const size_t slash = text.find('/');
    const std::string_view resource = text.substr(0, slash);
    const std::string_view sub =
        slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
    if ((resource == "*" || resource == plural) && (sub == "*" || sub == subresource)) return true;
  }
  return false;
}

bool in_scope(const json::value& rule, const ApiCall& call) {
  const std::string_view scope = string_at(rule, {"scope"});
  if (scope == "Namespaced") return call.type->namespaced;
  return scope != "Cluster" || !call.type->namespaced;
}

std::string_view operation_name(Verb operation) {
  if (operation == Verb::kCreate) return "CREATE";
  return operation == Verb::kDelete ? "DELETE" : "UPDATE";
}

bool rules_match(const Webhook& hook, const ApiCall& call, Verb operation,
                 const ResourceType& version) {
  const json::array& rules = json_array(*hook.spec, {"rules"});
  return std::any_of(rules.begin(), rules.end(), [&](const json::value& rule) {
    return names(rule, "operations", operation_name(operation)) &&
           names(rule, "apiGroups", version.group) && names(rule, "apiVersions", version.version) &&
           names_resource(rule, version.plural, call.subresource) && in_scope(rule, call);
  });
}

bool exempt(const ResourceType& type) { return type.group == "admissionregistration.k8s.io"; }

bool selects(const Webhook& hook, std::string_view key, const json::value* object) {
  const json::value* selector = json_find(*hook.spec, {key});
  if (selector == nullptr || (json_object(*selector, {"matchLabels"}).empty() &&
                              json_array(*selector, {"matchExpressions"}).empty()))
    return true;
  return object != nullptr &&
         label_selector_matches(*selector, json_object(*object, {"metadata", "labels"}));
}

// The call's namespace; every one can be selected by its name.
JsonPtr namespace_of(ApiServer& server, const ApiCall& call) {
  const Object* found = server.store().find(kNamespaces, "", call.namespace_name);
  json::value space = found == nullptr ? json::value(json::object()) : *found->value;
  object_member(mutable_metadata(space), "labels")["kubernetes.io/metadata.name"] =
      call.namespace_name;
  return make_json(std::move(space));
}

}  // namespace

const ResourceType* matched_version(ApiServer& server, const Webhook& hook, const ApiCall& call,
                                    Verb operation) {
  if (exempt(*call.type)) return nullptr;
  if (rules_match(hook, call, operation, *call.type)) return call.type;
  if (!hook.equivalent) return nullptr;
  for (const ResourceType* other : server.types())
    if (other->index == call.type->index && rules_match(hook, call, operation, *other))
      return other;
  return nullptr;
}

bool selectors_match(ApiServer& server, const Webhook& hook, const WebhookQuestion& question) {
  const ApiCall& call = question.call;
  if (!selects(hook, "objectSelector", question.object) &&
      !selects(hook, "objectSelector", question.old_object))
    return false;
  if (call.type == &kNamespaces)
    return selects(hook, "namespaceSelector",
                   question.object != nullptr ? question.object : question.old_object);
  if (!call.type->namespaced) return true;
  return selects(hook, "namespaceSelector", namespace_of(server, call).get());
}

}  // namespace drydock::fakekube

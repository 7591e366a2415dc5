#include "fakekube/access/rbac.h"

#include <algorithm>

#include "fakekube/api/status_error.h"
#include "fakekube/http/url.h"
#include "fakekube/store/object.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kRbacGroup = "rbac.authorization.k8s.io";

bool contains(const json::array& list, std::string_view text) {
  return std::any_of(list.begin(), list.end(), [&](const json::value& item) {
    return item.is_string() && std::string_view(item.get_string()) == text;
  });
}

bool has(const json::array& list, std::string_view text) {
  return contains(list, "*") || contains(list, text);
}

bool in_group(const UserInfo& user, std::string_view group) {
  return std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
}

bool resource_matches(const json::array& resources, const AccessRequest& request) {
  const std::string whole =
      request.subresource.empty() ? request.resource : request.resource + "/" + request.subresource;
  if (has(resources, whole)) return true;
  return !request.subresource.empty() && contains(resources, "*/" + request.subresource);
}

bool path_matches(const json::array& urls, std::string_view path) {
  return std::any_of(urls.begin(), urls.end(), [&](const json::value& item) {
    if (!item.is_string()) return false;
    const std::string_view url = item.get_string();
    if (url == "*" || url == path) return true;
    return !url.empty() && url.back() == '*' &&
           path.substr(0, url.size() - 1) == url.substr(0, url.size() - 1);
  });
}

bool rule_allows(const json::value& rule, const AccessRequest& request) {
  if (!has(json_array(rule, {"verbs"}), request.verb)) return false;
  if (request.is_path()) return path_matches(json_array(rule, {"nonResourceURLs"}), request.path);
  const json::array& names = json_array(rule, {"resourceNames"});
  return has(json_array(rule, {"apiGroups"}), request.group) &&
         resource_matches(json_array(rule, {"resources"}), request) &&
         (names.empty() || contains(names, request.name));
}

json::array texts(std::initializer_list<std::string_view> items) {
  json::array list;
  for (std::string_view item : items) list.push_back(text_value(item));
  return list;
}

json::value path_rule(std::initializer_list<std::string_view> urls) {
  return json::object{{"verbs", texts({"get"})}, {"nonResourceURLs", texts(urls)}};
}

json::value create_rule(std::string_view group, std::initializer_list<std::string_view> resources) {
  return json::object{
      {"verbs", texts({"create"})}, {"apiGroups", texts({group})}, {"resources", texts(resources)}};
}

// What a real server grants before anybody made a Role.
struct DefaultGrant {
  std::string_view role;  // ClusterRole and ClusterRoleBinding have one name
  std::vector<std::string_view> groups;
  json::array rules;
};

const std::vector<DefaultGrant>& default_grants() {
  static const std::vector<DefaultGrant> grants = {
      {"system:basic-user",
       {"system:authenticated"},
       {create_rule("authorization.k8s.io",
                    {"selfsubjectaccessreviews", "selfsubjectrulesreviews"}),
        create_rule("authentication.k8s.io", {"selfsubjectreviews"})}},
      {"system:discovery",
       {"system:authenticated"},
       {path_rule({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi",
                   "/openapi/*", "/readyz", "/version", "/version/"})}},
      {"system:public-info-viewer",
       {"system:authenticated", "system:unauthenticated"},
       {path_rule({"/healthz", "/livez", "/readyz", "/version", "/version/"})}}};
  return grants;
}

const json::array& cluster_admin_rules() {
  static const json::array rules = {
      json::object{
          {"verbs", texts({"*"})}, {"apiGroups", texts({"*"})}, {"resources", texts({"*"})}},
      json::object{{"verbs", texts({"*"})}, {"nonResourceURLs", texts({"*"})}}};
  return rules;
}

struct AccountName {
  std::string_view namespace_name;
  std::string_view name;
};

// "system:serviceaccount:ns:name" taken apart.
bool is_account(std::string_view user, const AccountName& account) {
  constexpr std::string_view kPrefix = "system:serviceaccount:";
  if (user.substr(0, kPrefix.size()) != kPrefix) return false;
  user.remove_prefix(kPrefix.size());
  const size_t colon = user.find(':');
  return colon != std::string_view::npos && user.substr(0, colon) == account.namespace_name &&
         user.substr(colon + 1) == account.name;
}

bool subject_is(const json::value& subject, const UserInfo& user, std::string_view own_namespace) {
  const std::string_view kind = string_at(subject, {"kind"});
  const std::string_view name = string_at(subject, {"name"});
  if (kind == "User") return name == user.name;
  if (kind == "Group") return in_group(user, name);
  std::string_view ns = string_at(subject, {"namespace"});
  if (ns.empty()) ns = own_namespace;
  return kind == "ServiceAccount" && !ns.empty() && is_account(user.name, {ns, name});
}

std::string subject_text(const json::value& subject, std::string_view own_namespace) {
  const std::string kind(string_at(subject, {"kind"}));
  std::string name(string_at(subject, {"name"}));
  if (kind == "ServiceAccount") {
    const std::string_view ns = string_at(subject, {"namespace"});
    name += "/" + std::string(ns.empty() ? own_namespace : ns);
  }
  return kind + " " + quoted(name);
}

// Walks over every rule that a user has; the visitor returns false to stop.
class Walk {
 public:
  using Visitor = std::function<bool(const json::value& rule, const std::string& source)>;

  Walk(const Store& store, const UserInfo& user, const Visitor& visit)
      : store_(store), user_(user), visit_(visit) {}

  bool defaults() {
    for (const DefaultGrant& grant : default_grants()) {
      for (std::string_view group : grant.groups) {
        if (!in_group(user_, group)) continue;
        const std::string role = quoted(grant.role);
        const std::string source =
            "ClusterRoleBinding " + role + " of ClusterRole " + role + " to Group " + quoted(group);
        if (!rules(grant.rules, source)) return false;
        break;
      }
    }
    return true;
  }

  // The bindings of one namespace, or ("") the cluster's.
  bool bindings(const ResourceType& type, std::string_view namespace_name) {
    const Store::Objects& all = store_.objects(type);
    for (auto at = all.lower_bound(Store::KeyLess::View{namespace_name, ""});
         at != all.end() && at->first.first == namespace_name; ++at)
      if (!binding(type, *at->second.value)) return false;
    return true;
  }

  // "RBAC: ..." of bindings whose role is missing; empty when there were none.
  std::string errors() const {
    if (errors_.empty()) return "";
    std::string text;
    for (const std::string& error : errors_) text += (text.empty() ? "" : ", ") + error;
    return "RBAC: " + (errors_.size() == 1 ? text : "[" + text + "]");
  }

 private:
  bool binding(const ResourceType& type, const json::value& object) {
    const std::string_view ns = metadata_string(object, "namespace");
    for (const json::value& subject : json_array(object, {"subjects"})) {
      if (!subject_is(subject, user_, ns)) continue;
      const std::string_view kind = string_at(object, {"roleRef", "kind"});
      const std::string_view role = string_at(object, {"roleRef", "name"});
      const json::array* found = role_rules(kind, ns, role);
      if (found == nullptr) return true;
      const std::string name =
          std::string(metadata_string(object, "name")) + (ns.empty() ? "" : "/" + std::string(ns));
      return rules(*found, std::string(type.kind) + " " + quoted(name) + " of " +
                               std::string(kind) + " " + quoted(role) + " to " +
                               subject_text(subject, ns));
    }
    return true;
  }

  const json::array* role_rules(std::string_view kind, std::string_view ns, std::string_view name) {
    const bool cluster = kind == "ClusterRole";
    const Object* role = store_.find(cluster ? kClusterRoles : kRoles, cluster ? "" : ns, name);
    if (role != nullptr) return &json_array(*role->value, {"rules"});
    if (cluster && name == "cluster-admin") return &cluster_admin_rules();
    if (cluster)
      for (const DefaultGrant& grant : default_grants())
        if (grant.role == name) return &grant.rules;
    errors_.push_back((cluster ? "clusterrole." : "role.") + std::string(kRbacGroup) + " " +
                      quoted(name) + " not found");
    return nullptr;
  }

  bool rules(const json::array& list, const std::string& source) {
    return std::all_of(list.begin(), list.end(),
                       [&](const json::value& rule) { return visit_(rule, source); });
  }

  const Store& store_;
  const UserInfo& user_;
  const Visitor& visit_;
  std::vector<std::string> errors_;
};

// False when the visitor stopped.
bool walk_all(Walk& walk, std::string_view namespace_name) {
  return walk.defaults() && walk.bindings(kClusterRoleBindings, "") &&
         (namespace_name.empty() || walk.bindings(kRoleBindings, namespace_name));
}

bool all_powerful(const UserInfo& user) {
  return user.name.empty() || in_group(user, "system:masters");
}

std::string_view verb_of_method(std::string_view method) {
  if (method == "POST") return "create";
  if (method == "GET" || method == "HEAD") return "get";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  return method == "DELETE" ? "delete" : "";
}

// The name that a list or watch is narrowed to by its field selector.
std::string selected_name(const std::string& field_selector) {
  constexpr std::string_view kName = "metadata.name=";
  const size_t at = field_selector.find(kName);
  if (at != 0 && (at == std::string::npos || field_selector[at - 1] != ',')) return "";
  size_t begin = at + kName.size();
  if (begin < field_selector.size() && field_selector[begin] == '=') ++begin;
  return field_selector.substr(begin, field_selector.find(',', begin) - begin);
}

// Reads the parts of a resource's path from its plural or "namespaces" on.
void read_parts(const std::vector<std::string>& parts, size_t at, AccessRequest& request) {
  const auto part = [&](size_t i) { return at + i < parts.size() ? parts[at + i] : std::string(); };
  if (part(0) == "namespaces" && !part(1).empty()) {
    request.namespace_name = part(1);
    if (!part(2).empty() && part(2) != "status" && part(2) != "finalize") at += 2;
  }
  request.resource = part(0);
  request.name = part(1);
  request.subresource = part(2);
}

void refine_verb(const UrlQuery& query, AccessRequest& request) {
  if (!request.name.empty()) return;
  if (request.verb == "delete") request.verb = "deletecollection";
  if (request.verb == "get") request.verb = "list";
  for (const auto& [key, value] : query)
    if (key == "watch" && request.verb == "list" && value != "false" && value != "0")
      request.verb = "watch";
  if (request.verb != "list" && request.verb != "watch" && request.verb != "deletecollection")
    return;
  for (const auto& [key, value] : query)
    if (key == "fieldSelector") request.name = selected_name(value);
}

}  // namespace

AccessDecision decide(const Store& store, const UserInfo& user, const AccessRequest& request) {
  if (all_powerful(user)) return {.allowed = true, .reason = ""};
  AccessDecision decision;
  const Walk::Visitor visit = [&](const json::value& rule, const std::string& source) {
    if (!rule_allows(rule, request)) return true;
    decision = {.allowed = true, .reason = "RBAC: allowed by " + source};
    return false;
  };
  Walk walk(store, user, visit);
  if (walk_all(walk, request.namespace_name)) decision.reason = walk.errors();
  return decision;
}

std::vector<json::value> rules_for(const Store& store, const UserInfo& user,
                                   std::string_view namespace_name) {
  std::vector<json::value> rules;
  const Walk::Visitor visit = [&rules](const json::value& rule, const std::string&) {
    rules.push_back(rule);
    return true;
  };
  if (all_powerful(user))
    for (const json::value& rule : cluster_admin_rules()) rules.push_back(rule);
  Walk walk(store, user, visit);
  walk_all(walk, namespace_name);
  return rules;
}

std::string forbidden_text(const UserInfo& user, const AccessRequest& request) {
  const std::string who = "User " + quoted(user.name) + " cannot " + request.verb;
  if (request.is_path()) return who + " path " + quoted(request.path);
  const std::string resource =
      request.resource + (request.subresource.empty() ? "" : "/" + request.subresource);
  return who + " resource " + quoted(resource) + " in API group " + quoted(request.group) +
         (request.namespace_name.empty() ? " at the cluster scope"
                                         : " in the namespace " + quoted(request.namespace_name));
}

AccessRequest access_request(std::string_view method, std::string_view target) {
  const UrlParts url = split_target(target);
  const std::vector<std::string>& parts = url.segments;
  AccessRequest request;
  const bool core = !parts.empty() && parts[0] == "api";
  const bool grouped = !parts.empty() && parts[0] == "apis";
  if (!(core && parts.size() >= 3) && !(grouped && parts.size() >= 4)) {
    request.path = url.path;
    request.verb = method;
    for (char& c : request.verb) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return request;
  }
  if (grouped) request.group = parts[1];
  size_t at = core ? 2 : 3;
  request.verb = verb_of_method(method);
  if (parts[at] == "watch" && at + 1 < parts.size()) {
    request.verb = "watch";
    ++at;
  }
  read_parts(parts, at, request);
  refine_verb(url.query, request);
  return request;
}

}  // namespace drydock::fakekube

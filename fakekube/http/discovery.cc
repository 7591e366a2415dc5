#include "fakekube/http/discovery.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "fakekube/api/builtin_types.h"
#include "fakekube/api/status_error.h"
#include "fakekube/http/discovery_paths.h"
#include "fakekube/http/openapi.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kListForm = "as=APIGroupDiscoveryList";
constexpr std::string_view kAggregatedType =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

// Built-in groups in the order of their priority; those of CRDs come after them, by name.
constexpr std::array<std::string_view, 19> kGroupOrder = {"apiregistration.k8s.io",
                                                          "apps",
                                                          "events.k8s.io",
                                                          "authentication.k8s.io",
                                                          "authorization.k8s.io",
                                                          "autoscaling",
                                                          "batch",
                                                          "certificates.k8s.io",
                                                          "networking.k8s.io",
                                                          "policy",
                                                          "rbac.authorization.k8s.io",
                                                          "storage.k8s.io",
                                                          "admissionregistration.k8s.io",
                                                          "apiextensions.k8s.io",
                                                          "scheduling.k8s.io",
                                                          "coordination.k8s.io",
                                                          "node.k8s.io",
                                                          "discovery.k8s.io",
                                                          "flowcontrol.apiserver.k8s.io"};

using Types = std::vector<const ResourceType*>;

struct Version {
  std::string_view name;
  Types types;  // in the order in which they came to be served
};

struct Group {
  std::string_view name;
  std::vector<Version> versions;  // preferred first
};

// v1 before v1beta2 before v1beta1 before v1alpha1; the higher number first.
struct VersionRank {
  int stage = 0;
  int major = 0;
  int minor = 0;
  auto operator<=>(const VersionRank&) const = default;
};

int leading_number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return 0;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

VersionRank rank_of(std::string_view version) {
  if (!version.starts_with('v')) return {};
  version.remove_prefix(1);
  VersionRank rank{.stage = 3, .major = leading_number(version)};
  if (version.starts_with("beta")) rank.stage = 2;
  if (version.starts_with("alpha")) rank.stage = 1;
  while (!version.empty() && (version.front() < '0' || version.front() > '9'))
    version.remove_prefix(1);
  rank.minor = leading_number(version);
  return rank;
}

size_t group_place(std::string_view group) {
  return static_cast<size_t>(std::find(kGroupOrder.begin(), kGroupOrder.end(), group) -
                             kGroupOrder.begin());
}

std::vector<Group> groups_of(const ApiServer& server) {
  std::map<std::pair<size_t, std::string_view>, std::map<std::string_view, Types>> found;
  for (const ResourceType* type : server.types())
    found[{group_place(type->group), type->group}][type->version].push_back(type);
  std::vector<Group> groups;
  for (auto& [key, versions] : found) {
    Group group{.name = key.second, .versions = {}};
    for (auto& [name, types] : versions) group.versions.push_back({name, std::move(types)});
    std::stable_sort(
        group.versions.begin(), group.versions.end(),
        [](const Version& a, const Version& b) { return rank_of(a.name) > rank_of(b.name); });
    groups.push_back(std::move(group));
  }
  return groups;
}

Types by_name(Types types) {
  std::sort(types.begin(), types.end(),
            [](const ResourceType* a, const ResourceType* b) { return a->plural < b->plural; });
  return types;
}

json::array texts(const std::vector<std::string_view>& list) {
  json::array array;
  for (std::string_view text : list) array.push_back(text_value(text));
  return array;
}

// CRDs and built-in kinds list the same verbs in two orders.
json::array verbs_of(const ResourceType& type) {
  switch (type.verbs) {
    case VerbSet::kAll: break;
    case VerbSet::kNoCollectionDelete:
      return texts({"create", "delete", "get", "list", "patch", "update", "watch"});
    case VerbSet::kCreate: return texts({"create"});
    case VerbSet::kRead: return texts({"get", "list"});
  }
  if (type.custom)
    return texts(
        {"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"});
  return texts({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"});
}

// All subresources: those of CRDs status first, of others by name.
std::vector<BuiltinSubresource> subresources_of(const ResourceType& type) {
  std::vector<BuiltinSubresource> all = builtin_subresources(type);
  const std::vector<std::string_view> change = {"get", "patch", "update"};
  if (type.has_status) all.push_back({"status", type.kind, "", "", change});
  if (type.has_scale) all.push_back({"scale", "Scale", "autoscaling", "v1", change});
  if (!type.custom)
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

void add_classic(const ResourceType& type, json::array& resources) {
  json::object entry{{"name", text_value(type.plural)},
                     {"singularName", text_value(type.singular)},
                     {"namespaced", type.namespaced},
                     {"kind", text_value(type.kind)},
                     {"verbs", verbs_of(type)}};
  if (!type.short_names.empty()) entry.emplace("shortNames", texts(type.short_names));
  if (!type.categories.empty()) entry.emplace("categories", texts(type.categories));
  if (type.verbs != VerbSet::kCreate && type.verbs != VerbSet::kRead)
    entry.emplace("storageVersionHash", storage_version_hash(type));
  resources.push_back(std::move(entry));
  for (const BuiltinSubresource& sub : subresources_of(type)) {
    json::object part{{"name", text_value(std::string(type.plural) + "/" + std::string(sub.name))},
                      {"singularName", ""},
                      {"namespaced", type.namespaced}};
    if (!sub.version.empty()) {
      part.emplace("group", text_value(sub.group));
      part.emplace("version", text_value(sub.version));
    }
    part.emplace("kind", text_value(sub.kind));
    part.emplace("verbs", texts(sub.verbs));
    resources.push_back(std::move(part));
  }
}

json::value classic_resources(std::string_view group, const Version& version) {
  const bool custom = version.types.front()->custom;
  json::array resources;
  for (const ResourceType* type : custom ? version.types : by_name(version.types))
    add_classic(*type, resources);
  json::object list{{"kind", "APIResourceList"}};
  if (!group.empty()) list.emplace("apiVersion", "v1");
  list.emplace("groupVersion", text_value((group.empty() ? "" : std::string(group) + "/") +
                                          std::string(version.name)));
  list.emplace("resources", std::move(resources));
  return list;
}

json::object version_entry(const Group& group, const Version& version) {
  return {{"groupVersion", text_value(std::string(group.name) + "/" + std::string(version.name))},
          {"version", text_value(version.name)}};
}

void add_group(const Group& group, json::object& entry) {
  json::array versions;
  for (const Version& version : group.versions) versions.push_back(version_entry(group, version));
  entry.emplace("name", text_value(group.name));
  entry.emplace("versions", std::move(versions));
  entry.emplace("preferredVersion", version_entry(group, group.versions.front()));
}

json::value group_list(const std::vector<Group>& groups) {
  json::array entries;
  for (const Group& group : groups) {
    if (group.name.empty()) continue;
    json::object entry;
    add_group(group, entry);
    entries.push_back(std::move(entry));
  }
  return json::object{
      {"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(entries)}};
}

json::value group_answer(const Group& group) {
  json::object answer{{"kind", "APIGroup"}, {"apiVersion", "v1"}};
  add_group(group, answer);
  return answer;
}

json::value core_versions() {
  return json::object{
      {"kind", "APIVersions"},
      {"versions", json::array{"v1"}},
      {"serverAddressByClientCIDRs",
       json::array{json::object{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", "10.96.0.1:443"}}}}};
}

json::object response_kind(const ResourceType& type, const BuiltinSubresource* sub) {
  std::string_view group = type.custom ? type.group : std::string_view();
  std::string_view version = type.custom ? type.version : std::string_view();
  if (sub != nullptr && !sub->version.empty()) {
    group = sub->group;
    version = sub->version;
  }
  return {{"group", text_value(group)},
          {"version", text_value(version)},
          {"kind", text_value(sub == nullptr ? type.kind : sub->kind)}};
}

json::object aggregated_resource(const ResourceType& type) {
  json::object entry{{"resource", text_value(type.plural)},
                     {"responseKind", response_kind(type, nullptr)},
                     {"scope", type.namespaced ? "Namespaced" : "Cluster"},
                     {"singularResource", text_value(type.singular)},
                     {"verbs", verbs_of(type)}};
  if (!type.short_names.empty()) entry.emplace("shortNames", texts(type.short_names));
  if (!type.categories.empty()) entry.emplace("categories", texts(type.categories));
  json::array parts;
  for (const BuiltinSubresource& sub : subresources_of(type))
    parts.push_back(json::object{{"subresource", text_value(sub.name)},
                                 {"responseKind", response_kind(type, &sub)},
                                 {"verbs", texts(sub.verbs)}});
  if (!parts.empty()) entry.emplace("subresources", std::move(parts));
  return entry;
}

json::value aggregated(const std::vector<Group>& groups, bool core) {
  json::array items;
  for (const Group& group : groups) {
    if (group.name.empty() != core) continue;
    json::object metadata;
    if (!core) metadata.emplace("name", text_value(group.name));
    metadata.emplace("creationTimestamp", nullptr);
    json::array versions;
    for (const Version& version : group.versions) {
      json::array resources;
      for (const ResourceType* type : by_name(version.types))
        resources.push_back(aggregated_resource(*type));
      versions.push_back(json::object{{"version", text_value(version.name)},
                                      {"resources", std::move(resources)},
                                      {"freshness", "Current"}});
    }
    items.push_back(
        json::object{{"metadata", std::move(metadata)}, {"versions", std::move(versions)}});
  }
  return json::object{{"kind", "APIGroupDiscoveryList"},
                      {"apiVersion", "apidiscovery.k8s.io/v2"},
                      {"metadata", json::object()},
                      {"items", std::move(items)}};
}

ApiReply json_reply(json::value body) {
  ApiReply reply;
  reply.body = make_json(std::move(body));
  return reply;
}

enum class Form { kClassic, kAggregated, kNone };

// The first media type of the Accept header that /api and /apis have.
Form form_of(const HttpRequest& request) {
  const std::string* accept = find_header(request.headers, "Accept");
  if (accept == nullptr || trim(*accept).empty()) return Form::kClassic;
  for (std::string_view range : split(*accept, ',')) {
    range = trim(range);
    if (range.find(kListForm) != std::string_view::npos) {
      if (range.find("v=v2;") != std::string_view::npos || range.ends_with("v=v2"))
        return Form::kAggregated;
      continue;
    }
    const std::string_view type = trim(range.substr(0, range.find(';')));
    if (type == "*/*" || type == "application/*" || type == "application/json" ||
        type == "application/yaml" || type == "application/vnd.kubernetes.protobuf")
      return Form::kClassic;
  }
  return Form::kNone;
}

ApiReply list_answer(const HttpRequest& request, const std::vector<Group>& groups, bool core) {
  switch (form_of(request)) {
    case Form::kClassic: return json_reply(core ? core_versions() : group_list(groups));
    case Form::kNone:
      return failure(406, "NotAcceptable",
                     "only the following media types are accepted: application/json, "
                     "application/yaml, application/vnd.kubernetes.protobuf");
    case Form::kAggregated: break;
  }
  ApiReply reply = json_reply(aggregated(groups, core));
  reply.headers = {{"Content-Type", std::string(kAggregatedType)}, {"Cache-Control", "public"}};
  return with_etag(std::move(reply), request);
}

const Group* find_group(const std::vector<Group>& groups, std::string_view name) {
  for (const Group& group : groups)
    if (group.name == name) return &group;
  return nullptr;
}

std::optional<ApiReply> resources_answer(const Group* group, std::string_view version) {
  if (group == nullptr) return std::nullopt;
  for (const Version& candidate : group->versions)
    if (candidate.name == version) return json_reply(classic_resources(group->name, candidate));
  return std::nullopt;
}

std::vector<std::string> root_groups(const std::vector<Group>& groups) {
  std::vector<std::string> paths;
  for (const Group& group : groups) {
    if (group.name.empty()) continue;
    const std::string path = "/apis/" + std::string(group.name);
    paths.push_back(path);
    for (const Version& version : group.versions)
      paths.push_back(path + "/" + std::string(version.name));
  }
  return paths;
}

}  // namespace

std::string storage_version_hash(const ResourceType& type) {
  const ResourceType& stored = type.stored_as == nullptr ? type : *type.stored_as;
  // The one built-in kind that a real server stores in an older version than it serves.
  const std::string_view version =
      &type == &kCustomResourceDefinitions ? std::string_view("v1beta1") : stored.version;
  const std::string text =
      std::string(stored.group) + "/" + std::string(version) + "/" + std::string(stored.kind);
  const std::string hex = hash_hex(DigestAlgorithm::kSha256, text);
  std::string bytes;
  for (size_t i = 0; i < 16; i += 2) {
    int value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return base64_encode(bytes);
}

ApiReply with_etag(ApiReply reply, const HttpRequest& request) {
  const std::string tag = "\"" + hash_hex(DigestAlgorithm::kSha256, json_text(*reply.body)) + "\"";
  reply.headers.emplace_back("Etag", tag);
  reply.headers.emplace_back("Vary", "Accept");
  const std::string* known = find_header(request.headers, "If-None-Match");
  if (known == nullptr || *known != tag) return reply;
  ApiReply unchanged;
  unchanged.code = 304;
  for (auto& header : reply.headers)
    if (header.first != "Content-Type") unchanged.headers.push_back(std::move(header));
  return unchanged;
}

std::optional<ApiReply> discovery_answer(const ApiServer& server, const HttpRequest& request,
                                         std::string_view path) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  if (path == "/version") return version_answer();
  if (path.starts_with("/openapi/")) return openapi_answer(server, request, path);
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const bool root = path == "/";
  if (!root && path != "/api" && path != "/api/v1" && path != "/apis" &&
      !path.starts_with("/apis/"))
    return std::nullopt;
  const std::vector<std::string_view> parts = split(path.substr(1), '/');
  if (parts.size() > 3) return std::nullopt;
  const std::vector<Group> groups = groups_of(server);
  if (root) return root_answer(root_groups(groups));
  if (parts.size() == 1) return list_answer(request, groups, path == "/api");
  if (path == "/api/v1") return resources_answer(find_group(groups, ""), "v1");
  const Group* group = parts[1].empty() ? nullptr : find_group(groups, parts[1]);
  if (parts.size() == 3) return resources_answer(group, parts[2]);
  if (group == nullptr) return std::nullopt;
  return json_reply(group_answer(*group));
}

}  // namespace drydock::fakekube

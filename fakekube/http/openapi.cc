#include "fakekube/http/openapi.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "fakekube/api/api_server.h"
#include "fakekube/http/discovery_paths.h"
#include "fakekube/http/openapi_schemas.h"
#include "fakekube/schema/custom_validation.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kV3Prefix = "/openapi/v3/";

constexpr std::string_view kBinaryAccept = "application/com.github.proto-openapi.spec.v2";

// One way to use a path.
struct Operation {
  std::string_view method;  // "get"
  std::string_view action;  // "list"
  std::vector<std::string_view> query;
  bool has_body = false;
};

const std::vector<std::string_view>& list_query() {
  static const std::vector<std::string_view> names = {"allowWatchBookmarks",
                                                      "continue",
                                                      "fieldSelector",
                                                      "labelSelector",
                                                      "limit",
                                                      "resourceVersion",
                                                      "resourceVersionMatch",
                                                      "sendInitialEvents",
                                                      "timeoutSeconds",
                                                      "watch"};
  return names;
}

const std::vector<std::string_view>& write_query() {
  static const std::vector<std::string_view> names = {"dryRun", "fieldManager", "fieldValidation"};
  return names;
}

const std::vector<std::string_view>& delete_query() {
  static const std::vector<std::string_view> names = {
      "dryRun", "gracePeriodSeconds", "ignoreStoreReadErrorWithClusterBreakingPotential",
      "orphanDependents", "propagationPolicy"};
  return names;
}

std::string_view parameter_type(std::string_view name) {
  static const std::set<std::string_view> integers = {"limit", "timeoutSeconds",
                                                      "gracePeriodSeconds"};
  static const std::set<std::string_view> booleans = {
      "allowWatchBookmarks",
      "sendInitialEvents",
      "watch",
      "force",
      "orphanDependents",
      "ignoreStoreReadErrorWithClusterBreakingPotential"};
  return integers.contains(name) ? "integer" : booleans.contains(name) ? "boolean" : "string";
}

json::object parameter(std::string_view name, std::string_view place) {
  json::object result{{"name", text_value(name)},
                      {"in", text_value(place)},
                      {"description", text_value(std::string(name) + " of the request")}};
  if (place == "path") result.emplace("required", true);
  result.emplace("schema",
                 json::object{{"type", text_value(parameter_type(name))}, {"uniqueItems", true}});
  return result;
}

json::object content(const json::object& schema, const std::vector<std::string_view>& types) {
  json::object media;
  for (std::string_view type : types) media.emplace(type, json::object{{"schema", schema}});
  return media;
}

// Both sorted: those in the path first.
json::array parameters(std::vector<std::string_view> path, std::vector<std::string_view> query) {
  std::sort(path.begin(), path.end());
  std::sort(query.begin(), query.end());
  json::array list;
  for (std::string_view name : path) list.push_back(parameter(name, "path"));
  for (std::string_view name : query) list.push_back(parameter(name, "query"));
  return list;
}

// "conf.test" as operations are named: "ConfTest"; of the core group "Core".
std::string camel_case(std::string_view group) {
  std::string text;
  for (std::string_view part : split(group.empty() ? "core" : group, '.')) {
    std::string word(part);
    if (!word.empty() && word.front() >= 'a' && word.front() <= 'z')
      word.front() = static_cast<char>(word.front() - 'a' + 'A');
    text += word;
  }
  return text;
}

std::string capital(std::string_view word) { return camel_case(word); }

// "confTest_v1"
std::string tag_of(const ResourceType& type) {
  std::string group = camel_case(type.group);
  group.front() = static_cast<char>(group.front() - 'A' + 'a');
  return group + "_" + std::string(type.version);
}

std::string_view verb_of(std::string_view action) {
  if (action == "get") return "read";
  if (action == "post") return "create";
  if (action == "put") return "replace";
  return action == "deletecollection" ? "delete" : action;
}

// What an operation is about, for its name.
struct Subject {
  bool all_namespaces = false;
  std::string_view subresource = {};
};

std::string operation_id(const ResourceType& type, const Operation& what, const Subject& subject) {
  std::string name(verb_of(what.action));
  name += camel_case(type.group) + capital(type.version);
  if (what.action == "deletecollection") name += "Collection";
  if (type.namespaced && !subject.all_namespaces) name += "Namespaced";
  name += type.kind;
  if (!subject.subresource.empty()) name += capital(subject.subresource);
  return subject.all_namespaces ? name + "ForAllNamespaces" : name;
}

json::object responses_of(const ResourceType& type, const Operation& what,
                          const json::object& answer) {
  const auto with = [&](std::string_view text) {
    return json::object{{"description", text_value(text)},
                        {"content", content(answer, {"application/json", "application/yaml"})}};
  };
  json::object responses{{"200", with("OK")}};
  const bool patch = what.action == "patch" && !type.custom;
  if (what.action == "post" || what.action == "put" || patch)
    responses.emplace("201", with("Created"));
  if (what.action == "post" || what.action == "delete") responses.emplace("202", with("Accepted"));
  responses.emplace("401", json::object{{"description", "Unauthorized"}});
  return responses;
}

// Paths and schemas of one group and version.
class Document {
 public:
  explicit Document(const std::vector<const ResourceType*>& types) : types_(types) {}

  json::value build() {
    for (const ResourceType* type : types_) add_kind(*type);
    json::object document{
        {"openapi", "3.0.0"},
        {"info",
         json::object{{"title", types_.front()->custom ? "Kubernetes CRD Swagger" : "Kubernetes"},
                      {"version", types_.front()->custom ? "v0.1.0" : "v1.33.13"}}}};
    document.emplace("paths", std::move(paths_));
    document.emplace("components", json::object{{"schemas", std::move(schemas_).take()}});
    return document;
  }

 private:
  static std::string root_of(const ResourceType& type) {
    return (type.group.empty() ? "/api/" : "/apis/" + std::string(type.group) + "/") +
           std::string(type.version);
  }

  json::object operation(const ResourceType& type, const Operation& what, const Subject& subject,
                         const json::object& answer, const json::object& body) {
    json::object result{
        {"tags", json::array{text_value(tag_of(type))}},
        {"description", text_value(std::string(what.action) + " " + std::string(type.kind))},
        {"operationId", text_value(operation_id(type, what, subject))}};
    if (!what.query.empty()) result.emplace("parameters", parameters({}, what.query));
    if (what.has_body) result.emplace("requestBody", request_body(type, what, body));
    result.emplace("responses", responses_of(type, what, answer));
    result.emplace("x-kubernetes-action", text_value(what.action));
    result.emplace("x-kubernetes-group-version-kind", group_version_kind(type, type.kind));
    return result;
  }

  static json::object request_body(const ResourceType& type, const Operation& what,
                                   const json::object& body) {
    std::vector<std::string_view> media = {"application/json", "application/yaml"};
    if (what.action == "patch")
      media = {"application/apply-patch+yaml", "application/json-patch+json",
               "application/merge-patch+json"};
    if (what.action == "patch" && !type.custom)
      media.push_back("application/strategic-merge-patch+json");
    json::object request{{"content", content(body, media)}};
    if (!what.action.starts_with("delete")) request.emplace("required", true);
    return request;
  }

  // `shared`: query parameters of all operations, beside "pretty".
  void add_path(const std::string& path, const ResourceType& type,
                const std::vector<Operation>& operations, const Subject& subject,
                const json::object& schema, const std::vector<std::string_view>& in_path,
                std::vector<std::string_view> shared = {}) {
    json::object item;
    for (const Operation& what : operations) {
      const bool removes = what.action.starts_with("delete");
      const json::object body = removes                  ? schemas_.of_struct("DeleteOptions")
                                : what.action == "patch" ? schemas_.of_struct("Patch")
                                                         : schema;
      const json::object answer = removes                 ? schemas_.of_struct("Status")
                                  : what.action == "list" ? schemas_.list_of(type)
                                                          : schema;
      item.emplace(what.method, operation(type, what, subject, answer, body));
    }
    shared.push_back("pretty");
    item.emplace("parameters", parameters(in_path, shared));
    paths_.emplace(path, std::move(item));
  }

  void add_kind(const ResourceType& type) {
    const json::object schema = schemas_.of(type);
    const std::string root = root_of(type);
    const std::string plural = "/" + std::string(type.plural);
    const Operation list{"get", "list", list_query()};
    const Operation create{"post", "post", write_query(), true};
    const std::vector<std::string_view> home = type.namespaced
                                                   ? std::vector<std::string_view>{"namespace"}
                                                   : std::vector<std::string_view>{};
    const std::string items = root + (type.namespaced ? "/namespaces/{namespace}" : "") + plural;
    if (type.verbs == VerbSet::kCreate) {
      add_path(items, type, {create}, {}, schema, home);
      return;
    }
    if (type.namespaced)
      add_path(root + plural, type, {{"get", "list", {}}}, {.all_namespaces = true}, schema, {},
               list_query());
    std::vector<Operation> all = {list};
    if (type.verbs != VerbSet::kRead) all.push_back(create);
    if (type.verbs == VerbSet::kAll)
      all.push_back({"delete", "deletecollection", type.custom ? list_query() : delete_query(),
                     !type.custom});
    add_path(items, type, all, {}, schema, home);
    add_objects(items + "/{name}", type, schema, home);
  }

  void add_objects(const std::string& path, const ResourceType& type, const json::object& schema,
                   std::vector<std::string_view> in_path) {
    in_path.push_back("name");
    const Operation get =
        type.custom ? Operation{"get", "get", {"resourceVersion"}} : Operation{"get", "get", {}};
    const Operation put{"put", "put", write_query(), true};
    std::vector<std::string_view> patch_query = write_query();
    patch_query.push_back("force");
    const Operation patch{"patch", "patch", patch_query, true};
    if (type.verbs == VerbSet::kRead) {
      add_path(path, type, {get}, {}, schema, in_path);
      return;
    }
    add_path(path, type, {get, put, {"delete", "delete", delete_query(), true}, patch}, {}, schema,
             in_path);
    if (type.has_status)
      add_path(path + "/status", type, {get, put, patch}, {.subresource = "status"}, schema,
               in_path);
    if (type.has_scale)
      add_path(path + "/scale", type, {get, put, patch}, {.subresource = "scale"},
               schemas_.of_struct("Scale"), in_path);
  }

  const std::vector<const ResourceType*>& types_;
  OpenApiSchemas schemas_{"#/components/schemas/"};
  json::object paths_;
};

std::string document_name(const ResourceType& type) {
  return (type.group.empty() ? "api/" : "apis/" + std::string(type.group) + "/") +
         std::string(type.version);
}

json::value document(const ApiServer& server, std::string_view name) {
  std::vector<const ResourceType*> types;
  for (const ResourceType* type : server.types())
    if (document_name(*type) == name) types.push_back(type);
  return types.empty() ? json::value() : Document(types).build();
}

// The hash in an index changes with what a document is made of.
std::string content_hash(const ApiServer& server, std::string_view name) {
  std::string text;
  for (const ResourceType* type : server.types()) {
    if (document_name(*type) != name) continue;
    text += std::string(type->qualified_kind) + " " + std::to_string(type->index) + " ";
    if (type->custom) text += json_text(open_api_schema_of(*type));
  }
  return hash_hex(DigestAlgorithm::kSha256, text);
}

// Documents that name no kinds: of discovery itself.
std::set<std::string> plain_documents(const ApiServer& server) {
  std::set<std::string> names = {".well-known/openid-configuration", "api", "apis",
                                 "openid/v1/jwks", "version"};
  for (const ResourceType* type : server.types())
    if (!type->custom && !type->group.empty()) names.insert("apis/" + std::string(type->group));
  return names;
}

json::value plain_document(std::string_view name) {
  const json::object get{{"responses", json::object{{"200", json::object{{"description", "OK"}}}}}};
  json::object paths;
  paths.emplace("/" + std::string(name) + "/", json::object{{"get", get}});
  return json::object{{"openapi", "3.0.0"},
                      {"info", json::object{{"title", "Kubernetes"}, {"version", "v1.33.13"}}},
                      {"paths", std::move(paths)}};
}

ApiReply index(const ApiServer& server) {
  std::set<std::string> names = plain_documents(server);
  for (const ResourceType* type : server.types()) names.insert(document_name(*type));
  json::object paths;
  for (const std::string& name : names)
    paths.emplace(name, json::object{{"serverRelativeURL",
                                      text_value(std::string(kV3Prefix) + name +
                                                 "?hash=" + content_hash(server, name))}});
  ApiReply reply;
  reply.headers = {{"Content-Type", "text/plain; charset=utf-8"}};  // as real servers have it
  reply.body = make_json(json::object{{"paths", std::move(paths)}});
  return reply;
}

// An empty document in the binary form that kubectl asks for: "2.0", the title, no definitions.
// Clients fall back to the other documents.
ApiReply binary_swagger() {
  ApiReply reply;
  reply.headers = {{"Content-Type", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"},
                   {"Vary", "Accept-Encoding"},
                   {"Vary", "Accept"}};
  reply.text = std::string(
      "\x0a\x03"
      "2.0"
      "\x12\x16\x0a\x0a"
      "Kubernetes"
      "\x12\x08"
      "v1.33.13"
      "\x42\x00",
      31);
  reply.headers.emplace_back("Etag", "\"" + hash_hex(DigestAlgorithm::kSha256, reply.text) + "\"");
  return reply;
}

ApiReply swagger(const ApiServer& server, const HttpRequest& request) {
  OpenApiSchemas schemas("#/definitions/");
  for (const ResourceType* type : server.types()) {
    (void)schemas.of(*type);
    if (type->verbs != VerbSet::kCreate) (void)schemas.list_of(*type);
  }
  ApiReply reply;
  reply.body = make_json(
      json::object{{"swagger", "2.0"},
                   {"info", json::object{{"title", "Kubernetes"}, {"version", "v1.33.13"}}},
                   {"paths", json::object()},
                   {"definitions", std::move(schemas).take()}});
  reply.headers = {{"Vary", "Accept-Encoding"}};
  return with_etag(std::move(reply), request);
}

}  // namespace

std::optional<ApiReply> openapi_answer(const ApiServer& server, const HttpRequest& request,
                                       std::string_view path) {
  const std::string* accept = find_header(request.headers, "Accept");
  const bool binary = accept != nullptr && accept->starts_with(kBinaryAccept);
  if (path == "/openapi/v2") return binary ? binary_swagger() : swagger(server, request);
  if (path == "/openapi/v3" || path == kV3Prefix) return index(server);
  if (!path.starts_with(kV3Prefix)) return std::nullopt;
  const std::string name(path.substr(kV3Prefix.size()));
  json::value found =
      plain_documents(server).contains(name) ? plain_document(name) : document(server, name);
  if (found.is_null()) return std::nullopt;
  ApiReply reply;
  reply.body = make_json(std::move(found));
  return with_etag(std::move(reply), request);
}

}  // namespace drydock::fakekube

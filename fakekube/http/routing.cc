#include "fakekube/http/routing.h"

#include <algorithm>
#include <utility>

#include "fakekube/api/builtin_types.h"
#include "fakekube/api/status_error.h"
#include "fakekube/http/query_options.h"

namespace drydock::fakekube {
namespace {

// What the router of built-in groups says; CRDs have another.
ApiReply no_such_route() {
  return failure(404, "NotFound", "the server could not find the requested resource",
                 StatusDetails{});
}

ApiReply no_such_method() {
  return failure(405, "MethodNotAllowed",
                 "the server does not allow this method on the requested resource",
                 StatusDetails{});
}

bool is_builtin_group(const ApiServer& server, std::string_view group, std::string_view version) {
  const auto& types = server.types();
  return std::any_of(types.begin(), types.end(), [&](const ResourceType* type) {
    return !type->custom && type->group == group && type->version == version;
  });
}

struct Path {
  std::string group;
  std::string version;
  std::string plural;
  bool in_namespace = false;
  bool watch = false;  // the old /watch/ prefix
  bool rest = false;   // there is more than a subresource
};

// Takes the path's segments apart; name and subresource go to the call.
Path take_apart(const std::vector<std::string>& all, ApiCall& call) {
  size_t at = 0;
  const auto next = [&]() -> std::string { return at < all.size() ? all[at++] : ""; };
  Path path;
  if (next() == "apis") path.group = next();
  path.version = next();
  if (at < all.size() && all[at] == "watch") {
    path.watch = true;
    ++at;
  }
  path.in_namespace = at + 2 < all.size() && all[at] == "namespaces" && all[at + 2] != "status" &&
                      all[at + 2] != "finalize";
  if (path.in_namespace) {
    call.namespace_name = all[at + 1];
    at += 2;
  }
  path.plural = next();
  call.name = next();
  call.subresource = next();
  // A proxied path goes on behind its subresource.
  path.rest = at != all.size() && call.subresource != "proxy";
  return path;
}

std::optional<Verb> verb_of(std::string_view method, const ApiCall& call, bool watch) {
  if (method == "GET" || method == "HEAD") {
    if (watch) return Verb::kWatch;
    return call.name.empty() ? Verb::kList : Verb::kGet;
  }
  if (method == "POST") return Verb::kCreate;
  if (method == "PUT") return Verb::kUpdate;
  if (method == "PATCH") return Verb::kPatch;
  if (method == "DELETE") return call.name.empty() ? Verb::kDeleteCollection : Verb::kDelete;
  return std::nullopt;
}

bool watch_option(const UrlQuery& query) {
  for (const auto& [key, value] : query)
    if (key == "watch") return option_is_true(value);
  return false;
}

// Whether the path is of a kind's objects in all namespaces: those can be listed and watched only.
bool goes_everywhere(const ResourceType& type, const Path& path, std::optional<Verb> verb) {
  return type.namespaced && !path.in_namespace && verb != Verb::kList && verb != Verb::kWatch;
}

std::optional<ApiReply> check_custom(const ResourceType& type, std::optional<Verb> verb,
                                     ApiCall& call) {
  if (!verb) return method_not_allowed(type, "");
  const bool changes = *verb == Verb::kUpdate || *verb == Verb::kPatch;
  if (changes && call.name.empty()) return bad_request("name must be provided");
  if (*verb == Verb::kCreate && call.subresource.empty()) call.name.clear();
  return std::nullopt;
}

const BuiltinSubresource* find_subresource(const ResourceType& type, std::string_view name) {
  for (const BuiltinSubresource& subresource : builtin_subresources(type))
    if (subresource.name == name) return &subresource;
  return nullptr;
}

std::optional<ApiReply> check_builtin_subresource(const ResourceType& type,
                                                  std::optional<Verb> verb,
                                                  const std::string& name) {
  const bool own = (name == "status" && type.has_status) || (name == "scale" && type.has_scale);
  const BuiltinSubresource* other = find_subresource(type, name);
  if (!own && other == nullptr) return no_such_route();
  if (!verb) return no_such_method();
  if (own) {
    const bool allowed = *verb == Verb::kGet || *verb == Verb::kUpdate || *verb == Verb::kPatch;
    return allowed ? std::nullopt : std::optional<ApiReply>(no_such_method());
  }
  const auto& verbs = other->verbs;
  const bool allowed = std::find(verbs.begin(), verbs.end(), verb_name(*verb)) != verbs.end();
  return allowed ? std::nullopt : std::optional<ApiReply>(no_such_method());
}

std::optional<ApiReply> check_builtin(const ResourceType& type, std::optional<Verb> verb,
                                      const ApiCall& call) {
  if (!call.subresource.empty()) return check_builtin_subresource(type, verb, call.subresource);
  if (!verb) return no_such_method();
  const bool changes = *verb == Verb::kUpdate || *verb == Verb::kPatch;
  const bool named = !call.name.empty();
  if ((changes && !named) || (*verb == Verb::kCreate && named) || !has_verb(type, *verb))
    return no_such_method();
  return std::nullopt;
}

}  // namespace

bool is_resource_path(const UrlParts& url) {
  if (url.segments.empty()) return false;
  if (url.segments.front() == "api") return url.segments.size() > 2;
  return url.segments.front() == "apis" && url.segments.size() > 3;
}

std::optional<ApiReply> route(const ApiServer& server, std::string_view method, const UrlParts& url,
                              ApiCall& call) {
  const Path path = take_apart(url.segments, call);
  call.type = server.find_type(path.group, path.version, path.plural);
  const bool homeless =
      call.type != nullptr && call.type->namespaced && !path.in_namespace && !call.name.empty();
  if (call.type == nullptr || homeless || path.rest ||
      (path.in_namespace && !call.type->namespaced))
    return is_builtin_group(server, path.group, path.version) ? no_such_route() : plain_not_found();
  const bool watch = path.watch || (call.name.empty() && watch_option(url.query));
  const std::optional<Verb> verb = verb_of(method, call, watch);
  // The router of built-in groups knows no HEAD.
  const bool everywhere = goes_everywhere(*call.type, path, verb);
  if (everywhere && call.type->custom) return plain_not_found();
  auto refused = call.type->custom                ? check_custom(*call.type, verb, call)
                 : everywhere || method == "HEAD" ? no_such_method()
                                                  : check_builtin(*call.type, verb, call);
  if (refused) return refused;
  call.verb = *verb;
  if (call.verb == Verb::kWatch && !call.name.empty())
    call.field_selector = "metadata.name=" + std::exchange(call.name, "");
  return std::nullopt;
}

}  // namespace drydock::fakekube

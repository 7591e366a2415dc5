#include "fakekube/access/access.h"

#include <algorithm>

#include "fakekube/api/api_server.h"
#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kAuthenticated = "system:authenticated";
constexpr std::string_view kAccountToken = "serviceaccount:";

UserInfo anonymous() { return {.name = "system:anonymous", .groups = {"system:unauthenticated"}}; }

UserInfo anybody() {
  return {.name = "system:admin", .groups = {"system:masters", std::string(kAuthenticated)}};
}

ApiReply unauthorized() { return failure(401, "Unauthorized", "Unauthorized"); }

// The token of "Bearer x"; empty for other schemes, which nobody here understands.
std::string_view bearer_token(std::string_view header) {
  constexpr std::string_view kBearer = "bearer ";
  if (header.size() <= kBearer.size()) return "";
  std::string scheme(header.substr(0, kBearer.size()));
  for (char& c : scheme) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (scheme != kBearer) return "";
  header.remove_prefix(kBearer.size());
  return header.substr(0, header.find(' '));
}

UserInfo account_user(std::string_view ns, std::string_view name, std::string_view uid) {
  const std::string space(ns);
  return {.name = "system:serviceaccount:" + space + ":" + std::string(name),
          .uid = std::string(uid),
          .groups = {"system:serviceaccounts", "system:serviceaccounts:" + space,
                     std::string(kAuthenticated)}};
}

ApiReply forbidden_answer(const UserInfo& user, const AccessRequest& request,
                          const std::string& reason) {
  std::string what = request.resource;
  if (!request.is_path()) {
    if (!request.group.empty()) what += "." + request.group;
    if (!request.name.empty()) what += " " + quoted(request.name);
    what += " is ";
  }
  return failure(
      403, "Forbidden",
      what + "forbidden: " + forbidden_text(user, request) + (reason.empty() ? "" : ": " + reason),
      StatusDetails{.name = request.name, .group = request.group, .kind = request.resource});
}

}  // namespace

void Access::add_token(std::string token, UserInfo user) {
  if (std::find(user.groups.begin(), user.groups.end(), kAuthenticated) == user.groups.end())
    user.groups.emplace_back(kAuthenticated);
  tokens_.insert_or_assign(std::move(token), std::move(user));
}

std::string Access::issue_token(std::string_view namespace_name, std::string_view account) const {
  const Object* found = server_.store().find(kServiceAccounts, namespace_name, account);
  if (found == nullptr) return "";
  return std::string(kAccountToken) + std::string(namespace_name) + ":" + std::string(account) +
         ":" + std::string(metadata_string(*found->value, "uid"));
}

std::optional<UserInfo> Access::user_of_token(std::string_view token) const {
  if (const auto found = tokens_.find(token); found != tokens_.end()) return found->second;
  if (token.substr(0, kAccountToken.size()) != kAccountToken) return std::nullopt;
  const std::string_view rest = token.substr(kAccountToken.size());
  const size_t first = rest.find(':');
  const size_t second = rest.find(':', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const std::string_view ns = rest.substr(0, first);
  const std::string_view name = rest.substr(first + 1, second - first - 1);
  if (issue_token(ns, name) != token) return std::nullopt;
  return account_user(ns, name, rest.substr(second + 1));
}

std::optional<ApiReply> Access::authenticate(const HttpRequest& request, UserInfo& user) const {
  user = enforced_ ? anonymous() : anybody();
  const std::string* header = find_header(request.headers, "Authorization");
  const std::string_view token = header == nullptr ? std::string_view() : bearer_token(*header);
  if (token.empty())
    return enforced_ && !anonymous_allowed_ ? std::optional<ApiReply>(unauthorized())
                                            : std::nullopt;
  std::optional<UserInfo> known = user_of_token(token);
  if (known)
    user = *std::move(known);
  else if (enforced_)
    return unauthorized();
  return std::nullopt;
}

std::optional<ApiReply> Access::answer(const UserInfo& user, const AccessRequest& request) const {
  const AccessDecision decision = decide(server_.store(), user, request);
  if (decision.allowed) return std::nullopt;
  return forbidden_answer(user, request, decision.reason);
}

std::optional<ApiReply> Access::authorize(const UserInfo& user, std::string_view method,
                                          std::string_view target) const {
  return enforced_ ? answer(user, access_request(method, target)) : std::nullopt;
}

}  // namespace drydock::fakekube

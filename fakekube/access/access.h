// Authentication by bearer token and authorization by RBAC (rbac.h), as far as it is switched on.
//
//   server.access().add_token("peer-token", {.name = "admin", .groups = {"system:masters"}});
//   server.access().set_enforced(true);
//   UserInfo user;
//   if (auto refused = server.access().authenticate(request, user)) return *refused;        // 401
//   if (auto refused = server.access().authorize(user, request.method, request.target)) ...  // 403
//
// Not enforced (the default): a known token names its user, everybody else is system:admin of
// system:masters, and nobody is refused.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/wire.h"
#include "fakekube/access/rbac.h"
#include "fakekube/access/user.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

class ApiServer;

class Access {
 public:
  explicit Access(ApiServer& server) : server_(server) {}

  void set_enforced(bool enforced) { enforced_ = enforced; }
  bool enforced() const { return enforced_; }
  // Whether a request without token is system:anonymous (the default) or 401.
  void set_anonymous_allowed(bool allowed) { anonymous_allowed_ = allowed; }
  // The static token table.
  void add_token(std::string token, UserInfo user);
  // A token of a ServiceAccount; good while an account of that name and uid exists. Empty: there
  // is no such account.
  std::string issue_token(std::string_view namespace_name, std::string_view account) const;

  // Fills in `user` from the request's Authorization header. A reply: 401.
  std::optional<ApiReply> authenticate(const HttpRequest& request, UserInfo& user) const;
  // Who a token stands for; nullopt: nobody. For TokenReviews.
  std::optional<UserInfo> user_of_token(std::string_view token) const;

  // A reply: 403. None of these suspends. By method and target, as a real server does it, before
  // routing: paths of resources that don't exist are refused the same way.
  std::optional<ApiReply> authorize(const UserInfo& user, std::string_view method,
                                    std::string_view target) const;

 private:
  std::optional<ApiReply> answer(const UserInfo& user, const AccessRequest& request) const;

  ApiServer& server_;
  bool enforced_ = false;
  bool anonymous_allowed_ = true;
  std::map<std::string, UserInfo, std::less<>> tokens_;
};

}  // namespace drydock::fakekube

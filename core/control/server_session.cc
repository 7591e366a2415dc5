#include "core/control/server_session.h"

#include "core/control/operator_secret.h"

namespace drydock::control {
namespace {

Code code_of(const Status& status) { return status.code(); }
template <class T>
Code code_of(const Result<T>& result) {
  return result.code();
}

}  // namespace

Status ServerSession::connect(const std::string& pod_ip, const std::string& cluster,
                              int major_version) {
  if (pod_ip.empty()) return Status(Code::kFailedPrecondition, "the pod has no address");
  if (server_ != nullptr && pod_ip == pod_ip_) return ok_status();
  server_ = nullptr;  // whoever had the address before is not asked any more
  pod_ip_ = pod_ip;
  cluster_ = cluster;
  major_version_ = major_version;
  return open();
}

Status ServerSession::open() {
  DRYDOCK_ASSIGN(credentials_, read_password());
  server_ = factory_(Address{pod_ip_, kAdminPort}, ServerApiOptions{.major_version = major_version_,
                                                                    .credentials = credentials_});
  return ok_status();
}

// Errors of the API here are not the server's: a 403 must not look like a refused password.
Result<Credentials> ServerSession::read_password() {
  const std::string name = cluster_ + std::string(kOperatorSecretSuffix);
  const Result<JsonPtr> secret = kube_.get(kSecrets, name);
  if (secret.code() == Code::kCancelled) return secret.status();
  Result<Credentials> user =
      secret.ok() ? parse_operator_secret(**secret) : Result<Credentials>(secret.status());
  if (user.ok()) return user;
  return Status(Code::kFailedPrecondition,
                "Secret '" + name + "' can't be used: " + user.status().message());
}

bool ServerSession::password_changed() {
  const Result<Credentials> now = read_password();
  if (!now.ok()) return false;
  if (now->username == credentials_.username && now->password == credentials_.password)
    return false;
  return open().ok();
}

template <class Call>
auto ServerSession::ask(Call call) {
  DRYDOCK_CHECK(server_ != nullptr, "a call before connect()");
  auto answer = call(*server_, env_.now() + call_deadline_);
  if (code_of(answer) != Code::kUnauthenticated || !password_changed()) return answer;
  return call(*server_, env_.now() + call_deadline_);
}

Result<ServerHealth> ServerSession::health() {
  return ask([](ServerApi& server, SteadyTime deadline) { return server.health(deadline); });
}

Result<OperationReport> ServerSession::status(OperationKind kind, std::string_view name) {
  return ask(
      [&](ServerApi& server, SteadyTime deadline) { return server.status(kind, name, deadline); });
}

Status ServerSession::start(const StartRequest& request) {
  return ask(
      [&](ServerApi& server, SteadyTime deadline) { return server.start(request, deadline); });
}

Status ServerSession::stop() {
  return ask([](ServerApi& server, SteadyTime deadline) { return server.stop(deadline); });
}

}  // namespace drydock::control

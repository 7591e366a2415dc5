// The conversation with one pod's server: address, password and the nonce that serves many
// requests.
//
//   DRYDOCK_RETURN_IF_ERROR(session.connect(pod.pod_ip, cluster));
//   Result<OperationReport> report = session.status(OperationKind::kBackup, "my-backup");
//
// A password that was changed since it was read is read again before a refusal is believed.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/control/kube_client.h"
#include "core/control/rest_client.h"

namespace drydock::control {

// How servers are reached: direct by default, through pods/exec, or a test's own.
using ServerApiFactory =
    std::function<std::unique_ptr<ServerApi>(const Address& server, ServerApiOptions options)>;

class ServerSession {
 public:
  // `env` and `kube` must outlive this.
  ServerSession(Env& env, KubeClient& kube, ServerApiFactory factory, Duration call_deadline)
      : env_(env), kube_(kube), factory_(std::move(factory)), call_deadline_(call_deadline) {}

  // Reads the password and makes ready for calls, unless it is for this address already. May
  // suspend. kFailedPrecondition: there is no address, or no usable password (the message says so).
  Status connect(const std::string& pod_ip, const std::string& cluster, int major_version);

  // As ServerApi's, each with the call deadline; connect() must have been ok before.
  Result<ServerHealth> health();
  Result<OperationReport> status(OperationKind kind, std::string_view name);
  Status start(const StartRequest& request);
  Status stop();

 private:
  template <class Call>
  auto ask(Call call);
  Status open();
  Result<Credentials> read_password();
  bool password_changed();

  Env& env_;
  KubeClient& kube_;
  ServerApiFactory factory_;
  Duration call_deadline_;
  std::string cluster_;
  std::string pod_ip_;
  int major_version_ = 0;
  Credentials credentials_;
  std::unique_ptr<ServerApi> server_;
};

}  // namespace drydock::control

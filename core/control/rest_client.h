// The REST API of the server in an operation's pod, as far as an operation needs it.
//
//   auto server = std::make_unique<DirectServerApi>(wire, Address{pod_ip, 11223}, options);
//   Result<OperationReport> report = server->status(OperationKind::kBackup, "my-backup", deadline);
//
// Every call may suspend until its deadline. Codes: kUnauthenticated (401 to two fresh challenges),
// kForbidden (403), kUnavailable (502, 503, 504), kRefused, kConnectionReset, kDeadlineExceeded and
// kCancelled as Wire says them; the rest per function. After the first error nothing is tried
// again.
//
// Routes and codes as answered by Infinispan 12.1 to 16.0; up to major 14 below
// rest/v2/cache-managers/default, from 15 on below rest/v2/container.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/base/resources.h"
#include "core/base/wire.h"

namespace drydock::control {

enum class OperationState { kAbsent, kRunning, kSucceeded, kFailed };

struct OperationReport {
  OperationState state = OperationState::kAbsent;
  std::string reason;  // of kFailed: what the server says; often empty, the log has the cause
};

struct ServerHealth {
  std::vector<std::string> members;  // the server's own view, itself included
  std::string status;                // HEALTHY, HEALTHY_REBALANCING, DEGRADED, FAILED, ...
};

struct StartRequest {
  OperationKind kind = OperationKind::kBackup;
  std::string name;
  std::string path;  // Backup: the directory; Restore: the archive
  ResourceSelection resources;
};

class ServerApi {
 public:
  virtual ~ServerApi() = default;

  virtual Result<ServerHealth> health(SteadyTime deadline) = 0;
  // A 500 is the operation's own failure. kInternal: an answer that no server should give.
  virtual Result<OperationReport> status(OperationKind kind, std::string_view name,
                                         SteadyTime deadline) = 0;
  // kOk: accepted (202). kAlreadyExists: known by this name already (409). kInvalid: refused, with
  // the server's words (400 and other 4xx). kInternal: 500.
  virtual Status start(const StartRequest& request, SteadyTime deadline) = 0;
  // kOk: the server will end (204). kInternal: any other answer.
  virtual Status stop(SteadyTime deadline) = 0;
};

struct ServerApiOptions {
  int major_version = 0;  // of the server; 0 = the newest
  Credentials credentials;
  NonceSource cnonce;
};

// Reaches the server at the pod's own address.
class DirectServerApi : public ServerApi {
 public:
  // `wire` must outlive this.
  DirectServerApi(Wire& wire, Address server, ServerApiOptions options);

  Result<ServerHealth> health(SteadyTime deadline) override;
  Result<OperationReport> status(OperationKind kind, std::string_view name,
                                 SteadyTime deadline) override;
  Status start(const StartRequest& request, SteadyTime deadline) override;
  Status stop(SteadyTime deadline) override;

 private:
  // Sends with authentication; answers every HTTP status but 401, 403 and 502 to 504.
  Result<HttpResponse> send(std::string method, std::string target, Body body, SteadyTime deadline);
  std::string operation_target(OperationKind kind, std::string_view name) const;
  std::string failure_reason(const std::string& target, SteadyTime deadline);

  Wire& wire_;
  Address server_;
  std::string base_;  // "/rest/v2/container"
  DigestClient digest_;
};

}  // namespace drydock::control

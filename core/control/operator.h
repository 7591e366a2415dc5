// The operator process: both controllers behind one leader election.
//
//   Operator op(env, wire, {.api = {"10.96.0.1", 443}, .namespace_name = "datagrid",
//                           .identity = "operator-1"});
//   Status ended = op.run();       // kCancelled, or kFailedPrecondition: leadership lost
//
// run() ends only with its task. After kFailedPrecondition the process must end: calls of its tasks
// may still be under way.
#pragma once

#include <string>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "core/control/informer.h"
#include "core/control/leader_election.h"
#include "core/control/operation_options.h"

namespace drydock::control {

struct OperatorOptions {
  Address api;
  std::string namespace_name;
  std::string bearer_token;
  std::string identity = "drydock-operator";  // names the leader, and the source of Events
  std::string user_agent = "drydock-operator";
  bool leader_elect = true;
  int workers = 4;                 // of each controller
  LeaderElectionOptions election;  // its identity is set from `identity`
  InformerOptions informer;
  OperationOptions operation;
};

class Operator {
 public:
  // `env` and `wire` must outlive every task of the process.
  Operator(Env& env, Wire& wire, OperatorOptions options)
      : env_(env), wire_(wire), options_(std::move(options)) {}

  // Suspends until the task is cancelled or leadership is lost; never returns kOk.
  Status run();

 private:
  Env& env_;
  Wire& wire_;
  OperatorOptions options_;
};

}  // namespace drydock::control

// The times of the Backup and Restore controllers; defaults and reasons are in limits.h.
#pragma once

#include "core/base/limits.h"

namespace drydock::control {

struct OperationOptions {
  Duration poll_interval = limits::kPollInterval;
  Duration call_deadline = limits::kCallDeadline;
  Duration cluster_recheck = limits::kClusterRecheck;
  Duration start_deadline = limits::kStartDeadline;
  Duration forgotten_after = limits::kForgottenAfter;
  Duration stop_deadline = limits::kStopDeadline;
  Duration yield_deadline = limits::kYieldDeadline;
  Duration unknown_poll_max = limits::kUnknownPollMax;
  // Zero: an operation whose state can't be told is waited for without end.
  Duration unknown_deadline = Duration::zero();
};

}  // namespace drydock::control

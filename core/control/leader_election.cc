#include "core/control/leader_election.h"

#include "core/base/log.h"

namespace drydock::control {

Status LeaderElector::acquire() {
  while (true) {
    const Status tried = try_once();
    if (tried.ok() || tried.code() == Code::kCancelled) return tried;
    log_debug(env_, "not the leader yet: {}", tried.to_string());
    DRYDOCK_RETURN_IF_ERROR(env_.sleep_for(options_.retry_period));
  }
}

Status LeaderElector::keep() {
  SteadyTime renewed = env_.now();
  while (true) {
    DRYDOCK_RETURN_IF_ERROR(env_.sleep_for(options_.retry_period));
    const SteadyTime asked = env_.now();
    const Status tried = try_once();
    if (tried.code() == Code::kCancelled) return tried;
    if (tried.ok()) renewed = asked;
    if (tried.code() == Code::kFailedPrecondition) return tried;
    if (env_.now() - renewed >= options_.renew_deadline)
      return Status(Code::kFailedPrecondition,
                    "leadership lost: the lease could not be renewed (" + tried.to_string() + ")");
  }
}

Status LeaderElector::try_once() {
  // While nobody else writes the lease, what we wrote last is what is stored.
  if (held_ != nullptr && write(*held_, false).ok()) return ok_status();
  held_ = nullptr;
  Result<JsonPtr> lease = kube_.get(kLeases, options_.lease);
  if (lease.code() == Code::kNotFound) return create();
  DRYDOCK_RETURN_IF_ERROR(lease.status());
  const std::string holder = json_string(**lease, {"spec", "holderIdentity"});
  if (holder == options_.identity) return write(**lease, false);
  if (holder.empty()) return write(**lease, true);

  std::string record = json_text(*json_find(**lease, {"spec"}));
  if (record != seen_record_) {
    seen_record_ = std::move(record);
    seen_at_ = env_.now();
  }
  if (env_.now() - seen_at_ < options_.lease_duration)
    return Status(Code::kFailedPrecondition, "'" + holder + "' is the leader");
  return write(**lease, true);
}

Status LeaderElector::create() {
  const json::value lease = json::object{{"apiVersion", kLeases.group_version},
                                         {"kind", kLeases.kind},
                                         {"metadata", json::object{{"name", options_.lease}}},
                                         {"spec", record(true, nullptr)}};
  DRYDOCK_ASSIGN(held_, kube_.create(kLeases, lease));
  return ok_status();
}

Status LeaderElector::write(const json::value& lease, bool taken_over) {
  json::value updated = lease;
  json_at(updated, {"spec"}) = record(taken_over, json_find(lease, {"spec"}));
  DRYDOCK_ASSIGN(held_, kube_.update(kLeases, std::move(updated)));
  return ok_status();
}

json::object LeaderElector::record(bool taken_over, const json::value* old) const {
  const std::string now = format_rfc3339_micro(env_.wall_now());
  const auto duration_s = std::chrono::duration_cast<seconds>(options_.lease_duration).count();
  const int64_t transitions = old == nullptr ? 0 : json_int(*old, {"leaseTransitions"});
  return {{"holderIdentity", options_.identity},
          {"leaseDurationSeconds", duration_s},
          {"acquireTime", taken_over || old == nullptr ? now : json_string(*old, {"acquireTime"})},
          {"renewTime", now},
          {"leaseTransitions", transitions + (taken_over && old != nullptr ? 1 : 0)}};
}

}  // namespace drydock::control

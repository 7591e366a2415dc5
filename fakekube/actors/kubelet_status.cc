#include "fakekube/actors/kubelet_status.h"

#include "core/base/log.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {

void StatusReporter::report(const std::string& pod_uid) {
  if (!queued_.insert(pod_uid).second) return;
  queue_.push_back(pod_uid);
  if (task_.done()) task_ = context_.spawn("kubelet/status", [this] { run(); });
}

void StatusReporter::run() {
  while (!queue_.empty()) {
    const Duration lag = context_.disk->status_lag;
    if (lag > Duration::zero() && !context_.env.sleep_for(lag).ok()) return;
    const std::string uid = queue_.front();
    queue_.pop_front();
    queued_.erase(uid);
    const auto found = context_.disk->pods.find(uid);
    if (found == context_.disk->pods.end()) continue;
    const PodRecord record = found->second;
    const Status written = write(record);
    if (written.code() == Code::kCancelled) return;
    if (written.ok() || written.code() == Code::kNotFound) continue;
    log_debug(context_.env, "kubelet {}: status of {}/{}: {}", context_.config.name,
              record.namespace_name, record.name, written.to_string());
    if (queued_.insert(uid).second) queue_.push_back(uid);
    if (!context_.env.sleep_for(timings::kStatusRetry).ok()) return;
  }
}

Status StatusReporter::write(const PodRecord& record) {
  bool deleting = false;
  DRYDOCK_RETURN_IF_ERROR(edit_object(*context_.client, kPods, record.namespace_name, record.name,
                                      record.uid, WritePart::kStatus, [&](json::value& pod) {
                                        deleting = is_deleting(pod);
                                        json::value wanted =
                                            derive_pod_status(pod, record, context_.config.address,
                                                              context_.env.wall_now());
                                        json::value& status = json_at(pod, {"status"});
                                        if (status == wanted) return false;
                                        status = std::move(wanted);
                                        return true;
                                      }));
  if (!deleting || !record.ended) return ok_status();
  return context_.client->remove(kPods, record.namespace_name, record.name,
                                 {.grace_period_seconds = 0, .uid = record.uid});
}

}  // namespace drydock::fakekube

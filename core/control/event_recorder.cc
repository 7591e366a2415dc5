#include "core/control/event_recorder.h"

#include <fmt/format.h>

#include "core/base/log.h"

namespace drydock::control {
namespace {

// Repetitions of more different Events than this start again at count 1.
constexpr size_t kMaxRemembered = 1024;

json::object reference(const Operation& about) {
  return {{"apiVersion", kOperationApiVersion},
          {"kind", kind_name(about.kind)},
          {"name", about.meta.name},
          {"namespace", about.meta.namespace_name},
          {"uid", about.meta.uid},
          {"resourceVersion", about.meta.resource_version}};
}

}  // namespace

void EventRecorder::record(const Operation& about, EventType type, std::string_view reason,
                           std::string_view message) {
  if (recorded_.size() >= kMaxRemembered) recorded_.clear();
  const std::string key = fmt::format("{}\n{}\n{}", about.meta.uid, reason, message);
  Recorded& recorded = recorded_[key];
  const Status status =
      recorded.name.empty() ? create(about, type, reason, message, recorded) : count_up(recorded);
  if (status.ok() || status.code() == Code::kCancelled) return;
  log_warn(env_, "the event {} of {} '{}' is not recorded: {}", reason, kind_name(about.kind),
           about.meta.name, status.to_string());
  recorded_.erase(key);
}

Status EventRecorder::create(const Operation& about, EventType type, std::string_view reason,
                             std::string_view message, Recorded& recorded) {
  const std::string now = format_rfc3339(env_.wall_now());
  recorded.name = fmt::format("{}.{:016x}", about.meta.name, env_.draw("event-name", created_++));
  json::value event = json::object{
      {"apiVersion", kEvents.group_version},
      {"kind", kEvents.kind},
      {"metadata", json::object{{"name", recorded.name}, {"namespace", about.meta.namespace_name}}},
      {"involvedObject", reference(about)},
      {"type", type == EventType::kNormal ? "Normal" : "Warning"},
      {"reason", reason},
      {"message", message},
      {"source", json::object{{"component", component_}}},
      {"firstTimestamp", now},
      {"lastTimestamp", now},
      {"count", 1}};
  return kube_.create(kEvents, std::move(event)).status();
}

Status EventRecorder::count_up(Recorded& recorded) {
  ++recorded.count;
  return kube_
      .patch(kEvents, recorded.name,
             json::object{{"count", recorded.count},
                          {"lastTimestamp", format_rfc3339(env_.wall_now())}})
      .status();
}

}  // namespace drydock::control

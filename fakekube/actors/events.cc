#include "fakekube/actors/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

// client-go: the broadcaster's queue, and its LRU caches.
constexpr size_t kQueueLimit = 1000;
constexpr size_t kSeenLimit = 4096;
// Messages of one kind, source and object that are kept apart before they are combined.
constexpr size_t kSimilarLimit = 10;
constexpr int kWriteAttempts = 12;
constexpr Duration kWriteRetry = seconds(10);

json::value reference(const json::value& object) {
  json::object out{{"kind", json_string(object, {"kind"})}};
  const std::string namespace_name = json_string(object, {"metadata", "namespace"});
  if (!namespace_name.empty()) out["namespace"] = namespace_name;
  out["name"] = json_string(object, {"metadata", "name"});
  out["uid"] = json_string(object, {"metadata", "uid"});
  out["apiVersion"] = json_string(object, {"apiVersion"});
  const std::string version = json_string(object, {"metadata", "resourceVersion"});
  if (!version.empty()) out["resourceVersion"] = version;
  return out;
}

bool may_pass(const Status& status) {
  return status.code() == Code::kUnavailable || status.code() == Code::kRefused ||
         status.code() == Code::kConnectionReset || status.code() == Code::kDeadlineExceeded;
}

}  // namespace

EventRecorder::EventRecorder(Env& env, std::shared_ptr<ApiClient> client, std::string component,
                             std::string host)
    : Actor(env, component + "/events"),
      client_(std::move(client)),
      component_(std::move(component)),
      host_(std::move(host)) {}

void EventRecorder::normal(const json::value& object, std::string_view reason,
                           std::string message) {
  record("Normal", object, reason, std::move(message));
}

void EventRecorder::warning(const json::value& object, std::string_view reason,
                            std::string message) {
  record("Warning", object, reason, std::move(message));
}

void EventRecorder::record(std::string_view type, const json::value& object,
                           std::string_view reason, std::string message) {
  if (stopped() || queue_.size() >= kQueueLimit) return;
  Item item;
  item.type = type;
  item.reason = reason;
  item.involved = reference(object);
  item.namespace_name = json_string(item.involved, {"namespace"}, "default");
  item.at = env_.wall_now();
  item.message = std::move(message);
  item.key = fmt::format("{}|{}|{}|{}", json_string(item.involved, {"kind"}),
                         json_string(item.involved, {"uid"}), type, reason);
  queue_.push_back(std::move(item));
  if (writer_.done()) writer_ = spawn(name(), [this] { write_all(); });
}

void EventRecorder::write_all() {
  while (!queue_.empty()) {
    Item item = std::move(queue_.front());
    queue_.pop_front();
    combine_similar(item);
    if (!take_token(json_string(item.involved, {"uid"}))) continue;
    for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
      const Status written = write(item);
      if (written.code() == Code::kCancelled) return;
      if (!may_pass(written)) break;
      if (!env_.sleep_for(kWriteRetry).ok()) return;
    }
  }
}

// Many different messages of one reason become one event that says so.
void EventRecorder::combine_similar(Item& item) {
  Similar& similar = similar_[item.key];
  if (env_.now() - similar.last > timings::kEventSimilarWindow) similar.messages.clear();
  similar.last = env_.now();
  if (similar.messages.size() < kSimilarLimit || similar.messages.contains(item.message)) {
    similar.messages.insert(item.message);
    item.key += "|" + item.message;
    return;
  }
  item.message = "(combined from similar events): " + item.message;
}

bool EventRecorder::take_token(const std::string& object_key) {
  const auto [position, is_new] = budgets_.try_emplace(object_key);
  Budget& budget = position->second;
  if (is_new) budget = {timings::kEventBurst, env_.now()};
  const int64_t refills = (env_.now() - budget.refilled) / timings::kEventRefill;
  budget.refilled += refills * timings::kEventRefill;
  budget.tokens =
      static_cast<int>(std::min<int64_t>(budget.tokens + refills, timings::kEventBurst));
  if (budget.tokens == 0) return false;
  --budget.tokens;
  return true;
}

Status EventRecorder::write(const Item& item) {
  if (seen_.size() > kSeenLimit) {
    seen_.clear();
    similar_.clear();
    budgets_.clear();
  }
  Seen& seen = seen_[item.key];
  const std::string now = format_rfc3339(item.at);
  if (seen.count > 0) {
    json::object patch{{"count", seen.count + 1}, {"lastTimestamp", now}};
    patch["message"] = item.message;
    const Result<JsonPtr> patched =
        client_->patch(kEvents, item.namespace_name, seen.event_name, std::move(patch));
    if (patched.ok()) ++seen.count;
    if (patched.code() != Code::kNotFound) return patched.status();
  }
  const uint64_t nanos = static_cast<uint64_t>(item.at.time_since_epoch().count());
  const std::string name =
      fmt::format("{}.{:x}", json_string(item.involved, {"name"}), nanos + names_given_++);
  json::object event{{"apiVersion", "v1"}, {"kind", "Event"}};
  event["metadata"] = json::object{{"name", name}, {"namespace", item.namespace_name}};
  event["involvedObject"] = item.involved;
  event["reason"] = item.reason;
  event["message"] = item.message;
  json::object source{{"component", component_}};
  if (!host_.empty()) source["host"] = host_;
  event["source"] = std::move(source);
  event["firstTimestamp"] = now;
  event["lastTimestamp"] = now;
  event["count"] = 1;
  event["type"] = item.type;
  event["eventTime"] = nullptr;
  event["reportingComponent"] = component_;
  event["reportingInstance"] = host_;
  DRYDOCK_RETURN_IF_ERROR(client_->create(kEvents, std::move(event)).status());
  seen = {name, 1};
  return ok_status();
}

}  // namespace drydock::fakekube

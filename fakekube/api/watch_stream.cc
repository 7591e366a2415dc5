// The watch verb over HTTP: initial events, changes, bookmarks, errors and the end of the stream.
#include <algorithm>
#include <memory>

#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"
#include "fakekube/store/watch.h"

namespace drydock::fakekube {
namespace {

constexpr Duration kBookmarkPeriod = minutes(1);
constexpr Duration kBookmarkBeforeEnd = seconds(2);

JsonPtr event_line(std::string_view type, json::value object) {
  return make_json(json::object{{"type", text_value(type)}, {"object", std::move(object)}});
}

// What the handler fixed when the watch began; the stream function goes on from there.
struct WatchState {
  ApiServer& server;
  const ResourceType& type;
  WatchFilter filter;
  WatchCursor cursor;
  std::vector<WatchEvent> initial;
  uint64_t started_at = 0;  // bookmarks only for what is newer
  bool bookmarks = false;
  Duration lasts{};
};

class WatchRun {
 public:
  WatchRun(WatchState& state, StreamWriter& writer)
      : state_(state),
        writer_(writer),
        env_(state.server.env()),
        gate_(env_.make_gate()),
        end_(env_.now() + state.lasts) {}

  void run() {
    writer_.on_closed([gate = gate_] { gate->notify_all(); });
    const Subscription subscription =
        state_.server.store().subscribe(state_.type, [this](const StoreEvent& event) {
          if (state_.filter.concerns(event)) gate_->notify_all();
        });
    for (const WatchEvent& event : state_.initial)
      if (!send(watch_envelope(event))) return;
    schedule_bookmark();
    while (deliver() && wait()) {
    }
  }

 private:
  bool send(JsonPtr line) { return writer_.write(Body(std::move(line))).ok(); }

  // Sends what is there. False: the stream is over.
  bool deliver() {
    if (state_.cursor.expired()) {
      send_expired();
      return false;
    }
    while (const StoreEvent* event = state_.cursor.next()) {
      const std::optional<WatchEvent> seen = state_.filter.translate(*event);
      if (seen && !send(watch_envelope(*seen))) return false;
      if (state_.cursor.expired()) {
        send_expired();
        return false;
      }
    }
    return !writer_.closed();
  }

  void send_expired() {
    const ApiReply error =
        failure(410, "Expired",
                "too old resource version: " + std::to_string(state_.cursor.revision()) + " (" +
                    std::to_string(state_.server.store().floor(state_.type)) + ")");
    (void)send(event_line("ERROR", *error.body));
  }

  // Suspends until there may be something to send. False: the time is up, or the task is to end.
  bool wait() {
    const SteadyTime until = std::min(end_, state_.bookmarks ? bookmark_ : end_);
    const Status status = gate_->wait(until);
    if (status.code() == Code::kCancelled || writer_.closed()) return false;
    if (env_.now() >= end_) return false;
    if (state_.bookmarks && env_.now() >= bookmark_) return send_bookmark();
    return true;
  }

  bool send_bookmark() {
    if (!deliver()) return false;
    schedule_bookmark();
    const uint64_t revision = state_.server.store().last_revision(state_.type);
    if (revision <= state_.started_at) return true;
    json::object object{{"kind", text_value(state_.type.kind)},
                        {"apiVersion", text_value(state_.type.api_version)},
                        {"metadata", {{"resourceVersion", std::to_string(revision)}}}};
    return send(event_line("BOOKMARK", std::move(object)));
  }

  // Each minute, and once before the end.
  void schedule_bookmark() {
    const SteadyTime now = env_.now();
    const SteadyTime last = end_ - kBookmarkBeforeEnd;
    bookmark_ = now + kBookmarkPeriod;
    if (now < last)
      bookmark_ = std::min(bookmark_, last);
    else
      bookmark_ = end_;
  }

  WatchState& state_;
  StreamWriter& writer_;
  Env& env_;
  std::shared_ptr<Gate> gate_;
  SteadyTime end_;
  SteadyTime bookmark_{};
};

std::vector<WatchEvent> existing(ApiServer& server, const ApiCall& call, const Selector& selector) {
  std::vector<WatchEvent> events;
  const Store::Objects& objects = server.store().objects(*call.type);
  for (auto at = objects.lower_bound(Store::KeyLess::View(call.namespace_name, ""));
       at != objects.end(); ++at) {
    if (!call.namespace_name.empty() && at->first.first != call.namespace_name) break;
    if (!selector.matches(*at->second.value)) continue;
    const bool added = string_at(*at->second.envelope, {"type"}) == "ADDED";
    events.push_back({.type = WatchEventType::kAdded,
                      .object = at->second.value,
                      .revision = at->second.revision,
                      .envelope = added ? at->second.envelope : nullptr});
  }
  return events;
}

std::optional<ApiReply> check_options(const ApiCall& call) {
  FieldErrors errors;
  if (!call.resource_version_match.empty() && !call.send_initial_events)
    errors.push_back(forbidden_value(
        "resourceVersionMatch",
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  if (call.send_initial_events && call.resource_version_match != "NotOlderThan")
    errors.push_back(
        forbidden_value("resourceVersionMatch",
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  if (call.send_initial_events)
    errors.push_back(forbidden_value("sendInitialEvents",
                                     "sendInitialEvents is forbidden for watch unless the "
                                     "WatchList feature gate is enabled"));
  if (errors.empty()) return std::nullopt;
  return invalid_options("ListOptions", errors);
}

}  // namespace

ApiReply watch_objects(ApiServer& server, const ApiCall& call) {
  if (auto refused = check_options(call)) return *std::move(refused);
  Result<Selector> selector = parse_selector(*call.type, call.label_selector, call.field_selector);
  if (!selector.ok()) return bad_request(selector.status().message());
  const std::string text = call.resource_version.value_or("");
  const std::optional<uint64_t> wanted = parse_revision(text);
  if (!wanted) return failure(500, "", bad_revision_text(text));
  const uint64_t from = *wanted == 0 ? server.store().revision() : *wanted;
  auto state = std::make_shared<WatchState>(WatchState{
      .server = server,
      .type = *call.type,
      .filter = {.namespace_name = call.namespace_name, .selector = *selector},
      .cursor = server.store().watch(*call.type, from),
      .initial = *wanted == 0 ? existing(server, call, *selector) : std::vector<WatchEvent>(),
      .started_at = *wanted,
      .bookmarks = call.allow_bookmarks,
      .lasts =
          call.timeout_seconds ? seconds(*call.timeout_seconds) : server.options().watch_timeout});
  ApiReply reply;
  reply.stream = [state](StreamWriter& writer) { WatchRun(*state, writer).run(); };
  return reply;
}

}  // namespace drydock::fakekube

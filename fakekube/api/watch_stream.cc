// The watch verb over HTTP: initial events, changes, bookmarks, errors and the end of the stream.
#include <algorithm>
#include <memory>

#include "fakekube/api/bookmarks.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/api/watch_feed.h"
#include "fakekube/http/table.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

namespace drydock::fakekube {
namespace {

constexpr Duration kBookmarkPeriod = minutes(1);
constexpr Duration kBookmarkBeforeEnd = seconds(2);

JsonPtr error_line(const ApiReply& error) {
  return make_json(json::object{{"type", "ERROR"}, {"object", *error.body}});
}

// What the handler fixed when the watch began; the stream function goes on from there.
struct WatchState {
  WatchState(ApiServer& server_, const ApiCall& call, WatchFilter filter, uint64_t after)
      : server(server_),
        type(*call.type),
        feed(server_, *call.type, std::move(filter), after, call.user_agent),
        renderer(server_, call),
        rendered(call.rendering != Rendering::kObject),
        bookmarks(call.allow_bookmarks) {}

  ApiServer& server;
  const ResourceType& type;
  WatchFeed feed;
  EventRenderer renderer;
  bool rendered;
  bool bookmarks;
  uint64_t started_at = 0;  // bookmarks only for what is newer
  bool mark_initial = false;
  Duration lasts{};
  JsonPtr refusal;  // an ERROR event, instead of everything else
};

class WatchRun {
 public:
  WatchRun(WatchState& state, StreamWriter& writer)
      : state_(state),
        writer_(writer),
        env_(state.server.env()),
        gate_(env_.make_gate()),
        end_(env_.now() + state.lasts) {}

  ~WatchRun() { state_.feed.wake_with({}); }
  WatchRun(const WatchRun&) = delete;
  WatchRun& operator=(const WatchRun&) = delete;

  void run() {
    if (state_.refusal != nullptr) return (void)send(state_.refusal);
    writer_.on_closed([gate = gate_] { gate->notify_all(); });
    state_.feed.wake_with([this] { gate_->notify_all(); });
    schedule_bookmark();
    while (deliver() && wait()) {
    }
  }

 private:
  bool send(JsonPtr line) {
    if (state_.rendered) line = state_.renderer.render(std::move(line));
    if (line == nullptr) return false;  // a form that events don't have ends the stream
    return writer_.write(Body(std::move(line))).ok();
  }

  // Sends what is there. False: the stream is over.
  bool deliver() {
    while (true) {
      if (state_.mark_initial && state_.feed.begun() && !send_mark()) return false;
      const std::optional<WatchEvent> event = state_.feed.next();
      if (!event) break;
      if (!send(watch_envelope(*event))) return false;
      if (state_.feed.too_slow(state_.server.options().watch_buffer)) return false;
    }
    if (const std::optional<StreamEnd> end = state_.feed.end()) {
      send_end(*end);
      return false;
    }
    return !writer_.closed();
  }

  void send_end(StreamEnd end) {
    if (end == StreamEnd::kExpired) {
      ++state_.server.storage().troubles().expired;
      (void)send(error_line(failure(410, "Expired", state_.feed.too_old_text())));
    }
    if (end == StreamEnd::kError)
      (void)send(
          error_line(failure(500, "InternalError",
                             "Internal error occurred: the watch stream broke", StatusDetails{})));
  }

  // The end of the first events.
  bool send_mark() {
    state_.mark_initial = false;
    return send(bookmark_line(state_.type, state_.started_at, true));
  }

  // Suspends until there may be something to send. False: the time is up, or the task is to end.
  bool wait() {
    const SteadyTime bookmark = state_.bookmarks ? bookmark_ : kForever;
    const Status status = gate_->wait(std::min({end_, bookmark, state_.feed.due()}));
    if (status.code() == Code::kCancelled || writer_.closed()) return false;
    if (env_.now() >= end_) return false;
    if (env_.now() >= bookmark) return send_bookmark();
    return true;
  }

  bool send_bookmark() {
    if (!deliver()) return false;
    schedule_bookmark();
    const uint64_t revision = state_.server.view(state_.type).revision();
    if (revision <= state_.started_at || !state_.feed.passed(revision)) return true;
    return send(bookmark_line(state_.type, revision, false));
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

std::optional<ApiReply> check_options(const ApiServer& server, const ApiCall& call) {
  const std::string& match = call.resource_version_match;
  FieldErrors errors;
  const auto forbid = [&errors](std::string field, std::string_view why) {
    errors.push_back(forbidden_value(std::move(field), why));
  };
  if (call.send_initial_events && match != "NotOlderThan")
    forbid("resourceVersionMatch",
           "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  if (call.send_initial_events && !server.options().watch_list)
    forbid("sendInitialEvents",
           "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
  if (!match.empty() && !call.send_initial_events)
    forbid("resourceVersionMatch",
           "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  if (!match.empty() && match != "NotOlderThan")
    errors.push_back(not_supported("resourceVersionMatch", quoted(match), "\"NotOlderThan\""));
  if (!match.empty() && !call.continue_token.empty())
    forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
  if (errors.empty()) return std::nullopt;
  return invalid_options("ListOptions", errors);
}

// From where the changes come, and whether the state comes first.
struct Beginning {
  uint64_t after = 0;
  const Store::Objects* state = nullptr;
};

Beginning beginning_of(ApiServer& server, const ApiCall& call, uint64_t wanted) {
  View& view = server.view(*call.type);
  const bool from_storage = call.resource_version.value_or("").empty();
  Beginning begin;
  // A cache that is behind the wanted revision asks storage how far it is.
  begin.after =
      from_storage || wanted > view.revision() ? server.store().revision() : view.revision();
  const bool state_first = call.send_initial_events.value_or(wanted == 0);
  if (state_first)
    begin.state = from_storage ? &server.store().objects(*call.type) : &view.objects();
  else if (wanted > 0)
    begin.after = wanted;
  return begin;
}

Duration duration_of(const ApiServer& server, const ApiCall& call) {
  const int64_t asked = call.timeout_seconds.value_or(0);
  return asked == 0 ? server.options().watch_timeout : seconds(asked);
}

}  // namespace

ApiReply watch_objects(ApiServer& server, const ApiCall& call) {
  if (auto refused = check_options(server, call)) return *std::move(refused);
  Result<Selector> selector = parse_selector(*call.type, call.label_selector, call.field_selector);
  if (!selector.ok()) return bad_request(selector.status().message());
  const std::string text = call.resource_version.value_or("");
  const std::optional<uint64_t> wanted = parse_revision(text);
  if (!wanted) return failure(500, "", bad_revision_text(text));
  if (server.initialising()) return initialising_reply();
  if (auto refused = bad_include_object(call)) return *std::move(refused);
  const Beginning begin = beginning_of(server, call, *wanted);
  auto state = std::make_shared<WatchState>(
      server, call,
      WatchFilter{.namespace_name = call.namespace_name, .selector = *std::move(selector)},
      begin.after);
  View& view = server.view(*call.type);
  if (begin.state != nullptr) {
    state->feed.begin_with(*begin.state);
    state->mark_initial = server.options().watch_list && call.allow_bookmarks;
    if (!has_reached(server, *call.type, *wanted))
      state->refusal = error_line(too_large_revision(*wanted, view.revision()));
  }
  state->started_at = std::max({view.revision(), begin.after, *wanted});
  state->lasts = duration_of(server, call);
  ApiReply reply;
  reply.stream = [state](StreamWriter& writer) { WatchRun(*state, writer).run(); };
  return reply;
}

}  // namespace drydock::fakekube

// An informer: a copy, kept up to date by list and watch, of all objects of one kind in the
// client's namespace, and a call for every change.
//
//   Informer pods(env, kube, kPods, {});
//   pods.on_change([&](const JsonPtr& before, const JsonPtr& after) { queue.add(...); });
//   env.spawn("pods", [&] { pods.run().ok(); });
//   DRYDOCK_RETURN_IF_ERROR(pods.wait_synced(deadline));
//   JsonPtr pod = pods.get("my-backup");      // nullptr: not in the copy
//
// The copy may be behind the API server, and may go back in time when another server answers:
// decide nothing that can't be undone from it alone. It is level-triggered: changes may be merged,
// and a deletion and creation of one name may be seen as one change of uid.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/sync.h"
#include "core/control/kube_client.h"

namespace drydock::control {

struct InformerOptions {
  Duration watch_timeout = limits::kWatchTimeout;
  // A watch without any event, bookmark or end for this long is taken for dead.
  Duration idle_grace = limits::kCallDeadline;
  Duration backoff_base = milliseconds(100);
  Duration backoff_max = seconds(10);
};

class Informer {
 public:
  // `before` is null for a new object, `after` for a deleted one. May not suspend.
  using Handler = std::function<void(const JsonPtr& before, const JsonPtr& after)>;

  Informer(Env& env, KubeClient& kube, const KubeResource& resource, InformerOptions options);

  // Before run() only. Handlers are called in the order of their registration.
  void on_change(Handler handler) { handlers_.push_back(std::move(handler)); }

  // Lists and watches until the task is cancelled; returns kCancelled. Suspends.
  Status run();

  // kOk once the first list is complete. May suspend.
  Status wait_synced(SteadyTime deadline) { return synced_.wait(deadline); }

  const KubeResource& resource() const { return resource_; }

  // The newest known object, or nullptr.
  JsonPtr get(std::string_view name) const;
  const std::map<std::string, JsonPtr, std::less<>>& objects() const { return objects_; }

  // Puts `written`, the answer of a write that carried `replaced_version`, into the copy unless the
  // copy has moved on, so that the writer reads its own write before the watch delivers it.
  // Handlers are called when it does.
  void note_write(std::string_view replaced_version, JsonPtr written);

 private:
  // Versions of one object that our own writes replaced and whose watch events are still to come.
  using Superseded = std::vector<std::string>;

  Status list_and_watch();
  Status relist();
  Status watch_from_here();
  Status read_stream(ResponseStream& stream);
  Status apply_chunk(const Body& chunk);
  Status apply_event(const JsonPtr& event);
  void store(JsonPtr object);
  void erase(const std::string& name, const JsonPtr& last_state);
  bool is_superseded(const std::string& name, std::string_view version) const;
  void notify(const JsonPtr& before, const JsonPtr& after);

  Env& env_;
  KubeClient& kube_;
  const KubeResource resource_;
  InformerOptions options_;
  std::vector<Handler> handlers_;
  std::map<std::string, JsonPtr, std::less<>> objects_;
  std::map<std::string, Superseded, std::less<>> superseded_;
  std::string resource_version_;  // empty: list before watching
  std::string partial_line_;      // of a stream whose chunks are not whole lines
  Event synced_;
  bool progressed_ = false;  // since the last back-off
};

}  // namespace drydock::control

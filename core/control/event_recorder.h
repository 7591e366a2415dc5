// Writes Kubernetes Events about Backups and Restores: what `kubectl describe` shows.
//
//   recorder.record(operation, EventType::kWarning, "OperationFailed", "Cache 'a' does not exist");
//
// An Event is news, not state: an error of writing one is logged and forgotten. A repetition raises
// the count of the Event that exists.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/env.h"
#include "core/base/resources.h"
#include "core/control/kube_client.h"

namespace drydock::control {

enum class EventType { kNormal, kWarning };

class EventRecorder {
 public:
  // `component` is shown as the source. `env` and `kube` must outlive this.
  EventRecorder(Env& env, KubeClient& kube, std::string component)
      : env_(env), kube_(kube), component_(std::move(component)) {}

  // May suspend for one call of the API.
  void record(const Operation& about, EventType type, std::string_view reason,
              std::string_view message);

 private:
  struct Recorded {
    std::string name;
    int64_t count = 1;
  };

  Status create(const Operation& about, EventType type, std::string_view reason,
                std::string_view message, Recorded& recorded);
  Status count_up(Recorded& recorded);

  Env& env_;
  KubeClient& kube_;
  std::string component_;
  std::map<std::string, Recorded, std::less<>> recorded_;  // by uid, reason and message
  uint64_t created_ = 0;
};

}  // namespace drydock::control

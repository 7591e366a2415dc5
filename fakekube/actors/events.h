// Recorder of Kubernetes Events, as client-go's: never blocks its caller, counts repeats, drops
// what exceeds the rate, forgets what can't be written.
//
//   auto events = std::make_shared<EventRecorder>(env, client, "kubelet", "node-1");
//   events->normal(*pod, "Started", "Started container infinispan");
//   events->warning(*pod, "FailedMount", "MountVolume.SetUp failed ...");
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/actors/actor.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class EventRecorder : public Actor {
 public:
  // `component` and `host` become source.component and source.host (host may be empty).
  EventRecorder(Env& env, std::shared_ptr<ApiClient> client, std::string component,
                std::string host = "");

  // Never suspends. `object` is what the event is about (with kind, apiVersion and metadata).
  void normal(const json::value& object, std::string_view reason, std::string message);
  void warning(const json::value& object, std::string_view reason, std::string message);

 private:
  struct Item {
    std::string type;
    std::string reason;
    std::string message;
    json::value involved;
    std::string namespace_name;
    WallTime at;
    std::string key;  // kind, uid, type, reason; and the message, unless it is combined
  };
  struct Seen {
    std::string event_name;
    int64_t count = 0;
  };
  struct Similar {
    std::set<std::string> messages;
    SteadyTime last{};
  };
  struct Budget {
    int tokens = 0;
    SteadyTime refilled{};
  };

  void run() override {}  // a task lives only while there is something to write
  void write_all();
  void record(std::string_view type, const json::value& object, std::string_view reason,
              std::string message);
  void combine_similar(Item& item);
  bool take_token(const std::string& object_key);
  Status write(const Item& item);

  std::shared_ptr<ApiClient> client_;
  std::string component_;
  std::string host_;
  std::deque<Item> queue_;
  TaskHandle writer_;
  std::map<std::string, Seen> seen_;
  std::map<std::string, Similar> similar_;
  std::map<std::string, Budget> budgets_;
  uint64_t names_given_ = 0;
};

}  // namespace drydock::fakekube

// NodeCore: the parts of one node, and how they reach one another. Tasks of the node hold it by
// shared_ptr, so that it outlives the Node object while they unwind.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/env.h"
#include "fakegrid/data/cache_table.h"
#include "fakegrid/data/calls.h"
#include "fakegrid/data/data_server.h"
#include "fakegrid/membership/membership.h"
#include "fakegrid/node/message.h"
#include "fakegrid/node/node.h"
#include "fakegrid/topology/coordinator.h"

namespace drydock::fakegrid {

class NodeCore : public std::enable_shared_from_this<NodeCore> {
 public:
  NodeCore(Env& environment, Transport& wire, NodeConfig node_config);

  // Begins to take messages; the node is starting from then on.
  void listen();
  // From now on nothing is sent, received or done.
  void stop();
  bool running() const { return state != NodeState::kNew && state != NodeState::kStopped; }

  template <class Body>
  void send(const std::string& to, Body&& body) {
    post(to, std::make_shared<const Message>(Message{std::forward<Body>(body)}));
  }
  // One message value for all of them.
  template <class Body>
  void send_to_all(const std::vector<std::string>& addresses, Body&& body) {
    if (addresses.empty()) return;
    const auto message = std::make_shared<const Message>(Message{std::forward<Body>(body)});
    for (const std::string& to : addresses) post(to, message);
  }
  // Tells the coordinator, which may be this node.
  void confirm(PhaseConfirm done);
  // Starts a task that keeps this core.
  void spawn(const std::string& name, std::function<void()> body);

  // Wakes all wait_until()s and tells the owner's on_change callback.
  void notify();
  // May suspend. kFailedPrecondition once the node is stopped.
  template <class Condition>
  Status wait_until(Condition condition, SteadyTime deadline) {
    while (!condition()) {
      if (!running()) return Status(Code::kFailedPrecondition, "the node is not running");
      DRYDOCK_RETURN_IF_ERROR(changed_->wait(deadline));
    }
    return ok_status();
  }

  // After Membership installed a view.
  void on_view(const ViewPtr& before, const std::set<std::string>& abrupt);
  // After a definition was stored in org.infinispan.CONFIG.
  void on_definition(const CacheRecord& record);
  // After a definition was removed from it.
  void on_definition_removed(std::string_view key);

  // Where this node finds the entries of non-clustered caches; empty: nowhere at the moment.
  std::string home_of_local_caches() const;

  Member self_member() const { return {config.name, self, config.zero_capacity, config.capacity}; }
  InternalCaches internal_caches() const;
  int64_t now_ms() const { return to_epoch_ms(env.wall_now()); }

  Env& env;
  Transport& transport;
  const NodeConfig config;
  const ServerVersion version;  // of config.version
  const std::string self;       // address
  NodeState state = NodeState::kNew;
  std::function<void()> on_change;
  int creations = 0;  // of caches, within a second (quirk F58)
  SteadyTime last_creation{};
  std::string refused;  // why the cluster does not take this node in; empty: it does
  uint64_t messages_sent = 0, bytes_sent = 0;

  Membership membership{*this};
  CacheTable caches{*this};
  Coordinator coordinator{*this};
  DataServer server{*this};
  Calls calls;

 private:
  void post(const std::string& to, MessagePtr message);
  void receive(const std::string& from, const MessagePtr& message);
  void dispatch(const std::string& from, const MessagePtr& message);
  void install(const std::string& from, const TopologyUpdate& update);

  std::unique_ptr<Gate> changed_;
  // From nodes that a view to come may have as members.
  std::vector<std::pair<std::string, MessagePtr>> early_;
};

}  // namespace drydock::fakegrid

#include "fakegrid/node/node.h"

#include <utility>

#include "core/base/log.h"
#include "fakegrid/node/core.h"
#include "fakegrid/node/life_log.h"

namespace drydock::fakegrid {

Node::Node(Env& env, Transport& transport, NodeConfig config)
    : core_(std::make_shared<NodeCore>(env, transport, std::move(config))) {}

Node::~Node() {
  core_->on_change = nullptr;
  core_->stop();
}

Status Node::start(SteadyTime deadline) {
  DRYDOCK_CHECK(core_->state == NodeState::kNew, "a node starts once");
  core_->state = NodeState::kStarting;
  core_->listen();
  const LifeLog log(*core_);
  log.starts();
  DRYDOCK_RETURN_IF_ERROR(core_->membership.join(deadline));
  log.joined();
  DRYDOCK_RETURN_IF_ERROR(core_->wait_until(
      [this] { return core_->caches.settled() || !core_->refused.empty(); }, deadline));
  if (!core_->refused.empty()) {
    log_at(core_->env, spdlog::level::critical, "ISPN000659: {}", core_->refused);
    core_->stop();
    return Status(Code::kFailedPrecondition, core_->refused);
  }
  core_->state = NodeState::kRunning;
  log_info(core_->env, "ISPN080001: Infinispan Server {} started", core_->config.version);
  core_->notify();
  return ok_status();
}

void Node::start_formed(const ClusterSnapshot& snapshot) {
  DRYDOCK_CHECK(core_->state == NodeState::kNew, "a node starts once");
  const int position = position_of(*snapshot.view->members, core_->self);
  DRYDOCK_CHECK(position >= 0, "the snapshot has no member at " + core_->self);
  core_->state = NodeState::kRunning;
  core_->listen();
  core_->membership.adopt(snapshot.view);
  core_->caches.adopt(snapshot, position);
  if (position == 0) {
    std::vector<TopologyPtr> topologies;
    for (const auto& formed : snapshot.caches) topologies.push_back(formed.topology);
    core_->coordinator.adopt(topologies);
  }
}

Status Node::leave(SteadyTime deadline) {
  if (core_->state == NodeState::kStopped) return ok_status();
  log_info(core_->env, "ISPN080002: Infinispan Server stopping");
  core_->state = NodeState::kStopping;
  core_->notify();
  const Status left = core_->membership.leave(deadline);
  LifeLog(*core_).leaves();
  core_->stop();
  return left;
}

NodeState Node::state() const { return core_->state; }
const NodeConfig& Node::config() const { return core_->config; }
const ServerVersion& Node::version() const { return core_->version; }
std::string Node::address() const { return core_->self; }
bool Node::is_coordinator() const { return core_->membership.is_coordinator(); }
void Node::on_change(std::function<void()> callback) { core_->on_change = std::move(callback); }

std::vector<Member> Node::members() const {
  const ViewPtr& view = core_->membership.view();
  return view ? *view->members : std::vector<Member>();
}

uint64_t Node::merged_views() const { return core_->membership.merged_views(); }

int64_t Node::view_id() const {
  const ViewPtr& view = core_->membership.view();
  return view ? view->id : -1;
}

Health Node::health() const {
  Health health;
  health.cluster_name = core_->config.cluster_name;
  health.status = "HEALTHY";
  for (const Member& member : members()) health.node_names.push_back(member.name);
  if (!health.node_names.empty()) health.coordinator = health.node_names.front();
  for (const auto& [name, cache] : core_->caches.all()) {
    std::string& status = health.cache_status[name];
    status = "HEALTHY";
    if (cache.topology->phase != Phase::kNone) status = "HEALTHY_REBALANCING";
    if (cache.topology->degraded) status = "DEGRADED";
    if (status == "DEGRADED" || (status != "HEALTHY" && health.status == "HEALTHY"))
      health.status = status;
  }
  return health;
}

}  // namespace drydock::fakegrid

#include "fakegrid/membership/membership.h"

#include <algorithm>

#include "fakegrid/node/core.h"
#include "fakegrid/topology/topology_log.h"

namespace drydock::fakegrid {

bool Membership::is_coordinator() const {
  return view_ && view_->coordinator().address == core_.self;
}

void Membership::adopt(ViewPtr view) {
  view_ = std::move(view);
  greet(nullptr);
}

Status Membership::join(SteadyTime deadline) {
  const bool never_alone =
      core_.config.zero_capacity && !core_.config.quirks.has(Quirk::kSingletonCluster);
  for (int attempt = 0; never_alone || attempt < timings::kJoinAttempts; ++attempt) {
    DRYDOCK_RETURN_IF_ERROR(look_for_cluster(deadline));
    if (view_) return ok_status();
    if (never_alone) continue;
    if (found_coordinator_.empty() && may_form_alone()) break;
  }
  form_alone();
  return ok_status();
}

// One round: asks everybody, then the coordinator that was named.
Status Membership::look_for_cluster(SteadyTime deadline) {
  Env& env = core_.env;
  found_coordinator_.clear();
  starting_peers_.clear();
  for (const std::string& address : core_.transport.discover())
    if (address != core_.self) core_.send(address, DiscoveryRequest{});
  const SteadyTime until = std::min(deadline, env.now() + core_.config.join_timeout);
  Status found = core_.wait_until([this] { return view_ || !found_coordinator_.empty(); }, until);
  if (found.ok() && !view_) {
    core_.send(found_coordinator_, JoinRequest{core_.self_member()});
    const SteadyTime answer = std::min(deadline, env.now() + core_.config.join_timeout);
    found = core_.wait_until([this] { return view_ != nullptr; }, answer);
  }
  if (found.code() == Code::kDeadlineExceeded && env.now() < deadline) return ok_status();
  return found;
}

// Of several nodes that start at once the one with the lowest address goes first.
bool Membership::may_form_alone() const {
  return starting_peers_.empty() || core_.self < *starting_peers_.begin();
}

void Membership::form_alone() {
  publish({core_.self_member()});
  for (const std::string& address : core_.transport.discover())
    if (address != core_.self) core_.send(address, MergeProbe{view_, core_.self});
}

Status Membership::leave(SteadyTime deadline) {
  if (!view_ || view_->members->size() == 1) return ok_status();
  const std::vector<Member>& members = *view_->members;
  const std::string& to = is_coordinator() ? members[1].address : members[0].address;
  core_.send(to, LeaveRequest{});
  return core_.wait_until([this] { return leave_done_; }, deadline);
}

void Membership::handle(const std::string& from, const DiscoveryRequest&) {
  if (core_.state == NodeState::kStopping) return;
  core_.send(from, DiscoveryReply{view_ ? view_->coordinator().address : ""});
}

void Membership::handle(const std::string& from, const DiscoveryReply& message) {
  if (view_) return;
  if (message.coordinator.empty())
    starting_peers_.insert(from);
  else if (found_coordinator_.empty())
    found_coordinator_ = message.coordinator;
  core_.notify();
}

void Membership::handle(const std::string& from, const JoinRequest& message) {
  if (!is_coordinator() || core_.state == NodeState::kStopping) return;
  if (view_->contains(from)) {
    core_.send(from, ViewUpdate{view_});
    return;
  }
  closed_.erase(from);
  expelled_.erase(from);
  leaving_.erase(from);
  std::vector<Member> members = *view_->members;
  members.push_back(message.joiner);
  publish(std::move(members));
}

void Membership::handle(const std::string& from, const LeaveRequest&) {
  if (!is_member(from)) return;
  std::vector<Member> members = *view_->members;
  std::erase_if(members, [&](const Member& member) { return member.address == from; });
  if (members.empty() || members.front().address != core_.self) return;
  leaving_.insert(from);
  publish(std::move(members));
  core_.send(from, LeaveDone{});
}

void Membership::handle(const std::string&, const LeaveDone&) {
  leave_done_ = true;
  core_.notify();
}

void Membership::handle(const std::string& from, const ViewUpdate& message) {
  const View& next = *message.view;
  if (!next.contains(core_.self) || next.coordinator().address != from) return;
  if (!view_ || (next.id > view_->id && (next.merged || view_->contains(from))))
    install(message.view);
  else if (view_->coordinator().address != from)
    core_.send(from, MergeProbe{view_, core_.self});  // takes us for a member of its own
}

void Membership::publish(std::vector<Member> members) {
  auto next = std::make_shared<View>();
  next->id = view_ ? view_->id + 1 : 0;
  next->members = std::make_shared<const std::vector<Member>>(std::move(members));
  announce(std::move(next));
}

// The coordinator's way to a new view: tells the members, then installs it itself.
void Membership::announce(std::shared_ptr<View> next) {
  for (const Member& member : *next->members)
    if (member.address != core_.self) core_.send(member.address, ViewUpdate{next});
  install(std::move(next));
  for (const std::string& address : apart_) probe(address);
}

void Membership::install(ViewPtr view) {
  const ViewPtr before = std::move(view_);
  view_ = std::move(view);
  ++views_;
  if (view_->merged) ++merged_views_;
  TopologyLog(core_).view(before.get(), *view_);
  greet(before.get());
  std::set<std::string> abrupt;
  for (const Member& member : before ? *before->members : std::vector<Member>()) {
    if (view_->contains(member.address)) continue;
    if (suspected(member.address) || silent_.count(member.address) > 0)
      abrupt.insert(member.address);
    if (closed_.count(member.address) + leaving_.count(member.address) == 0)
      apart_.insert(member.address);
  }
  expelled_.insert(abrupt.begin(), abrupt.end());
  for (const Member& member : *view_->members) {
    apart_.erase(member.address);
    if (!before || !before->contains(member.address)) closed_.erase(member.address);
    expelled_.erase(member.address);
    timed_out_.erase(member.address);
  }
  core_.on_view(before, abrupt);
}

// Members that this node may never have anything to say to must be noticed when they end, too.
void Membership::greet(const View* before) const {
  for (const Member& member : *view_->members)
    if (member.address != core_.self && (before == nullptr || !before->contains(member.address)))
      core_.send(member.address, Greeting{});
}

}  // namespace drydock::fakegrid

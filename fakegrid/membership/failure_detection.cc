// The part of Membership that notices who is gone, and who came back.
#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "fakegrid/membership/membership.h"
#include "fakegrid/node/core.h"

namespace drydock::fakegrid {

bool Membership::suspected(const std::string& address) const {
  return closed_.count(address) > 0 || timed_out_.count(address) > 0;
}

void Membership::on_closed(const std::string& address) {
  closed_.insert(address);
  silent_.erase(address);
  timed_out_.erase(address);
  starting_peers_.erase(address);
  apart_.erase(address);
  if (is_member(address)) react_to_suspects();
}

void Membership::on_silent(const std::string& address) {
  silent_.emplace(address, core_.env.now());
  watch_silence();
}

void Membership::on_heard(const std::string& address) {
  silent_.erase(address);
  timed_out_.erase(address);
  if (apart_.count(address) > 0) probe(address);
}

// MERGE3 in events: a coordinator asks each former member that it can hear for its view. Those that
// it can't hear are asked when they are heard again.
void Membership::probe(const std::string& address) const {
  if (is_coordinator() && silent_.count(address) == 0)
    core_.send(address, MergeProbe{view_, core_.self});
}

// Whoever is first among those not suspected installs the view without the suspected ones.
void Membership::react_to_suspects() {
  if (core_.state == NodeState::kStopping) return;
  std::vector<Member> survivors;
  for (const Member& member : *view_->members)
    if (!suspected(member.address)) survivors.push_back(member);
  if (survivors.size() == view_->members->size()) return;
  if (!survivors.empty() && survivors.front().address == core_.self) publish(std::move(survivors));
}

// All that fell silent together are seen together, as by one look at the heartbeat table.
SteadyTime Membership::suspicion_time(SteadyTime silent_since) const {
  const auto moment = std::chrono::duration_cast<milliseconds>(silent_since.time_since_epoch());
  const uint64_t drawn =
      core_.env.draw("grid.failure-detection", static_cast<uint64_t>(moment.count()));
  const auto span = static_cast<uint64_t>(core_.config.failure_interval / milliseconds(1));
  return silent_since + core_.config.failure_timeout + timings::kVerifySuspect +
         milliseconds(static_cast<int64_t>(drawn % span));
}

void Membership::watch_silence() {
  if (watching_ || silent_.empty()) return;
  watching_ = true;
  core_.spawn("grid-failure-detection", [this] {
    for (;;) {
      SteadyTime next = kForever;
      for (const auto& [address, since] : silent_)
        if (is_member(address) && timed_out_.count(address) == 0)
          next = std::min(next, suspicion_time(since));
      if (next == kForever) break;
      if (!core_.env.sleep_until(next).ok()) return;
      for (const auto& [address, since] : silent_)
        if (suspicion_time(since) <= core_.env.now()) timed_out_.insert(address);
      if (core_.running()) react_to_suspects();
    }
    watching_ = false;
  });
}

void Membership::handle(const std::string&, const MergeProbe& message) {
  if (core_.state == NodeState::kStopping) return;
  const std::string& from = message.origin;
  const View& other = *message.view;
  const std::string& leader = other.coordinator().address;
  if (!view_) {
    if (found_coordinator_.empty()) found_coordinator_ = leader;
    return core_.notify();
  }
  const bool ours = view_->contains(from), theirs = other.contains(core_.self);
  if (ours && !theirs) {  // taken out of the sender's view while it could not be heard
    core_.send(from, MergeProbe{view_, core_.self});
  } else if (ours && (!is_coordinator() || leader == core_.self)) {
    return;
  } else if (!is_coordinator()) {
    if (closed_.count(from) == 0) apart_.insert(from);  // the coordinator may be gone
    core_.send(view_->coordinator().address, message);
  } else if (ours == theirs && yields_to(other)) {
    core_.send(leader, MergeProbe{view_, core_.self});
  } else {
    schedule_merge(other, ours);
  }
}

// Of two coordinators the one with the newer view merges.
bool Membership::yields_to(const View& other) const {
  return view_->id != other.id ? view_->id < other.id : core_.self > other.coordinator().address;
}

// `disputed`: a member of ours follows the other coordinator.
void Membership::schedule_merge(const View& other, bool disputed) {
  const bool first = to_merge_.empty() && !disputed_;
  disputed_ |= disputed;
  for (const Member& member : *other.members)
    if (!view_->contains(member.address) && position_of(to_merge_, member.address) < 0)
      to_merge_.push_back(member);
  const std::string part = ", [" + other.coordinator().name + "|" + std::to_string(other.id) +
                           "] (" + std::to_string(other.members->size()) + ") " +
                           names_of(*other.members);
  if (merge_parts_.find(part) == std::string::npos) merge_parts_ += part;
  merge_id_ = std::max(merge_id_, other.id);
  if (!first || (to_merge_.empty() && !disputed_)) return;
  const NodeConfig& config = core_.config;
  const auto span = static_cast<uint64_t>((config.merge_max - config.merge_min) / milliseconds(1));
  const uint64_t drawn = core_.env.draw("grid.merge", merges_++) % span;
  core_.spawn("grid-merge", [this, drawn] {
    const Duration wait = core_.config.merge_min + milliseconds(static_cast<int64_t>(drawn));
    if (core_.env.sleep_for(wait).ok()) merge_now();
  });
}

// Who can't be heard again by now is asked when it can.
void Membership::merge_now() {
  auto next = std::make_shared<View>();
  next->merged = true;
  next->id = std::max(view_->id, std::exchange(merge_id_, 0)) + 1;
  next->parts = "[" + view_->coordinator().name + "|" + std::to_string(view_->id) + "] (" +
                std::to_string(view_->members->size()) + ") " + names_of(*view_->members) +
                std::exchange(merge_parts_, "");
  std::vector<Member> members = *view_->members;
  for (Member& member : std::exchange(to_merge_, {})) {
    if (closed_.count(member.address) > 0 || view_->contains(member.address)) continue;
    if (silent_.count(member.address) > 0)
      apart_.insert(member.address);
    else
      members.push_back(std::move(member));
  }
  const bool differs = std::exchange(disputed_, false) || members.size() > view_->members->size();
  next->members = std::make_shared<const std::vector<Member>>(std::move(members));
  if (differs && core_.running() && is_coordinator()) announce(std::move(next));
}

}  // namespace drydock::fakegrid

// The part of Membership that notices who is gone, and who came back.
#include <algorithm>

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
  if (is_member(address)) react_to_suspects();
}

void Membership::on_silent(const std::string& address) {
  silent_.emplace(address, core_.env.now());
  watch_silence();
}

void Membership::on_heard(const std::string& address) {
  silent_.erase(address);
  timed_out_.erase(address);
}

// Whoever is first among those not suspected installs the view without the suspected ones.
void Membership::react_to_suspects() {
  if (core_.state == NodeState::kStopping) return;
  std::vector<Member> survivors;
  for (const Member& member : *view_->members)
    if (!suspected(member.address)) survivors.push_back(member);
  if (survivors.size() == view_->members->size()) return;
  if (!survivors.empty() && survivors.front().address == core_.self)
    publish(std::move(survivors), false, "");
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
  const std::string& from = message.origin;
  const View& other = *message.view;
  const std::string& other_coordinator = other.coordinator().address;
  if (!view_) {
    if (found_coordinator_.empty()) found_coordinator_ = other_coordinator;
    core_.notify();
    return;
  }
  if (view_->contains(from) && other.contains(core_.self)) return;  // nobody is missing any more
  if (view_->contains(from)) {
    // The sender took us out of its view while we could not hear it.
    if (other.id > view_->id) core_.send(from, MergeProbe{view_, core_.self});
    return;
  }
  if (!is_coordinator()) {
    core_.send(view_->coordinator().address, message);
    return;
  }
  if (other.contains(core_.self)) {  // the sender still lives in an older view of ours
    const int at = position_of(*other.members, from);
    if (at >= 0 && other.id < view_->id)
      schedule_merge(other, {(*other.members)[static_cast<size_t>(at)]});
    return;
  }
  const bool lead = view_->id != other.id ? view_->id > other.id : core_.self < other_coordinator;
  if (lead)
    schedule_merge(other, *other.members);
  else
    core_.send(other_coordinator, MergeProbe{view_, core_.self});
}

void Membership::schedule_merge(const View& other, std::vector<Member> members) {
  const bool first = to_merge_.empty();
  for (Member& member : members)
    if (!view_->contains(member.address) && position_of(to_merge_, member.address) < 0)
      to_merge_.push_back(std::move(member));
  merge_parts_ += ", [" + other.coordinator().name + "|" + std::to_string(other.id) + "] (" +
                  std::to_string(other.members->size()) + ") " + names_of(*other.members);
  if (!first || to_merge_.empty()) return;
  const NodeConfig& config = core_.config;
  const auto span = static_cast<uint64_t>((config.merge_max - config.merge_min) / milliseconds(1));
  const uint64_t drawn = core_.env.draw("grid.merge", merges_++) % span;
  core_.spawn("grid-merge", [this, drawn] {
    const Duration wait = core_.config.merge_min + milliseconds(static_cast<int64_t>(drawn));
    if (core_.env.sleep_for(wait).ok()) merge_now();
  });
}

void Membership::merge_now() {
  std::vector<Member> members = *view_->members;
  const size_t own = members.size();
  for (Member& member : to_merge_) {
    if (view_->contains(member.address) || closed_.count(member.address) > 0) continue;
    if (silent_.count(member.address) > 0)  // gone again: the probe waits for its return
      core_.send(member.address, MergeProbe{view_, core_.self});
    else
      members.push_back(std::move(member));
  }
  const std::string parts = "[" + view_->coordinator().name + "|" + std::to_string(view_->id) +
                            "] (" + std::to_string(own) + ") " + names_of(*view_->members) +
                            merge_parts_;
  to_merge_.clear();
  merge_parts_.clear();
  if (core_.running() && is_coordinator() && members.size() > own)
    publish(std::move(members), true, parts);
}

}  // namespace drydock::fakegrid

#include "fakegrid/data/calls.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fakegrid/node/core.h"

namespace drydock::fakegrid {

namespace {

const std::string& name_of(const NodeCore& core, const std::string& address) {
  const std::vector<Member>& members = *core.membership.view()->members;
  const int at = position_of(members, address);
  return at < 0 ? address : members[static_cast<size_t>(at)].name;
}

// "15", "14.25": hundredths, without zeros at the end.
std::string seconds_text(Duration duration) {
  const int64_t hundredths = duration / milliseconds(10);
  std::string text = std::to_string(hundredths / 100);
  if (hundredths % 100 == 0) return text;
  text += hundredths % 100 < 10 ? ".0" : ".";
  text += std::to_string(hundredths % 100);
  if (text.back() == '0') text.pop_back();
  return text;
}

}  // namespace

CallSet::CallSet(NodeCore& core) : core_(core), gate_(core.env.make_gate()) {}

CallSet::~CallSet() {
  for (const auto& [id, call] : calls_) core_.calls.open_.erase(id);
}

void CallSet::send(const std::string& to, DataRequest request, int tag) {
  request.id = core_.calls.next_id_++;
  calls_.emplace(request.id, Call{to, tag, core_.env.now()});
  core_.calls.open_.emplace(request.id, this);
  if (to == core_.self)
    core_.server.handle(core_.self, std::make_shared<const DataRequest>(std::move(request)));
  else
    core_.send(to, std::move(request));
}

// Real servers name all that were asked, and how long ago the last one was.
std::string CallSet::timed_out() const {
  std::string names;
  SteadyTime last{};
  for (const auto& [id, call] : calls_) {
    names += (names.empty() ? "" : ",") + name_of(core_, call.to);
    last = std::max(last, call.sent);
  }
  return "ISPN000476: Timed out waiting for responses for request " +
         std::to_string(calls_.begin()->first) + " from " + names + " after " +
         seconds_text(core_.env.now() - last) + " seconds";
}

Result<Answer> CallSet::next(SteadyTime deadline) {
  while (answers_.empty()) {
    const Status waited = gate_->wait(deadline);
    if (waited.ok()) continue;
    if (waited.code() != Code::kDeadlineExceeded || calls_.empty()) return waited;
    return Status(Code::kDeadlineExceeded, timed_out());
  }
  Answer answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

void Calls::end(CallSet& set, uint64_t id, Answer answer) {
  set.calls_.erase(id);
  set.answers_.push_back(std::move(answer));
  set.gate_->notify_all();
}

void Calls::reply(const DataReply& reply) {
  const auto found = open_.find(reply.id);
  if (found == open_.end()) return;
  CallSet& set = *found->second;
  open_.erase(found);
  end(set, reply.id, {.tag = set.calls_.at(reply.id).tag, .reply = reply});
}

void Calls::on_view(const View& view) {
  std::vector<uint64_t> ended;
  for (const auto& [id, set] : open_)
    if (view.merged || !view.contains(set->calls_.at(id).to)) ended.push_back(id);
  for (const uint64_t id : ended) {
    CallSet& set = *open_.at(id);
    open_.erase(id);
    Answer answer{.tag = set.calls_.at(id).tag, .peer_lost = true, .reply = {}};
    end(set, id, std::move(answer));
  }
}

}  // namespace drydock::fakegrid

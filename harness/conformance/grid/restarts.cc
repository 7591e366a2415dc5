// The part of SplitCase that replays restarts: a shutdown of the container or a kill, the ends of
// the processes, and their starts with what they left on their disks.
#include <fmt/format.h>

#include "harness/conformance/grid/restart_probe.h"
#include "harness/conformance/grid/split_case.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr int64_t kNear = 3'000;
constexpr Duration kPoll = milliseconds(250);
constexpr std::string_view kEnded = " process ended";

std::string what_of(const json::value& record) { return json_string(record, {"what"}); }

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

int64_t waited_ms(const json::value& mark) {
  const json::value* after = json_find(mark, {"after_s"});
  return after == nullptr ? 0 : static_cast<int64_t>(after->to_number<double>() * 1000);
}

}  // namespace

// The recorder sent its signals together and then waited for one process after the other.
void SplitCase::spawn_ends() {
  bool together = false;
  int64_t at = 0;
  for (const json::value& record : records_) {
    if (json_string(record, {"kind"}) != "mark") continue;
    const std::string what = what_of(record);
    if (!what.ends_with(kEnded)) {
      together = false;
      continue;
    }
    if (!together) at = json_int(record, {"t_ms"}, 0) - waited_ms(record);
    together = true;
    cluster_->env().spawn("end", [this, at, name = first_word(what)] {
      sleep_until(at);
      if (cluster_->alive(name)) (void)cluster_->stop(name);
    });
  }
}

void SplitCase::spawn_health() {
  for (size_t i = 0; i < records_.size(); ++i) {
    if (json_string(records_[i], {"kind"}) != "health") continue;
    ++running_;
    cluster_->env().spawn("health", [this, i] {
      const json::value& record = records_[i];
      const int64_t at = json_int(record, {"t_ms"}, 0);
      sleep_until(at - kNear / 3);
      do {
        differences_[i] = fields_difference(record, look_at_health(*cluster_, record),
                                            {"http", "text", "status", "names", "not_healthy"});
      } while (!differences_[i].empty() && now_ms() < at + kNear &&
               cluster_->env().sleep_for(kPoll).ok());
      --running_;
    });
  }
}

void SplitCase::restart(size_t at) {
  const json::value& mark = records_[at];
  const std::string what = what_of(mark), name = first_word(what);
  if (what == "shutdown") {
    cluster_->env().spawn("shutdown", [this] {
      (void)cluster_->call("node0", {.method = "POST", .target = shutdown_target()}, seconds(20));
    });
  } else if (what == "data nodes killed") {
    for (const std::string& node : cluster_->names())
      if (node != "node3") cluster_->kill(node);
  } else if (what.starts_with("start ")) {
    cluster_->env().spawn("start", [this, node = what.substr(6)] {
      const Status started = cluster_->start(node, node == "node3");
      if (!started.ok() && cluster_->alive(node)) cluster_->kill(node);
    });
  } else if (what.ends_with(" answers") || what.ends_with(" not ready") ||
             what.ends_with(" died")) {
    const bool alive = cluster_->alive(name);
    const bool answers =
        alive && look_at_health(*cluster_, json::object{{"node", name}}).at("http") == 200;
    const std::string ours = answers ? "answers" : alive ? "not ready" : "died";
    if (!what.ends_with(ours)) differences_[at] = "ours: " + name + " " + ours;
  }
}

// Of a container that goes down the processes stay, of a cluster that stops they end by themselves.
std::string SplitCase::shutdown_target() const {
  for (const json::value& record : records_)
    if (what_of(record).ends_with(kEnded) && first_word(what_of(record)) == "node0")
      return json_int(record, {"code"}, 0) == 0 ? "/rest/v2/cluster?action=stop"
                                                : "/rest/v2/container?action=shutdown";
  return "";
}

}  // namespace drydock::harness::conformance::grid

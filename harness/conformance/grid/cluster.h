// A simulated cluster set up as the recorded ones were: nodes that share one file system, each with
// a REST server of a given release; node names decide nothing.
//
//   Cluster cluster({.version = "15.0.21.Final", .home = "/peer"});
//   cluster.run([&] {
//     cluster.start("node0", false);
//     return cluster.call("node0", {.method = "GET", .target = "/rest/v2/caches"}).status();
//   }, hours(1));
//
// Everything but the constructor and run() may suspend and is called from a task of the
// simulation's main process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/volume.h"
#include "fakegrid/node/node.h"
#include "sim/disk.h"
#include "sim/simulation.h"

namespace drydock::harness::conformance::grid {

struct ClusterOptions {
  std::string version;
  std::string home;           // the directory of all nodes' files, absolute
  std::string name = "peer";  // of the cluster, and of its JGroups stack
  // The lines of each server's configuration before and behind its cache container.
  std::string configuration_head, configuration_tail;
  WallTime epoch = sim::kDefaultEpoch;
  bool debug_log = false;  // keep lines of level DEBUG too
  // Given to every node of release before it starts, as a server's own configuration file does.
  std::vector<fakegrid::NamedDefinition> caches;
  std::vector<fakegrid::NamedDefinition> templates;
  // May change what a node is made with; empty: nothing.
  std::function<void(const std::string& name, fakegrid::NodeConfig& config)> adjust;
};

// One line that a node logged, without time and thread.
struct LogLine {
  std::string level;  // INFO, WARN, ERROR, FATAL, DEBUG
  std::string text;   // "[category] text"; only its first line

  friend auto operator<=>(const LogLine&, const LogLine&) = default;
};

// An answer as a client on the network sees it.
struct Answer {
  int status = 0;
  Headers headers;
  std::string body;
};

class Cluster {
 public:
  explicit Cluster(ClusterOptions options);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // Runs the story as the simulation's main task to its end. kInternal when it gets stuck, or takes
  // longer than `limit` of simulated time.
  Status run(const std::function<Status()>& story, Duration limit);

  // Starts a node and returns once it answers REST. A name may be started again after its end.
  Status start(const std::string& name, bool zero_capacity);
  // Leaves in order; the process ends.
  Status stop(const std::string& name);
  void kill(const std::string& name);
  void pause(const std::string& name);
  void resume(const std::string& name);
  bool alive(const std::string& name) const;

  // `patience`: how long the client waits; none: longer than any recorded call.
  Result<Answer> call(const std::string& name, HttpRequest request);
  Result<Answer> call(const std::string& name, HttpRequest request, Duration patience);
  // Files and directories below a directory of the shared file system, relative to it, sorted.
  std::vector<std::string> names_below(const std::string& directory);
  void make_directories(const std::string& path);
  // Takes no time. `path` is absolute.
  Status put_file(const std::string& path, std::string content);
  Result<std::string> get_file(const std::string& path) const;

  // What the node logged since this was asked last.
  std::vector<LogLine> take_log(const std::string& name);
  fakegrid::Node& node(const std::string& name);
  // The topologies of clustered caches that the node has installed, by cache, oldest first: id,
  // phase, rebalance, members, and segments ("primary+backup") of the current and pending owners.
  const std::map<std::string, json::array>& topologies(const std::string& name) const;
  std::vector<std::string> names() const;  // of all that were ever started

  sim::Simulation& simulation() { return simulation_; }
  Env& env() { return simulation_.harness(); }

 private:
  class Member;
  struct Place {
    sim::Process* process = nullptr;
    std::weak_ptr<Member> member;  // the process keeps it
  };

  std::shared_ptr<Member> member(const std::string& name) const;
  void note_topologies(const std::string& name, const fakegrid::Node& node);

  ClusterOptions options_;
  // Before the simulation: its tasks refer to them until it is gone.
  std::vector<std::string> data_addresses_;
  std::map<std::string, std::vector<LogLine>> logs_;
  std::map<std::string, std::map<std::string, json::array>> topologies_;  // by node
  sim::Simulation simulation_;
  sim::Disk disk_;
  std::shared_ptr<Volume> volume_;  // the harness's view of the disk
  std::map<std::string, Place> places_;
  std::set<std::string> crashed_;  // and not started again
  int last_ip_ = 0;
};

}  // namespace drydock::harness::conformance::grid

// A scenario: a world, what happens in it, and what must be so. Plain values, each with its place
// in the file. parse.h makes them from YAML; harness/world runs them.
//
//   name: A Backup of an empty cluster succeeds
//   clusters:
//     source-cluster: {nodes: 3}
//   steps:
//     - apply: cr/my-backup.yaml
//     - wait: {phase: Succeeded, of: Backup/my-backup}
//   expect:
//     - phases: Backup/my-backup
//       are: [Initializing, Initialized, Running, Succeeded]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fakegrid/server/quirks.h"
#include "harness/scenario/content.h"
#include "harness/scenario/expectations.h"
#include "harness/scenario/steps.h"

namespace drydock::harness::scenario {

struct Check {
  std::vector<Expectation> expect;
};

using Action = std::variant<Apply, Delete, Edit, Put, Remove, Traffic, Create, StartCluster,
                            AddNode, Wait, Mark, Inject, Check>;

struct Step {
  Action action;
  std::string text;  // the item as written, on one line: for reports
  Position position;
};

struct Cluster {
  std::string name;
  int nodes = 3;
  std::string image = "drydock/agent";    // what its pods and those of its operations run
  std::string version = "15.0.21.Final";  // of the grid
  fakegrid::Quirks quirks;                // of a real server's image; none of drydock/agent
  bool debug_log = false;                 // of a real server
  std::string service = "DataGrid";       // or "Cache"; "" = spec.service left out
  bool starts_later = false;              // exists only after its `start_cluster` step
  Content content;
  Position position;
};

// An archive that an administrator brought: a volume that holds the file where a restore looks for
// it, and the Backup CR that names it.
struct BroughtArchive {
  std::string file;  // path as given to open(2)
  Manifest backup;   // annotated drydock.dev/imported: "true"
  Position position;
};

// A quirk that makes servers lose what they promise: this oracle must be red, and that is no
// failure.
struct KnownLoss {
  std::string quirk;
  std::string oracle;
  Position position;
};

// Speed of every link or volume; absent: the world's defaults.
struct Speed {
  std::optional<Duration> latency;
  std::optional<int64_t> bytes_per_second;
};

struct Scenario {
  std::string file;  // as given; "" when parsed from text
  std::string name;  // the sentence
  std::optional<uint64_t> seed;
  WallTime epoch{};  // wall clock at the start; 2026-01-01T00:00:00Z when not said
  bool admission = true;
  int machines = 0;     // Kubernetes nodes; 0 = as many as the largest cluster needs, plus one
  int controllers = 1;  // replicas, with leader election from 2 on
  int api_servers = 1;
  Duration view_lag{0};               // of a server's caches behind storage, at most
  Duration time_limit = minutes(60);  // simulated; steps not done by then = liveness failure
  Speed network;
  Speed volumes;
  std::vector<Cluster> clusters;
  std::vector<BroughtArchive> archives;
  std::vector<Fault> faults;
  std::vector<Step> steps;
  std::vector<Expectation> expect;
  std::vector<KnownLoss> known_losses;
};

}  // namespace drydock::harness::scenario

// What was done to a recorded cluster without being recorded, told from what the recordings show:
// entries and counters that its archives hold, states that are shown before something is tried, and
// what must be gone before it is restored.
//
//   Fixtures fixtures(cluster, archives, folder);
//   fixtures.before(records, i);   // from a task of the harness
#pragma once

#include <string>
#include <vector>

#include "core/base/json.h"
#include "harness/conformance/grid/archives.h"
#include "harness/conformance/grid/cluster.h"
#include "harness/conformance/grid/version_folder.h"

namespace drydock::harness::conformance::grid {

// The recorded servers' own configuration: the caches and templates of all.json that no record
// creates, and what global.xml shows besides the container. It is that of one node, which differs
// from the others' by a port.
void add_static_definitions(const VersionFolder& folder, const std::vector<json::value>& records,
                            ClusterOptions& options);

class Fixtures {
 public:
  // All must outlive it. `home`: what stands for $PEER_HOME.
  Fixtures(Cluster& cluster, Archives& archives, const VersionFolder& folder, std::string home);

  // Does what must have been done before this record. May suspend.
  void before(const std::vector<json::value>& records, size_t index);
  // The bytes of a recorded request body of which only length and hash are on record.
  std::string upload() const;

 private:
  void fill_caches();
  void move_counters(const json::object& states);
  void make_cache_state(const json::value& state);
  void remove_all();
  void remove_all_but_tasks();
  // Puts a damaged archive where the recordings look for it: "<home>/<file>[-<version>].zip".
  void put_damaged(const std::string& name, const std::string& file);
  void remove_failing(const std::vector<json::value>& records, size_t index);
  void remove_counters();
  void before_damage(const std::string& name);
  void before_odd_name(const std::vector<json::value>& records, size_t index);
  void put(const std::string& cache, const json::value& entry);
  std::string value_of(const std::string& cache, const json::value& entry);
  Answer call(const std::string& method, const std::string& target, Headers headers = {},
              std::string body = "");
  // The names in an answer that is a JSON array of strings, or of objects with a name.
  std::vector<std::string> names_at(const std::string& target);

  Cluster& cluster_;
  Archives& archives_;
  const VersionFolder& folder_;
  std::string home_;
  json::value all_;  // all.json, or null
  Entries whole_;    // of all.zip
  std::string odd_cache_;
};

}  // namespace drydock::harness::conformance::grid

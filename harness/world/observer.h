// What happens in a world, as its programs tell it to whoever steers the run: faults and waits that
// are triggered by it, and counts that oracles need. None of this is visible to the code under
// test.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock::harness {

// One operation that a pod's server was asked to start and accepted (202).
struct OperationStart {
  std::string pod;
  std::string pod_uid;
  std::string name;  // of the backup or restore
};

struct Observations {
  std::map<std::string, uint64_t> entries_read;               // by pod name
  std::set<std::pair<std::string, std::string>> caches_read;  // pod name, cache
  std::map<std::string, int> posts_received;                  // by pod name
  std::map<std::string, int> posts_accepted;                  // by pod name: answered 202
  std::map<std::string, int> intents_written;                 // by CR ("Backup/x")
  std::vector<OperationStart> starts;

  void note_records(const std::string& pod, size_t records) {
    entries_read[pod] += records;
    changed();
  }
  void note_cache_read(const std::string& pod, std::string_view cache) {
    caches_read.emplace(pod, std::string(cache));
    changed();
  }

  // Called after every change of the above and of anything else that somebody may wait for.
  std::function<void()> changed;
};

}  // namespace drydock::harness

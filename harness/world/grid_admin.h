// Work that clients and administrators of a grid do through one of its data nodes.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "harness/world/run.h"

namespace drydock::harness {

// Runs `work` in the process of a living data node; suspends until it is done. kUnavailable when
// the cluster has none, kConnectionReset when it died meanwhile.
Status on_data_node(World& world, const std::string& cluster,
                    std::function<Status(fakegrid::Node& node, SteadyTime deadline)> work);

Status put_records(World& world, const std::string& cluster, const std::string& cache,
                   std::vector<CacheRecord> records);
Status remove_keys(World& world, const std::string& cluster, const std::string& cache,
                   std::vector<std::string> keys);
// Creates caches, templates, counters, schemas and tasks, then puts the entries.
Status create_content(World& world, const std::string& cluster, const scenario::Content& content);

// Starts the client in the background; its samples go to run.traffic()[name].
void start_traffic(Run& run, const scenario::Traffic& traffic);

}  // namespace drydock::harness

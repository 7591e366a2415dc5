// The inside of a ClusterSnapshot.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fakegrid/data/store.h"
#include "fakegrid/topology/topology.h"

namespace drydock::fakegrid {

class ClusterSnapshot {
 public:
  struct FormedCache {
    TopologyPtr topology;
    std::vector<Store> stores;  // per member, by view position
  };

  ViewPtr view;
  std::vector<FormedCache> caches;
};

}  // namespace drydock::fakegrid

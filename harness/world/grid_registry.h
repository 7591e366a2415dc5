// The grid nodes of a world: who is where, what they counted, what they hold. Programs register
// their nodes; the runner and the oracles look at them from outside, without messages.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fakegrid/node/instruments.h"
#include "fakegrid/node/node.h"
#include "fakegrid/node/readout.h"
#include "fakegrid/node/snapshot.h"
#include "sim/process.h"

namespace drydock::harness {

// What a cluster counted, counting nodes that have ended too.
struct GridCounts {
  fakegrid::CacheTotals user;
  fakegrid::CacheTotals internal;
  uint64_t requests_served = 0;
  uint64_t iteration_requests = 0;

  void add(const fakegrid::ClusterTotals& totals);
};

class GridRegistry {
 public:
  struct Entry {
    std::string cluster;
    std::string address;  // the grid's own address: pod name, "#2" and so on for later incarnations
    sim::Process* process = nullptr;
    fakegrid::Node* node = nullptr;
    bool zero_capacity = false;
  };

  // A new grid address for a pod of this name; registers its process as the address's owner.
  std::string new_address(const std::string& cluster, const std::string& pod, sim::Process& process,
                          bool zero_capacity);
  // `node` lives until remove(); what it counted is kept.
  void set_node(const std::string& address, fakegrid::Node* node);
  void remove(const std::string& address);

  sim::Process* process_of(const std::string& address) const;
  // "" when nobody ever had that IP. Ended processes too: their peers are told after their end.
  std::string address_of_ip(const std::string& ip) const;
  // Addresses of the cluster's data nodes, as its headless ping service gives them.
  std::vector<std::string> data_addresses(const std::string& cluster) const;
  // Living nodes, data nodes only or all, in order of their addresses.
  std::vector<const fakegrid::Node*> nodes(const std::string& cluster, bool with_zero) const;

  // A living, running data node to act through; node is nullptr when there is none.
  Entry any_data_node(const std::string& cluster) const;

  GridCounts counts(const std::string& cluster) const;
  // What the data nodes together hold now.
  fakegrid::ReadOut content(const std::string& cluster, WallTime now) const;

  // The formed cluster that the pods of this cluster are born into, until each was born once.
  void set_birth(const std::string& cluster, std::shared_ptr<const fakegrid::ClusterSnapshot> born,
                 std::vector<std::string> pods);
  // Non-null once for each of its pods.
  std::shared_ptr<const fakegrid::ClusterSnapshot> take_birth(const std::string& cluster,
                                                              const std::string& pod);

 private:
  struct Birth {
    std::shared_ptr<const fakegrid::ClusterSnapshot> snapshot;
    std::vector<std::string> unborn;
  };

  std::map<std::string, Entry> entries_;  // by address
  std::map<std::string, std::string> address_by_ip_;
  std::map<std::string, int> incarnations_;    // by cluster/pod
  std::map<std::string, GridCounts> retired_;  // by cluster
  std::map<std::string, Birth> births_;        // by cluster
};

}  // namespace drydock::harness

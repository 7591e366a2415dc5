// ClusterSnapshot: a formed, balanced and loaded cluster as one immutable value. Made once, used by
// any number of worlds: nodes born from it share its entries, and copy what they change.
//
//   auto snapshot = form_cluster({.members = {{"n0", "10.0.0.1"}, {"n1", "10.0.0.2"}}}, content);
//   node0.start_formed(**snapshot);   // no protocol is run
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "fakegrid/node/content.h"
#include "fakegrid/server/quirks.h"

namespace drydock::fakegrid {

struct Member {
  std::string name;     // node name as health shows it
  std::string address;  // the transport's address
  bool zero_capacity = false;
  int capacity = 1000;  // capacity factor in thousandths: its share of distributed caches

  friend bool operator==(const Member&, const Member&) = default;
};

struct ClusterShape {
  std::vector<Member> members;  // view order: the first one is the coordinator
  int segments = 256;           // of caches that don't say otherwise
  // Of the nodes that will be born from it: their NodeConfigs must say the same.
  ServerVersion version;
  Quirks quirks;
  bool all_internal_caches = false;
};

class ClusterSnapshot;  // opaque; defined in snapshot_data.h

// kInvalid: a configuration element that is no XML, a duplicate key, no member with capacity.
Result<std::shared_ptr<const ClusterSnapshot>> form_cluster(const ClusterShape& shape,
                                                            const Content& content);

}  // namespace drydock::fakegrid

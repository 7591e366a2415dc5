// Reads a cluster's content out of its nodes' memories, for oracles: what the owners together hold,
// and where owners of one segment disagree. Sends nothing and suspends never.
//
//   ReadOut now = read_out({&node0, &node1, &node2}, env.wall_now());
//   EXPECT_EQ(now.content, expected);  EXPECT_TRUE(now.differences.empty());
#pragma once

#include <string>
#include <vector>

#include "core/base/time.h"
#include "fakegrid/node/content.h"

namespace drydock::fakegrid {

class Node;

struct ReadOut {
  Content content;                       // records sorted by key; expired ones left out
  std::vector<std::string> differences;  // "cache a, key k: node1 differs from node0"
  std::vector<std::string> lost;         // caches with segments that lost their last owner
};

// `nodes`: the running nodes of one cluster. The highest topology among them says who owns what.
ReadOut read_out(const std::vector<const Node*>& nodes, WallTime now);

}  // namespace drydock::fakegrid

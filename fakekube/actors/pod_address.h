// The addresses of a node's pods.
#pragma once

#include <string>

#include "fakekube/actors/node_disk.h"

namespace drydock::fakekube {

// 10.244.<node index>.2 to .254, each given again only after all others have had their turn, unless
// the disk says otherwise. CHECKs that one is free.
std::string next_pod_address(NodeDisk& disk, int node_index);

}  // namespace drydock::fakekube

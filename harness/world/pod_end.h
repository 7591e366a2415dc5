// Oracle D3: in a terminal phase the operation's pod has ended and its log can be read, unless a
// fault took the object or its machine, or the container never started.
#pragma once

#include <vector>

#include "harness/world/run.h"

namespace drydock::harness {

std::vector<Failure> check_pods_ended(Run& run);

}  // namespace drydock::harness

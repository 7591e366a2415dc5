// Readers of CRs: files as kubectl takes them (several documents allowed), or written inline.
#pragma once

#include <vector>

#include "harness/scenario/fields.h"

namespace drydock::harness::scenario {

// A path, an inline object, or a list of either.
std::vector<Manifest> read_manifests(const YamlNode& node, Context& context);

}  // namespace drydock::harness::scenario

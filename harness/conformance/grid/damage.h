// The damaged archives of the recordings, made from an intact one by their names.
//
//   DRYDOCK_ASSIGN(std::string zip, damaged("dat-cut-in-record", sources, archives));
#pragma once

#include <string>

#include "harness/conformance/grid/archives.h"

namespace drydock::harness::conformance::grid {

struct DamageSources {
  const std::string* small = nullptr;  // caches dist-text and repl-text, and counters
  const std::string* whole = nullptr;  // everything
};

// May suspend. kNotFound: a damage of an unknown name.
Result<std::string> damaged(const std::string& name, const DamageSources& sources,
                            Archives& archives);

}  // namespace drydock::harness::conformance::grid

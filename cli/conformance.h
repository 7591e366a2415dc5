// `drydock conformance kube|grid`: replays recordings of real systems and prints the score.
#pragma once

#include <iosfwd>

#include "cli/arguments.h"

namespace drydock::cli {

// 0: every record that isn't waived was answered as recorded; 1: some weren't; 2: bad input.
int run_conformance(const ConformanceArguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace drydock::cli

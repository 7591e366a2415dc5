// `drydock quirks`: the known bugs of real servers that the simulated grid can have.
#pragma once

#include <iosfwd>

#include "cli/arguments.h"

namespace drydock::cli {

// 0; 2: a version that is none.
int list_quirks(const QuirksArguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace drydock::cli

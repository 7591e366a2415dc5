// Names that break determinism, the layers or the way errors are told, each with what to use
// instead.
#pragma once

#include <vector>

#include "tests/tidy/source.h"

namespace drydock::tidy {

// Clocks, threads, chance, environment, output, exceptions, assertions.
std::vector<Finding> check_names(const SourceFile& file);

// Iteration, in `file`, over a container whose order depends on hashes or addresses: unordered
// ones, and ordered ones with pointers as keys. `header` is the text of the header of the same
// name ("" if there is none), where the members of a .cc are declared.
std::vector<Finding> check_iteration(const SourceFile& file, std::string_view header);

}  // namespace drydock::tidy

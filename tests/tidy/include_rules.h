// The include table: which folder may use which folders and which libraries (ARCHITECTURE.md,
// layers). Includes point down only, and siblings never meet.
#pragma once

#include <vector>

#include "tests/tidy/source.h"

namespace drydock::tidy {

// Folders that no row covers are findings too, so a new folder needs a row.
std::vector<Finding> check_includes(const SourceFile& file);

}  // namespace drydock::tidy

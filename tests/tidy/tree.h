// Reads the repository's own files: everything below the root but build/, .git/ and caches.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/source.h"

namespace drydock::tidy {

// Sorted by path. Symbolic links are not followed.
std::vector<SourceFile> read_tree(const std::string& root);

// The text of one file; "" when it can't be read.
std::string read_text(const std::string& path);

}  // namespace drydock::tidy

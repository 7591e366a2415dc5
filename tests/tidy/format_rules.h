// How a file looks: length, width, blanks, the frame of a header; and that the repository stands
// alone.
#pragma once

#include <vector>

#include "tests/tidy/source.h"

namespace drydock::tidy {

// C++ files: not over 500 lines (tests: 800).
std::vector<Finding> check_length(const SourceFile& file);

// Own text, not recorded data: no line over 100 columns (Markdown may), no tab, no blank at the
// end of a line, a newline at the end of the file.
std::vector<Finding> check_layout(const SourceFile& file);

// Headers open with a comment that says what they are for, and have #pragma once before the first
// include.
std::vector<Finding> check_header(const SourceFile& file);

// No file may point at somebody's machine.
std::vector<Finding> check_references(const SourceFile& file);

}  // namespace drydock::tidy

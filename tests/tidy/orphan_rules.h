// Files that nothing builds, includes or runs: a test that silently left the build never fails.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/source.h"

namespace drydock::tidy {

// Every .cc is compiled, by the text of the build's compile_commands.json; `root` is the absolute
// path of the repository there.
std::vector<Finding> check_compiled(const std::vector<SourceFile>& files, const std::string& root,
                                    const std::string& compile_commands);

// Every .h is included by another file.
std::vector<Finding> check_included(const std::vector<SourceFile>& files);

// Every .cc in a folder of tests/ is *_test.cc or a helper with a header of its name beside it,
// and only *_test.cc hold tests.
std::vector<Finding> check_test_names(const std::vector<SourceFile>& files);

// Every scenarios/**/*.yaml outside cr/ and data/ has a top-level `expect` and is registered in
// `ctest`, the text of the build's tests/CTestTestfile.cmake.
std::vector<Finding> check_scenarios(const std::vector<SourceFile>& files,
                                     const std::string& ctest);

}  // namespace drydock::tidy

// Recordings of real clusters on disk.
//
//   DRYDOCK_ASSIGN(auto folders, read_version_folders("tests/data/grid"));
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/grid/version_folder.h"

namespace drydock::cli {

// The file with a sentence on what to do when it can't be read.
Result<std::string> read_recording_file(const std::string& path);

// A folder of version folders, sorted by name, or one version folder itself: the folders that hold
// .jsonl files. Without files of other kinds than .jsonl, .json and .zip. kInvalid: there is none.
Result<std::vector<harness::conformance::grid::VersionFolder>> read_version_folders(
    const std::string& path);

}  // namespace drydock::cli

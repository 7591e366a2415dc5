// One kind of recording of a real cluster and the function that replays it against ours.
//
//   for (const GroupReplay& replay : group_replays())
//     if (folder.find(replay.file) != nullptr) outcomes = replay.run(folder);
//
// To add one: a function in a file of its own and a row in group_replays().
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "harness/conformance/grid/version_folder.h"
#include "harness/conformance/outcome.h"

namespace drydock::harness::conformance::grid {

struct GroupReplay {
  std::string_view file;  // "transcripts.jsonl"
  // One outcome for each line of the file, in its order: `group` is "<version>/<file without
  // extension>/<part>", `id` "<version>/<file without extension>/<number of the line, from 1>".
  // Runs a simulation of its own; not to be called from inside one. kInvalid: a record that is not
  // as this file's are; kInternal: no progress.
  Result<std::vector<Outcome>> (*run)(const VersionFolder& folder);
};

std::span<const GroupReplay> group_replays();

}  // namespace drydock::harness::conformance::grid

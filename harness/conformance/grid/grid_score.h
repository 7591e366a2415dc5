// The conformance of the simulated grid with recordings of one or more releases.
//
//   DRYDOCK_ASSIGN(GridScore score, replay_folders(folders, {.waived = waived}));
//   print_text(score.score, out);
//
// A group that is not compared, with its reason, is left out of passed and all. Every line of a
// .jsonl file that nothing replays counts as failed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/conformance/grid/version_folder.h"
#include "harness/conformance/score.h"

namespace drydock::harness::conformance::grid {

// By id of the record, or by a group of it, to the reason.
using Reasons = std::map<std::string, std::string>;

struct GridOptions {
  // Only groups that begin with it or, when it holds no '/', contain it; "": all.
  std::string group;
  // Where archives of releases come from that are not replayed but whose archives are restored.
  std::vector<VersionFolder> others;
  Reasons waived;
  // Group without version ("performance", "zero-capacity/...") to reason.
  Reasons not_compared;
};

// kInvalid: a file that can't be read, or no record of that group; kInternal: no progress.
Result<Score> replay_folders(const std::vector<VersionFolder>& folders, const GridOptions& options);

}  // namespace drydock::harness::conformance::grid

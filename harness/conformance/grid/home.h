// $PEER_HOME and $GOLDEN, which stand in recordings for the directories of the recorded cluster and
// of the archives that it was given.
//
//   const Places places = places_of(lines);            // as long as the recorded ones
//   lines = read_lines(with_places(folder, places), file);
#pragma once

#include <string>
#include <vector>

#include "core/base/json.h"
#include "harness/conformance/grid/version_folder.h"

namespace drydock::harness::conformance::grid {

struct Places {
  std::string home;
  std::string golden;
};

// Paths of the lengths that recorded lengths tell, so that lengths of texts that name them are
// right.
Places places_of(const std::vector<json::value>& lines);

// The folder with the paths in place of the placeholders, in all its texts.
VersionFolder with_places(const VersionFolder& folder, const Places& places);

}  // namespace drydock::harness::conformance::grid

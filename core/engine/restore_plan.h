// RestorePlan: what a restore will apply, read from the archive and checked to the last record, so
// that a damaged archive or a name that it does not have is found before anything is applied.
//
//   DRYDOCK_ASSIGN(RestorePlan plan, make_restore_plan(*zip, request.selection));
#pragma once

#include <string>
#include <vector>

#include "core/archive/zip_reader.h"
#include "core/engine/grid_member.h"
#include "core/engine/resources.h"

namespace drydock::engine {

struct RestorePlan {
  std::vector<CacheDefinition> caches;  // all lists: sorted by name
  std::vector<CacheDefinition> templates;
  std::vector<CounterRecord> counters;
  std::vector<std::string> schemas;  // their texts are read again when they are applied
  std::vector<std::string> tasks;
};

// May suspend. kNotFound: names asked for that the archive does not have, all of the first such
// type (ISPN005047). kDataLoss: damage of what was asked for. kInvalid: see archive::read_index.
Result<RestorePlan> make_restore_plan(archive::ZipReader& zip, const ResourceSelection& selection);

}  // namespace drydock::engine

// What a backup is to hold: the names of each type, checked against the cluster as servers do.
//
//   DRYDOCK_ASSIGN(const BackupPlan plan, plan_backup(node, quirks, request.resources, deadline));
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/record.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/backup_request.h"
#include "fakegrid/server/quirks.h"

namespace drydock::fakegrid {

struct BackupPlan {
  // Types that were asked for; names in the order in which servers list them.
  std::map<ResourceType, std::vector<std::string>> names;
  std::vector<CounterRecord> counters;  // those named
};

// Caches and templates that a wildcard leaves out, and that a restore leaves alone.
bool is_reserved(std::string_view name);
// Templates that servers of this release bring along, by name.
bool is_builtin_template(std::string_view name, const ServerVersion& version);

// May suspend (counters). A failure of backup_failure.h: ISPN005048 and the like.
Result<BackupPlan> plan_backup(Node& node, const Quirks& quirks, const Selection& wanted,
                               SteadyTime deadline);

}  // namespace drydock::fakegrid

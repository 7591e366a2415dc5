// Whether what a restore applied is still there. A member that was cut off with a part of the
// cluster, or alone, goes on writing. When the parts meet again the larger side's content of a
// distributed cache wins, and copies of a replicated one, definitions among them, may differ
// between members for ever (docs/facts/grid.md), which no reading by one member shows. So after
// any change of the view meanwhile:
//
//   const MemberHealth before = member.health();
//   ... apply ...
//   DRYDOCK_RETURN_IF_ERROR(check_restored(env, member, zip, plan, before));
#pragma once

#include "core/archive/zip_reader.h"
#include "core/base/env.h"
#include "core/engine/grid_member.h"
#include "core/engine/restore_plan.h"

namespace drydock::engine {

// Does nothing when the view is the one of `before`. Otherwise kDataLoss when parts of a split met
// since; kUnavailable when this member sees only a minority of the others that it saw then; else
// reads back every definition, text, counter and unexpired entry (8 bytes of memory each):
// kDataLoss, naming the first resource that is not as it was applied (lost, or changed by a client
// meanwhile). May suspend.
Status check_restored(Env& env, GridMember& member, archive::ZipReader& zip,
                      const RestorePlan& plan, const MemberHealth& before);

}  // namespace drydock::engine

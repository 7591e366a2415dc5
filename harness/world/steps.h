// The steps of a scenario, one after the other.
#pragma once

#include "harness/world/run.h"

namespace drydock::harness {

// Does the step; suspends until it is done. What goes wrong is a failure of the run; false: the
// steps after it make no sense any more.
bool do_step(Run& run, const scenario::Step& step);

// kubectl apply of one object: creates it, or merges it into the one that exists.
Status apply_object(World& world, const scenario::Manifest& manifest);

// Brings an archive: a claim with the file where a restore looks for it, and its Backup CR.
Status bring_archive(World& world, const scenario::BroughtArchive& archive);

}  // namespace drydock::harness

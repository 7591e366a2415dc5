#include "harness/conformance/grid/group_replay.h"

#include <array>

#include "harness/conformance/grid/container_info.h"
#include "harness/conformance/grid/faults.h"
#include "harness/conformance/grid/splits.h"
#include "harness/conformance/grid/transcripts.h"
#include "harness/conformance/grid/zero_capacity.h"

namespace drydock::harness::conformance::grid {

std::span<const GroupReplay> group_replays() {
  static constexpr std::array kReplays = {
      GroupReplay{"container-info.jsonl", replay_container_info},
      GroupReplay{"splits.jsonl", replay_splits},
      GroupReplay{"cross-version.jsonl", replay_cross_version},
      GroupReplay{"faults.jsonl", replay_faults},
      GroupReplay{"transcripts.jsonl", replay_transcripts},
      GroupReplay{"zero-capacity.jsonl", replay_zero_capacity},
  };
  return kReplays;
}

}  // namespace drydock::harness::conformance::grid

// Quirks: known bugs of real servers, each under the id of the field report that describes it; G:
// measured (docs/facts/grid.md), reported by nobody. A
// version has those that it had in the field; any can be switched on or off for a scenario. They
// are planted bugs: oracles and scenarios must notice them, and never look at this header.
//
//   Quirks quirks = quirks_of(version);
//   quirks.set(Quirk::kReplicatedLooksEmpty, false);
//   if (node.quirks.has(Quirk::kReplicatedLooksEmpty)) ...
#pragma once

#include <bitset>
#include <optional>
#include <span>
#include <string_view>

#include "fakegrid/server/version.h"

namespace drydock::fakegrid {

enum class Quirk {
  // The grid (node/, membership/, topology/, data/).
  kSingletonCluster,         // F36
  kReplicatedLooksEmpty,     // F41
  kCreateBlocksOnOnlyOwner,  // F42
  kZeroCountsInMajority,     // F45
  kZeroBlocksReturn,         // F46
  kInternalCachesUnowned,    // F47
  kReplicatedReadsLocally,   // F48
  kLostSegmentsAreSilent,    // F52
  kJoinerOfDegradedFails,    // F54
  kSlowReaderTimesOut,       // F56
  kConfigurationComesLate,   // F58
  // The server (server/).
  kCompletedBeforeWritten,  // F60
  kValueIsKey,              // F61
  kLengthInOneByte,         // F62
  kJsonKeysFail,            // F63
  kMetadataLost,            // F64
  kProtocolCachesSkipped,   // F65
  kSlashInNameFails,        // F67
  kRefusedAfterAccepted,    // F73
  kRestoreBlocksRest,       // F74
  kRestoredCountIsZero,     // F75
  kNewerArchiveAccepted,    // F80
  kValidatedAfterAccepted,  // F81
  kStrongCounterKept,       // F82
  kHeadTellsBodyLength,     // F93
  kNamesJoinedByCommas,     // G1
  kLockFreedByRefused,      // L19
  kLockOutlivesOwner,       // L20
  kPartlyMissingFails,      // L21
  kCrcIgnored,              // L22
  kTypesWithoutOrder,       // L23
  kWeakCounterAddedAgain,   // L24
  kNamesCheckedThenPut,     // L27
  kFailureLeavesFiles,      // L28
  kAllCachesAtOnce,         // L30
  kCount,
};

struct QuirkInfo {
  Quirk quirk;
  std::string_view id;      // "F41"
  std::string_view name;    // "replicated-looks-empty", as scenarios write it
  std::string_view what;    // one sentence
  std::string_view since;   // "12.0", and so on; empty: always
  std::string_view fixed;   // empty: in no release
  std::string_view effect;  // what a user sees
  // Real servers lose this race seldom, and in no recording. A model that lost it always would be
  // none of theirs: only who asks for it has it.
  bool by_chance = false;
};

class Quirks {
 public:
  bool has(Quirk quirk) const { return bits_.test(static_cast<size_t>(quirk)); }
  void set(Quirk quirk, bool on) { bits_.set(static_cast<size_t>(quirk), on); }

  friend bool operator==(const Quirks&, const Quirks&) = default;

 private:
  std::bitset<static_cast<size_t>(Quirk::kCount)> bits_;
};

// In the order of their ids.
std::span<const QuirkInfo> all_quirks();
// By id or by name.
std::optional<Quirk> find_quirk(std::string_view id_or_name);
// Those that this release has, but for those that show by chance.
Quirks quirks_of(const ServerVersion& version);

}  // namespace drydock::fakegrid

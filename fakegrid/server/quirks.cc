#include "fakegrid/server/quirks.h"

#include <array>

namespace drydock::fakegrid {
namespace {

constexpr bool kByChance = true;

constexpr std::array kQuirks = {
    QuirkInfo{Quirk::kSingletonCluster, "F36", "singleton-cluster",
              "a node that finds nobody forms a cluster of its own and serves requests", "", "",
              "a backup of it succeeds with an empty archive"},
    QuirkInfo{Quirk::kReplicatedLooksEmpty, "F41", "replicated-looks-empty",
              "a zero-capacity member iterates a replicated cache in its own, empty memory",
              "14.0.10", "16.0.6", "the archive holds the cache without its entries; Succeeded"},
    QuirkInfo{Quirk::kCreateBlocksOnOnlyOwner, "F42", "create-blocks-on-only-owner",
              "with one data node, a cache created through a zero-capacity member waits for itself",
              "", "14.0.18", "a restore that creates caches ends in time-outs (ISPN000476)"},
    QuirkInfo{Quirk::kZeroCountsInMajority, "F45", "zero-counts-in-majority",
              "a zero-capacity member counts as one of the stable members", "", "",
              "a split with two of three data nodes on one side is DEGRADED on both"},
    QuirkInfo{Quirk::kZeroBlocksReturn, "F46", "zero-blocks-return",
              "a zero-capacity member left alone refuses data nodes that come back", "", "",
              "returning data nodes end with ISPN000659; the cluster can't start while it lives"},
    QuirkInfo{Quirk::kInternalCachesUnowned, "F47", "internal-caches-unowned",
              "a zero-capacity member holds no copy of the schema and script caches", "", "15.0.1",
              "it asks the data nodes for each schema and task; cut off from them it knows none"},
    QuirkInfo{Quirk::kReplicatedReadsLocally, "F48", "replicated-reads-locally",
              "a zero-capacity member reads replicated caches in its own, empty memory", "",
              "12.1.0", "reads through it find nothing"},
    QuirkInfo{Quirk::kLostSegmentsAreSilent, "F52", "lost-segments-are-silent",
              "an iteration whose segment lost its last owner goes on without it", "", "16.2.0",
              "the archive misses entries; Succeeded"},
    QuirkInfo{Quirk::kJoinerOfDegradedFails, "F54", "joiner-of-degraded-fails",
              "a node can't join while a cache is DEGRADED", "15.0.0", "15.0.17",
              "the joiner fails to start again and again (ISPN000071)"},
    QuirkInfo{Quirk::kSlowReaderTimesOut, "F56", "slow-reader-times-out",
              "an iteration over a store fails when its reader asks too late", "15.0.17", "16.2.0",
              "backups of big caches with stores to a slow volume fail"},
    QuirkInfo{Quirk::kConfigurationComesLate, "F58", "configuration-comes-late",
              "of caches created together one is started before its configuration has come", "", "",
              "a restore of several caches fails (ISPN000436); a second one succeeds", kByChance},
    QuirkInfo{Quirk::kCompletedBeforeWritten, "F60", "completed-before-written",
              "a backup is told to be complete before its last records are written", "", "12.1.3",
              "the archive is short; Succeeded"},
    QuirkInfo{Quirk::kValueIsKey, "F61", "value-is-key",
              "records are written with the key in the place of the value", "", "12.0.0",
              "restored values are the keys"},
    QuirkInfo{Quirk::kLengthInOneByte, "F62", "length-in-one-byte",
              "the length of a record is written as one byte", "", "12.1.3",
              "records over 255 bytes can't be read again"},
    QuirkInfo{Quirk::kJsonKeysFail, "F63", "json-keys-fail",
              "keys of caches in application/json are taken for objects", "", "13.0.0",
              "a backup of such a cache fails"},
    QuirkInfo{Quirk::kMetadataLost, "F64", "metadata-lost",
              "restored entries have neither lifespan nor times", "", "12.0.0",
              "entries live for ever after a restore"},
    QuirkInfo{Quirk::kProtocolCachesSkipped, "F65", "protocol-caches-skipped",
              "respCache and memcachedCache count as internal caches", "14.0.4", "16.2.0",
              "a backup of everything does not hold them; Succeeded"},
    QuirkInfo{Quirk::kSlashInNameFails, "F67", "slash-in-name-fails",
              "a schema or task with '/' in its name has no directory to be written to", "",
              "13.0.11", "one such name fails the whole backup"},
    QuirkInfo{Quirk::kRefusedAfterAccepted, "F73", "refused-after-accepted",
              "of two operations at once the second is accepted and then fails", "", "",
              "202, then 500; the reason (ISPN005041) is in the log only"},
    QuirkInfo{Quirk::kRestoreBlocksRest, "F74", "restore-blocks-rest",
              "a restore of a big cache keeps the REST threads busy", "", "15.0.17",
              "no request is answered until the cache is restored"},
    QuirkInfo{Quirk::kRestoredCountIsZero, "F75", "restored-count-is-zero",
              "the log counts no entry of a restored cache", "14.0.0", "16.0.0",
              "\"Cache restored 0 entries\" after a good restore"},
    QuirkInfo{Quirk::kNewerArchiveAccepted, "F80", "newer-archive-accepted",
              "archives of later releases are not refused", "", "",
              "what the release does not know fails half-way, after other caches were restored"},
    QuirkInfo{Quirk::kValidatedAfterAccepted, "F81", "validated-after-accepted",
              "the names asked for are looked up after the request was accepted", "", "",
              "202, then 500; the reason (ISPN005048) is in the log only"},
    QuirkInfo{Quirk::kStrongCounterKept, "F82", "strong-counter-kept",
              "a strong counter that isn't at its initial value is not restored", "", "",
              "it keeps its value; Succeeded"},
    QuirkInfo{Quirk::kHeadTellsBodyLength, "F93", "head-tells-body-length",
              "answers to HEAD tell the length of a body that does not come", "", "14.0.18",
              "clients wait for it until the connection ends (EOF) and see no status"},
    QuirkInfo{Quirk::kNamesJoinedByCommas, "G1", "names-joined-by-commas",
              "an archive lists its names joined by commas: one with a comma is read as two", "",
              "", "a counter of such a name is not restored, and nothing says so; a cache fails"},
    QuirkInfo{Quirk::kLockFreedByRefused, "L19", "lock-freed-by-refused",
              "an operation that was refused because another one runs frees that one's lock", "",
              "", "a third operation runs beside the first"},
    QuirkInfo{Quirk::kLockOutlivesOwner, "L20", "lock-outlives-owner",
              "the lock of a node that died stays taken", "15.0.4", "",
              "the next operation is refused although nothing runs"},
    QuirkInfo{Quirk::kPartlyMissingFails, "L21", "partly-missing-fails",
              "a restore of names of which the archive lacks some trips over the first of those",
              "", "", "500 with a NullPointerException; the others may be restored"},
    QuirkInfo{Quirk::kCrcIgnored, "L22", "crc-ignored",
              "the check sums of an archive's entries are not looked at", "", "16.0.0",
              "changed bytes are restored as they are; Succeeded"},
    QuirkInfo{Quirk::kTypesWithoutOrder, "L23", "types-without-order",
              "caches, templates, schemas, counters and tasks are restored at the same time", "",
              "", "a cache may come before the schema or template that it needs"},
    QuirkInfo{Quirk::kWeakCounterAddedAgain, "L24", "weak-counter-added-again",
              "a weak counter's difference to its initial value is added to what is there", "", "",
              "a second restore counts twice"},
    QuirkInfo{Quirk::kNamesCheckedThenPut, "L27", "names-checked-then-put",
              "a name is looked up before, and taken after, its request was looked at", "", "",
              "two equal requests at once both pass and write to one directory"},
    QuirkInfo{Quirk::kFailureLeavesFiles, "L28", "failure-leaves-files",
              "a failed backup leaves its files in the backup directory", "", "",
              "a later backup of that name packs them too"},
    QuirkInfo{Quirk::kAllCachesAtOnce, "L30", "all-caches-at-once",
              "all caches are backed up at once, and lines of schemas and tasks are joined anew",
              "", "",
              "memory grows with the number of caches; CR LF and the last line end are lost"},
};

bool in_range(const ServerVersion& version, const QuirkInfo& info) {
  const auto reached = [&](std::string_view text) {
    const auto bound = parse_version(text);
    return bound.ok() && version.at_least(bound->major, bound->minor, bound->patch);
  };
  return (info.since.empty() || reached(info.since)) &&
         (info.fixed.empty() || !reached(info.fixed));
}

}  // namespace

std::span<const QuirkInfo> all_quirks() { return kQuirks; }

std::optional<Quirk> find_quirk(std::string_view id_or_name) {
  for (const QuirkInfo& info : kQuirks)
    if (info.id == id_or_name || info.name == id_or_name) return info.quirk;
  return std::nullopt;
}

Quirks quirks_of(const ServerVersion& version) {
  Quirks quirks;
  for (const QuirkInfo& info : kQuirks)
    quirks.set(info.quirk, !info.by_chance && in_range(version, info));
  return quirks;
}

}  // namespace drydock::fakegrid

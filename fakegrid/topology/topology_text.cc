#include "fakegrid/topology/topology_text.h"

#include <fmt/format.h>

#include <vector>

namespace drydock::fakegrid {
namespace {

std::string table_text(const OwnerTablePtr& table, const CacheTopology& topology) {
  if (!table) return "null";
  const std::vector<Member>& members = *topology.members;
  std::string owners;
  for (size_t m = 0; m < members.size(); ++m) {
    const OwnedSegments owned = owned_by(*table, static_cast<int>(m));
    owners += fmt::format("{}{}: {}+{}", owners.empty() ? "" : ", ", members[m].name, owned.primary,
                          owned.backup);
  }
  const bool distributed = topology.config->mode == CacheMode::kDistributed;
  return fmt::format("{}{{{}{}, owners = ({})[{}]}}",
                     distributed ? "DefaultConsistentHash" : "ReplicatedConsistentHash",
                     distributed ? "ns=" : "ns = ", table->segments, members.size(), owners);
}

std::string uuid_text(const HashMember& member) {
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", member.id_high >> 32,
                     (member.id_high >> 16) & 0xffff, member.id_high & 0xffff, member.id_low >> 48,
                     member.id_low & 0xffffffffffff);
}

}  // namespace

std::string_view phase_name(Phase phase) {
  switch (phase) {
    case Phase::kReadOld: return "READ_OLD_WRITE_ALL";
    case Phase::kReadAll: return "READ_ALL_WRITE_ALL";
    case Phase::kReadNew: return "READ_NEW_WRITE_ALL";
    case Phase::kNone: break;
  }
  return "NO_REBALANCE";
}

std::string text_of(const CacheTopology& topology) {
  std::string uuids;
  for (const HashMember& member : hash_members_of(*topology.members, *topology.config))
    uuids += (uuids.empty() ? "" : ", ") + uuid_text(member);
  return fmt::format(
      "CacheTopology{{id={}, phase={}, rebalanceId={}, currentCH={}, pendingCH={}, unionCH=null, "
      "actualMembers={}, persistentUUIDs=[{}]}}",
      topology.id, phase_name(topology.phase), topology.rebalance_id,
      table_text(topology.current, topology), table_text(topology.pending, topology),
      names_of(topology.reachable()), uuids);
}

}  // namespace drydock::fakegrid

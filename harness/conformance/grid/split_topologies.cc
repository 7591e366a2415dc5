#include "harness/conformance/grid/split_topologies.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"
#include "harness/conformance/grid/shares.h"

namespace drydock::harness::conformance::grid {
namespace {

std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const size_t begin = text.find(from);
  if (begin == std::string::npos) return "";
  const size_t end = text.find(to, begin + from.size());
  return text.substr(begin + from.size(), end - begin - from.size());
}

int64_t number_after(const std::string& text, std::string_view from) {
  int64_t number = 0;
  for (const char digit : between(text, from, ",")) number = number * 10 + (digit - '0');
  return number;
}

// {"node0": "131+125", ...} of "DefaultConsistentHash{ns=256, owners = (2)[node0: 131+125, ...]}";
// null of "null".
json::value shares_in(const std::string& table) {
  const std::string list = between(table, ")[", "]");
  if (list.empty()) return nullptr;
  json::object shares;
  for (const std::string_view share : split(list, ',')) {
    const size_t colon = share.find(": ");
    shares[trim(share.substr(0, colon))] = share.substr(colon + 2);
  }
  return shares;
}

// Whoever joins is listed by some and not by others.
json::value without_idle(const json::value& shares) {
  if (!shares.is_object()) return shares;
  json::object out;
  for (const auto& [node, share] : shares.get_object())
    if (share != "0+0") out[node] = share;
  return out;
}

bool same_owners(const json::value& recorded, const json::value& ours) {
  const json::value wanted = without_idle(recorded);
  json::value mine = without_idle(ours);
  align_shares(wanted, mine, kInheritedSegments);
  return wanted == mine;
}

std::vector<std::string> members_of(const json::value& topology) {
  std::vector<std::string> members = json_strings(topology, {"members"});
  std::sort(members.begin(), members.end());
  return members;
}

bool same(const json::value& recorded, const json::value& ours) {
  return json_string(recorded, {"phase"}) == json_string(ours, {"phase"}) &&
         json_int(recorded, {"rebalance"}, 0) == json_int(ours, {"rebalance"}, 0) &&
         members_of(recorded) == members_of(ours) &&
         same_owners(*json_find(recorded, {"current"}), *json_find(ours, {"current"})) &&
         same_owners(*json_find(recorded, {"pending"}), *json_find(ours, {"pending"}));
}

}  // namespace

json::value topology_in(const LogLine& line) {
  constexpr std::string_view kInstalled = "Updating local topology for cache ";
  const size_t begin = line.text.find(kInstalled);
  if (begin == std::string::npos) return nullptr;
  const std::string text = line.text.substr(begin + kInstalled.size());
  json::object topology;
  topology["cache"] = text.substr(0, text.find(": "));
  topology["id"] = number_after(text, "{id=");
  topology["phase"] = between(text, "phase=", ",");
  topology["rebalance"] = number_after(text, "rebalanceId=");
  topology["current"] = shares_in(between(text, "currentCH=", "pendingCH="));
  topology["pending"] = shares_in(between(text, "pendingCH=", "unionCH="));
  json::array members;
  const std::string reachable = between(text, "actualMembers=[", "]");
  for (const std::string_view name : split(reachable, ',')) members.emplace_back(trim(name));
  topology["members"] = std::move(members);
  return topology;
}

void SplitTopologies::ours(const std::string& node, json::value topology) {
  const std::string cache = json_string(topology, {"cache"});
  installed_[{node, cache}].push_back(std::move(topology));
}

std::string SplitTopologies::difference(const json::value& record) const {
  const auto found =
      installed_.find({json_string(record, {"node"}), json_string(record, {"cache"})});
  if (found == installed_.end()) return "ours knows no such cache";
  std::string closest = "ours has no topology of that id";
  for (const json::value& topology : found->second) {
    if (json_int(topology, {"id"}, 0) != json_int(record, {"id"}, 0)) continue;
    if (same(record, topology)) return "";
    closest = "ours: " + json::serialize(topology).substr(0, 400);
  }
  return closest;
}

}  // namespace drydock::harness::conformance::grid

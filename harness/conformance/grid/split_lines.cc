#include "harness/conformance/grid/split_lines.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"

namespace drydock::harness::conformance::grid {
namespace {

// "[b, a]" as "[a, b]", everywhere in the text.
std::string sorted_lists(const std::string& text) {
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const size_t begin = text.find('[', at);
    const size_t end = begin == std::string::npos ? begin : text.find(']', begin);
    if (end == std::string::npos) break;
    const std::string inside = text.substr(begin + 1, end - begin - 1);
    std::vector<std::string> names;
    for (const std::string_view name : split(inside, ',')) names.emplace_back(trim(name));
    std::sort(names.begin(), names.end());
    out += text.substr(at, begin - at) + "[";
    for (const std::string& name : names) out += (&name == &names.front() ? "" : ", ") + name;
    out += "]";
    at = end + 1;
  }
  return out + text.substr(std::min(at, text.size()));
}

std::string cut_after(std::string text, std::string_view what) {
  const size_t at = text.find(what);
  return at == std::string::npos ? text : text.substr(0, at);
}

std::string masked(std::string text) {
  // A merged view: who leads it is chance.
  if (text.find("ISPN000093") != std::string::npos) return cut_after(std::move(text), "MergeView");
  text = cut_after(std::move(text), ", currentCH=");
  const size_t request = text.find("for request ");
  if (request != std::string::npos) text = text.substr(0, request);
  return sorted_lists(text);
}

bool of_coordinator(const std::string& logger, const std::string& text) {
  return logger != "LIFECYCLE" && text.find("Scope=") == std::string::npos &&
         text.find("ISPN00009") == std::string::npos &&
         (text.find("Context=") != std::string::npos || text.find("cache") != std::string::npos);
}

std::string key_of(const std::string& node, const std::string& level, const std::string& logger,
                   const std::string& text) {
  const std::string who = of_coordinator(logger, text) ? "" : node;
  return who + "|" + level + "|" + logger + "|" + masked(text);
}

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

}  // namespace

void SplitLines::ours(const std::string& node, const LogLine& line) {
  const size_t end = line.text.starts_with('[') ? line.text.find("] ") : std::string::npos;
  if (end == std::string::npos) return;
  const std::string category = line.text.substr(1, end - 1);
  const size_t dot = category.rfind('.');
  const std::string logger = dot == std::string::npos ? category : category.substr(dot + 1);
  std::string text = line.text.substr(end + 2);
  ++counts_[key_of(node, line.level, logger, text)];
}

bool SplitLines::take(const json::value& record) {
  std::string logger = json_string(record, {"logger"});
  if (logger.empty()) logger = "CLUSTER";  // views
  int& left = counts_[key_of(json_string(record, {"node"}), json_string(record, {"level"}), logger,
                             json_string(record, {"msg"}))];
  if (left <= 0) return false;
  --left;
  return true;
}

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

int64_t records_in(std::string_view dat) {
  int64_t records = 0;
  size_t at = 0;
  while (at + 4 <= dat.size()) {
    size_t length = 0;
    for (size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(dat[at + i]);
    at += 4 + length;
    ++records;
  }
  return records;
}

}  // namespace drydock::harness::conformance::grid

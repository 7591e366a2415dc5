#include "harness/conformance/grid/shares.h"

#include <cstdlib>
#include <optional>
#include <string>

namespace drydock::harness::conformance::grid {
namespace {

constexpr double kEntries = 200;  // in each cache of these recordings
constexpr double kNearEntries = 40;
constexpr int kSegments = 256;
constexpr int kNearSegments = 12;

struct Owned {
  int primary = 0;
  int backup = 0;
};

// "131+125".
std::optional<Owned> owned_in(std::string_view text) {
  const size_t plus = text.find('+');
  if (plus == std::string_view::npos || text.find_first_not_of("0123456789+") != text.npos)
    return std::nullopt;
  return Owned{std::atoi(std::string(text.substr(0, plus)).c_str()),
               std::atoi(std::string(text.substr(plus + 1)).c_str())};
}

bool is_part(int count) { return count > 0 && count < kSegments; }

bool about_same(int recorded, int ours) {
  return recorded == ours ||
         (is_part(recorded) && is_part(ours) && std::abs(recorded - ours) <= kNearSegments);
}

bool is_share_text(std::string_view recorded, std::string_view ours) {
  const std::optional<Owned> theirs = owned_in(recorded);
  const std::optional<Owned> mine = owned_in(ours);
  return theirs && mine && about_same(theirs->primary, mine->primary) &&
         about_same(theirs->backup, mine->backup);
}

bool is_number(const json::value& value) {
  return value.is_int64() || value.is_uint64() || value.is_double();
}

bool is_share_of_entries(const json::value& recorded, const json::value& ours) {
  const auto theirs = recorded.to_number<double>();
  const auto mine = ours.to_number<double>();
  const auto part = [](double count) { return count > 0 && count != kEntries; };
  return part(theirs) && part(mine) && std::abs(theirs - mine) <= kNearEntries;
}

// A text that is JSON stands for its value.
void align_texts(const json::value& recorded, json::value& ours) {
  if (is_share_text(recorded.get_string(), ours.get_string())) {
    ours = recorded;
    return;
  }
  const Result<json::value> theirs = json_parse(recorded.get_string());
  Result<json::value> mine = json_parse(ours.get_string());
  if (!theirs.ok() || !mine.ok() || !theirs->is_array()) return;
  align_shares(*theirs, *mine);
  ours = json_text(*mine);
}

// The item of another array that is about the same node; the one at the same place otherwise.
const json::value* counterpart(const json::array& items, const json::value& of, size_t place) {
  const std::string name = json_string(of, {"node_name"});
  for (const json::value& item : items)
    if (!name.empty() && json_string(item, {"node_name"}) == name) return &item;
  return place < items.size() ? &items[place] : nullptr;
}

}  // namespace

void align_shares(const json::value& recorded, json::value& ours) {
  if (recorded.is_object() && ours.is_object()) {
    for (auto& [name, value] : ours.get_object())
      if (const json::value* other = recorded.get_object().if_contains(name))
        align_shares(*other, value);
  } else if (recorded.is_array() && ours.is_array()) {
    json::array& items = ours.get_array();
    for (size_t i = 0; i < items.size(); ++i)
      if (const json::value* other = counterpart(recorded.get_array(), items[i], i))
        align_shares(*other, items[i]);
  } else if (recorded.is_string() && ours.is_string()) {
    align_texts(recorded, ours);
  } else if (is_number(recorded) && is_number(ours)) {
    if (is_share_of_entries(recorded, ours)) ours = recorded;
  }
}

}  // namespace drydock::harness::conformance::grid

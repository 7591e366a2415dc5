#include "harness/conformance/grid/shares.h"

#include <cstdlib>
#include <optional>
#include <string>

namespace drydock::harness::conformance::grid {
namespace {

constexpr double kEntries = 200;  // in each cache of these recordings
constexpr double kNearEntries = 40;
constexpr double kStrayEntries = 12;  // move between old members when another joins
constexpr int kSegments = 256;

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

class Aligner {
 public:
  explicit Aligner(int segments_apart) : segments_apart_(segments_apart) {}

  void align(const json::value& recorded, json::value& ours, std::string_view name);

 private:
  bool about_same(int recorded, int ours) const;
  bool is_share_text(std::string_view recorded, std::string_view ours) const;
  void align_texts(const json::value& recorded, json::value& ours, std::string_view name);
  void align_items(const json::array& recorded, json::array& items);

  int segments_apart_;
};

bool Aligner::about_same(int recorded, int ours) const {
  return recorded == ours ||
         (is_part(recorded) && is_part(ours) && std::abs(recorded - ours) <= segments_apart_);
}

bool Aligner::is_share_text(std::string_view recorded, std::string_view ours) const {
  const std::optional<Owned> theirs = owned_in(recorded);
  const std::optional<Owned> mine = owned_in(ours);
  return theirs && mine && about_same(theirs->primary, mine->primary) &&
         about_same(theirs->backup, mine->backup);
}

bool is_number(const json::value& value) {
  return value.is_int64() || value.is_uint64() || value.is_double();
}

bool is_share_of_entries(const json::value& recorded, const json::value& ours,
                         std::string_view name) {
  if (name.find("entries") == std::string_view::npos) return false;  // ids are no shares
  const auto theirs = recorded.to_number<double>();
  const auto mine = ours.to_number<double>();
  const double apart = std::abs(theirs - mine);
  if (name == "total_number_of_entries" && apart <= kStrayEntries) return true;
  const auto part = [](double count) { return count > 0 && count != kEntries; };
  return part(theirs) && part(mine) && apart <= kNearEntries;
}

// A text that is JSON stands for its value.
void Aligner::align_texts(const json::value& recorded, json::value& ours, std::string_view name) {
  if (is_share_text(recorded.get_string(), ours.get_string())) {
    ours = recorded;
    return;
  }
  const Result<json::value> theirs = json_parse(recorded.get_string());
  Result<json::value> mine = json_parse(ours.get_string());
  if (!theirs.ok() || !mine.ok()) return;
  if (is_number(*theirs) && is_number(*mine)) {
    if (is_share_of_entries(*theirs, *mine, name)) ours = recorded;
  } else if (theirs->is_array()) {
    align(*theirs, *mine, "");
    ours = json_text(*mine);
  }
}

// The item of another array that is about the same node; the one at the same place otherwise.
const json::value* counterpart(const json::array& items, const json::value& of, size_t place) {
  const std::string name = json_string(of, {"node_name"});
  for (const json::value& item : items)
    if (!name.empty() && json_string(item, {"node_name"}) == name) return &item;
  return place < items.size() ? &items[place] : nullptr;
}

void Aligner::align_items(const json::array& recorded, json::array& items) {
  for (size_t i = 0; i < items.size(); ++i)
    if (const json::value* other = counterpart(recorded, items[i], i)) align(*other, items[i], "");
}

void Aligner::align(const json::value& recorded, json::value& ours, std::string_view name) {
  if (recorded.is_object() && ours.is_object()) {
    for (auto& [member, value] : ours.get_object())
      if (const json::value* other = recorded.get_object().if_contains(member))
        align(*other, value, member);
  } else if (recorded.is_array() && ours.is_array()) {
    align_items(recorded.get_array(), ours.get_array());
  } else if (recorded.is_string() && ours.is_string()) {
    align_texts(recorded, ours, name);
  } else if (is_number(recorded) && is_number(ours)) {
    if (is_share_of_entries(recorded, ours, name)) ours = recorded;
  }
}

}  // namespace

void align_shares(const json::value& recorded, json::value& ours, int segments_apart) {
  Aligner(segments_apart).align(recorded, ours, "");
}

}  // namespace drydock::harness::conformance::grid

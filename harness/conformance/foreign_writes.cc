#include "harness/conformance/foreign_writes.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "harness/conformance/texts.h"

namespace drydock::harness::conformance {
namespace {

constexpr Duration kShortlyAfter = microseconds(500);

class Survey {
 public:
  void add(const Record& record) {
    const Duration answered = record.start + record.took;
    if (record.method == "DELETE" && record.code == 200)
      deletions_.push_back({record.start, answered});
    add_answer(record.answer_json(), record.start, answered);
    add_request(record);
    for (const StreamLine& line : record.stream) {
      const json::value event = line.event();
      const json::value* object = json_find(event, {"object"});
      if (object == nullptr) continue;
      if (json_string(event, {"type"}) == "BOOKMARK")
        add_bookmark(revision_of(*object), record.start, record.start + line.at);
      else
        add_answer(*object, record.start + line.at, record.start + line.at);
    }
  }

  std::vector<ForeignWrite> writes() const {
    std::vector<ForeignWrite> found;
    for (const auto& [revision, shown] : shown_) {
      const auto newer = objects_.upper_bound(revision);
      const bool between = newer != objects_.begin() && newer != objects_.end();
      if (objects_.contains(revision) || !between) continue;
      if (may_be_deletion(std::prev(newer)->second, shown)) continue;
      const auto watched = watched_from_.find(revision);
      const Duration from = watched == watched_from_.end() ? Duration{} : watched->second;
      const Duration after = std::max(latest_before(revision), from) + kShortlyAfter;
      found.push_back({std::min(after, shown), revision});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const ForeignWrite& a, const ForeignWrite& b) { return a.when < b.when; });
    return found;
  }

 private:
  using Moments = std::map<uint64_t, Duration>;  // revision to when it was first seen

  static void note(Moments& moments, uint64_t revision, Duration when) {
    if (revision == 0) return;
    const auto [entry, is_new] = moments.emplace(revision, when);
    if (!is_new) entry->second = std::min(entry->second, when);
  }

  // A deletion takes a revision that its answer doesn't show.
  bool may_be_deletion(Duration after, Duration before) const {
    return std::any_of(deletions_.begin(), deletions_.end(), [&](const auto& call) {
      return call.second >= after && call.first <= before;
    });
  }

  // When the newest state that is older than `revision` was seen last.
  Duration latest_before(uint64_t revision) const {
    Duration latest{};
    for (auto at = objects_.begin(); at != objects_.lower_bound(revision); ++at)
      latest = std::max(latest, at->second);
    for (auto at = listed_.begin(); at != listed_.lower_bound(revision); ++at)
      latest = std::max(latest, at->second);
    return latest;
  }

  // A watch tells of what happened since it began.
  void add_bookmark(uint64_t revision, Duration began, Duration when) {
    note(shown_, revision, when);
    note(watched_from_, revision, began);
  }

  void add_request(const Record& record) {
    constexpr std::string_view kParameter = "resourceVersion=";
    const size_t at = record.path.find(kParameter);
    if (at != std::string::npos)
      note(shown_, to_revision(std::string_view(record.path).substr(at + kParameter.size())),
           record.start);
  }

  // What a list tells was so when it was read: after `asked`, before `when`.
  void add_answer(const json::value& answer, Duration asked, Duration when) {
    const bool many =
        json_find(answer, {"items"}) != nullptr || json_array(answer, {"rows"}).size() > 1;
    const uint64_t revision = revision_of(answer);
    if (many)
      note(shown_, revision, asked);
    else
      note(objects_, revision, when);
    if (many && revision > 0) listed_[revision] = std::max(listed_[revision], when);
    for (const json::value& item : json_array(answer, {"items"}))
      note(objects_, revision_of(item), when);
    for (const json::value& row : json_array(answer, {"rows"}))
      if (const json::value* object = json_find(row, {"object"}))
        note(objects_, revision_of(*object), when);
  }

  Moments shown_;                                         // by lists, bookmarks and requests
  Moments watched_from_;                                  // of bookmarks: when their watch began
  Moments listed_;                                        // by lists, when last
  Moments objects_;                                       // of objects
  std::vector<std::pair<Duration, Duration>> deletions_;  // from when to when each took
};

}  // namespace

std::vector<ForeignWrite> foreign_writes(const std::vector<Record>& records) {
  Survey survey;
  for (const Record& record : records)
    if (!record.asked) survey.add(record);
  return survey.writes();
}

}  // namespace drydock::harness::conformance

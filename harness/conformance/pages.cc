#include "harness/conformance/pages.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace drydock::harness::conformance {
namespace {

using Key = std::pair<std::string, std::string>;  // namespace and name, as lists are ordered

Key key_of(const ApiPath& path) { return {path.namespace_name, path.name}; }

bool same_collection(const ApiPath& a, const ApiPath& b) {
  return a.group == b.group && a.plural == b.plural;
}

// How many objects the recorded server had behind the page; 0 when the list was whole.
size_t count_behind(const Record& record) {
  if (record.method != "GET" || record.code != 200 || record.is_stream) return 0;
  const json::value answer = record.answer_json();
  if (json_string(answer, {"metadata", "continue"}).empty()) return 0;
  return static_cast<size_t>(
      std::max<int64_t>(1, json_int(answer, {"metadata", "remainingItemCount"})));
}

class Pages {
 public:
  Pages(const std::vector<Record>& records, const std::vector<std::vector<Sight>>& sights)
      : records_(records), sights_(sights) {}

  std::vector<Fixture> run() {
    for (size_t i = 0; i < records_.size(); ++i) {
      if (i == 0 || records_[i].group != records_[i - 1].group) group_start_ = i;
      const size_t behind = count_behind(records_[i]);
      if (behind > 0 && !sights_[i].empty()) fill(i, behind);
    }
    return std::move(found_);
  }

 private:
  void fill(size_t index, size_t behind) {
    const Sight& last = sights_[index].back();
    std::set<Key> known = known_behind(index, last.path);
    for (size_t n = 1; known.size() < behind; ++n) {
      Fixture fixture{.path = last.path, .object = last.object, .before = group_start_};
      fixture.path.name += "-behind-" + std::to_string(n);
      json_at(fixture.object, {"metadata", "name"}) = fixture.path.name;
      for (std::string_view member : {"uid", "resourceVersion", "ownerReferences"})
        json_remove(fixture.object, {"metadata", member});
      if (known.insert(key_of(fixture.path)).second) found_.push_back(std::move(fixture));
    }
  }

  // What records before `index` leave behind `last`, and what later ones of its group show there.
  std::set<Key> known_behind(size_t index, const ApiPath& last) const {
    const std::string scope = parse_path(records_[index].path).namespace_name;
    std::set<Key> known;
    for (const Fixture& fixture : found_)
      if (same_collection(fixture.path, last) && key_of(fixture.path) > key_of(last) &&
          (scope.empty() || fixture.path.namespace_name == scope))
        known.insert(key_of(fixture.path));
    for (size_t i = 0; i < records_.size(); ++i) {
      if (i > index && records_[i].group != records_[index].group) break;
      for (const Sight& sight : sights_[i]) {
        if (!same_collection(sight.path, last) || !(key_of(last) < key_of(sight.path))) continue;
        if (!scope.empty() && sight.path.namespace_name != scope) continue;
        if (records_[i].method == "DELETE" && i < index)
          known.erase(key_of(sight.path));
        else if (i < index || !is_made_between(sight.path, index, i))
          known.insert(key_of(sight.path));
      }
    }
    return known;
  }

  // Whether a record from `from` up to `to` makes the object.
  bool is_made_between(const ApiPath& object, size_t from, size_t to) const {
    for (size_t i = from; i <= to; ++i)
      for (const Sight& sight : sights_[i])
        if (records_[i].code == 201 && sight.path.key() == object.key()) return true;
    return false;
  }

  const std::vector<Record>& records_;
  const std::vector<std::vector<Sight>>& sights_;
  size_t group_start_ = 0;
  std::vector<Fixture> found_;
};

}  // namespace

std::vector<Fixture> objects_behind_pages(const std::vector<Record>& records,
                                          const std::vector<std::vector<Sight>>& sights) {
  return Pages(records, sights).run();
}

}  // namespace drydock::harness::conformance

#include "harness/conformance/fixtures.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "harness/conformance/pages.h"
#include "harness/conformance/sights.h"
#include "harness/conformance/texts.h"

namespace drydock::harness::conformance {
namespace {

constexpr std::string_view kPlaceholder = "before";

bool is_success(const Record& record) { return record.code >= 200 && record.code < 300; }

bool is_made_by_controllers(const ApiPath& path) {
  static const std::set<std::string> namespaces = {"default", "kube-system", "kube-public",
                                                   "kube-node-lease"};
  return (path.plural == "serviceaccounts" && path.name == "default") ||
         (path.plural == "configmaps" && path.name == "kube-root-ca.crt") ||
         (path.plural == "namespaces" && namespaces.contains(path.name)) ||
         path.plural == "customresourcedefinitions";
}

// Takes a patch back: what it removed was there, what it set was not, or was something else.
void take_back(json::value& value, const json::value& patch);

void take_back_items(json::array& items, const json::array& patch) {
  for (const json::value& change : patch)
    for (json::value& item : items)
      if (json_string(item, {"name"}) == json_string(change, {"name"})) take_back(item, change);
}

void take_back(json::value& value, const json::value& patch) {
  if (!value.is_object() || !patch.is_object()) return;
  for (const auto& member : patch.get_object()) {
    if (member.key() == "name" || member.key().starts_with("$")) continue;
    json::value* present = value.get_object().if_contains(member.key());
    if (member.value().is_null()) {
      if (present == nullptr) value.get_object()[member.key()] = kPlaceholder;
    } else if (present == nullptr) {
      continue;
    } else if (member.value().is_object()) {
      take_back(*present, member.value());
    } else if (member.value().is_array() && present->is_array()) {
      take_back_items(present->get_array(), member.value().get_array());
    } else if (*present == member.value()) {
      if (present->is_string())
        *present = kPlaceholder;
      else
        value.get_object().erase(member.key());
    }
  }
}

void drop_generation(json::value& object) {
  const int64_t generation = json_int(object, {"metadata", "generation"});
  if (generation > 1) json_at(object, {"metadata", "generation"}) = generation - 1;
}

// Takes a deletion back that something holds up.
void take_back_deletion(json::value& object) {
  if (json_find(object, {"metadata", "deletionTimestamp"}) == nullptr) return;
  for (std::string_view key : {"deletionTimestamp", "deletionGracePeriodSeconds"})
    json_remove(object, {"metadata", key});
  drop_generation(object);
  if (json_string(object, {"status", "phase"}) == "Terminating")
    json_at(object, {"status", "phase"}) = "Active";
  json::array kept;
  for (const json::value& finalizer : json_array(object, {"metadata", "finalizers"}))
    if (finalizer != "orphan" && finalizer != "foregroundDeletion") kept.push_back(finalizer);
  json_remove(object, {"metadata", "finalizers"});
  if (!kept.empty()) json_at(object, {"metadata", "finalizers"}) = std::move(kept);
}

// A PUT names the revision that it read; one that let a deletion go on took the last finalizer.
void hold_deletion(const Record& record, json::value& object) {
  const std::string read = json_string(record.body_json(), {"metadata", "resourceVersion"});
  if (!read.empty()) json_at(object, {"metadata", "resourceVersion"}) = read;
  const bool held = !json_array(object, {"metadata", "finalizers"}).empty();
  if (!held && json_find(object, {"metadata", "deletionTimestamp"}) != nullptr)
    json_at(object, {"metadata", "finalizers"}) = json::array{"before/it"};
}

// The object as it was before the write whose answer shows it.
json::value before_write(const Record& record, json::value object) {
  if (record.is_stream) return object;
  if (record.method == "DELETE") take_back_deletion(object);
  if (record.method == "PUT") hold_deletion(record, object);
  const std::string* type = find_header(record.headers, "Content-Type");
  const bool merges = type != nullptr && type->find("merge-patch") != std::string::npos;
  json::value patch = record.body_json();
  if (record.method != "PATCH" || !merges || !patch.is_object()) return object;
  json_remove(patch, {"metadata", "resourceVersion"});
  if (json_find(patch, {"spec"}) != nullptr) drop_generation(object);
  take_back(object, patch);
  return object;
}

// The newest revision in an answer, of the list or object itself.
uint64_t newest_shown(const Record& record) {
  uint64_t newest = revision_of(record.answer_json());
  for (const StreamLine& line : record.stream) {
    const json::value event = line.event();
    if (const json::value* object = json_find(event, {"object"}))
      newest = std::max(newest, revision_of(*object));
  }
  return newest;
}

class Search {
 public:
  explicit Search(const std::vector<Record>& records)
      : records_(records), sights_(all_sights(records)) {}

  std::vector<Fixture> run() {
    for (size_t i = 0; i < records_.size(); ++i) {
      if (group_start_.empty() || records_[i].group != records_[i - 1].group)
        group_start_[records_[i].group] = i;
      if (!records_[i].asked) look_at(i);
    }
    std::vector<Fixture> fixtures = objects_behind_pages(records_, sights_);
    for (auto& [key, need] : needs_) {
      Fixture fixture{.path = need.path};
      fill(need, fixture);
      fixture.before = place(need, fixture);
      fixtures.push_back(std::move(fixture));
    }
    std::stable_sort(fixtures.begin(), fixtures.end(), [](const Fixture& a, const Fixture& b) {
      const auto rank = [](const Fixture& f) {
        return std::tuple(f.before, f.path.plural != "namespaces", revision_of(f.object));
      };
      return rank(a) < rank(b);
    });
    return fixtures;
  }

 private:
  struct Need {
    ApiPath path;
    size_t before = 0;  // not before this record
    size_t first = 0;   // the record that needs it
  };

  void need(const ApiPath& path, size_t index) {
    if (path.name.empty() || is_made_by_controllers(path) || !known_.insert(path.key()).second)
      return;
    needs_.emplace(path.key(), Need{path, group_start_[records_[index].group], index});
  }

  void look_at(size_t index) {
    const Record& record = records_[index];
    const ApiPath path = parse_path(record.path);
    if (!path.is_resource()) return;
    if (record.code == 201) need_namespace(path, index);
    if (record.method == "POST" && path.subresource.empty())
      look_at_create(path, index);
    else if (!path.name.empty())
      look_at_one(path, index);
    for (const Sight& sight : sights_[index]) need(sight.path, index);
  }

  // Whether it was there before, by how the server took a request that names it.
  void look_at_one(const ApiPath& path, size_t index) {
    const Record& record = records_[index];
    const std::string* type = find_header(record.headers, "Content-Type");
    const bool apply = type != nullptr && type->find("apply-patch") != std::string::npos;
    const bool made_here = record.code == 201 && path.subresource.empty();
    if (made_here) known_.insert(path.key());
    const bool log = path.subresource == "log" && record.code == 400;
    const bool there = is_success(record) || log || (record.code == 409 && !apply) ||
                       (record.code == 422 && !apply && record.method == "PATCH");
    if (there) need(path, index);
  }

  void need_namespace(const ApiPath& path, size_t index) {
    ApiPath home;
    home.version = "v1";
    home.plural = "namespaces";
    home.name = path.namespace_name;
    need(home, index);
  }

  void look_at_create(ApiPath path, size_t index) {
    const Record& record = records_[index];
    if (record.code == 409 || record.code == 422) need_namespace(path, index);
    path.name = json_string(record.answer_json(), {"metadata", "name"});
    if (path.name.empty()) path.name = json_string(record.body_json(), {"metadata", "name"});
    const bool dry = record.path.find("dryRun") != std::string::npos;
    if (is_success(record) && !dry) known_.insert(path.key());
    if (record.code == 409) need(path, index);
  }

  // With the oldest whole sight, or the first partial one.
  void fill(const Need& need, Fixture& fixture) const {
    std::optional<json::value> best;
    const Record* shown_by = nullptr;
    std::optional<json::value> partial;
    for (size_t i = 0; i < records_.size(); ++i) {
      if (records_[i].group != records_[need.first].group) continue;
      for (const Sight& sight : sights_[i]) {
        if (sight.path.key() != need.path.key()) continue;
        if (!sight.whole) {
          if (!partial) partial = sight.object;
        } else if (!best || revision_of(sight.object) < revision_of(*best)) {
          best = sight.object;
          shown_by = &records_[i];
        }
      }
    }
    if (best) {
      fixture.object = before_write(*shown_by, *std::move(best));
      fixture.exact = shown_by->is_stream || shown_by->method == "GET" || shown_by->method == "PUT";
      return;
    }
    std::optional<json::value> pod;
    if (need.path.plural == "pods") pod = pod_of_logs(records_, need.path);
    fixture.object = pod ? *std::move(pod) : partial ? *std::move(partial) : minimal(need);
  }

  // The record before which it was written: the first that shows a later revision.
  size_t place(const Need& need, const Fixture& fixture) const {
    const uint64_t revision = fixture.exact ? revision_of(fixture.object) : 0;
    if (need.path.plural == "namespaces") return need.before;
    if (revision == 0) return need.first;
    for (size_t i = need.before; i < need.first; ++i)
      if (!records_[i].asked && newest_shown(records_[i]) >= revision) return i;
    return need.first;
  }

  // Nothing ever shows it: what the request that needs it says, or only its name.
  json::value minimal(const Need& need) const {
    const Record& record = records_[need.first];
    json::value object = record.method == "PUT" || record.method == "POST"
                             ? record.body_json()
                             : json::value(json::object());
    if (!object.is_object()) object = json::object();
    json_at(object, {"metadata", "name"}) = need.path.name;
    json_remove(object, {"metadata", "resourceVersion"});
    return object;
  }

  const std::vector<Record>& records_;
  const std::vector<std::vector<Sight>> sights_;  // by record
  std::map<std::string, size_t> group_start_;
  std::set<std::string> known_;
  std::map<std::string, Need> needs_;
};

}  // namespace

std::vector<Fixture> missing_objects(const std::vector<Record>& records) {
  return Search(records).run();
}

}  // namespace drydock::harness::conformance

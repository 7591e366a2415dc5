#include "fakekube/schema/managed_fields.h"

#include <algorithm>
#include <utility>

#include "fakekube/schema/apply_merge.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxUpdaters = 10;
constexpr std::string_view kOldUpdates = "ancient-changes";
constexpr std::string_view kFieldsType = "FieldsV1";

// What nobody owns: identity and what the server keeps by itself.
const FieldSet& unowned_fields() {
  static const FieldSet fields = [] {
    FieldSet set;
    for (std::string_view name : {"apiVersion", "kind", "metadata"})
      set.insert({PathElement::field(name)});
    for (std::string_view name : {"name", "namespace", "creationTimestamp", "selfLink", "uid",
                                  "clusterName", "generation", "managedFields", "resourceVersion"})
      set.insert({PathElement::field("metadata"), PathElement::field(name)});
    return set;
  }();
  return fields;
}

json::value sorted_members(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return value;
  std::vector<std::string_view> names;
  for (const auto& member : *object) names.push_back(member.key());
  std::sort(names.begin(), names.end());
  json::object sorted;
  for (std::string_view name : names) sorted.emplace(name, sorted_members(object->at(name)));
  return sorted;
}

json::value to_json(const ManagedEntry& entry, bool sorted) {
  json::object object;
  object.emplace("manager", text_value(entry.manager.name));
  object.emplace("operation", entry.manager.apply ? "Apply" : "Update");
  object.emplace("apiVersion", text_value(entry.manager.api_version));
  if (!entry.time.empty()) object.emplace("time", text_value(entry.time));
  object.emplace("fieldsType", text_value(kFieldsType));
  object.emplace("fieldsV1", entry.fields.to_json());
  if (!entry.manager.subresource.empty())
    object.emplace("subresource", text_value(entry.manager.subresource));
  return sorted ? sorted_members(object) : json::value(std::move(object));
}

std::optional<ManagedEntry> parse_entry(const json::value& value) {
  const std::string_view operation = string_at(value, {"operation"});
  if (operation != "Apply" && operation != "Update") return std::nullopt;
  if (string_at(value, {"fieldsType"}) != kFieldsType) return std::nullopt;
  const std::string_view version = string_at(value, {"apiVersion"});
  if (version.empty()) return std::nullopt;
  const json::value* fields = json_find(value, {"fieldsV1"});
  std::optional<FieldSet> set =
      FieldSet::from_json(fields == nullptr ? json::value(json::object()) : *fields);
  if (!set) return std::nullopt;
  return ManagedEntry{.manager = {.name = std::string(string_at(value, {"manager"})),
                                  .apply = operation == "Apply",
                                  .api_version = std::string(version),
                                  .subresource = std::string(string_at(value, {"subresource"}))},
                      .time = std::string(string_at(value, {"time"})),
                      .fields = *std::move(set)};
}

// The order in which a real server prints them; RFC 3339 times of one zone order as texts.
bool printed_before(const ManagedEntry& a, const ManagedEntry& b) {
  if (a.manager.apply != b.manager.apply) return a.manager.apply;
  if (a.time != b.time) return a.time < b.time;
  if (a.manager.name != b.manager.name) return a.manager.name < b.manager.name;
  if (a.manager.api_version != b.manager.api_version)
    return a.manager.api_version < b.manager.api_version;
  return a.manager.subresource < b.manager.subresource;
}

// What changes, by the version of the kind in which it is asked; each is compared once.
class Changes {
 public:
  Changes(const ObjectsOfVersion& objects, const std::vector<std::string_view>& reset)
      : objects_(objects), reset_(reset) {}

  // nullptr: that version is not served any more.
  const FieldChanges* of(const std::string& version) {
    const auto [place, added] = known_.try_emplace(version);
    if (!added) return place->second ? &*place->second : nullptr;
    const std::optional<VersionedObjects> objects = objects_(version);
    if (!objects) return nullptr;
    place->second = compare_fields(objects->schema, *objects->old_object, *objects->new_object);
    for (std::string_view name : reset_) {
      const FieldPath path = {PathElement::field(name)};
      place->second->added.erase_below(path);
      place->second->modified.erase_below(path);
      place->second->removed.erase_below(path);
    }
    return &*place->second;
  }

 private:
  const ObjectsOfVersion& objects_;
  const std::vector<std::string_view>& reset_;
  std::map<std::string, std::optional<FieldChanges>> known_;
};

}  // namespace

FieldManager::Identity FieldManager::identity() const {
  return {name, apply, subresource, apply ? std::string() : api_version};
}

bool FieldManager::same_as(const FieldManager& other) const {
  return name == other.name && apply == other.apply && subresource == other.subresource &&
         (apply || api_version == other.api_version);
}

std::string FieldManager::sort_key() const {
  json::object key;
  if (!name.empty()) key.emplace("manager", text_value(name));
  key.emplace("operation", apply ? "Apply" : "Update");
  if (!apply) key.emplace("apiVersion", text_value(api_version));
  if (!subresource.empty()) key.emplace("subresource", text_value(subresource));
  return json_text(key);
}

std::optional<ManagedFields> ManagedFields::read(const json::value& object) {
  ManagedFields managed;
  const json::value* list = metadata_of(object).if_contains("managedFields");
  if (list == nullptr || !list->is_array()) return managed;
  std::map<FieldManager::Identity, size_t> places;
  for (const json::value& item : list->get_array()) {
    std::optional<ManagedEntry> entry = parse_entry(item);
    if (!entry) return std::nullopt;
    const auto [place, is_new] =
        places.try_emplace(entry->manager.identity(), managed.entries_.size());
    if (is_new)
      managed.entries_.push_back(*std::move(entry));
    else
      managed.entries_[place->second] = *std::move(entry);
  }
  return managed;
}

bool ManagedFields::asks_reset(const json::value& object) {
  const json::array& list = json_array(object, {"metadata", "managedFields"});
  return list.size() == 1 && list[0].is_object() && list[0].get_object().empty();
}

void ManagedFields::remove_from(json::value& object) {
  remove_member(mutable_metadata(object), "managedFields");
}

ManagedEntry* ManagedFields::entry_of(const FieldManager& manager) {
  const auto found = std::find_if(
      entries_.begin(), entries_.end(),
      [&manager](const ManagedEntry& entry) { return entry.manager.same_as(manager); });
  return found == entries_.end() ? nullptr : &*found;
}

const ManagedEntry* ManagedFields::find(const FieldManager& manager) const {
  return const_cast<ManagedFields*>(this)->entry_of(manager);
}

void ManagedFields::drop_empty() {
  std::erase_if(entries_, [](const ManagedEntry& entry) { return entry.fields.empty(); });
}

void ManagedFields::update(const ObjectsOfVersion& objects, const TrackedWrite& write) {
  Changes changes(objects, write.reset);
  std::erase_if(entries_, [&changes](const ManagedEntry& entry) {
    return changes.of(entry.manager.api_version) == nullptr;
  });
  for (ManagedEntry& entry : entries_) {
    const FieldChanges& theirs = *changes.of(entry.manager.api_version);
    entry.fields = entry.fields.difference(theirs.added)
                       .difference(theirs.modified)
                       .difference(theirs.removed);
  }
  drop_empty();
  const FieldChanges* mine = changes.of(write.manager.api_version);
  if (mine == nullptr) return;
  FieldSet taken = mine->added.united(mine->modified).difference(unowned_fields());
  if (taken.empty()) return;
  if (ManagedEntry* known = entry_of(write.manager)) {
    known->fields = known->fields.united(taken);
    known->time = write.now;
    return;
  }
  entries_.push_back({.manager = write.manager, .time = write.now, .fields = std::move(taken)});
}

void ManagedFields::set_applied(const FieldManager& manager, FieldSet fields) {
  if (ManagedEntry* known = entry_of(manager)) {
    known->manager = manager;  // the version may be another now
    known->fields = std::move(fields);
    return;
  }
  entries_.push_back({.manager = manager, .time = {}, .fields = std::move(fields)});
}

void ManagedFields::set_time(const FieldManager& manager, std::string_view now) {
  if (ManagedEntry* known = entry_of(manager)) known->time = now;
}

std::vector<FieldConflict> ManagedFields::take(const ObjectsOfVersion& objects,
                                               const TrackedWrite& write, bool force) {
  Changes changes(objects, write.reset);
  std::vector<FieldConflict> conflicts;
  const auto others = [&](const auto& act) {
    for (ManagedEntry& entry : entries_)
      if (!entry.manager.same_as(write.manager)) act(entry);
  };
  std::erase_if(entries_, [&](const ManagedEntry& entry) {
    return !entry.manager.same_as(write.manager) &&
           changes.of(entry.manager.api_version) == nullptr;
  });
  others([&](ManagedEntry& entry) {
    const FieldChanges& theirs = *changes.of(entry.manager.api_version);
    const FieldSet taken = entry.fields.intersection(theirs.modified.united(theirs.added));
    for (FieldPath& path : taken.paths()) conflicts.push_back({entry.manager, std::move(path)});
  });
  if (!conflicts.empty() && !force) return conflicts;
  others([&](ManagedEntry& entry) {
    const FieldChanges& theirs = *changes.of(entry.manager.api_version);
    entry.fields = entry.fields.difference(theirs.modified)
                       .difference(theirs.added)
                       .difference(theirs.removed);
  });
  drop_empty();
  return conflicts;
}

void ManagedFields::strip(const FieldManager& manager) {
  if (ManagedEntry* known = entry_of(manager))
    known->fields = known->fields.difference(unowned_fields());
  drop_empty();
}

void ManagedFields::cap_updaters() {
  using Updater = std::pair<std::string, ManagedEntry>;  // with its manager's sort_key()
  std::vector<Updater> updaters;
  std::vector<ManagedEntry> kept;
  for (ManagedEntry& entry : entries_) {
    if (entry.manager.apply)
      kept.push_back(std::move(entry));
    else
      updaters.emplace_back(entry.manager.sort_key(), std::move(entry));
  }
  std::sort(updaters.begin(), updaters.end(), [](const Updater& a, const Updater& b) {
    return a.second.time != b.second.time ? a.second.time < b.second.time : a.first < b.first;
  });
  size_t left = updaters.size();
  // By version: the oldest stays as it is until a second one of its version joins it.
  std::map<std::string, ManagedEntry*> oldest;
  for (auto& [key, entry] : updaters) {
    if (left <= kMaxUpdaters) break;
    const auto [place, first] = oldest.try_emplace(entry.manager.api_version, &entry);
    if (first) continue;
    ManagedEntry& bucket = *place->second;
    bucket.manager = {.name = std::string(kOldUpdates),
                      .apply = false,
                      .api_version = entry.manager.api_version,
                      .subresource = {}};
    bucket.fields = bucket.fields.united(entry.fields);
    bucket.time = entry.time;
    entry.fields = FieldSet();
    --left;
  }
  for (auto& [key, entry] : updaters) kept.push_back(std::move(entry));
  entries_ = std::move(kept);
  drop_empty();
}

void ManagedFields::write(const ResourceType& type, json::value& object) const {
  json::object& metadata = mutable_metadata(object);
  if (entries_.empty()) {
    remove_member(metadata, "managedFields");
    return;
  }
  std::vector<const ManagedEntry*> sorted;
  for (const ManagedEntry& entry : entries_) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const ManagedEntry* a, const ManagedEntry* b) { return printed_before(*a, *b); });
  json::array list;
  for (const ManagedEntry* entry : sorted) list.push_back(to_json(*entry, type.custom));
  set_member(metadata, "managedFields", std::move(list));
}

bool same_ownership(const json::value& a, const json::value& b) {
  const std::optional<ManagedFields> left = ManagedFields::read(a);
  const std::optional<ManagedFields> right = ManagedFields::read(b);
  if (!left || !right || left->entries().size() != right->entries().size()) return false;
  std::map<FieldManager::Identity, const ManagedEntry*> others;
  for (const ManagedEntry& entry : right->entries())
    others.emplace(entry.manager.identity(), &entry);
  return std::all_of(left->entries().begin(), left->entries().end(),
                     [&others](const ManagedEntry& entry) {
                       const auto other = others.find(entry.manager.identity());
                       return other != others.end() && other->second->fields == entry.fields &&
                              other->second->manager.api_version == entry.manager.api_version;
                     });
}

}  // namespace drydock::fakekube

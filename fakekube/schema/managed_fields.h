// metadata.managedFields: who owns which fields of an object, as a real API server tracks it.
//
//   ManagedFields managed = ManagedFields::read(stored);
//   managed.update(schema, old_object, new_object, {.manager = "kubectl", ...}, now);
//   managed.write(type, new_object);
//
// Values; nothing suspends. Facts: k8s.io/apimachinery/pkg/util/managedfields of 1.33.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"
#include "fakekube/schema/apply_schema.h"
#include "fakekube/schema/field_set.h"

namespace drydock::fakekube {

// Who writes, how and through what. An Apply is known without its version.
struct FieldManager {
  std::string name;  // "kubectl"
  bool apply = false;
  std::string api_version;
  std::string subresource;  // "", "status"

  bool same_as(const FieldManager& other) const;
  // Equal for managers that are the same.
  using Identity = std::tuple<std::string, bool, std::string, std::string>;
  Identity identity() const;
  // In the order in which a real server names several in one message.
  std::string sort_key() const;
};

struct ManagedEntry {
  FieldManager manager;
  std::string time;  // RFC 3339; empty: none
  FieldSet fields;
};

// One write as ownership sees it.
struct TrackedWrite {
  FieldManager manager;
  std::string now;  // RFC 3339
  // Top-level members that the written path never changes ("status" of the main one).
  std::vector<std::string_view> reset;
};

// The old and the new object in one of the kind's versions.
struct VersionedObjects {
  ApplySchema schema;
  const json::value* old_object = nullptr;
  const json::value* new_object = nullptr;
};
// Of an apiVersion; nullopt: that version is not served any more, its owners are forgotten.
using ObjectsOfVersion = std::function<std::optional<VersionedObjects>(std::string_view)>;

struct FieldConflict {
  FieldManager manager;
  FieldPath path;
};

class ManagedFields {
 public:
  // Of the object's metadata; nullopt when an entry is malformed.
  static std::optional<ManagedFields> read(const json::value& object);
  // Whether the metadata asks for a reset: one empty entry.
  static bool asks_reset(const json::value& object);
  static void remove_from(json::value& object);

  bool empty() const { return entries_.empty(); }
  const std::vector<ManagedEntry>& entries() const { return entries_; }
  const ManagedEntry* find(const FieldManager& manager) const;

  // The writer owns what it added or changed, the others lose it; nobody owns what it removed.
  void update(const ObjectsOfVersion& objects, const TrackedWrite& write);

  // For an apply. Replaces what the manager owns; empty `fields`: it owns nothing any more.
  void set_applied(const FieldManager& manager, FieldSet fields);
  void set_time(const FieldManager& manager, std::string_view now);
  // What others than `write.manager` own of what changes. Unless there is any and not `force`, they
  // lose it.
  std::vector<FieldConflict> take(const ObjectsOfVersion& objects, const TrackedWrite& write,
                                  bool force);
  // Forgets the members that no one may own: name, uid, resourceVersion, ...
  void strip(const FieldManager& manager);
  // No more than ten updating managers: the oldest become one, "ancient-changes".
  void cap_updaters();

  // Sets the metadata's managedFields, in the order and the form of a real server.
  void write(const ResourceType& type, json::value& object) const;

 private:
  ManagedEntry* entry_of(const FieldManager& manager);
  void drop_empty();

  std::vector<ManagedEntry> entries_;
};

// Whether both objects' managedFields say the same but for times.
bool same_ownership(const json::value& a, const json::value& b);

}  // namespace drydock::fakekube

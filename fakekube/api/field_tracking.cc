#include "fakekube/api/field_tracking.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "fakekube/api/api_server.h"
#include "fakekube/api/served_version.h"
#include "fakekube/schema/apply_schema.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxManagerName = 128;

bool printable(char c) { return c >= ' ' && c != '\x7f'; }

// A pod's binding changes it without a field manager.
bool tracked(ApiServer& server, const ApiCall& call) {
  return server.options().managed_fields && call.subresource != "binding";
}

const ResourceType* row_of_version(ApiServer& server, const ResourceType& type,
                                   std::string_view version) {
  if (type.api_version == version) return &type;
  for (const ResourceType* row : server.types())
    if (row->index == type.index && row->api_version == version) return row;
  return nullptr;
}

json::value converted(const ResourceType& from, const ResourceType& to, const json::value& object) {
  json::value stored = object;
  to_stored_form(from, stored);
  return *served_view(to, make_json(std::move(stored)));
}

// Objects in another version, kept as long as they are compared.
struct Converted {
  json::value old_object;
  json::value new_object;
};

}  // namespace

std::string manager_name(const ApiCall& call) {
  if (!call.field_manager.empty()) return call.field_manager;
  std::string name = call.user_agent.substr(0, call.user_agent.find('/'));
  std::erase_if(name, [](char c) { return !printable(c); });
  name.resize(std::min(name.size(), kMaxManagerName));
  return name.empty() ? "unknown" : name;
}

TrackedWrite tracked_write(ApiServer& server, const ApiCall& call, bool apply) {
  const ResourceType& type = *call.type;
  TrackedWrite write = {.manager = {.name = manager_name(call),
                                    .apply = apply,
                                    .api_version = std::string(type.api_version),
                                    .subresource = call.subresource},
                        .now = server.now_text(),
                        .reset = {}};
  if (call.subresource == "status")
    write.reset = {"spec"};
  else if (type.has_status)
    write.reset = {"status"};
  return write;
}

ObjectsOfVersion objects_of_version(ApiServer& server, const ApiCall& call,
                                    const json::value& old_object, const json::value& new_object) {
  const ResourceType& type = *call.type;
  auto others = std::make_shared<std::vector<std::unique_ptr<Converted>>>();
  return [&server, &type, &old_object, &new_object,
          others](std::string_view version) -> std::optional<VersionedObjects> {
    const ResourceType* row = row_of_version(server, type, version);
    if (row == nullptr) return std::nullopt;
    if (row == &type || (row->from_stored == nullptr && type.to_stored == nullptr))
      return VersionedObjects{ApplySchema::of(*row), &old_object, &new_object};
    others->push_back(std::make_unique<Converted>(
        Converted{converted(type, *row, old_object), converted(type, *row, new_object)}));
    return VersionedObjects{ApplySchema::of(*row), &others->back()->old_object,
                            &others->back()->new_object};
  };
}

json::value unset_object(const ResourceType& type) {
  json::value object = ApplySchema::of(type).zero_value();
  if (!object.is_object()) object = json::object();
  return object;
}

void track_create(ApiServer& server, const ApiCall& call, json::value& object) {
  if (!tracked(server, call)) {
    ManagedFields::remove_from(object);
    return;
  }
  // What the client made up is taken as said, then loses whatever this create sets.
  ManagedFields managed = ManagedFields::read(object).value_or(ManagedFields());
  const json::value nothing = unset_object(*call.type);
  managed.update(objects_of_version(server, call, nothing, object),
                 tracked_write(server, call, false));
  managed.write(*call.type, object);
}

void track_update(ApiServer& server, const ApiCall& call, const json::value& current,
                  json::value& object) {
  if (!tracked(server, call)) {
    if (const json::value* kept = metadata_of(current).if_contains("managedFields"))
      set_member(mutable_metadata(object), "managedFields", *kept);
    else
      ManagedFields::remove_from(object);
    return;
  }
  std::optional<ManagedFields> managed;
  if (call.subresource.empty()) {
    if (ManagedFields::asks_reset(object)) managed.emplace();
    if (!managed) managed = ManagedFields::read(object);
    if (managed && managed->empty() && !ManagedFields::asks_reset(object)) managed.reset();
  }
  if (!managed) managed = ManagedFields::read(current).value_or(ManagedFields());
  // Where nothing is tracked, nothing begins to be: only a create or an apply starts it.
  if (!managed->empty()) {
    const TrackedWrite write = tracked_write(server, call, false);
    managed->update(objects_of_version(server, call, current, object), write);
    // A real server's entry of a scale has no time.
    if (call.subresource == "scale") managed->set_time(write.manager, "");
    managed->cap_updaters();
  }
  managed->write(*call.type, object);
}

void keep_times(const json::value& current, json::value& object) {
  const json::value* before = metadata_of(current).if_contains("managedFields");
  const json::value* after = metadata_of(object).if_contains("managedFields");
  if (before == nullptr || after == nullptr || *before == *after) return;
  if (!same_ownership(current, object)) return;
  json::value candidate = object;
  set_member(mutable_metadata(candidate), "managedFields", *before);
  if (candidate == current) object = std::move(candidate);
}

}  // namespace drydock::fakekube

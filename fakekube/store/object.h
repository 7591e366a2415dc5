// Reading and building the parts that every Kubernetes object has.
//
//   std::string_view name = metadata_string(*pod, "name");
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

// A JSON string of a std::string_view (Boost.JSON converts only its own kind of view).
inline json::value text_value(std::string_view text) {
  return json::value(json::string(text.data(), text.size()));
}

// The metadata object; an empty one when absent.
const json::object& metadata_of(const json::value& object);
// As above for changing; made when absent. CHECKs that `object` is a JSON object.
json::object& mutable_metadata(json::value& object);

// A string of the metadata, "" when absent or no string. Valid as long as `object`.
std::string_view metadata_string(const json::value& object, std::string_view key);
// A string anywhere, "" when absent; like json_string() without a copy.
std::string_view string_at(const json::value& object, JsonPath path);

// Sets or replaces a member of an object, keeping its place.
void set_member(json::object& object, std::string_view key, json::value value);
// Sets it only when it is absent or null.
void set_default(json::object& object, std::string_view key, json::value value);
void remove_member(json::object& object, std::string_view key);
// Member for changing; an empty object is put there when it is no object.
json::object& object_member(json::object& object, std::string_view key);

// Whether both have the member with equal values, or neither has it (null counts as absent).
bool same_member(const json::value& a, const json::value& b, std::string_view key);

// Members in the order in which a real server prints them: of a core kind as its Go struct has
// them, of a custom resource sorted. Null, and empty maps and lists, in metadata are dropped.
void order_members(const ResourceType& type, json::value& object);

// Sets metadata.resourceVersion.
void set_revision(json::value& object, std::string_view revision);
// A copy of `object` whose metadata.resourceVersion says `revision`.
json::value with_revision(const json::value& object, uint64_t revision);

}  // namespace drydock::fakekube

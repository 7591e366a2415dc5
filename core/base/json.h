// Helpers over Boost.JSON: canonical text, typed look-up, merge patch.
//
//   std::string cluster = json_string(cr, {"spec", "cluster"});      // "" when absent
//   int64_t replicas = json_int(infinispan, {"spec", "replicas"}, 1);
//
// Objects keep insertion order. Duplicate keys in parsed text: the last one wins, silently.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace drydock {

namespace json = boost::json;
using JsonPtr = std::shared_ptr<const json::value>;
using JsonPath = std::initializer_list<std::string_view>;

// Canonical text: no blanks, members in stored order, doubles as Kubernetes prints them (2.5, not
// 2.5E0).
std::string json_text(const json::value& value);
// Length of json_text(value) without making it.
size_t json_weight(const json::value& value);

// kInvalid, with line and column, when `text` isn't one JSON value; bounded depth (limits.h).
Result<json::value> json_parse(std::string_view text);

inline JsonPtr make_json(json::value value) {
  return std::make_shared<const json::value>(std::move(value));
}

// Member at `path` through nested objects; nullptr when any part is absent or no object.
const json::value* json_find(const json::value& root, JsonPath path);
// As above; makes objects on the way; the last part becomes null when it was absent.
json::value& json_at(json::value& root, JsonPath path);
// Removes the member at `path`, keeping the others' order. False when there was none.
bool json_remove(json::value& root, JsonPath path);

// The value at `path` if it has the type, else the default.
std::string json_string(const json::value& root, JsonPath path, std::string_view otherwise = "");
int64_t json_int(const json::value& root, JsonPath path, int64_t otherwise = 0);
bool json_bool(const json::value& root, JsonPath path, bool otherwise = false);
// Strings of the array at `path`; empty when it is no array; non-strings are skipped.
std::vector<std::string> json_strings(const json::value& root, JsonPath path);
// The array or object at `path`, or an empty one.
const json::array& json_array(const json::value& root, JsonPath path);
const json::object& json_object(const json::value& root, JsonPath path);

// RFC 7386.
void json_merge_patch(json::value& target, const json::value& patch);

}  // namespace drydock

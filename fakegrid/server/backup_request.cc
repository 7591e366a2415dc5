#include "fakegrid/server/backup_request.h"

#include <algorithm>

#include "core/base/json.h"
#include "core/base/messages.h"

namespace drydock::fakegrid {
namespace {

Status refused(Code code, std::string text) { return Status(code, std::move(text)); }

// "[1,3]": line and column, counted from 1.
std::string position(std::string_view text, size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return "[" + std::to_string(line) + "," + std::to_string(at - start + 1) + "]";
}

// From 15 on a text that is no JSON is the caller's fault.
Status not_json(std::string_view text, size_t at, bool ended, const ServerVersion& version) {
  if (version.at_least(15))
    return refused(Code::kInvalid, ended ? "Reached end of input at " + position(text, at)
                                         : "Invalid JSON at " + position(text, at + 1));
  return refused(Code::kInternal,
                 ended ? "Reached end of input at the " + std::to_string(at) + "th character."
                       : "Invalid JSON near position: " + std::to_string(at));
}

Result<json::value> parse(std::string_view text, const ServerVersion& version) {
  json::stream_parser parser;
  boost::system::error_code error;
  const size_t read = parser.write_some(text.data(), text.size(), error);
  if (error) return not_json(text, read, false, version);
  if (!parser.done()) return not_json(text, text.size(), true, version);
  return parser.release();
}

// An object is expected; anything else ends in an exception without a message.
Result<json::object> as_object(const json::value& value) {
  if (value.is_object()) return value.get_object();
  return refused(Code::kInternal, "");
}

std::string_view java_class(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string: return "java.lang.String";
    case json::kind::bool_: return "java.lang.Boolean";
    case json::kind::double_: return "java.lang.Double";
    case json::kind::object: return "java.util.LinkedHashMap";
    case json::kind::array: return "java.util.ArrayList";
    default: return "java.lang.Long";
  }
}

Status bad_cast(const json::value& value, std::string_view wanted) {
  const std::string from(java_class(value));
  const std::string to(wanted);
  return refused(Code::kInternal, "class " + from + " cannot be cast to class " + to + " (" + from +
                                      " and " + to +
                                      " are in module java.base of loader 'bootstrap')");
}

std::string scalar_text(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json_text(value);
}

std::optional<ResourceType> find_type(std::string_view name) {
  for (const ResourceType type : kResourceTypes)
    if (type_name(type) == name) return type;
  return std::nullopt;
}

Result<Wanted> read_names(const json::value& list) {
  if (!list.is_array()) return bad_cast(list, "java.util.List");
  Wanted wanted;
  for (const json::value& one : list.get_array()) {
    if (!one.is_string()) return bad_cast(one, "java.lang.String");
    std::string name(one.get_string());
    if (std::find(wanted.names.begin(), wanted.names.end(), name) == wanted.names.end())
      wanted.names.push_back(std::move(name));
  }
  wanted.all = wanted.names.empty() || wanted.names == std::vector<std::string>{"*"};
  return wanted;
}

Status unknown_type(std::string_view name, const ServerVersion& version) {
  const bool with_class = version.at_least(14) && !version.at_least(15);
  return refused(Code::kInvalid, (with_class ? "java.lang.IllegalArgumentException: " : "") +
                                     messages::unknown_type(name));
}

Result<Selection> read_selection(const json::value& resources, const ServerVersion& version) {
  if (resources.is_null()) return everything();
  DRYDOCK_ASSIGN(const json::object types, as_object(resources));
  Selection out;
  for (const auto& member : types) {
    const auto type = find_type(member.key());
    if (!type) return unknown_type(member.key(), version);
    DRYDOCK_ASSIGN(out[*type], read_names(member.value()));
  }
  return out.empty() ? everything() : out;
}

Result<Selection> selection_of(const json::object& body, const ServerVersion& version) {
  const json::value* resources = body.if_contains("resources");
  return resources == nullptr ? everything() : read_selection(*resources, version);
}

}  // namespace

std::string_view type_name(ResourceType type) {
  switch (type) {
    case ResourceType::kTemplates: return "templates";
    case ResourceType::kCaches: return "caches";
    case ResourceType::kCounters: return "counters";
    case ResourceType::kSchemas: return "proto-schemas";
    case ResourceType::kTasks: return "tasks";
  }
  return "";
}

Selection everything() {
  Selection out;
  for (const ResourceType type : kResourceTypes) out[type] = {.all = true, .names = {}};
  return out;
}

Result<BackupRequest> read_backup_request(std::string_view body, const ServerVersion& version) {
  BackupRequest out{.directory = std::nullopt, .resources = everything()};
  if (body.empty() && version.at_least(14)) return out;
  DRYDOCK_ASSIGN(const json::value value, parse(body, version));
  DRYDOCK_ASSIGN(const json::object object, as_object(value));
  if (const json::value* directory = object.if_contains("directory");
      directory != nullptr && !directory->is_null())
    out.directory = scalar_text(*directory);
  DRYDOCK_ASSIGN(out.resources, selection_of(object, version));
  return out;
}

Result<RestoreRequest> read_restore_request(std::string_view body, const ServerVersion& version) {
  DRYDOCK_ASSIGN(const json::value value, parse(body, version));
  DRYDOCK_ASSIGN(const json::object object, as_object(value));
  const json::value* location = object.if_contains("location");
  if (location == nullptr || location->is_null())
    return refused(Code::kInvalid, version.at_least(15)
                                       ? messages::missing_argument("backup-location")
                                       : "Required json attribute 'backup-location' not found");
  RestoreRequest out{.location = scalar_text(*location), .resources = {}};
  DRYDOCK_ASSIGN(out.resources, selection_of(object, version));
  return out;
}

Result<Selection> read_resources(std::string_view body, const ServerVersion& version) {
  DRYDOCK_ASSIGN(const json::value value, parse(body, version));
  return read_selection(value, version);
}

}  // namespace drydock::fakegrid

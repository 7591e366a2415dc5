#include "fakekube/schema/event_views.h"

#include <array>
#include <utility>

#include "core/base/time.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// Field names, events.k8s.io and core, in the order in which a real server prints each view.
using Names = std::pair<std::string_view, std::string_view>;
constexpr std::array<Names, 14> kNewOrder = {{{"eventTime", "eventTime"},
                                              {"series", "series"},
                                              {"reportingController", "reportingComponent"},
                                              {"reportingInstance", "reportingInstance"},
                                              {"action", "action"},
                                              {"reason", "reason"},
                                              {"regarding", "involvedObject"},
                                              {"related", "related"},
                                              {"note", "message"},
                                              {"type", "type"},
                                              {"deprecatedSource", "source"},
                                              {"deprecatedFirstTimestamp", "firstTimestamp"},
                                              {"deprecatedLastTimestamp", "lastTimestamp"},
                                              {"deprecatedCount", "count"}}};
constexpr std::array<std::string_view, 14> kCoreOrder = {
    "involvedObject",     "reason",           "message", "source",
    "firstTimestamp",     "lastTimestamp",    "count",   "type",
    "eventTime",          "series",           "action",  "related",
    "reportingComponent", "reportingInstance"};

constexpr size_t kMaxName = 128;  // of reporter, instance, action, reason
constexpr size_t kMaxNote = 1024;

bool empty_text(const json::value& value) {
  return value.is_string() && value.get_string().empty();
}

void take(json::object& from, std::string_view key, json::object& to, std::string_view new_key) {
  if (json::value* value = from.if_contains(key)) to.emplace(new_key, std::move(*value));
}

json::object head(json::object& members) {
  json::object result;
  for (std::string_view key : {"kind", "apiVersion", "metadata"}) take(members, key, result, key);
  return result;
}

// What the core view always shows.
void complete_core(json::object& members) {
  set_default(members, "source", json::object());
  for (std::string_view key : {"firstTimestamp", "lastTimestamp", "eventTime"})
    if (!members.contains(key)) members.emplace(key, nullptr);
  for (std::string_view key : {"reportingComponent", "reportingInstance"})
    set_default(members, key, "");
}

// What the newer view always shows, in its order.
void complete_new(json::value& event) {
  json::object& members = event.get_object();
  set_default(members, "deprecatedSource", json::object());
  for (std::string_view key : {"eventTime", "deprecatedFirstTimestamp", "deprecatedLastTimestamp"})
    if (!members.contains(key)) members.emplace(key, nullptr);
  json::object ordered = head(members);
  for (const auto& [name, core_name] : kNewOrder) take(members, name, ordered, name);
  event = std::move(ordered);
}

void check_length(std::string_view value, std::string_view field, size_t most,
                  FieldErrors& errors) {
  if (value.size() <= most) return;
  errors.push_back(invalid_value(std::string(field), "\"\"",
                                 "can have at most " + std::to_string(most) + " characters"));
}

// A name that says who did what: present, and not too long.
void check_name(const json::value& event, std::string_view key, FieldErrors& errors) {
  const std::string_view value = string_at(event, {key});
  if (value.empty()) errors.push_back(required_value(std::string(key)));
  check_length(value, key, kMaxName, errors);
}

bool is_set(const json::value& event, std::string_view key) {
  const json::value* value = json_find(event, {key});
  return value != nullptr && !value->is_null() && !empty_text(*value) && *value != json::value(0);
}

// Events of the older kind, without eventTime: only the namespaces must agree; those of
// cluster-scoped objects are in "default".
void check_old(const json::value& event, std::string_view subject, FieldErrors& errors) {
  const std::string_view own = metadata_string(event, "namespace");
  const std::string_view other = string_at(event, {subject, "namespace"});
  const bool fits = other.empty() ? own.empty() || own == "default" : own == other;
  if (!fits)
    errors.push_back(
        invalid_value("involvedObject.namespace", quoted(other), "does not match event.namespace"));
}

void check_named(const json::value& event, std::string_view subject, std::string_view reporter,
                 std::string_view note, FieldErrors& errors) {
  const std::string_view own = metadata_string(event, "namespace");
  const std::string_view other = string_at(event, {subject, "namespace"});
  if (other.empty() && own != "default" && own != "kube-system")
    errors.push_back(
        invalid_value("involvedObject.namespace", quoted(other), "does not match event.namespace"));
  if (string_at(event, {reporter}).empty()) errors.push_back(required_value(std::string(reporter)));
  for (std::string_view key : {"reportingInstance", "action", "reason"})
    check_name(event, key, errors);
  check_length(string_at(event, {note}), "message", kMaxNote, errors);
}

void needs_unset(std::string_view field, FieldErrors& errors) {
  errors.push_back(invalid_value(std::string(field), "\"\"", "needs to be unset"));
}

void validate_new(const json::value& event, FieldErrors& errors) {
  const bool timed = is_set(event, "eventTime");
  if (timed)
    check_named(event, "regarding", "reportingController", "note", errors);
  else
    check_old(event, "regarding", errors);
  if (!timed) errors.push_back(required_value("eventTime"));
  const std::string_view type = string_at(event, {"type"});
  if (type != "Normal" && type != "Warning")
    errors.push_back(invalid_value("type", "\"\"", "has invalid value: " + std::string(type)));
  if (is_set(event, "deprecatedFirstTimestamp")) needs_unset("firstTimestamp", errors);
  if (is_set(event, "deprecatedLastTimestamp")) needs_unset("lastTimestamp", errors);
  if (is_set(event, "deprecatedCount")) needs_unset("count", errors);
  if (!json_object(event, {"deprecatedSource"}).empty()) needs_unset("source", errors);
}

// All but the series and the metadata of an event of the newer view is final.
std::optional<ApiReply> keep_new(ApiServer&, const json::value& event, const json::value& old_event,
                                 FieldErrors& errors) {
  for (const auto& [key, shown] : kNewOrder) {
    if (key == "series" || same_member(event, old_event, key)) continue;
    const json::value* value = json_find(event, {key});
    const std::string text = value == nullptr ? "\"\"" : json_text(*value);
    const std::string_view field = key == "reportingController" ? key : shown;
    errors.push_back(invalid_value(std::string(field), text, "field is immutable"));
  }
  return std::nullopt;
}

// What each view shows even when nobody set it.
std::optional<ApiReply> prepare_new(ApiServer&, json::value& event) {
  complete_new(event);
  return std::nullopt;
}

void prepare_new_update(json::value& event, const json::value&) { complete_new(event); }

}  // namespace

void event_to_core(json::value& object) {
  json::object& members = object.get_object();
  json::object core = head(members);
  for (std::string_view key : kCoreOrder)
    for (const auto& [new_name, core_name] : kNewOrder)
      if (core_name == key) take(members, new_name, core, core_name);
  complete_core(core);
  object = std::move(core);
}

void event_from_core(json::value& object) {
  json::object& members = object.get_object();
  json::object event = head(members);
  for (const auto& [new_name, core_name] : kNewOrder) {
    const json::value* value = members.if_contains(core_name);
    if (value != nullptr && !empty_text(*value)) take(members, core_name, event, new_name);
  }
  object = std::move(event);
}

std::vector<SelectableField> events_v1_fields() {
  return {{"regarding.kind", {"regarding", "kind"}},
          {"regarding.namespace", {"regarding", "namespace"}},
          {"regarding.name", {"regarding", "name"}},
          {"regarding.uid", {"regarding", "uid"}},
          {"regarding.apiVersion", {"regarding", "apiVersion"}},
          {"regarding.resourceVersion", {"regarding", "resourceVersion"}},
          {"regarding.fieldPath", {"regarding", "fieldPath"}},
          {"reason", {"reason"}},
          {"reportingController", {"reportingController"}},
          {"type", {"type"}}};
}

void validate_core_event(const json::value& event, FieldErrors& errors) {
  if (is_set(event, "eventTime"))
    check_named(event, "involvedObject", "reportingComponent", "message", errors);
  else
    check_old(event, "involvedObject", errors);
}

const Strategy kEventsV1Strategy = {.prepare_create = prepare_new,
                                    .prepare_update = prepare_new_update,
                                    .validate = validate_new,
                                    .validate_update = keep_new};

}  // namespace drydock::fakekube

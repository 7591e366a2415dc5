#include "core/base/resources.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace drydock {
namespace {

struct PhaseRow {
  Phase phase;
  std::string_view name;
};
constexpr std::array kPhases{
    PhaseRow{Phase::kNone, ""},
    PhaseRow{Phase::kInitializing, "Initializing"},
    PhaseRow{Phase::kInitialized, "Initialized"},
    PhaseRow{Phase::kRunning, "Running"},
    PhaseRow{Phase::kSucceeded, "Succeeded"},
    PhaseRow{Phase::kFailed, "Failed"},
    PhaseRow{Phase::kUnknown, "Unknown"},
};

OwnerReference parse_owner(const json::value& value) {
  return OwnerReference{.api_version = json_string(value, {"apiVersion"}),
                        .kind = json_string(value, {"kind"}),
                        .name = json_string(value, {"name"}),
                        .uid = json_string(value, {"uid"}),
                        .controller = json_bool(value, {"controller"})};
}

}  // namespace

ObjectMeta parse_meta(const json::value& object) {
  return ObjectMeta{
      .name = json_string(object, {"metadata", "name"}),
      .namespace_name = json_string(object, {"metadata", "namespace"}),
      .uid = json_string(object, {"metadata", "uid"}),
      .resource_version = json_string(object, {"metadata", "resourceVersion"}),
      .generation = json_int(object, {"metadata", "generation"}),
      .deleting = !json_string(object, {"metadata", "deletionTimestamp"}).empty(),
  };
}

std::string label_of(const json::value& object, std::string_view name) {
  return json_string(object, {"metadata", "labels", name});
}

std::string annotation_of(const json::value& object, std::string_view name) {
  return json_string(object, {"metadata", "annotations", name});
}

std::vector<OwnerReference> owners_of(const json::value& object) {
  std::vector<OwnerReference> owners;
  for (const json::value& item : json_array(object, {"metadata", "ownerReferences"}))
    owners.push_back(parse_owner(item));
  return owners;
}

std::optional<OwnerReference> controller_of(const json::value& object) {
  for (const json::value& item : json_array(object, {"metadata", "ownerReferences"}))
    if (json_bool(item, {"controller"})) return parse_owner(item);
  return std::nullopt;
}

std::string describe_owner(const json::value& object) {
  if (const auto owner = controller_of(object))
    return fmt::format("{} '{}'", owner->kind, owner->name);
  const std::vector<OwnerReference> owners = owners_of(object);
  if (owners.empty()) return "nobody";
  return fmt::format("{} '{}' (not its controller)", owners.front().kind, owners.front().name);
}

json::object make_owner_reference(std::string_view api_version, std::string_view kind,
                                  const ObjectMeta& owner) {
  return {{"apiVersion", api_version}, {"kind", kind},       {"name", owner.name},
          {"uid", owner.uid},          {"controller", true}, {"blockOwnerDeletion", true}};
}

Conditions parse_conditions(const json::value& object) {
  Conditions conditions;
  for (const json::value& item : json_array(object, {"status", "conditions"})) {
    conditions.push_back({.type = json_string(item, {"type"}),
                          .status = json_string(item, {"status"}),
                          .reason = json_string(item, {"reason"}),
                          .message = json_string(item, {"message"}),
                          .last_transition_time = json_string(item, {"lastTransitionTime"})});
  }
  return conditions;
}

json::array conditions_to_json(const Conditions& conditions) {
  json::array array;
  array.reserve(conditions.size());
  for (const Condition& condition : conditions) {
    array.push_back(json::object{{"type", condition.type},
                                 {"status", condition.status},
                                 {"reason", condition.reason},
                                 {"message", condition.message},
                                 {"lastTransitionTime", condition.last_transition_time}});
  }
  return array;
}

const Condition* find_condition(const Conditions& conditions, std::string_view type) {
  const std::string wanted = to_lower(type);
  for (const Condition& condition : conditions)
    if (to_lower(condition.type) == wanted) return &condition;
  return nullptr;
}

bool condition_true(const Conditions& conditions, std::string_view type) {
  const Condition* condition = find_condition(conditions, type);
  return condition != nullptr && condition->status == "True";
}

bool set_condition(Conditions& conditions, Condition condition, WallTime now) {
  condition.last_transition_time = format_rfc3339(now);
  for (Condition& existing : conditions) {
    if (existing.type != condition.type) continue;
    if (existing.status == condition.status)
      condition.last_transition_time = existing.last_transition_time;
    if (existing == condition) return false;
    existing = std::move(condition);
    return true;
  }
  conditions.push_back(std::move(condition));
  return true;
}

std::string_view phase_name(Phase phase) {
  for (const PhaseRow& row : kPhases)
    if (row.phase == phase) return row.name;
  DRYDOCK_CHECK(false, "a phase without a name");
}

std::optional<Phase> parse_phase(std::string_view name) {
  for (const PhaseRow& row : kPhases)
    if (row.name == name) return row.phase;
  return std::nullopt;
}

bool is_terminal(Phase phase) { return phase == Phase::kSucceeded || phase == Phase::kFailed; }

bool is_legal_transition(Phase from, Phase to) {
  switch (from) {
    case Phase::kNone: return to == Phase::kInitializing;
    case Phase::kInitializing: return to == Phase::kInitialized || to == Phase::kFailed;
    case Phase::kInitialized:
      return to == Phase::kRunning || to == Phase::kUnknown || is_terminal(to);
    case Phase::kRunning: return to == Phase::kUnknown || is_terminal(to);
    case Phase::kUnknown: return to == Phase::kRunning || is_terminal(to);
    case Phase::kSucceeded:
    case Phase::kFailed: return false;
  }
  return false;
}

}  // namespace drydock

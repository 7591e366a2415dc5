#include "harness/world/triggers.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/resources.h"

namespace drydock::harness {
namespace {

using scenario::Trigger;

bool has_members(Run& run, const std::string& cluster, int64_t members) {
  const auto nodes = run.world().grids().nodes(cluster, false);
  if (static_cast<int64_t>(nodes.size()) != members) return false;
  return std::all_of(nodes.begin(), nodes.end(), [&](const fakegrid::Node* node) {
    const auto view = node->members();
    const auto data = std::count_if(view.begin(), view.end(),
                                    [](const fakegrid::Member& one) { return !one.zero_capacity; });
    return data == members && node->health().status == "HEALTHY";
  });
}

bool has_condition(const JsonPtr& object, const Trigger& trigger) {
  if (object == nullptr) return false;
  const Conditions conditions = parse_conditions(*object);
  const Condition* found = find_condition(conditions, trigger.text);
  return found != nullptr && (trigger.status.empty() || found->status == trigger.status);
}

bool log_has(Run& run, const std::string& pod, const std::string& text) {
  const auto lines = run.world().pod_log(pod);
  return lines && std::any_of(lines->begin(), lines->end(), [&](const std::string& line) {
           return line.find(text) != std::string::npos;
         });
}

bool point_passed(Run& run, const Trigger& trigger) {
  const Observations& seen = run.world().observations();
  const auto counted = [](const std::map<std::string, int>& counts, const std::string& key) {
    const auto found = counts.find(key);
    return found != counts.end() && found->second > 0;
  };
  switch (trigger.point) {
    case scenario::CrashPoint::kAfterIntent:
      return counted(seen.intents_written, trigger.of.to_string());
    case scenario::CrashPoint::kAfterPost: return counted(seen.posts_received, trigger.of.name);
    case scenario::CrashPoint::kAfterAccepted: return counted(seen.posts_accepted, trigger.of.name);
  }
  return false;
}

// "phase is 'Failed'", then a line for each condition: what a person looks at first.
std::string describe_status(const json::value& object) {
  std::string text = fmt::format("phase is '{}'", json_string(object, {"status", "phase"}));
  for (const Condition& condition : parse_conditions(object))
    text += fmt::format("\n{}={} {}: {}", condition.type, condition.status, condition.reason,
                        condition.message);
  return text;
}

uint64_t entries_read(Run& run, const std::string& pod) {
  const auto& counts = run.world().observations().entries_read;
  const auto found = counts.find(pod);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

bool holds(Run& run, const Trigger& trigger) {
  switch (trigger.kind) {
    case Trigger::Kind::kNow: return true;
    case Trigger::Kind::kPhase: {
      const JsonPtr object = find_object(run.world(), trigger.of);
      return object != nullptr && json_string(*object, {"status", "phase"}) == trigger.text;
    }
    case Trigger::Kind::kEnded: {
      const JsonPtr object = find_object(run.world(), trigger.of);
      const auto phase =
          parse_phase(object == nullptr ? "" : json_string(*object, {"status", "phase"}));
      return phase && is_terminal(*phase);
    }
    case Trigger::Kind::kEntriesRead:
      return entries_read(run, trigger.of.name) >= static_cast<uint64_t>(trigger.number);
    case Trigger::Kind::kCacheRead:
      return run.world().observations().caches_read.contains({trigger.of.name, trigger.text});
    case Trigger::Kind::kPoint: return point_passed(run, trigger);
    case Trigger::Kind::kExists: return find_object(run.world(), trigger.of) != nullptr;
    case Trigger::Kind::kGone: return find_object(run.world(), trigger.of) == nullptr;
    case Trigger::Kind::kCondition:
      return has_condition(find_object(run.world(), trigger.of), trigger);
    case Trigger::Kind::kLog: return log_has(run, trigger.of.name, trigger.text);
    case Trigger::Kind::kMembers: return has_members(run, trigger.of.name, trigger.number);
  }
  return false;
}

bool is_hopeless(Run& run, const Trigger& trigger) {
  if (trigger.kind != Trigger::Kind::kPhase) return false;
  const JsonPtr object = find_object(run.world(), trigger.of);
  if (object == nullptr) return false;
  const auto phase = parse_phase(json_string(*object, {"status", "phase"}));
  return phase && is_terminal(*phase) && phase_name(*phase) != trigger.text;
}

Status await(Run& run, const Trigger& trigger, SteadyTime deadline) {
  DRYDOCK_RETURN_IF_ERROR(run.world().wait_until([&] { return holds(run, trigger); }, deadline));
  if (trigger.after == Duration(0)) return ok_status();
  return run.world().env().sleep_for(trigger.after);
}

std::string describe_now(Run& run, const Trigger& trigger) {
  const JsonPtr object = find_object(run.world(), trigger.of);
  switch (trigger.kind) {
    case Trigger::Kind::kNow: return "";
    case Trigger::Kind::kEntriesRead:
      return fmt::format("{} entries were read", entries_read(run, trigger.of.name));
    case Trigger::Kind::kMembers:
      return fmt::format("{} data nodes live",
                         run.world().grids().nodes(trigger.of.name, false).size());
    default: break;
  }
  if (object == nullptr) return trigger.of.to_string() + " does not exist";
  if (trigger.kind == Trigger::Kind::kPhase || trigger.kind == Trigger::Kind::kEnded)
    return describe_status(*object);
  return trigger.of.to_string() + " exists; status is " +
         json_text(json_object(*object, {"status"}));
}

}  // namespace drydock::harness

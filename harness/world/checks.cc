#include "harness/world/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/resources.h"
#include "harness/oracles/archive_content.h"
#include "harness/oracles/content_oracles.h"
#include "harness/world/check_content.h"
#include "harness/world/check_rest.h"
#include "harness/world/check_traffic.h"
#include "harness/world/grid_content.h"

namespace drydock::harness {
namespace {

using namespace scenario;                 // the assertions' types
using Seen = std::optional<std::string>;  // what was there instead; nullopt: it holds

std::vector<SeenPhase> history_of(const Run& run, const ObjectRef& object) {
  std::vector<SeenPhase> history;
  for (const SeenPhase& seen : run.phases())
    if (seen.object == object) history.push_back(seen);
  return history;
}

std::string join(const std::vector<std::string>& words) {
  return fmt::format("[{}]", fmt::join(words, ", "));
}

Seen look(Run& run, const PhasesAre& wanted) {
  std::vector<std::string> phases;
  for (const SeenPhase& seen : history_of(run, wanted.object)) phases.push_back(seen.phase);
  if (phases == wanted.phases) return std::nullopt;
  return "phases were " + join(phases);
}

Seen look(Run& run, const PhaseIs& wanted) {
  const JsonPtr object = find_object(run.world(), wanted.object);
  if (object == nullptr) return wanted.object.to_string() + " does not exist";
  const std::string phase = json_string(*object, {"status", "phase"});
  if (phase == wanted.phase) return std::nullopt;
  return fmt::format("phase is '{}'", phase);
}

Seen look(Run& run, const PhaseWithin& wanted) {
  const auto since = run.moment(wanted.since, true);
  if (!since) return "there was no moment '" + wanted.since + "'";
  for (const SeenPhase& seen : history_of(run, wanted.object)) {
    if (seen.phase != wanted.phase || seen.at < since->at) continue;
    if (seen.at - since->at <= wanted.within) return std::nullopt;
    return fmt::format("it came after {}", format_duration(seen.at - since->at));
  }
  return fmt::format("{} did not become {}", wanted.object.to_string(), wanted.phase);
}

// The reason of the object, or, when it is gone, the last that was seen.
std::string reason_of(Run& run, const ObjectRef& ref) {
  const JsonPtr object = find_object(run.world(), ref);
  if (object != nullptr) return json_string(*object, {"status", "reason"});
  const auto history = history_of(run, ref);
  return history.empty() ? "" : history.back().reason;
}

Seen look(Run& run, const ReasonContains& wanted) {
  const std::string reason = reason_of(run, wanted.object);
  for (const std::string& text : wanted.contains)
    if (reason.find(text) == std::string::npos) return fmt::format("reason is '{}'", reason);
  return std::nullopt;
}

Seen look(Run& run, const LogContains& wanted) {
  const auto lines = run.world().pod_log(wanted.pod.name);
  if (!wanted.readable) return lines ? Seen("the log is readable") : std::nullopt;
  if (!lines) return "the log can't be read";
  const std::string log = fmt::format("{}", fmt::join(*lines, "\n"));
  for (const std::string& text : wanted.contains)
    if (log.find(text) == std::string::npos)
      return fmt::format("no '{}' in the log:\n{}", text, log);
  for (const std::string& text : wanted.lacks)
    if (log.find(text) != std::string::npos) return fmt::format("'{}' is in the log", text);
  return std::nullopt;
}

Seen look(Run& run, const EventSeen& wanted) {
  std::string others;
  for (const auto& [key, object] : run.world().api_server().store().objects(fakekube::kEvents)) {
    const json::value& event = *object.value;
    if (json_string(event, {"involvedObject", "kind"}) != wanted.object.kind ||
        json_string(event, {"involvedObject", "name"}) != wanted.object.name)
      continue;
    const std::string reason = json_string(event, {"reason"});
    const std::string message = json_string(event, {"message"});
    const bool right_reason = wanted.reason.empty() || reason == wanted.reason;
    const bool fits = right_reason && message.find(wanted.contains) != std::string::npos;
    if (fits && wanted.seen) return std::nullopt;
    if (fits) return fmt::format("there is {}: {}", reason, message);
    others += fmt::format("\n  {}: {}", reason, message);
  }
  if (!wanted.seen) return std::nullopt;
  return "its events are:" + (others.empty() ? " none" : others);
}

Seen look(Run& run, const ConditionIs& wanted) {
  const JsonPtr object = find_object(run.world(), wanted.object);
  if (object == nullptr) return wanted.object.to_string() + " does not exist";
  const Conditions conditions = parse_conditions(*object);
  const Condition* found = find_condition(conditions, wanted.type);
  const bool holds = found != nullptr &&
                     (wanted.status.empty() || found->status == wanted.status) &&
                     (wanted.reason.empty() || found->reason == wanted.reason) &&
                     found->message.find(wanted.contains) != std::string::npos;
  if (holds) return std::nullopt;
  return "conditions are " + json_text(conditions_to_json(conditions));
}

// As FieldIs says it.
std::string field_text(const json::value& object, std::string_view path) {
  const json::value* at = &object;
  while (at != nullptr && !path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    at = json_find(*at, {path.substr(0, dot)});
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  if (at == nullptr) return "";
  return at->is_string() ? std::string(at->get_string()) : json_text(*at);
}

Seen look(Run& run, const FieldIs& wanted) {
  const JsonPtr object = find_object(run.world(), wanted.object);
  if (object == nullptr) return wanted.object.to_string() + " does not exist";
  const std::string text = field_text(*object, wanted.path);
  if (text == wanted.is) return std::nullopt;
  return fmt::format("{} is '{}'", wanted.path, text);
}

Seen look(Run& run, const ObjectExists& wanted) {
  const bool exists = find_object(run.world(), wanted.object) != nullptr;
  if (exists == wanted.exists) return std::nullopt;
  return exists ? "it exists" : "it does not exist";
}

Seen look(Run& run, const StartsAre& wanted) {
  const auto& starts = run.world().observations().starts;
  const auto count = std::count_if(starts.begin(), starts.end(), [&](const OperationStart& one) {
    return one.pod == wanted.object.name;
  });
  if (count == wanted.starts) return std::nullopt;
  return fmt::format("{} starts", count);
}

std::map<std::string, uint64_t> instruments(const GridCounts& counts) {
  return {{"owners_changed", counts.user.owners_changed},
          {"segments_moved", counts.user.segments_in},
          {"entries_transferred", counts.user.entries_in},
          {"bytes_transferred", counts.user.bytes_in},
          {"topology_updates", counts.user.topology_updates},
          {"rebalance_rounds", counts.user.rebalance_rounds}};
}

Seen look(Run& run, const CountersMoved& wanted) {
  const auto from = run.moment(wanted.window.from, true);
  const auto to = run.moment(wanted.window.to, false);
  if (!from || !to) return "there was no such moment";
  const auto before = instruments(from->counts.at(wanted.cluster));
  const auto after = instruments(to->counts.at(wanted.cluster));
  for (const std::string& name : wanted.zero)
    if (after.at(name) != before.at(name))
      return fmt::format("{} moved by {}", name, after.at(name) - before.at(name));
  for (const std::string& name : wanted.moved)
    if (after.at(name) == before.at(name)) return name + " did not move";
  return std::nullopt;
}

// Content of a cluster, or why it has none.
fakegrid::Content cluster_content(Run& run, const std::string& cluster) {
  return run.world().grids().content(cluster, run.world().simulation().wall_now()).content;
}

Seen look(Run& run, const ClusterHolds& wanted) {
  const auto read =
      run.world().grids().content(wanted.cluster, run.world().simulation().wall_now());
  if (!read.differences.empty()) return "owners disagree: " + read.differences.front();
  return differs(read.content, wanted.holds, wanted.lacks);
}

Seen first_of(const std::vector<std::string>& differences) {
  if (differences.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(differences, "\n"));
}

Seen look(Run& run, const ClustersEqual& wanted) {
  return first_of(compare_content(cluster_content(run, wanted.cluster), wanted.cluster,
                                  cluster_content(run, wanted.other), wanted.other));
}

Seen look(Run& run, const ClusterHoldsArchive& wanted) {
  auto bytes = read_host_file(wanted.file);
  if (!bytes.ok()) return bytes.status().to_string();
  auto archive = comparable_archive(run.world(), std::move(*bytes), wanted.cluster);
  if (!archive.ok()) return archive.status().to_string();
  const auto internal = [](const auto& one) { return is_internal_name(one.first); };
  std::erase_if(archive->caches, internal);
  std::erase_if(archive->templates, internal);
  fakegrid::Content held = cluster_content(run, wanted.cluster);
  for (const auto& [cache, keys] : wanted.except) {
    for (const CacheRecord& record : held.caches[cache].records)
      if (std::find(keys.begin(), keys.end(), record.key) != keys.end())
        return fmt::format("cache {} holds {}", cache, record.key);
    std::erase_if(archive->caches[cache].records, [&](const CacheRecord& record) {
      return std::find(keys.begin(), keys.end(), record.key) != keys.end();
    });
  }
  // Only what the archive has is compared; the cluster may hold more.
  std::erase_if(held.caches, [&](const auto& one) { return !archive->caches.contains(one.first); });
  std::erase_if(held.templates,
                [&](const auto& one) { return !archive->templates.contains(one.first); });
  std::erase_if(held.counters,
                [&](const auto& one) { return !archive->counters.contains(one.first); });
  std::erase_if(held.schemas,
                [&](const auto& one) { return !archive->schemas.contains(one.first); });
  std::erase_if(held.tasks, [&](const auto& one) { return !archive->tasks.contains(one.first); });
  return first_of(compare_content(held, wanted.cluster, *archive, "the archive"));
}

Result<fakegrid::Content> backup_content(Run& run, const ObjectRef& backup) {
  const JsonPtr object = find_object(run.world(), backup);
  return read_backup(run.world(), backup.name,
                     object == nullptr ? "" : json_string(*object, {"spec", "cluster"}));
}

Seen look(Run& run, const ArchiveHolds& wanted) {
  const auto content = backup_content(run, wanted.backup);
  if (!content.ok()) return content.status().to_string();
  return differs(*content, wanted.holds, wanted.lacks);
}

Seen look(Run& run, const ArchiveEquals& wanted) {
  const auto content = backup_content(run, wanted.backup);
  if (!content.ok()) return content.status().to_string();
  return first_of(compare_content(*content, "the archive", cluster_content(run, wanted.cluster),
                                  wanted.cluster));
}

Seen look(Run& run, const LatencyIs& wanted) { return check_latency(run, wanted); }
Seen look(Run& run, const TrafficFailures& wanted) { return check_failures(run, wanted); }

Seen look(Run& run, const RestAnswers& wanted) { return check_rest(run, wanted); }

Seen look(Run& run, const FilesAre& wanted) {
  const sim::Disk* disk = run.world().disk_of_claim(wanted.claim.name);
  if (disk == nullptr) return wanted.claim.to_string() + " has no volume";
  const std::vector<std::string> paths = disk->paths();
  const auto holds = [&](const std::string& wanted_path) {
    return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
      return path == wanted_path || path.starts_with(wanted_path + "/");
    });
  };
  for (const std::string& path : wanted.holds)
    if (!holds(path)) return fmt::format("no {}; there are {}", path, join(paths));
  for (const std::string& path : wanted.lacks)
    if (holds(path)) return fmt::format("there are {}", join(paths));
  return std::nullopt;
}

Seen look(Run& run, const FaultFired& wanted) {
  const int64_t fired = run.fault_fired(wanted.fault);
  if (fired >= wanted.at_least && fired <= wanted.at_most.value_or(fired)) return std::nullopt;
  return fmt::format("it acted {} times", fired);
}

}  // namespace

void check(Run& run, const Expectation& expectation) {
  const Seen seen =
      std::visit([&](const auto& wanted) { return look(run, wanted); }, expectation.assertion);
  if (seen) run.fail(expectation.position, expectation.text, *seen);
}

}  // namespace drydock::harness

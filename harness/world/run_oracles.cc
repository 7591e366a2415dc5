#include "harness/world/run_oracles.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/resources.h"
#include "harness/oracles/archive_content.h"
#include "harness/oracles/content_oracles.h"
#include "harness/world/check_content.h"
#include "harness/world/pod_end.h"

namespace drydock::harness {
namespace {

using scenario::Fault;
using scenario::Place;

void append(std::vector<Failure>& all, std::vector<Failure> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

std::map<std::string, int> starts_by_pod(const Observations& observations) {
  std::map<std::string, int> starts;
  for (const OperationStart& start : observations.starts) ++starts[start.pod_uid];
  return starts;
}

// Passwords that the Infinispan operator made; nobody may print them.
std::vector<std::string> secrets_of(Run& run) {
  std::vector<std::string> secrets;
  for (const scenario::Cluster& cluster : run.scenario().clusters)
    for (const char* user : {"/operator", "/developer"})
      secrets.push_back(
          fmt::format("{:016x}", run.world().simulation().draw(
                                     "infinispan-operator", "password/" + cluster.name + user, 0)));
  return secrets;
}

std::vector<Failure> check_credentials(Run& run) {
  std::vector<Failure> violations;
  const std::vector<std::string> secrets = secrets_of(run);
  fakekube::Store& store = run.world().api_server().store();
  for (const fakekube::ResourceType* type :
       {&fakekube::kEvents, &fakekube::kBackups, &fakekube::kRestores})
    for (const auto& [key, object] : store.objects(*type))
      append(violations, check_no_credentials(secrets, std::string(type->kind) + " " + key.second,
                                              json_text(*object.value)));
  for (const auto& [key, object] : store.objects(fakekube::kPods)) {
    const auto lines = run.world().pod_log(key.second);
    if (lines)
      append(violations, check_no_credentials(secrets, "the log of pod " + key.second,
                                              fmt::format("{}", fmt::join(*lines, "\n"))));
  }
  return violations;
}

bool client_writes(const scenario::Scenario& scenario) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [](const auto& step) {
    const auto* traffic = std::get_if<scenario::Traffic>(&step.action);
    return std::holds_alternative<scenario::Put>(step.action) ||
           std::holds_alternative<scenario::Remove>(step.action) ||
           std::holds_alternative<scenario::Create>(step.action) ||
           (traffic != nullptr && traffic->writes);
  });
}

std::vector<Failure> check_content(Run& run) {
  std::vector<Failure> violations;
  for (const auto& [uid, one] : run.snapshots()) {
    if (!one.before || !one.after) continue;
    const bool is_backup = one.object.kind == "Backup";
    const Operation operation =
        parse_operation(is_backup ? OperationKind::kBackup : OperationKind::kRestore, *one.cr);
    const std::string archive_owner = is_backup ? one.object.name : operation.spec.backup;
    if (run.world().disk_of_claim(archive_owner) == nullptr) continue;  // deleted meanwhile
    const auto archive = read_backup(run.world(), archive_owner, one.cluster);
    if (!archive.ok()) {
      violations.push_back({"succeeded-means-archive", "a Succeeded operation has a whole archive",
                            one.object.to_string() + ": " + archive.status().to_string()});
      continue;
    }
    const auto seen =
        is_backup
            ? check_backup_content(*one.before, *one.after, *archive, operation.spec.resources)
            : check_restore_content(*one.before, *one.after, *archive, operation.spec.resources,
                                    one.succeeded_at, client_writes(run.scenario()));
    if (seen)
      violations.push_back({is_backup ? "archive-equals-model" : "restore-is-archive-over-cluster",
                            "nothing lost, nothing extra, byte for byte",
                            one.object.to_string() + ": " + *seen});
  }
  return violations;
}

// D10: under the final name lies nothing or a whole archive.
std::vector<Failure> check_final_names(Run& run) {
  std::vector<Failure> violations;
  fakekube::Store& store = run.world().api_server().store();
  for (const auto& [key, object] : store.objects(fakekube::kBackups)) {
    auto bytes = run.world().archive_bytes(key.second);
    if (!bytes.ok()) continue;
    const auto content = read_archive_content(std::move(*bytes));
    if (!content.ok() && annotation_of(*object.value, kAnnotationImported) != "true")
      violations.push_back({"final-name-whole", "nothing or a whole archive",
                            key.second + ".zip: " + content.status().to_string()});
  }
  return violations;
}

bool is_data_pod(const scenario::Scenario& scenario, const std::string& pod) {
  return std::any_of(scenario.clusters.begin(), scenario.clusters.end(),
                     [&](const auto& cluster) { return pod.starts_with(cluster.name + "-"); });
}

bool may_touch_data_nodes(const scenario::Scenario& scenario, const Place& place) {
  if (place.kind == Place::Kind::kPod) return is_data_pod(scenario, place.name);
  return place.kind == Place::Kind::kNode || place.kind == Place::Kind::kNodeOf ||
         place.kind == Place::Kind::kCluster;
}

bool may_move_data(const scenario::Scenario& scenario, const Fault& fault) {
  if (const auto* kill = std::get_if<scenario::KillContainer>(&fault.action))
    return may_touch_data_nodes(scenario, kill->pod);
  if (const auto* removal = std::get_if<scenario::DeleteObject>(&fault.action))
    return removal->object.kind != "Pod" || is_data_pod(scenario, removal->object.name);
  if (const auto* removal = std::get_if<scenario::RemoveDefinition>(&fault.action))
    return removal->kind == "Infinispan";
  if (const auto* pause = std::get_if<scenario::Pause>(&fault.action))
    return may_touch_data_nodes(scenario, pause->place);
  if (const auto* cut = std::get_if<scenario::Cut>(&fault.action))
    return may_touch_data_nodes(scenario, cut->from) || may_touch_data_nodes(scenario, cut->to);
  return std::holds_alternative<scenario::LoseNode>(fault.action) ||
         std::holds_alternative<scenario::ReturnNode>(fault.action) ||
         std::holds_alternative<scenario::FillNode>(fault.action) ||
         std::holds_alternative<scenario::DeleteNode>(fault.action);
}

// Only zero-capacity members came and went.
bool data_members_stayed(const scenario::Scenario& scenario) {
  for (const Fault& fault : scenario.faults)
    if (may_move_data(scenario, fault)) return false;
  for (const scenario::Step& step : scenario.steps) {
    if (std::holds_alternative<scenario::AddNode>(step.action)) return false;
    const auto* removal = std::get_if<scenario::Delete>(&step.action);
    if (removal != nullptr && removal->object.kind == "Pod" &&
        is_data_pod(scenario, removal->object.name))
      return false;
    const auto* inject = std::get_if<scenario::Inject>(&step.action);
    if (inject != nullptr && may_move_data(scenario, inject->fault)) return false;
  }
  return true;
}

// D6, for runs in which no ordinary member came or went.
std::vector<Failure> check_zero_capacity(Run& run) {
  std::vector<Failure> violations;
  if (!data_members_stayed(run.scenario())) return violations;
  for (const scenario::Cluster& cluster : run.scenario().clusters) {
    const GridCounts counts = run.world().grids().counts(cluster.name);
    const fakegrid::CacheTotals& user = counts.user;
    if (user.owners_changed + user.segments_in + user.entries_in + user.bytes_in == 0) continue;
    violations.push_back(
        {"zero-capacity-moves-nothing", "no owner, segment, entry or byte of user caches moves",
         fmt::format("{}: {} owners changed, {} segments, {} entries, {} bytes moved", cluster.name,
                     user.owners_changed, user.segments_in, user.entries_in, user.bytes_in)});
  }
  return violations;
}

}  // namespace

std::vector<Failure> run_oracles(Run& run) {
  std::vector<Failure> violations = check_phases(run.phases());
  append(violations, check_one_start(starts_by_pod(run.world().observations()), run.pods_of_crs()));
  append(violations, check_zero_capacity(run));
  append(violations, check_content(run));
  append(violations, check_final_names(run));
  append(violations, check_pods_ended(run));
  append(violations, check_credentials(run));
  return violations;
}

}  // namespace drydock::harness

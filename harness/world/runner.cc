#include "harness/world/runner.h"

#include <algorithm>

#include "core/base/resources.h"
#include "harness/world/checks.h"
#include "harness/world/describe_grid.h"
#include "harness/world/faults.h"
#include "harness/world/kube_faults.h"
#include "harness/world/run_oracles.h"
#include "harness/world/steps.h"
#include "harness/world/triggers.h"

namespace drydock::harness {
namespace {

// The clusters that exist from the start form within this, or something is wrong with drydock.
constexpr Duration kFormationLimit = minutes(10);
constexpr size_t kLogTailLines = 15;

WorldOptions world_options(const scenario::Scenario& scenario, const RunOptions& options) {
  WorldOptions world;
  world.seed = options.seed;
  world.epoch = scenario.epoch;
  world.keep_trace = options.keep_trace;
  world.text_bodies = options.text_bodies;
  world.admission = scenario.admission;
  world.api_servers = {.count = scenario.api_servers,
                       .view_lag = scenario.view_lag,
                       .call_faults = touches_calls(scenario)};
  world.controllers = scenario.controllers;
  world.network = scenario.network;
  world.volumes = scenario.volumes;
  world.machines = scenario.machines;
  if (world.machines == 0) {
    for (const scenario::Cluster& cluster : scenario.clusters)
      world.machines = std::max(world.machines, cluster.nodes);
    ++world.machines;
  }
  return world;
}

// Clusters that are there from the start, well formed; archives that were brought.
bool set_up(Run& run) {
  World& world = run.world();
  const auto must = [&](const Status& status, const scenario::Position& position,
                        const std::string& what) {
    if (!status.ok()) run.fail(position, what, status.to_string());
    return status.ok();
  };
  for (const scenario::Cluster& cluster : run.scenario().clusters)
    if (!cluster.starts_later &&
        !must(world.create_cluster(cluster), cluster.position, "cluster " + cluster.name))
      return false;
  for (const scenario::BroughtArchive& archive : run.scenario().archives)
    if (!must(bring_archive(world, archive), archive.position, "archive " + archive.file))
      return false;
  for (const scenario::Cluster& cluster : run.scenario().clusters) {
    if (cluster.starts_later || cluster.service == "Cache") continue;
    scenario::Trigger formed;
    formed.kind = scenario::Trigger::Kind::kCondition;
    formed.of = {"Infinispan", cluster.name};
    formed.text = "WellFormed";
    formed.status = "True";
    const Status waited = await(run, formed, world.env().now() + kFormationLimit);
    if (waited.ok()) continue;
    run.fail_liveness(cluster.position, "cluster " + cluster.name + " forms",
                      describe_now(run, formed));
    return false;
  }
  return true;
}

void run_scenario_task(Run& run) {
  if (!set_up(run)) return;
  run.mark("");
  for (const scenario::Fault& fault : run.scenario().faults) arm_fault(run, fault);
  for (const scenario::Step& step : run.scenario().steps)
    if (!do_step(run, step)) break;
  if (!run.stuck())
    for (const scenario::Expectation& expectation : run.scenario().expect) check(run, expectation);
}

Outcome judge(const Run& run, const ScenarioResult& result) {
  if (!result.violations.empty()) return Outcome::kFailed;
  if (run.stuck()) return Outcome::kLiveness;
  return run.failed() ? Outcome::kFailed : Outcome::kPassed;
}

// Takes out what a known loss explains; one that is not seen is a failure of its own.
void excuse_known_losses(const scenario::Scenario& scenario, ScenarioResult& result) {
  std::vector<Failure> unseen;
  for (const scenario::KnownLoss& loss : scenario.known_losses) {
    const bool seen = std::any_of(result.violations.begin(), result.violations.end(),
                                  [&](const Failure& one) { return one.where == loss.oracle; });
    if (!seen) unseen.push_back({loss.oracle, loss.quirk + " turns this oracle red", "it held"});
  }
  std::erase_if(result.violations, [&](const Failure& one) {
    return std::any_of(scenario.known_losses.begin(), scenario.known_losses.end(),
                       [&](const auto& loss) { return loss.oracle == one.where; });
  });
  std::move(unseen.begin(), unseen.end(), std::back_inserter(result.violations));
}

void collect_phases(const Run& run, ScenarioResult& result) {
  const auto start = run.moment("", true);
  for (const SeenPhase& seen : run.phases())
    result.phases.push_back({seen.object.to_string(), seen.phase,
                             seen.at - (start ? start->at : SteadyTime()), seen.reason});
}

void collect_logs(Run& run, ScenarioResult& result) {
  std::vector<std::string> pods;
  for (const SeenPhase& seen : run.phases())
    if (std::find(pods.begin(), pods.end(), seen.object.name) == pods.end())
      pods.push_back(seen.object.name);
  for (const std::string& pod : pods) {
    auto lines = run.world().pod_log(pod);
    if (!lines) continue;
    if (lines->size() > kLogTailLines) lines->erase(lines->begin(), lines->end() - kLogTailLines);
    result.logs.push_back({"Pod/" + pod, std::move(*lines)});
  }
}

void collect_trace(sim::Simulation& simulation, const RunOptions& options, ScenarioResult& result) {
  result.trace_hash = simulation.trace().hash();
  if (!options.keep_trace) return;
  for (const sim::TraceRecord& record : simulation.trace().records())
    result.trace.push_back(simulation.trace_line(record));
}

}  // namespace

ScenarioResult run_scenario(const scenario::Scenario& scenario, const RunOptions& options) {
  ScenarioResult result;
  result.file = scenario.file;
  result.name = scenario.name;
  result.seed = options.seed;
  World world(world_options(scenario, options));
  Run run(world, scenario);
  sim::Simulation& simulation = world.simulation();
  const sim::RunEnd end =
      simulation.run([&run] { run_scenario_task(run); }, scenario.time_limit + kFormationLimit);
  if (end != sim::RunEnd::kDone) {
    result.stuck = simulation.waiting_report();
    run.fail_liveness({}, "the scenario ends",
                      end == sim::RunEnd::kDeadlock ? "nothing can go on" : "time is up");
  }
  result.simulated = simulation.now().time_since_epoch();
  result.violations = run_oracles(run);
  excuse_known_losses(scenario, result);
  result.failures = run.failures();
  result.outcome = judge(run, result);
  collect_phases(run, result);
  collect_logs(run, result);
  if (options.describe_grid) result.grid = describe_grids(run);
  collect_trace(simulation, options, result);
  world.shut_down();
  return result;
}

}  // namespace drydock::harness

// Whole simulated worlds: how fast they run, how much memory one takes.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "harness/scenario/parse.h"
#include "harness/world/run.h"
#include "harness/world/runner.h"
#include "harness/world/steps.h"
#include "harness/world/triggers.h"

namespace drydock::bench {
namespace {

using harness::Outcome;
using harness::RunOptions;
using harness::ScenarioResult;
using harness::scenario::Scenario;

Scenario load(const std::string& file) {
  harness::scenario::Parsed parsed = harness::scenario::parse_scenario(
      DRYDOCK_BENCH_SCENARIOS + file, harness::scenario::read_file);
  DRYDOCK_CHECK(parsed.scenario.has_value(), parsed.errors.empty() ? "" : parsed.errors.front());
  return std::move(*parsed.scenario);
}

std::string why_not_passed(const ScenarioResult& result) {
  if (!result.failures.empty()) return result.failures.front().seen;
  return result.violations.empty() ? result.stuck : result.violations.front().seen;
}

void rate(benchmark::State& state, const char* name, double total) {
  state.counters[name] = benchmark::Counter(total, benchmark::Counter::kIsRate);
}

// Runs the scenario again and again in this process. The same seed gives the same events, so they
// are counted once, beforehand, in a run that keeps its trace.
void run_repeatedly(benchmark::State& state, const std::string& file) {
  const Scenario scenario = load(file);
  const ScenarioResult first = run_scenario(scenario, RunOptions{.keep_trace = true});
  if (first.outcome != Outcome::kPassed)
    return state.SkipWithError((file + " fails: " + why_not_passed(first)).c_str());
  const auto events = static_cast<double>(first.trace.size());
  const double simulated_s = std::chrono::duration<double>(first.simulated).count();
  for (auto _ : state) benchmark::DoNotOptimize(run_scenario(scenario, RunOptions{}));
  const auto runs = static_cast<double>(state.iterations());
  rate(state, "runs_per_s", runs);
  rate(state, "events_per_s", runs * events);
  rate(state, "simulated_s_per_s", runs * simulated_s);
  state.counters["events_per_run"] = events;
}

void busy(benchmark::State& state) { run_repeatedly(state, "busy.yaml"); }
void backup_restore(benchmark::State& state) { run_repeatedly(state, "backup_restore.yaml"); }

uint64_t allocated_bytes() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t size = 0;
  uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

struct Memory {
  uint64_t allocated = 0;
  uint64_t resident = 0;

  static Memory now() { return {allocated_bytes(), resident_bytes()}; }
};

// Clusters and steps of the scenario in a world that still lives when it is measured.
Memory memory_of_world(const Scenario& scenario) {
  const Memory before = Memory::now();
  harness::WorldOptions options;
  harness::World world(options);
  harness::Run run(world, scenario);
  Memory after;
  world.simulation().run(
      [&] {
        for (const auto& cluster : scenario.clusters) (void)world.create_cluster(cluster);
        run.mark("");
        for (const auto& step : scenario.steps)
          if (!do_step(run, step)) return;
        after = Memory::now();
      },
      scenario.time_limit);
  world.shut_down();
  if (run.failed() || after.allocated == 0) return {};
  return {after.allocated - before.allocated, after.resident - before.resident};
}

// The stacks of tasks are pooled by the thread. In the first world of a process they are new, and
// resident_bytes has the pages of them that were used; in the second they count no more.
void world_memory(benchmark::State& state) {
  const Scenario scenario = load("backup_restore.yaml");
  const Memory first = memory_of_world(scenario);
  Memory second;
  for (auto _ : state) second = memory_of_world(scenario);
  if (first.allocated == 0 || second.allocated == 0)
    return state.SkipWithError("backup_restore.yaml fails");
  state.counters["world_bytes"] = static_cast<double>(second.allocated);
  state.counters["resident_bytes"] = static_cast<double>(first.resident);
}

// First, while nothing in this process is warm.
BENCHMARK(world_memory)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(backup_restore)->Unit(benchmark::kMillisecond);
BENCHMARK(busy)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace drydock::bench

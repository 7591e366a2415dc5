// The fake Kubernetes API in process, without managedFields: what a call, a watcher and an object
// cost, and how each grows.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fakekube/api/api_server.h"
#include "fakekube/clients/local_client.h"
#include "sim/simulation.h"

namespace drydock::bench {
namespace {

using namespace fakekube;

ApiServerOptions options() {
  ApiServerOptions options;
  options.managed_fields = false;
  return options;
}

// A server with a namespace; calls go straight to execute(), so that no simulated time passes.
struct Kube {
  sim::Simulation simulation;
  ApiServer server{simulation.harness(), options()};
  LocalClient client{server, simulation.harness(), "bench"};

  Kube() { server.create_namespace("ns"); }

  ApiReply call(Verb verb, std::string name, JsonPtr body = nullptr, std::string subresource = "") {
    ApiCall call;
    call.verb = verb;
    call.type = &kBackups;
    call.namespace_name = "ns";
    call.name = std::move(name);
    call.subresource = std::move(subresource);
    call.body = std::move(body);
    return server.execute(call);
  }

  void fill(int64_t count) {
    for (int64_t i = 0; i < count; ++i) call(Verb::kCreate, "", backup(i));
  }

  static std::string name_of(int64_t number) { return "backup-" + std::to_string(number); }
  static JsonPtr backup(int64_t number) {
    return make_json(json::object{{"apiVersion", "infinispan.org/v2alpha1"},
                                  {"kind", "Backup"},
                                  {"metadata", {{"name", name_of(number)}, {"namespace", "ns"}}},
                                  {"spec", {{"cluster", "source"}}}});
  }
  static JsonPtr phase(int64_t number) {
    return make_json(json::object{
        {"status", {{"phase", "Running"}, {"reason", "round " + std::to_string(number)}}}});
  }
};

void rate(benchmark::State& state) {
  state.counters["per_s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void check(benchmark::State& state, const ApiReply& reply) {
  if (!reply.ok()) state.SkipWithError(json_text(*reply.body).c_str());
}

// Bodies of calls, made a batch at a time outside the timing: that is the client's work.
class Bodies {
 public:
  using Make = JsonPtr (*)(int64_t);
  Bodies(benchmark::State& state, Make make, int64_t first)
      : state_(state), make_(make), next_(first) {}

  const JsonPtr& next() {
    if (at_ == made_.size()) refill();
    return made_[at_++];
  }

 private:
  void refill() {
    state_.PauseTiming();
    made_.clear();
    for (int i = 0; i < 1000; ++i) made_.push_back(make_(next_++));
    at_ = 0;
    state_.ResumeTiming();
  }

  benchmark::State& state_;
  Make make_;
  int64_t next_;
  std::vector<JsonPtr> made_;
  size_t at_ = 0;
};

void create(benchmark::State& state) {
  Kube kube;
  kube.fill(state.range(0));
  Bodies bodies(state, Kube::backup, state.range(0));
  for (auto _ : state) check(state, kube.call(Verb::kCreate, "", bodies.next()));
  rate(state);
}

void get(benchmark::State& state) {
  Kube kube;
  kube.fill(state.range(0));
  int64_t next = 0;
  for (auto _ : state)
    check(state, kube.call(Verb::kGet, Kube::name_of(next++ * 7919 % state.range(0))));
  rate(state);
}

void patch_status(benchmark::State& state) {
  Kube kube;
  kube.fill(state.range(0));
  Bodies bodies(state, Kube::phase, 0);
  int64_t next = 0;
  for (auto _ : state)
    check(state, kube.call(Verb::kPatch, Kube::name_of(next++ * 7919 % state.range(0)),
                           bodies.next(), "status"));
  rate(state);
}

// Each of so many watchers takes every change; the writes themselves are not timed.
void deliver(benchmark::State& state) {
  Kube kube;
  kube.fill(1);
  std::vector<std::unique_ptr<LocalWatch>> watches;
  for (int64_t i = 0; i < state.range(0); ++i)
    watches.push_back(kube.client.watch(kBackups, {.revision = kube.server.store().revision()}));
  int64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (int i = 0; i < 100; ++i)
      kube.call(Verb::kPatch, Kube::name_of(0), Kube::phase(next++), "status");
    state.ResumeTiming();
    for (const auto& watch : watches)
      while (watch->try_next()) {
      }
  }
  state.counters["per_s"] = benchmark::Counter(
      static_cast<double>(state.iterations() * 100 * state.range(0)), benchmark::Counter::kIsRate);
}

// What watchers of other namespaces add to a write.
void write_beside_watchers(benchmark::State& state) {
  Kube kube;
  kube.fill(1);
  std::vector<std::unique_ptr<LocalWatch>> watches;
  for (int64_t i = 0; i < state.range(0); ++i)
    watches.push_back(kube.client.watch(kBackups, {.namespace_name = "other"}));
  int64_t next = 0;
  for (auto _ : state)
    check(state, kube.call(Verb::kPatch, Kube::name_of(0), Kube::phase(next++), "status"));
  rate(state);
}

void object_memory(benchmark::State& state) {
  double bytes = 0;
  for (auto _ : state) {
    Kube kube;
    const auto before = mallinfo2().uordblks + mallinfo2().hblkhd;
    kube.fill(state.range(0));
    const auto after = mallinfo2().uordblks + mallinfo2().hblkhd;
    bytes = static_cast<double>(after - before) / static_cast<double>(state.range(0));
  }
  state.counters["bytes"] = bytes;
}

void watcher_memory(benchmark::State& state) {
  double bytes = 0;
  for (auto _ : state) {
    Kube kube;
    std::vector<std::unique_ptr<LocalWatch>> watches;
    const auto before = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (int64_t i = 0; i < state.range(0); ++i)
      watches.push_back(kube.client.watch(kBackups, {.namespace_name = "other"}));
    const auto after = mallinfo2().uordblks + mallinfo2().hblkhd;
    bytes = static_cast<double>(after - before) / static_cast<double>(state.range(0));
  }
  state.counters["bytes"] = bytes;
}

BENCHMARK(create)->Arg(1000)->Arg(10'000)->Arg(100'000)->Iterations(100'000);
BENCHMARK(get)->Arg(1000)->Arg(10'000)->Arg(100'000);
BENCHMARK(patch_status)->Arg(1000)->Arg(10'000)->Arg(100'000);
BENCHMARK(deliver)->Arg(1)->Arg(100)->Arg(1000);
BENCHMARK(write_beside_watchers)->Arg(0)->Arg(1000);
BENCHMARK(object_memory)->Arg(1000)->Arg(10'000)->Arg(100'000)->Iterations(1);
BENCHMARK(watcher_memory)->Arg(1000)->Iterations(1);

}  // namespace
}  // namespace drydock::bench

#include "harness/world/faults.h"

#include <fmt/format.h>

#include "core/base/log.h"
#include "harness/world/kube_faults.h"
#include "harness/world/node_faults.h"
#include "harness/world/triggers.h"

namespace drydock::harness {
namespace {

using scenario::Place;

constexpr Duration kApiServerRestart = seconds(5);
constexpr Duration kKubeletRestart = seconds(10);

// The names that sim::Network::cut knows a place by.
std::vector<std::string> ends_of(Run& run, const Place& place) {
  World& world = run.world();
  switch (place.kind) {
    case Place::Kind::kController: return {world.operator_name(world.leading_operator())};
    case Place::Kind::kApiServer: return {"api-server"};
    case Place::Kind::kPod: return {place.name};
    case Place::Kind::kNode: return {place.name};
    case Place::Kind::kNodeOf: return {run.machine_of(place.name)};
    case Place::Kind::kCluster: return world.grids().data_addresses(place.name);
    case Place::Kind::kClients: return {"clients"};
  }
  return {};
}

Injection inject(Run& run, const scenario::KillContainer& fault) {
  return acted(run.world().runtime().kill(fault.pod.name));
}

Injection inject(Run& run, const scenario::DeleteObject& fault) {
  const fakekube::ResourceType* type = type_of_kind(fault.object.kind);
  DRYDOCK_CHECK(type != nullptr, "unknown kind " + fault.object.kind);
  return acted(run.world()
                   .kube()
                   .remove(*type, type->namespaced ? kNamespace : "", fault.object.name,
                           {.grace_period_seconds = 0})
                   .ok());
}

Injection inject(Run& run, const scenario::SkewClock& fault) {
  sim::Simulation& simulation = run.world().simulation();
  const std::vector<std::string> names = ends_of(run, fault.of);
  for (const std::string& name : names)
    simulation.clocks().set(name, {fault.ahead, fault.percent}, simulation.now());
  const auto heal = [&simulation, names] {
    for (const std::string& name : names) simulation.clocks().correct(name);
  };
  const auto reads = [&simulation, names] {
    int64_t all = 0;
    for (const std::string& name : names) all += simulation.clocks().reads(name);
    return all;
  };
  return {.heal = heal, .fired = reads};
}

Injection inject(Run& run, const scenario::LoseNode& fault) {
  const std::string node = ends_of(run, fault.node).front();
  run.world().silence_machine(node);
  return {.heal = [&run, node] { run.world().return_machine(node); }};
}

Injection inject(Run& run, const scenario::ReturnNode& fault) {
  run.world().return_machine(ends_of(run, fault.node).front());
  return {};
}

Injection inject(Run& run, const scenario::DeleteNode& fault) {
  return acted(
      run.world().kube().remove(fakekube::kNodes, "", ends_of(run, fault.node).front(), {}).ok());
}

Injection inject(Run& run, const scenario::Cut& fault) {
  std::vector<sim::CutId> cuts;
  sim::Network& network = run.world().simulation().network();
  for (const std::string& a : ends_of(run, fault.from))
    for (const std::string& b : ends_of(run, fault.to))
      cuts.push_back(network.cut(a, b, fault.both_ways));
  return {.heal = [&network, cuts] {
    for (const sim::CutId cut : cuts) network.heal(cut);
  }};
}

Injection inject(Run& run, const scenario::CrashController&) {
  const int index = run.world().leading_operator();
  run.world().kill_operator(index);
  return {.heal = [&run, index] { run.world().start_operator(index); }};
}

// A dead controller and a dead API server always come back; everything else heals only when the
// scenario says when.
std::optional<Duration> lasts(const scenario::Fault& fault) {
  if (fault.lasts) return fault.lasts;
  if (std::holds_alternative<scenario::CrashController>(fault.action)) return kOperatorRestart;
  if (std::holds_alternative<scenario::RestartApiServer>(fault.action)) return kApiServerRestart;
  if (std::holds_alternative<scenario::RestartKubelet>(fault.action)) return kKubeletRestart;
  return std::nullopt;
}

void run_fault(Run& run, const scenario::Fault& fault) {
  World& world = run.world();
  if (!await(run, fault.when, kForever).ok()) return;
  // Where in its file, not which file: a run doesn't depend on how that was named.
  world.simulation().trace().add_text(world.simulation().now(), sim::TraceKind::kFault, 0,
                                      "fault of line " + std::to_string(fault.position.line));
  const Injection injection =
      std::visit([&](const auto& action) { return inject(run, action); }, fault.action);
  if (!fault.name.empty()) {
    run.mark(fault.name);
    run.count_fault(fault.name, injection.fired);
  }
  world.notify();
  const std::optional<Duration> duration = lasts(fault);
  if (!duration || !injection.heal) return;
  if (!world.env().sleep_for(*duration).ok()) return;
  injection.heal();
  world.notify();
}

}  // namespace

void arm_fault(Run& run, const scenario::Fault& fault) {
  run.world().env().spawn("fault", [&run, fault] { run_fault(run, fault); });
}

}  // namespace drydock::harness

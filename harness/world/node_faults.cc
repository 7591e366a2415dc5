#include "harness/world/node_faults.h"

#include <string>

namespace drydock::harness {
namespace {

using scenario::Place;

std::string node_of(Run& run, const Place& place) {
  return place.kind == Place::Kind::kNodeOf ? run.machine_of(place.name) : place.name;
}

}  // namespace

Injection inject(Run& run, const scenario::UseMemory& fault) {
  return acted(
      run.world().runtime().use_memory(fault.pod.name, static_cast<uint64_t>(fault.bytes)));
}

Injection inject(Run& run, const scenario::WriteLog& fault) {
  return acted(run.world().runtime().write_log(fault.pod.name, fault.bytes));
}

Injection inject(Run& run, const scenario::BreakImage& fault) {
  WorldRuntime& runtime = run.world().runtime();
  const bool reachable = fault.how != "unreachable";
  runtime.set_image(fault.image, {.absent = reachable, .unreachable = !reachable});
  return {.heal = [&runtime, image = fault.image] { runtime.set_image(image, {}); }};
}

Injection inject(Run& run, const scenario::SlowImage& fault) {
  WorldRuntime& runtime = run.world().runtime();
  runtime.set_image(fault.image, {.delay = fault.by});
  return {.heal = [&runtime, image = fault.image] { runtime.set_image(image, {}); }};
}

Injection inject(Run& run, const scenario::RestartKubelet& fault) {
  fakekube::Kubelet& kubelet = run.world().kubelet(node_of(run, fault.node));
  kubelet.crash();
  return {.heal = [&kubelet] { kubelet.start(); }};
}

Injection inject(Run& run, const scenario::SlowStatus& fault) {
  fakekube::NodeDisk& disk = run.world().node_disk(node_of(run, fault.node));
  disk.status_lag = fault.by;
  return {.heal = [&disk] { disk.status_lag = Duration::zero(); }};
}

Injection inject(Run& run, const scenario::ExhaustVolumes& fault) {
  WorldStorage& storage = run.world().storage();
  storage.set_exhausted(fault.storage_class, true);
  return {.heal = [&storage, name = fault.storage_class] { storage.set_exhausted(name, false); }};
}

Injection inject(Run& run, const scenario::FillNode& fault) {
  World& world = run.world();
  const std::string node = node_of(run, fault.node);
  const auto take = [&world, node](uint64_t memory, uint64_t disk) {
    world.node_disk(node).taken_beside = {memory, disk};
    world.kubelet(node).look_at_resources();
  };
  take(static_cast<uint64_t>(fault.memory), static_cast<uint64_t>(fault.disk));
  return {.heal = [take] { take(0, 0); }};
}

Injection inject(Run& run, const scenario::LoseVolume& fault) {
  fakekube::LocalClient& kube = run.world().kube();
  const JsonPtr claim = run.world().object(fakekube::kPersistentVolumeClaims, fault.claim.name);
  const std::string volume = claim ? json_string(*claim, {"spec", "volumeName"}) : "";
  if (volume.empty()) return acted(false);
  (void)kube.remove(fakekube::kPersistentVolumes, "", volume, {.grace_period_seconds = 0});
  // What protects it would wait for the claim.
  const json::value release{{"metadata", {{"finalizers", nullptr}}}};
  return acted(kube.patch(fakekube::kPersistentVolumes, "", volume, release).ok());
}

}  // namespace drydock::harness

#include "harness/world/steps.h"

#include <fmt/format.h>

#include "core/base/resources.h"
#include "harness/world/checks.h"
#include "harness/world/faults.h"
#include "harness/world/grid_admin.h"
#include "harness/world/grid_content.h"
#include "harness/world/triggers.h"

namespace drydock::harness {
namespace {

// The step being done: where it stands, how it was written.
struct Doing {
  Run& run;
  const scenario::Step& step;

  World& world() const { return run.world(); }
  // Fails the run unless ok.
  bool must(const Status& status) const {
    if (!status.ok()) run.fail(step.position, step.text, status.to_string());
    return status.ok();
  }
  // A refusal was expected, with this in its message; or success, when nothing is expected.
  bool must_be(const Status& status, const std::optional<std::string>& refused) const {
    if (!refused) return must(status);
    if (!status.ok() && status.message().find(*refused) != std::string::npos) return true;
    run.fail(step.position, step.text,
             status.ok() ? "it was accepted" : "refused with: " + status.message());
    return false;
  }
};

bool perform(const Doing& doing, const scenario::Apply& apply) {
  for (const scenario::Manifest& manifest : apply.objects)
    if (!doing.must_be(apply_object(doing.world(), manifest), apply.refused)) return false;
  return true;
}

bool perform(const Doing& doing, const scenario::Delete& step) {
  const fakekube::ResourceType* type = type_of_kind(step.object.kind);
  if (type == nullptr) return doing.must(Status(Code::kInvalid, "no kind " + step.object.kind));
  return doing.must(doing.world().kube().remove(*type, type->namespaced ? kNamespace : "",
                                                step.object.name,
                                                {.propagation_policy = step.propagation}));
}

bool perform(const Doing& doing, const scenario::Edit& edit) {
  const fakekube::ResourceType* type = type_of_kind(edit.object.kind);
  if (type == nullptr) return doing.must(Status(Code::kInvalid, "no kind " + edit.object.kind));
  const auto patched = doing.world().kube().patch(*type, type->namespaced ? kNamespace : "",
                                                  edit.object.name, *edit.patch);
  return doing.must_be(patched.ok() ? ok_status() : patched.status(), edit.refused);
}

bool perform(const Doing& doing, const scenario::Put& put) {
  const WallTime now = doing.world().simulation().wall_now();
  return std::visit(
      [&](const auto& entries) {
        return doing.must(
            put_records(doing.world(), put.cluster, entries.cache, make_records(entries, now)));
      },
      put.data);
}

bool perform(const Doing& doing, const scenario::Remove& step) {
  return doing.must(remove_keys(doing.world(), step.cluster, step.cache, step.keys));
}

bool perform(const Doing& doing, const scenario::Traffic& traffic) {
  start_traffic(doing.run, traffic);
  return true;
}

bool perform(const Doing& doing, const scenario::Create& create) {
  return doing.must(create_content(doing.world(), create.cluster, create.content));
}

bool perform(const Doing& doing, const scenario::StartCluster& start) {
  for (const scenario::Cluster& cluster : doing.run.scenario().clusters)
    if (cluster.name == start.cluster) return doing.must(doing.world().create_cluster(cluster));
  return doing.must(Status(Code::kInvalid, "no cluster " + start.cluster));
}

bool perform(const Doing& doing, const scenario::AddNode& add) {
  const JsonPtr cluster = doing.world().object(fakekube::kInfinispans, add.cluster);
  if (cluster == nullptr) return doing.must(Status(Code::kNotFound, "no cluster " + add.cluster));
  const int64_t replicas = json_int(*cluster, {"spec", "replicas"});
  return doing.must(doing.world().scale_cluster(add.cluster, static_cast<int>(replicas) + 1));
}

bool perform(const Doing& doing, const scenario::Wait& wait) {
  Run& run = doing.run;
  const SteadyTime deadline = doing.world().env().now() + wait.timeout;
  const Status decided = doing.world().wait_until(
      [&] { return holds(run, wait.until) || is_hopeless(run, wait.until); }, deadline);
  if (decided.ok() && !holds(run, wait.until)) {
    run.fail(doing.step.position, doing.step.text, describe_now(run, wait.until));
    return false;
  }
  if (decided.ok() && await(run, wait.until, deadline).ok()) return true;
  run.fail_liveness(doing.step.position, doing.step.text,
                    fmt::format("not within {}: {}", format_duration(wait.timeout),
                                describe_now(run, wait.until)));
  return false;
}

bool perform(const Doing& doing, const scenario::Mark& mark) {
  doing.run.mark(mark.name);
  return true;
}

bool perform(const Doing& doing, const scenario::Inject& inject) {
  arm_fault(doing.run, inject.fault);
  return true;
}

bool perform(const Doing& doing, const scenario::Check& step) {
  for (const scenario::Expectation& expectation : step.expect) check(doing.run, expectation);
  return true;
}

json::value with_namespace(const json::value& object) {
  json::value copy = object;
  const fakekube::ResourceType* type = type_of_kind(json_string(object, {"kind"}));
  if (type != nullptr && type->namespaced) json_at(copy, {"metadata", "namespace"}) = kNamespace;
  return copy;
}

// A claim that is bound to a volume of its own, which holds the archive.
Status make_claim(World& world, const std::string& backup, std::string bytes) {
  const std::string volume = "brought-" + backup;
  const uint64_t capacity = uint64_t{16} << 30;
  DRYDOCK_RETURN_IF_ERROR(world.storage().provision(volume, capacity, ""));
  DRYDOCK_RETURN_IF_ERROR(
      world.storage().find(volume)->put_file(backup + "/" + backup + ".zip", std::move(bytes)));
  const json::object size{{"storage", "16Gi"}};
  const auto pv = world.kube().create(
      fakekube::kPersistentVolumes,
      json::object{
          {"apiVersion", "v1"},
          {"kind", "PersistentVolume"},
          {"metadata", json::object{{"name", volume}}},
          {"spec",
           json::object{
               {"capacity", size},
               {"accessModes", json::array{"ReadWriteOnce"}},
               {"persistentVolumeReclaimPolicy", "Retain"},
               {"csi", json::object{{"driver", "disk.drydock.dev"}, {"volumeHandle", volume}}},
               {"storageClassName", ""},
               {"claimRef", json::object{{"name", backup}, {"namespace", kNamespace}}}}}});
  if (!pv.ok()) return pv.status();
  const auto claim = world.kube().create(
      fakekube::kPersistentVolumeClaims,
      json::object{
          {"apiVersion", "v1"},
          {"kind", "PersistentVolumeClaim"},
          {"metadata", json::object{{"name", backup},
                                    {"namespace", kNamespace},
                                    {"annotations", json::object{{kAnnotationAdopt, backup}}}}},
          {"spec", json::object{{"accessModes", json::array{"ReadWriteOnce"}},
                                {"storageClassName", ""},
                                {"volumeName", volume},
                                {"resources", json::object{{"requests", size}}}}}});
  return claim.ok() ? ok_status() : claim.status();
}

}  // namespace

bool do_step(Run& run, const scenario::Step& step) {
  const Doing doing{run, step};
  return std::visit([&](const auto& action) { return perform(doing, action); }, step.action);
}

Status apply_object(World& world, const scenario::Manifest& manifest) {
  const fakekube::ResourceType* type = type_of_kind(manifest.ref.kind);
  if (type == nullptr)
    return Status(Code::kInvalid, manifest.position.to_string() + ": no kind " + manifest.ref.kind);
  const json::value object = with_namespace(*manifest.object);
  const auto created = world.kube().create(*type, object);
  if (created.ok()) return ok_status();
  if (created.code() != Code::kAlreadyExists) return created.status();
  const auto patched =
      world.kube().patch(*type, type->namespaced ? kNamespace : "", manifest.ref.name, object);
  return patched.ok() ? ok_status() : patched.status();
}

Status bring_archive(World& world, const scenario::BroughtArchive& archive) {
  DRYDOCK_ASSIGN(std::string bytes, read_host_file(archive.file));
  DRYDOCK_RETURN_IF_ERROR(make_claim(world, archive.backup.ref.name, std::move(bytes)));
  return apply_object(world, archive.backup);
}

}  // namespace drydock::harness

#include "harness/world/run.h"

#include "core/base/resources.h"
#include "core/control/operation_rules.h"

namespace drydock::harness {

Run::Run(World& world, const scenario::Scenario& scenario) : world_(world), scenario_(scenario) {
  watch_phases();
  watch_pods();
}

void Run::mark(const std::string& name) {
  moments_.emplace(name, now());
  world_.notify();
}

Moment Run::now() const {
  Moment moment;
  moment.at = world_.simulation().now();
  moment.revision = world_.api_server().store().revision();
  for (const scenario::Cluster& cluster : scenario_.clusters)
    moment.counts[cluster.name] = world_.grids().counts(cluster.name);
  return moment;
}

std::optional<Moment> Run::moment(const std::string& name, bool is_from) const {
  if (name.empty() && !is_from) return now();
  const auto found = moments_.find(name);
  if (found == moments_.end()) return std::nullopt;
  return found->second;
}

void Run::watch_phases() {
  for (const fakekube::ResourceType* type : {&fakekube::kBackups, &fakekube::kRestores}) {
    subscriptions_.push_back(world_.api_server().store().subscribe(
        *type, [this, type](const fakekube::StoreEvent& event) {
          if (event.type != fakekube::StoreEventType::kPut) return;
          note_intent(*type, *event.object);
          const std::string before =
              event.previous == nullptr ? "" : json_string(*event.previous, {"status", "phase"});
          if (json_string(*event.object, {"status", "phase"}) == before) return;
          note_phase(*type, *event.object);
          take_snapshot(*type, event.object);
        }));
  }
}

void Run::note_intent(const fakekube::ResourceType& type, const json::value& object) {
  const Conditions conditions = parse_conditions(object);
  const Condition* started = find_condition(conditions, control::condition::kStarted);
  if (started == nullptr || started->status != "Unknown") return;
  const std::string cr = std::string(type.kind) + "/" + json_string(object, {"metadata", "name"});
  ++world_.observations().intents_written[cr];
}

void Run::note_phase(const fakekube::ResourceType& type, const json::value& object) {
  const SteadyTime now = world_.simulation().now();
  phases_.push_back({{std::string(type.kind), json_string(object, {"metadata", "name"})},
                     json_string(object, {"metadata", "uid"}),
                     json_string(object, {"status", "phase"}),
                     json_string(object, {"status", "reason"}),
                     now});
  world_.simulation().trace().add_text(
      now, sim::TraceKind::kNote, 0,
      phases_.back().object.to_string() + " is " + phases_.back().phase);
}

// Initialized comes before the operation can have begun, Succeeded after it has ended.
void Run::take_snapshot(const fakekube::ResourceType& type, const JsonPtr& object) {
  const std::string phase = json_string(*object, {"status", "phase"});
  Snapshots& snapshots = snapshots_[json_string(*object, {"metadata", "uid"})];
  snapshots.object = {std::string(type.kind), json_string(*object, {"metadata", "name"})};
  snapshots.cluster = json_string(*object, {"spec", "cluster"});
  snapshots.cr = object;
  const WallTime now = world_.simulation().wall_now();
  if (phase == "Initialized")
    snapshots.before = world_.grids().content(snapshots.cluster, now).content;
  if (phase != "Succeeded") return;
  snapshots.after = world_.grids().content(snapshots.cluster, now).content;
  snapshots.succeeded_at = now;
}

void Run::watch_pods() {
  subscriptions_.push_back(world_.api_server().store().subscribe(
      fakekube::kPods, [this](const fakekube::StoreEvent& event) {
        const std::string machine = json_string(*event.object, {"spec", "nodeName"});
        if (!machine.empty()) machines_[json_string(*event.object, {"metadata", "name"})] = machine;
        if (event.previous != nullptr) return;
        const auto owner = controller_of(*event.object);
        if (owner && (owner->kind == "Backup" || owner->kind == "Restore"))
          pods_of_crs_[owner->uid].insert(json_string(*event.object, {"metadata", "uid"}));
      }));
}

std::string Run::machine_of(const std::string& pod) const {
  const auto found = machines_.find(pod);
  return found == machines_.end() ? std::string() : found->second;
}

void Run::count_fault(const std::string& name, std::function<int64_t()> fired) {
  faults_[name] = std::move(fired);
}

int64_t Run::fault_fired(const std::string& name) const {
  const auto found = faults_.find(name);
  return found == faults_.end() ? 0 : found->second();
}

void Run::fail(const scenario::Position& position, std::string expected, std::string seen) {
  const std::string where = position.line == 0 ? "" : position.to_string();
  failures_.push_back({where, std::move(expected), std::move(seen)});
}

void Run::fail_liveness(const scenario::Position& position, std::string expected,
                        std::string seen) {
  stuck_ = true;
  fail(position, std::move(expected), std::move(seen));
}

const fakekube::ResourceType* type_of_kind(std::string_view kind) {
  for (const fakekube::ResourceType* type : fakekube::builtin_resource_types())
    if (type->kind == kind) return type;
  return nullptr;
}

JsonPtr find_object(const World& world, const scenario::ObjectRef& ref) {
  const fakekube::ResourceType* type = type_of_kind(ref.kind);
  return type == nullptr ? nullptr : world.object(*type, ref.name);
}

}  // namespace drydock::harness

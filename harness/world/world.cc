#include "harness/world/world.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/log.h"
#include "core/control/admission.h"
#include "core/control/operator.h"
#include "fakekube/actors/control_plane.h"
#include "fakekube/actors/kubelet.h"
#include "harness/scenario/read_server.h"
#include "harness/world/grid_content.h"

namespace drydock::harness {
namespace {

constexpr char kControlPlaneHost[] = "control-plane";
constexpr char kOperatorHost[] = "operators";

std::string machine_name(int index) { return "node-" + std::to_string(index); }

sim::DiskOptions disk_options(const scenario::Speed& speed) {
  sim::DiskOptions options;
  if (speed.latency) options.operation_latency = *speed.latency;
  if (speed.bytes_per_second) {
    options.write_bytes_per_second = static_cast<uint64_t>(*speed.bytes_per_second);
    options.read_bytes_per_second = static_cast<uint64_t>(*speed.bytes_per_second);
  }
  return options;
}

// What a StorageClass of a usual cloud says; the documentation's and the default one.
json::value storage_class(const std::string& name) {
  return json::object{
      {"apiVersion", "storage.k8s.io/v1"},
      {"kind", "StorageClass"},
      {"metadata",
       json::object{
           {"name", name},
           {"annotations", json::object{{"storageclass.kubernetes.io/is-default-class", "true"}}}}},
      {"provisioner", "disk.drydock.dev"},
      {"reclaimPolicy", "Delete"},
      {"volumeBindingMode", "WaitForFirstConsumer"}};
}

fakekube::AdmissionDenial to_denial(const control::AdmissionError& error) {
  fakekube::AdmissionDenial denial{error.code, error.reason, error.message, {}};
  for (const control::AdmissionCause& cause : error.causes)
    denial.causes.push_back({cause.reason, cause.message, cause.field});
  return denial;
}

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      simulation_({options.seed, options.epoch, options.keep_trace, options.text_bodies}),
      storage_(simulation_, disk_options(options.volumes)),
      runtime_(simulation_, grids_, observations_),
      changed_(simulation_.harness().make_gate()),
      api_servers_(simulation_, options.api_servers, logs_),
      pod_network_(simulation_.network(), api_servers_.storage().store(), kNamespace) {
  sim::LinkOptions link;
  if (options.network.latency) link.latency = *options.network.latency;
  if (options.network.bytes_per_second)
    link.bytes_per_second = static_cast<uint64_t>(*options.network.bytes_per_second);
  simulation_.network().set_default_link(link);
  observations_.changed = [this] { notify(); };
  start_api_servers();
  start_control_plane();
  for (int i = 1; i <= options.machines; ++i) start_machine(i);
  start_clients();
  for (int i = 1; i <= options.controllers; ++i) start_operator(i);
}

World::~World() { shut_down(); }

// Processes end before what their programs refer to.
void World::shut_down() {
  subscriptions_.clear();
  kube_.reset();
  for (const auto& process : simulation_.processes()) simulation_.kill(*process);
  simulation_.settle();
}

void World::start_api_servers() {
  fakekube::ApiServer& server = api_server();
  server.create_namespace(kNamespace);
  server.create_namespace("kube-node-lease");
  add_admission();
  server.admission().set_enabled(options_.admission);
  api_servers_.open();
  kube_ = std::make_unique<fakekube::LocalClient>(server, env(), "harness");
  subscribe();
}

void World::add_admission() {
  using fakekube::AdmissionAnswer;
  using fakekube::AdmissionReview;
  struct Rule {
    const fakekube::ResourceType* type;
    std::string name;
  };
  for (const Rule& rule :
       {Rule{&fakekube::kBackups, "backup"}, Rule{&fakekube::kRestores, "restore"},
        Rule{&fakekube::kInfinispans, "infinispan"}}) {
    const std::string kind(rule.type->kind);
    api_server().admission().add({.name = "m" + rule.name + ".kb.io",
                                  .kind = fakekube::AdmissionKind::kMutating,
                                  .type = rule.type,
                                  .review = [kind](const AdmissionReview& review) {
                                    AdmissionAnswer answer;
                                    // Before the schema check, which would hide the hint behind a
                                    // type error.
                                    if (const auto error =
                                            control::check_field_names(kind, *review.object)) {
                                      answer.denial = to_denial(*error);
                                      return answer;
                                    }
                                    json::value object = *review.object;
                                    if (control::apply_defaults(kind, object))
                                      answer.mutated = std::move(object);
                                    return answer;
                                  }});
    api_server().admission().add({.name = "v" + rule.name + ".kb.io",
                                  .type = rule.type,
                                  .review = [kind](const AdmissionReview& review) {
                                    AdmissionAnswer answer;
                                    const auto error =
                                        review.old_object == nullptr
                                            ? control::validate_create(kind, *review.object)
                                            : control::validate_update(kind, *review.object,
                                                                       *review.old_object);
                                    if (error) answer.denial = to_denial(*error);
                                    return answer;
                                  }});
  }
}

void World::subscribe() {
  for (const fakekube::ResourceType* type :
       {&fakekube::kBackups, &fakekube::kRestores, &fakekube::kInfinispans, &fakekube::kPods,
        &fakekube::kPersistentVolumeClaims, &fakekube::kNodes, &fakekube::kEvents})
    subscriptions_.push_back(
        api_server().store().subscribe(*type, [this](const fakekube::StoreEvent&) { notify(); }));
}

void World::start_control_plane() {
  const fakekube::ResourceType& classes = fakekube::kStorageClasses;
  fakekube::ApiCall create;
  create.verb = fakekube::Verb::kCreate;
  create.type = &classes;
  create.body = make_json(storage_class(kStorageClass));
  DRYDOCK_CHECK(api_server().execute(create).ok(), "the storage class was refused");
  sim::Process& process = simulation_.add_process("control-plane", kControlPlaneHost, "10.96.0.2");
  auto control_plane = std::make_shared<fakekube::ControlPlane>(process, api_server(), storage_);
  process.keep(control_plane);
  control_plane->start();
}

void World::start_machine(int index) {
  const std::string name = machine_name(index);
  const std::string address = "192.168.0." + std::to_string(10 + index);
  sim::Process& process = simulation_.add_process("kubelet-" + name, name, address);
  auto disk = std::make_shared<fakekube::NodeDisk>();
  disks_[name] = disk;
  logs_.add_node(name, disk);
  auto client = fakekube::make_wire_client(
      process, process.wire(), api_servers_.address_of(name, index), kubelet_agent(name));
  auto kubelet = std::make_shared<fakekube::Kubelet>(
      process, process.wire(), std::move(client), runtime_, storage_,
      fakekube::NodeConfig{.name = name, .address = address, .index = index}, std::move(disk));
  kubelets_[name] = kubelet;
  process.keep(kubelet);
  kubelet->start();
}

void World::start_clients() {
  clients_ = &simulation_.add_process("clients", "clients", "172.16.0.1");
  sim::Process& process =
      simulation_.add_process("infinispan-operator", kOperatorHost, "172.16.1.1");
  auto infinispan_operator = std::make_shared<InfinispanOperator>(
      process, process.wire(), api_servers_.address_of(process.name(), api_servers_.count()),
      kNamespace);
  process.keep(infinispan_operator);
  infinispan_operator->start();
  logs_.set_reachable([this](const std::string& node) { return !silent_machines_.contains(node); });
}

std::string World::operator_name(int index) const {
  return "drydock-operator-" + std::to_string(index);
}

std::string World::operator_agent(int index) const {
  return "drydock-operator/" + std::to_string(index);
}

std::string World::kubelet_agent(const std::string& node) const {
  return "kubelet/" + node + " (linux/amd64)";
}

void World::start_operator(int index) {
  const auto living = operators_.find(index);
  if (living != operators_.end() && !living->second->killed()) return;
  sim::Process& process = simulation_.add_process(operator_name(index), kOperatorHost,
                                                  "172.16.2." + std::to_string(index));
  operators_[index] = &process;
  control::OperatorOptions options;
  options.api = api_servers_.address_of(process.name(), index);
  options.namespace_name = kNamespace;
  options.identity = process.name();
  options.user_agent = operator_agent(index);
  options.leader_elect = options_.controllers > 1;
  auto op = std::make_shared<control::Operator>(process, process.wire(), options);
  process.keep(op);
  process.spawn("operator", [this, op, index, &process] {
    const Status ended = op->run();
    if (process.killed()) return;
    log_error(process, "operator ends: {}", ended.to_string());
    simulation_.kill(process);
    env().spawn("restart operator", [this, index] {
      if (env().sleep_for(kOperatorRestart).ok()) start_operator(index);
    });
  });
}

void World::pause_operator(int index) {
  const auto found = operators_.find(index);
  if (found != operators_.end() && !found->second->killed()) simulation_.pause(*found->second);
}

void World::resume_operator(int index) {
  const auto found = operators_.find(index);
  if (found != operators_.end() && found->second->paused()) simulation_.resume(*found->second);
}

void World::kill_operator(int index) {
  const auto found = operators_.find(index);
  if (found != operators_.end()) simulation_.kill(*found->second);
}

void World::crash_operator(int index, Duration down) {
  kill_operator(index);
  env().spawn("restart operator", [this, index, down] {
    if (env().sleep_for(down).ok()) start_operator(index);
  });
}

int World::leading_operator() {
  const JsonPtr lease = object(fakekube::kLeases, "drydock-operator");
  const std::string holder =
      lease == nullptr ? "" : json_string(*lease, {"spec", "holderIdentity"});
  int first_living = 1;
  for (const auto& [index, process] : operators_) {
    if (process->killed()) continue;
    if (operator_name(index) == holder) return index;
    if (operators_.at(first_living)->killed()) first_living = index;
  }
  return first_living;
}

void World::silence_machine(const std::string& node) {
  if (!silent_machines_.contains(node))
    silent_machines_[node] = simulation_.network().cut(node, "*", true);
  notify();
}

void World::return_machine(const std::string& node) {
  const auto found = silent_machines_.find(node);
  if (found == silent_machines_.end()) return;
  simulation_.network().heal(found->second);
  silent_machines_.erase(found);
  notify();
}

Status World::wait_until(const std::function<bool()>& condition, SteadyTime deadline) {
  while (!condition()) DRYDOCK_RETURN_IF_ERROR(changed_->wait(deadline));
  return ok_status();
}

JsonPtr World::object(const fakekube::ResourceType& type, const std::string& name) const {
  const fakekube::Object* found =
      api_server().store().find(type, type.namespaced ? kNamespace : "", name);
  return found == nullptr ? nullptr : found->value;
}

std::optional<std::vector<std::string>> World::pod_log(const std::string& pod) {
  const JsonPtr found = object(fakekube::kPods, pod);
  if (found == nullptr) return std::nullopt;
  const auto lines = logs_.lines(json_string(*found, {"metadata", "uid"}),
                                 std::string(kOperationContainer), false);
  if (!lines.ok()) return std::nullopt;
  std::vector<std::string> text;
  for (const fakekube::LogLine& line : **lines) text.push_back(line.text);
  return text;
}

sim::Disk* World::disk_of_claim(const std::string& claim) {
  const JsonPtr found = object(fakekube::kPersistentVolumeClaims, claim);
  return found == nullptr ? nullptr : storage_.find(json_string(*found, {"spec", "volumeName"}));
}

Result<std::string> World::archive_bytes(const std::string& backup) {
  const sim::Disk* disk = disk_of_claim(backup);
  if (disk == nullptr) return Status(Code::kNotFound, "claim " + backup + " has no volume");
  return disk->get_file(backup + "/" + backup + ".zip");
}

Status World::create_cluster(const scenario::Cluster& cluster) {
  DRYDOCK_ASSIGN(fakegrid::Content content, make_content(cluster.content, simulation_.wall_now()));
  fakegrid::ClusterShape shape;
  if (scenario::server_tag(cluster.image)) {
    DRYDOCK_ASSIGN(shape.version, fakegrid::parse_version(cluster.version));
    shape.quirks = cluster.quirks;
    runtime_.set_server(cluster.name,
                        {.options = {.version = shape.version, .quirks = cluster.quirks},
                         .debug_log = cluster.debug_log});
    DRYDOCK_RETURN_IF_ERROR(write_as_server(content, shape.version));
  }
  std::vector<std::string> pods;
  for (int i = 0; i < cluster.nodes; ++i) {
    pods.push_back(cluster.name + "-" + std::to_string(i));
    shape.members.push_back({pods.back(), pods.back(), false});
  }
  DRYDOCK_ASSIGN(auto snapshot, fakegrid::form_cluster(shape, content));
  grids_.set_birth(cluster.name, std::move(snapshot), std::move(pods));
  json::object spec{
      {"replicas", cluster.nodes}, {"image", cluster.image}, {"version", cluster.version}};
  if (!cluster.service.empty()) spec["service"] = json::object{{"type", cluster.service}};
  const auto created = kube_->create(
      fakekube::kInfinispans,
      json::object{{"apiVersion", "infinispan.org/v1"},
                   {"kind", "Infinispan"},
                   {"metadata", json::object{{"name", cluster.name}, {"namespace", kNamespace}}},
                   {"spec", std::move(spec)}});
  return created.ok() ? ok_status() : created.status();
}

Status World::scale_cluster(const std::string& cluster, int nodes) {
  const auto patched = kube_->patch(fakekube::kInfinispans, kNamespace, cluster,
                                    json::object{{"spec", json::object{{"replicas", nodes}}}});
  return patched.ok() ? ok_status() : patched.status();
}

}  // namespace drydock::harness

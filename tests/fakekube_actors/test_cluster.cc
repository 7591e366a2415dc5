#include "tests/fakekube_actors/test_cluster.h"

#include <fmt/format.h>

#include "sim/process.h"

namespace drydock::fakekube {
namespace {

constexpr uint16_t kApiPort = 6443;

class NamedVolume : public Volume {
 public:
  Result<std::unique_ptr<File>> open(std::string_view, OpenMode, Pace) override { return none(); }
  Result<std::vector<std::string>> list(std::string_view) override { return none(); }
  Result<FileStat> stat(std::string_view) override { return none(); }
  Status make_directories(std::string_view) override { return none(); }
  Status rename(std::string_view, std::string_view) override { return none(); }
  Status remove(std::string_view) override { return none(); }
  Status sync_directory(std::string_view) override { return none(); }
  Result<uint64_t> free_space_bytes() override { return none(); }

 private:
  static Status none() { return Status(Code::kUnsupported, "a volume that is only a name"); }
};

// What a container's tasks and its handle share.
struct Run {
  ContainerStart start;
  std::function<void(ExitStatus)> on_exit;
  std::unique_ptr<Event> stop;
  int* running = nullptr;
  std::set<std::string>* addresses = nullptr;
  std::string address;  // that its process answers at; empty: another container has it
  bool over = false;

  void finish(ExitStatus exit, bool tell) {
    if (std::exchange(over, true)) return;
    --*running;
    addresses->erase(address);
    if (tell) on_exit(std::move(exit));
  }
};

class TestContainer : public Container {
 public:
  TestContainer(sim::Simulation& simulation, sim::Process& process, std::shared_ptr<Run> run,
                const TestRuntime& runtime)
      : simulation_(simulation), process_(process), run_(std::move(run)), runtime_(runtime) {}
  ~TestContainer() override { end(false); }
  void terminate() override {
    if (!run_->over) run_->stop->set();
  }
  void kill() override { end(true); }
  int exec(const std::vector<std::string>& command) override {
    return runtime_.on_exec ? runtime_.on_exec(command) : 0;
  }

 private:
  void end(bool tell) {
    if (run_->over) return;
    run_->finish({.code = 137, .reason = "Error"}, tell);
    simulation_.kill(process_);
  }

  sim::Simulation& simulation_;
  sim::Process& process_;
  std::shared_ptr<Run> run_;
  const TestRuntime& runtime_;
};

json::value parse(const std::string& text) {
  Result<json::value> parsed = json_parse(text);
  DRYDOCK_CHECK(parsed.ok(), parsed.status().to_string() + " in " + text);
  return std::move(parsed).value();
}

}  // namespace

Result<std::unique_ptr<Container>> TestRuntime::start(ContainerStart start,
                                                      std::function<void(ExitStatus)> on_exit) {
  if (!image_trouble.ok()) return image_trouble;
  const auto image = images_.find(start.image);
  if (image == images_.end()) return Status(Code::kNotFound, "no such image: " + start.image);
  starts.push_back(start);
  auto run = std::make_shared<Run>();
  if (addresses_.insert(start.pod_ip).second) run->address = start.pod_ip;
  sim::Process& process = simulation_.add_process(fmt::format("{}/{}", start.pod_ip, starts.size()),
                                                  start.node, run->address);
  run->addresses = &addresses_;
  run->start = std::move(start);
  run->on_exit = std::move(on_exit);
  run->stop = std::make_unique<Event>(process);
  run->running = &running;
  ++running;
  process.spawn("main", [&simulation = simulation_, &process, run, program = image->second] {
    Program self{process, process.wire(), run->start, *run->stop};
    ExitStatus exit = program(self);
    if (process.cancelled()) return;
    run->finish(std::move(exit), true);
    simulation.kill(process);
  });
  return std::unique_ptr<Container>(
      std::make_unique<TestContainer>(simulation_, process, std::move(run), *this));
}

Status TestStorage::provision(const std::string& volume_name, uint64_t capacity_bytes,
                              const std::string&) {
  const Status status = std::exchange(next_provision, ok_status());
  if (status.ok()) volumes[volume_name] = capacity_bytes;
  return status;
}

Result<std::shared_ptr<Volume>> TestStorage::mount(const std::string& volume_name,
                                                   const std::string&, bool) {
  if (!volumes.contains(volume_name)) return Status(Code::kNotFound, "no volume " + volume_name);
  return std::shared_ptr<Volume>(std::make_shared<NamedVolume>());
}

TestCluster::TestCluster(ControlPlaneOptions options) {
  sim::Process& api = simulation.add_process("api", "control-plane", "10.96.0.1");
  sim::Process& manager = simulation.add_process("manager", "control-plane", "");
  runtime = std::make_unique<TestRuntime>(simulation, images);
  server = std::make_unique<ApiServer>(api);
  server->set_log_source(&logs);
  server->create_namespace("ns");
  listener_ = std::move(api.wire().serve(kApiPort, [this](const HttpRequest& request) {
                return server->handle(request);
              })).value();
  control_plane_ = std::make_unique<ControlPlane>(manager, *server, storage, std::move(options));
  control_plane_->start();
  client = make_local_client(*server, simulation.harness(), "test");
  images["sleeper"] = until_stopped;
  images["done"] = [](Program&) { return ExitStatus{}; };
}

TestCluster::~TestCluster() {
  for (auto& [name, node] : nodes_) node.kubelet.reset();
  control_plane_.reset();
  listener_.reset();
  for (const auto& process : simulation.processes()) simulation.kill(*process);
  simulation.settle();
}

void TestCluster::add_node(const std::string& name, NodeConfig config) {
  config.name = name;
  config.index = static_cast<int>(nodes_.size()) + 1;
  config.address = fmt::format("10.0.0.{}", 10 + config.index);
  nodes_[name] = {config, std::make_shared<NodeDisk>(), nullptr, nullptr};
  logs.add_node(name, nodes_[name].disk);
  start_node(name);
}

void TestCluster::start_node(const std::string& name) {
  Node& node = nodes_.at(name);
  sim::Process& process = simulation.add_process("kubelet/" + name, name, node.config.address);
  node.process = &process;
  node.kubelet = std::make_unique<Kubelet>(
      process, process.wire(),
      make_wire_client(process, process.wire(), {"10.96.0.1", kApiPort}, "kubelet"), *runtime,
      storage, node.config, node.disk);
  node.kubelet->start();
}

void TestCluster::kill_node(const std::string& name) {
  Node& node = nodes_.at(name);
  node.kubelet.reset();
  simulation.kill(*node.process);
}

sim::CutId TestCluster::silence(const std::string& node) {
  logs.set_reachable([node](const std::string& other) { return other != node; });
  return simulation.network().cut(node, "*", true);
}

void TestCluster::run(std::function<void()> story) {
  const sim::RunEnd end = simulation.run(std::move(story), hours(2));
  EXPECT_EQ(static_cast<int>(end), static_cast<int>(sim::RunEnd::kDone))
      << simulation.waiting_report();
}

json::value TestCluster::create(const ResourceType& type, json::value object) {
  const Result<JsonPtr> created = client->create(type, std::move(object));
  EXPECT_EQ(created.status().to_string(), "Ok");
  return created.ok() ? **created : json::value();
}

JsonPtr TestCluster::get(const ResourceType& type, const std::string& name) {
  const Result<JsonPtr> object = client->get(type, type.namespaced ? "ns" : "", name);
  return object.ok() ? *object : nullptr;
}

Status TestCluster::remove(const ResourceType& type, const std::string& name,
                           DeleteOptions options) {
  return client->remove(type, type.namespaced ? "ns" : "", name, options);
}

bool TestCluster::eventually(const std::string& what, const std::function<bool()>& condition,
                             Duration limit) {
  const SteadyTime deadline = env().now() + limit;
  while (!condition()) {
    if (env().now() >= deadline || !env().sleep_for(milliseconds(50)).ok()) {
      ADD_FAILURE() << "not within " << format_duration(limit) << ": " << what;
      return false;
    }
  }
  return true;
}

bool TestCluster::wait_phase(const std::string& pod_name, const std::string& phase,
                             Duration limit) {
  const bool reached = eventually(
      pod_name + " is " + phase,
      [&] {
        const JsonPtr object = pod(pod_name);
        return object && json_string(*object, {"status", "phase"}) == phase;
      },
      limit);
  if (!reached && pod(pod_name)) ADD_FAILURE() << json_text(*pod(pod_name));
  return reached;
}

bool TestCluster::wait_ready(const std::string& pod_name, Duration limit) {
  return eventually(
      pod_name + " is Ready",
      [&] {
        const JsonPtr object = pod(pod_name);
        return object && condition_status(*object, "Ready") == "True";
      },
      limit);
}

bool TestCluster::wait_gone(const ResourceType& type, const std::string& name, Duration limit) {
  return eventually(name + " is gone", [&] { return !get(type, name); }, limit);
}

std::vector<std::string> TestCluster::events(const std::string& name) {
  std::vector<std::string> out;
  const Result<ListResult> all = client->list(kEvents, {});
  if (!all.ok()) return out;
  for (const JsonPtr& event : all->items)
    if (json_string(*event, {"involvedObject", "name"}) == name)
      out.push_back(json_string(*event, {"reason"}) + ": " + json_string(*event, {"message"}));
  return out;
}

bool TestCluster::has_event(const std::string& name, const std::string& text) {
  for (const std::string& event : events(name))
    if (event.find(text) != std::string::npos) return true;
  return false;
}

json::value make_pod(const std::string& name, const std::string& image,
                     const std::string& spec_patch) {
  json::value pod = parse(fmt::format(
      R"({{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{}","namespace":"ns"}},
           "spec":{{"restartPolicy":"Never","containers":[
             {{"name":"main","image":"{}","imagePullPolicy":"IfNotPresent"}}]}}}})",
      name, image));
  json_merge_patch(json_at(pod, {"spec"}), parse(spec_patch));
  return pod;
}

json::value make_claim(const std::string& name, const std::string& spec_patch) {
  json::value claim = parse(fmt::format(
      R"({{"apiVersion":"v1","kind":"PersistentVolumeClaim",
           "metadata":{{"name":"{}","namespace":"ns"}},
           "spec":{{"accessModes":["ReadWriteOnce"],
                    "resources":{{"requests":{{"storage":"1Gi"}}}}}}}})",
      name));
  json_merge_patch(json_at(claim, {"spec"}), parse(spec_patch));
  return claim;
}

json::value make_class(const std::string& name, const std::string& binding_mode, bool is_default) {
  return parse(fmt::format(
      R"({{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{{"name":"{}",
           "annotations":{{"storageclass.kubernetes.io/is-default-class":"{}"}}}},
           "provisioner":"disk.drydock.dev","volumeBindingMode":"{}","reclaimPolicy":"Delete"}})",
      name, is_default ? "true" : "false", binding_mode));
}

json::value container_status(const json::value& pod, size_t index) {
  const json::array& all = json_array(pod, {"status", "containerStatuses"});
  return index < all.size() ? all[index] : json::value(json::object());
}

}  // namespace drydock::fakekube

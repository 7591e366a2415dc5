#include "fakekube/actors/kubelet.h"

#include <utility>

#include "fakekube/actors/kubelet_context.h"
#include "fakekube/actors/kubelet_eviction.h"
#include "fakekube/actors/kubelet_node.h"
#include "fakekube/actors/kubelet_pod.h"
#include "fakekube/actors/kubelet_status.h"
#include "fakekube/actors/pod_view.h"

namespace drydock::fakekube {

// Puts the parts together and gives each pod bound to the node its worker.
class KubeletCore : public Actor {
 public:
  KubeletCore(Env& env, Wire& wire, std::shared_ptr<ApiClient> client, ContainerRuntime& runtime,
              StorageBackend& storage, NodeConfig config, std::shared_ptr<NodeDisk> disk)
      : Actor(env, "kubelet/" + config.name),
        context_{
            .env = env,
            .wire = wire,
            .client = client,
            .runtime = runtime,
            .storage = storage,
            .config = config,
            .disk = std::move(disk),
            .events = adopt(std::make_shared<EventRecorder>(env, client, "kubelet", config.name)),
            .informers = adopt(std::make_shared<Informers>(env, name() + "/informers", client)),
            .node = nullptr,
            .spawn =
                [this](std::string task, std::function<void()> function) {
                  return stopped() ? TaskHandle() : spawn(std::move(task), std::move(function));
                },
            .report = [this](const std::string& uid) { status_.report(uid); },
            .memory_changed = [this] { look_at_resources(); },
            .refusal = [this](const json::value& pod) { return evictions_.refusal(pod); }},
        node_(context_),
        status_(context_),
        evictions_(context_, [this](NodeResource resource) { return users_of(resource); }) {
    context_.node = &node_;
    Informers& informers = *context_.informers;
    informers.want(kPods, {.field_selector = "spec.nodeName=" + config.name});
    informers.want(kNodes, {.field_selector = "metadata.name=" + config.name});
    informers.on_change(kPods, [this](const JsonPtr& b, const JsonPtr& a) { pod_changed(b, a); });
    informers.on_change(kNodes, [this](const JsonPtr&, const JsonPtr&) { node_changed(); });
    informers.on_synced([this] { forget_absent(); });
  }

  void power_off() { end(&PodWorker::power_off); }
  void crash() { end(&PodWorker::detach); }

  void look_at_resources() {
    if (!ended_) evictions_.look();
  }

  bool evict(const std::string& pod_uid, const std::string& message) {
    const auto found = workers_.find(pod_uid);
    if (found == workers_.end()) return false;
    found->second->evict(message);
    return true;
  }

 protected:
  void prepare() override { context_.disk->kubelet_running = true; }

  void run() override {
    context_.informers->start();
    context_.spawn("kubelet/eviction", [this] { evictions_.run(); });
    node_.run();
    power_off();
  }

 private:
  void end(void (PodWorker::*leave)()) {
    if (std::exchange(ended_, true)) return;
    context_.disk->kubelet_running = false;
    for (const auto& [uid, worker] : workers_) (*worker.*leave)();
    workers_.clear();
  }

  std::vector<EvictionManager::Candidate> users_of(NodeResource resource) const {
    std::vector<EvictionManager::Candidate> users;
    for (const auto& [uid, worker] : workers_) {
      if (worker->stopping() || !worker->has_running()) continue;
      const bool memory = resource == NodeResource::kMemory;
      const auto bytes_of = [&user = *worker, memory](const std::string& name) {
        return static_cast<int64_t>(memory ? user.memory_bytes(name) : user.disk_bytes(name));
      };
      const uint64_t bytes = memory ? worker->memory_bytes() : worker->disk_bytes();
      users.push_back({.user = {.pod = worker->pod(),
                                .bytes = static_cast<int64_t>(bytes),
                                .request = request_of(*worker->pod(), resource),
                                .of_container = bytes_of},
                       .evict = [&user = *worker](const std::string& why) { user.evict(why); }});
    }
    return users;
  }

  void pod_changed(const JsonPtr& before, const JsonPtr& after) {
    const std::string old_uid = before ? object_uid(*before) : "";
    const std::string new_uid = after ? object_uid(*after) : "";
    if (before && old_uid != new_uid) forget(old_uid);
    if (!after) return;
    if (const auto found = workers_.find(new_uid); found != workers_.end())
      return found->second->update(after);
    adopt_pod(new_uid, after);
  }

  void adopt_pod(const std::string& uid, const JsonPtr& pod) {
    const bool known = context_.disk->pods.contains(uid);
    if (!known && is_terminal_pod(*pod)) return;  // it ended before this disk was made
    if (!known) context_.disk->pods.emplace(uid, make_pod_record(*pod));
    const auto worker =
        std::make_shared<PodWorker>(context_, pod, context_.disk->pods.at(uid),
                                    [this](const std::string& gone) { erase(gone); });
    workers_.emplace(uid, worker);
    worker->start();
  }

  // The pod object has gone; what is left of the pod has to go too.
  void forget(const std::string& uid) {
    const auto found = workers_.find(uid);
    if (found != workers_.end()) {
      const std::shared_ptr<PodWorker> worker = found->second;
      worker->removed();
    } else {
      erase(uid);
    }
  }

  // By value: the caller's string may lie in the record that goes.
  void erase(std::string uid) {
    workers_.erase(uid);
    context_.disk->pods.erase(uid);
    context_.disk->logs.erase(uid);
    context_.disk->running.erase(uid);
  }

  // Pods of an earlier kubelet that were deleted while the machine was down.
  void forget_absent() {
    std::vector<std::string> absent;
    for (const auto& [uid, record] : context_.disk->pods)
      if (!workers_.contains(uid)) absent.push_back(uid);
    for (const std::string& uid : absent) erase(uid);
  }

  void node_changed() {
    node_.poke();
    for (const auto& [uid, worker] : workers_) worker->poke();
  }

  KubeletContext context_;
  NodeReporter node_;
  StatusReporter status_;
  EvictionManager evictions_;
  std::map<std::string, std::shared_ptr<PodWorker>> workers_;  // by pod uid
  bool ended_ = false;
};

Kubelet::Kubelet(Env& env, Wire& wire, std::shared_ptr<ApiClient> client, ContainerRuntime& runtime,
                 StorageBackend& storage, NodeConfig config, std::shared_ptr<NodeDisk> disk)
    : make_([&env, &wire, client = std::move(client), &runtime, &storage,
             config = std::move(config), disk = std::move(disk)] {
        return std::make_shared<KubeletCore>(env, wire, client, runtime, storage, config, disk);
      }) {}

Kubelet::~Kubelet() { stop(); }

void Kubelet::start() {
  DRYDOCK_CHECK(core_ == nullptr, "this kubelet runs");
  core_ = make_();
  core_->start();
}

void Kubelet::crash() {
  if (core_ == nullptr) return;
  core_->crash();
  core_->stop();
  core_.reset();
}

void Kubelet::stop() {
  if (core_ == nullptr) return;
  core_->power_off();
  core_->stop();
  core_.reset();
}

void Kubelet::look_at_resources() {
  if (core_ != nullptr) core_->look_at_resources();
}

bool Kubelet::evict(const std::string& pod_uid, const std::string& message) {
  return core_ != nullptr && core_->evict(pod_uid, message);
}

}  // namespace drydock::fakekube

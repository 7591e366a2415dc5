#include "core/control/operator.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <vector>

#include "core/base/log.h"
#include "core/control/controller.h"
#include "core/control/event_recorder.h"
#include "core/control/operation_controller.h"

namespace drydock::control {
namespace {

KubeOptions kube_options(const OperatorOptions& options, Duration call_deadline) {
  return {.api = options.api,
          .namespace_name = options.namespace_name,
          .bearer_token = options.bearer_token,
          .user_agent = options.user_agent,
          .call_deadline = call_deadline};
}

Controller::Options runner_options(const OperatorOptions& options) {
  Controller::Options runner;
  runner.workers = options.workers;
  // An API server that comes back must not find us asleep for a quarter of an hour.
  runner.queue.backoff_max = options.operation.unknown_poll_max;
  return runner;
}

ServerApiFactory direct_servers(Env& env, Wire& wire) {
  auto count = std::make_shared<uint64_t>(0);
  return [&env, &wire, count](const Address& server, ServerApiOptions options) {
    options.cnonce = [&env, count] {
      return fmt::format("{:016x}", env.draw("cnonce", (*count)++));
    };
    return std::make_unique<DirectServerApi>(wire, server, std::move(options));
  };
}

// All that runs while this process leads. Its tasks share ownership of it.
class Parts {
 public:
  Parts(Env& env, Wire& wire, const OperatorOptions& options)
      : env_(env),
        kube_(env, wire, kube_options(options, options.operation.call_deadline)),
        backups_(env, kube_, kBackups, options.informer),
        restores_(env, kube_, kRestores, options.informer),
        infinispans_(env, kube_, kInfinispans, options.informer),
        pods_(env, kube_, kPods, options.informer),
        events_(env, kube_, options.identity),
        backup_runner_(env, "backup",
                       make_controller(backups_, wire, options, make_backup_strategy()),
                       runner_options(options)),
        restore_runner_(env, "restore",
                        make_controller(restores_, wire, options, make_restore_strategy()),
                        runner_options(options)) {
    connect_handlers();
  }

  static void start(const std::shared_ptr<Parts>& parts);
  void cancel() const {
    for (const TaskHandle& task : tasks_) task.cancel();
  }

 private:
  std::shared_ptr<Reconciler> make_controller(Informer& objects, Wire& wire,
                                              const OperatorOptions& options,
                                              std::unique_ptr<OperationStrategy> strategy) {
    return std::make_shared<OperationController>(
        OperationControllerParts{.env = env_,
                                 .kube = kube_,
                                 .objects = objects,
                                 .infinispans = infinispans_,
                                 .pods = pods_,
                                 .events = events_,
                                 .server_api = direct_servers(env_, wire),
                                 .options = options.operation,
                                 .strategy = std::move(strategy)});
  }

  std::array<Informer*, 4> informers() { return {&backups_, &restores_, &infinispans_, &pods_}; }
  Status wait_synced();
  void connect_handlers();
  void on_pod(const json::value& pod);
  // Adds every unfinished operation whose spec.<member> is `name`.
  static void add_dependents(const Informer& objects, std::string_view member,
                             std::string_view name, WorkQueue& queue);

  Env& env_;
  KubeClient kube_;
  Informer backups_;
  Informer restores_;
  Informer infinispans_;
  Informer pods_;
  EventRecorder events_;
  Controller backup_runner_;
  Controller restore_runner_;
  std::vector<TaskHandle> tasks_;
};

std::string name_of(const JsonPtr& before, const JsonPtr& after) {
  return json_string(after != nullptr ? *after : *before, {"metadata", "name"});
}

void Parts::connect_handlers() {
  backups_.on_change([this](const JsonPtr& before, const JsonPtr& after) {
    backup_runner_.queue().add(name_of(before, after));
    add_dependents(restores_, "backup", name_of(before, after), restore_runner_.queue());
  });
  restores_.on_change([this](const JsonPtr& before, const JsonPtr& after) {
    restore_runner_.queue().add(name_of(before, after));
  });
  infinispans_.on_change([this](const JsonPtr& before, const JsonPtr& after) {
    add_dependents(backups_, "cluster", name_of(before, after), backup_runner_.queue());
    add_dependents(restores_, "cluster", name_of(before, after), restore_runner_.queue());
  });
  pods_.on_change([this](const JsonPtr& before, const JsonPtr& after) {
    // Both: a deletion and a creation of one name may be seen as one change.
    if (before != nullptr) on_pod(*before);
    if (after != nullptr) on_pod(*after);
  });
}

void Parts::on_pod(const json::value& pod) {
  const auto owner = controller_of(pod);
  if (!owner || owner->api_version != kOperationApiVersion) return;
  if (owner->kind == kBackups.kind) backup_runner_.queue().add(owner->name);
  if (owner->kind == kRestores.kind) restore_runner_.queue().add(owner->name);
}

void Parts::add_dependents(const Informer& objects, std::string_view member, std::string_view name,
                           WorkQueue& queue) {
  for (const auto& [object_name, object] : objects.objects()) {
    const auto phase = parse_phase(json_string(*object, {"status", "phase"}));
    if (phase && is_terminal(*phase)) continue;
    if (json_string(*object, {"spec", member}) == name) queue.add(object_name);
  }
}

Status Parts::wait_synced() {
  // Bounded by the task: without an API server there is nothing else to do.
  for (Informer* informer : informers()) DRYDOCK_RETURN_IF_ERROR(informer->wait_synced(kForever));
  return ok_status();
}

void Parts::start(const std::shared_ptr<Parts>& parts) {
  for (Informer* informer : parts->informers())
    parts->tasks_.push_back(
        parts->env_.spawn(fmt::format("watch-{}", informer->resource().plural), [parts, informer] {
          if (const Status ended = informer->run(); ended.code() != Code::kCancelled)
            log_error(parts->env_, "an informer ended: {}", ended.to_string());
        }));
  parts->tasks_.push_back(parts->env_.spawn("controllers", [parts] {
    if (!parts->wait_synced().ok()) return;
    for (Controller* runner : {&parts->backup_runner_, &parts->restore_runner_})
      for (TaskHandle& worker : Controller::start(std::shared_ptr<Controller>(parts, runner)))
        parts->tasks_.push_back(std::move(worker));
  }));
}

}  // namespace

Status Operator::run() {
  LeaderElectionOptions election = options_.election;
  election.identity = options_.identity;
  // Shorter than the renewal, so that one hung call can't cost the lease.
  KubeClient lease_client(env_, wire_, kube_options(options_, election.retry_period));
  LeaderElector elector(env_, lease_client, election);
  if (options_.leader_elect) DRYDOCK_RETURN_IF_ERROR(elector.acquire());
  log_info(env_, "'{}' works on namespace '{}'", options_.identity, options_.namespace_name);

  const auto parts = std::make_shared<Parts>(env_, wire_, options_);
  Parts::start(parts);
  Event never(env_);
  const Status ended = options_.leader_elect ? elector.keep() : never.wait(kForever);
  parts->cancel();
  return ended;
}

}  // namespace drydock::control

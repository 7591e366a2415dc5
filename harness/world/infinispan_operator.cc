#include "harness/world/infinispan_operator.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/log.h"
#include "core/base/resources.h"
#include "core/base/sync.h"
#include "fakekube/api/resource_types.h"
#include "harness/world/grid_membership.h"
#include "harness/world/infinispan_objects.h"

namespace drydock::harness {
namespace {

constexpr Duration kHealthDeadline = seconds(3);
// While a cluster is not as it should be; upstream requeues every second or so then.
constexpr Duration kUnsettledPeriod = seconds(1);
// A stable cluster is looked at this often; every change of a pod or CR is seen at once.
constexpr Duration kSettledPeriod = seconds(30);
// A watch that says nothing for this long is opened anew.
constexpr Duration kWatchPatience = minutes(5);
constexpr Duration kRetryPause = seconds(1);

struct NodeHealth {
  bool reachable = false;
  std::vector<std::string> members;
  std::string status;
};

std::string join(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ","));
}

bool is_pod_ready(const json::value& pod) { return condition_true(parse_conditions(pod), "Ready"); }

}  // namespace

class InfinispanOperator::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Env& env, Wire& wire, const Address& api, std::string namespace_name)
      : env_(env),
        wire_(wire),
        namespace_(std::move(namespace_name)),
        client_(fakekube::make_wire_client(env, wire, api, "infinispan-operator")),
        changed_(env.make_gate()) {}

  void start() {
    watch(fakekube::kInfinispans);
    watch(fakekube::kPods);
    env_.spawn("reconcile", [self = shared_from_this()] { self->run(); });
  }

 private:
  // Notices changes only; what there is to do is read from the API each time.
  void watch(const fakekube::ResourceType& type) {
    env_.spawn("watch " + std::string(type.plural), [self = shared_from_this(), &type] {
      while (!self->env_.cancelled()) {
        auto watch = self->client_->watch(type, {.namespace_name = self->namespace_});
        while (watch.ok()) {
          const auto event = (*watch)->next(self->env_.now() + kWatchPatience);
          if (!event.ok() && event.code() != Code::kDeadlineExceeded) break;
          self->dirty_ = true;
          self->changed_->notify_all();
        }
        if (!self->env_.sleep_for(kRetryPause).ok()) return;
      }
    });
  }

  void run() {
    while (!env_.cancelled()) {
      dirty_ = false;
      const bool settled = reconcile_all();
      const SteadyTime next = env_.now() + (settled ? kSettledPeriod : kUnsettledPeriod);
      while (!dirty_)
        if (!changed_->wait(next).ok()) break;
    }
  }

  // False when something is still on its way.
  bool reconcile_all() {
    const auto clusters = client_->list(fakekube::kInfinispans, {.namespace_name = namespace_});
    if (!clusters.ok()) return false;
    bool settled = true;
    for (const JsonPtr& cluster : clusters->items) settled = reconcile(cluster) && settled;
    return settled;
  }

  bool reconcile(const JsonPtr& object) {
    const Infinispan cluster = parse_infinispan(*object);
    if (cluster.meta.deleting) return true;
    if (cluster.service_type == "Cache") return report_unsupported(*object);
    if (!ensure_objects(object, cluster)) return false;
    const auto pods = client_->list(
        fakekube::kPods, {.namespace_name = namespace_,
                          .label_selector = fmt::format("{}={},{}={}", kLabelApp, kAppDataNode,
                                                        kLabelClusterName, cluster.meta.name)});
    if (!pods.ok()) return false;
    const Condition well_formed = judge(cluster, pods->items);
    return write_status(*object, cluster, well_formed) && well_formed.status == "True";
  }

  bool ensure_objects(const JsonPtr& object, const Infinispan& cluster) {
    ClusterObjects wanted;
    wanted.name = cluster.meta.name;
    wanted.namespace_name = namespace_;
    wanted.image = cluster.image;
    wanted.version = cluster.version;
    wanted.replicas = cluster.replicas;
    wanted.operator_password = password(cluster.meta.name + "/operator");
    wanted.developer_password = password(cluster.meta.name + "/developer");
    wanted.owner = object;
    using namespace fakekube;
    return ensure(kSecrets, security_secret(wanted)) && ensure(kSecrets, operator_secret(wanted)) &&
           ensure(kSecrets, developer_secret(wanted)) &&
           ensure(kConfigMaps, configuration_map(wanted)) &&
           ensure(kServices, client_service(wanted)) && ensure(kServices, ping_service(wanted)) &&
           ensure(kStatefulSets, stateful_set(wanted)) && scale(wanted);
  }

  bool ensure(const fakekube::ResourceType& type, json::value object) {
    const std::string key = owners_of(object).front().uid + "/" + std::string(type.plural) + "/" +
                            json_string(object, {"metadata", "name"});
    if (made_.contains(key)) return true;
    const auto created = client_->create(type, std::move(object));
    const bool exists = created.ok() || created.code() == Code::kAlreadyExists;
    if (exists)
      made_[key] = true;
    else
      log_warn(env_, "creating {}: {}", key, created.status().to_string());
    return exists;
  }

  bool scale(const ClusterObjects& wanted) {
    const auto set = client_->get(fakekube::kStatefulSets, namespace_, wanted.name);
    if (!set.ok()) return false;
    if (json_int(**set, {"spec", "replicas"}) == wanted.replicas) return true;
    return client_
        ->patch(fakekube::kStatefulSets, namespace_, wanted.name,
                json::object{{"spec", json::object{{"replicas", wanted.replicas}}}})
        .ok();
  }

  std::string password(const std::string& stream) {
    return fmt::format("{:016x}", env_.draw("password/" + stream, 0));
  }

  // WellFormed: every expected pod is ready, and each one's view holds all of them and is HEALTHY.
  Condition judge(const Infinispan& cluster, const std::vector<JsonPtr>& pods) {
    std::vector<std::string> expected;
    for (int64_t i = 0; i < cluster.replicas; ++i)
      expected.push_back(cluster.meta.name + "-" + std::to_string(i));
    std::vector<std::string> view;
    for (const std::string& name : expected) {
      const auto pod = std::find_if(pods.begin(), pods.end(), [&](const JsonPtr& one) {
        return json_string(*one, {"metadata", "name"}) == name;
      });
      if (pod == pods.end()) return not_formed("pod " + name + " does not exist");
      if (!is_pod_ready(**pod)) return not_formed("pod " + name + " is not ready");
      const NodeHealth health = ask(json_string(**pod, {"status", "podIP"}));
      if (!health.reachable) return not_formed("pod " + name + " does not answer");
      for (const std::string& member : expected)
        if (std::find(health.members.begin(), health.members.end(), member) == health.members.end())
          return not_formed("view of " + name + " lacks " + member);
      if (health.status != "HEALTHY") return not_formed(name + " is " + health.status);
      view = health.members;
    }
    // Zero-capacity members of operations come and go; the cluster's view is its data nodes'.
    std::erase_if(view, [&](const std::string& member) {
      return std::find(expected.begin(), expected.end(), member) == expected.end();
    });
    return {"WellFormed", "True", "", "View: " + join(view), ""};
  }

  static Condition not_formed(std::string why) {
    return {"WellFormed", "False", "", std::move(why), ""};
  }

  NodeHealth ask(const std::string& pod_ip) {
    NodeHealth health;
    if (pod_ip.empty()) return health;
    const auto answer =
        wire_.call({pod_ip, kDataPort}, {"GET", "/rest/v2/cache-managers/default/health", {}, {}},
                   env_.now() + kHealthDeadline);
    if (!answer.ok() || answer->status != 200) return health;
    const auto body = answer->body.json();
    if (!body.ok()) return health;
    health.reachable = true;
    health.members = json_strings(**body, {"cluster_health", "node_names"});
    health.status = json_string(**body, {"cluster_health", "health_status"});
    return health;
  }

  bool write_status(const json::value& object, const Infinispan& cluster,
                    const Condition& well_formed) {
    Conditions conditions = cluster.conditions;
    const WallTime now = env_.wall_now();
    bool changed = false;
    for (const Condition& condition :
         {Condition{"PreliminaryChecksPassed", "True", "", "", ""}, well_formed,
          Condition{"GracefulShutdown", "False", "", "", ""},
          Condition{"Stopping", "False", "", "", ""}, Condition{"Upgrade", "False", "", "", ""}})
      changed = set_condition(conditions, condition, now) || changed;
    json::object operand{{"image", cluster.image}, {"version", cluster.version}};
    if (!changed && json_string(object, {"status", "statefulSetName"}) == cluster.meta.name)
      return true;
    return client_
        ->patch_status(
            fakekube::kInfinispans, namespace_, cluster.meta.name,
            json::object{{"status", json::object{{"statefulSetName", cluster.meta.name},
                                                 {"replicas", cluster.replicas},
                                                 {"operand", std::move(operand)},
                                                 {"conditions", conditions_to_json(conditions)}}}})
        .ok();
  }

  // Clusters of service type Cache can't be backed up; that is all that is simulated of them.
  bool report_unsupported(const json::value& object) {
    const Infinispan cluster = parse_infinispan(object);
    return write_status(object, cluster, not_formed("service type Cache is not simulated"));
  }

  Env& env_;
  Wire& wire_;
  std::string namespace_;
  std::shared_ptr<fakekube::ApiClient> client_;
  std::unique_ptr<Gate> changed_;
  bool dirty_ = false;
  std::map<std::string, bool> made_;  // by uid of the CR, plural, name
};

InfinispanOperator::InfinispanOperator(Env& env, Wire& wire, const Address& api,
                                       std::string namespace_name)
    : core_(std::make_shared<Core>(env, wire, api, std::move(namespace_name))) {}
InfinispanOperator::~InfinispanOperator() = default;

void InfinispanOperator::start() { core_->start(); }

}  // namespace drydock::harness

#include "core/base/json.h"
#include "core/engine/agent.h"
#include "harness/world/grid_member_adapter.h"
#include "harness/world/grid_transport.h"
#include "harness/world/observed_wire.h"
#include "harness/world/program.h"
#include "harness/world/server_image.h"
#include "harness/world/storage.h"

namespace drydock::harness {
namespace {

// From the container's start to the member's join: that of a real zero-capacity node.
constexpr Duration kAgentStartTime = milliseconds(2500);

// The member itself is a real server's: cut off it begins a cluster of its own (F36), and the
// controllers must not be taken in by that.
fakegrid::Quirks member_quirks() {
  fakegrid::Quirks quirks;
  quirks.set(fakegrid::Quirk::kSingletonCluster, true);
  return quirks;
}

class AgentProgram final : public Program {
 public:
  explicit AgentProgram(ProgramContext context)
      : context_(std::move(context)),
        address_(context_.registry.new_address(context_.cluster(), context_.pod_name(),
                                               context_.process, true)),
        transport_(context_.registry, context_.process, context_.cluster(), address_),
        node_(context_.process, transport_,
              {.name = context_.pod_name(),
               .cluster_name = context_.cluster(),
               .zero_capacity = true,
               .uses_local_caches_of_data_node = true,
               .version = server_version(context_.start),
               .quirks = member_quirks()}),
        member_(node_, observer()),
        wire_(context_.process.wire(), context_.observations, context_.pod_name(),
              json_string(*context_.start.pod, {"metadata", "uid"})),
        agent_(context_.process, wire_, member_, options()) {
    context_.registry.set_node(address_, &node_);
    node_.on_change([this] { context_.observations.changed(); });
    context_.process.spawn("start", [this] { start(); });
  }
  ~AgentProgram() override { context_.registry.remove(address_); }

  void terminate() override { agent_.terminate(); }

 private:
  void start() {
    if (!context_.process.sleep_for(kAgentStartTime).ok()) return;
    const Status listening = agent_.start();
    if (!listening.ok()) return context_.exit(1, listening.message());
    const Status joined = node_.start(kForever);
    if (joined.code() == Code::kCancelled) return;
    if (!joined.ok()) context_.exit(1, joined.message());
  }

  IterationObserver observer() {
    Observations& observations = context_.observations;
    const std::string pod = context_.pod_name();
    return {
        .on_records = [&observations,
                       pod](size_t records) { observations.note_records(pod, records); },
        .on_cache_read = [&observations, pod](
                             std::string_view cache) { observations.note_cache_read(pod, cache); }};
  }

  engine::AgentOptions options() {
    engine::AgentOptions options;
    options.cluster_name = context_.cluster();
    options.credentials = admin_credentials(context_.start);
    for (const fakekube::Mount& mount : context_.start.mounts)
      options.mounts.push_back({mount.path, bind_mount(*mount.volume, context_.process)});
    options.exit = [this](int code, std::string message) {
      context_.exit(code, std::move(message));
    };
    return options;
  }

  ProgramContext context_;
  std::string address_;
  GridTransport transport_;
  fakegrid::Node node_;
  GridMemberAdapter member_;
  ObservedWire wire_;
  engine::Agent agent_;
};

}  // namespace

std::shared_ptr<Program> make_agent(ProgramContext context) {
  return std::make_shared<AgentProgram>(std::move(context));
}

}  // namespace drydock::harness

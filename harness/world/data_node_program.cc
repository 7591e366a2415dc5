#include "fakegrid/server/rest.h"
#include "harness/world/grid_transport.h"
#include "harness/world/program.h"
#include "harness/world/server_image.h"

namespace drydock::harness {
namespace {

// A JVM's start until its first REST answer (docs/facts/grid.md: 2.9 s of a joining node).
constexpr Duration kServerStartTime = milliseconds(2900);
constexpr uint16_t kDataPort = 11222;
constexpr Duration kLeaveDeadline = seconds(10);

class DataNode final : public Program {
 public:
  explicit DataNode(ProgramContext context)
      : context_(std::move(context)),
        address_(context_.registry.new_address(context_.cluster(), context_.pod_name(),
                                               context_.process, false)),
        transport_(context_.registry, context_.process, context_.cluster(), address_),
        node_(context_.process, transport_,
              {.name = context_.pod_name(),
               .cluster_name = context_.cluster(),
               .version = server_version(context_.start)}),
        rest_(context_.process, node_, {.always_probes = true}, [this] { context_.exit(0, ""); }) {
    context_.registry.set_node(address_, &node_);
    node_.on_change([this] { context_.observations.changed(); });
    context_.process.spawn("start", [this] { start(); });
  }
  ~DataNode() override { context_.registry.remove(address_); }

  void terminate() override {
    context_.process.spawn("terminate", [this] {
      (void)node_.leave(context_.process.now() + kLeaveDeadline);
      context_.exit(143, "");
    });
  }

 private:
  void start() {
    const auto born = context_.registry.take_birth(context_.cluster(), context_.pod_name());
    if (born != nullptr) {
      node_.start_formed(*born);
    } else {
      if (!context_.process.sleep_for(kServerStartTime).ok()) return;
      const Status started = node_.start(kForever);
      if (started.code() == Code::kCancelled) return;
      if (!started.ok()) return context_.exit(1, started.message());
    }
    auto listener = context_.process.wire().serve(
        kDataPort, [this](const HttpRequest& request) { return rest_.handle(request); });
    if (listener.ok()) listener_ = std::move(*listener);
  }

  ProgramContext context_;
  std::string address_;
  GridTransport transport_;
  fakegrid::Node node_;
  fakegrid::RestServer rest_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

std::shared_ptr<Program> make_data_node(ProgramContext context) {
  return std::make_shared<DataNode>(std::move(context));
}

}  // namespace drydock::harness

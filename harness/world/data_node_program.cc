#include "fakegrid/server/rest.h"
#include "harness/world/grid_membership.h"
#include "harness/world/grid_transport.h"
#include "harness/world/program.h"
#include "harness/world/server_image.h"

namespace drydock::harness {
namespace {

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

  void terminate() override { leave_grid(context_, node_); }

 private:
  void start() {
    if (!enter_grid(context_, node_, kDataStartTime)) return;
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

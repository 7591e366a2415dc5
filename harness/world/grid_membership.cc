#include "harness/world/grid_membership.h"

namespace drydock::harness {
namespace {

constexpr Duration kLeaveDeadline = seconds(10);
constexpr int kTerminated = 143;

}  // namespace

bool enter_grid(const ProgramContext& context, fakegrid::Node& node, Duration start_time) {
  const auto born = context.registry.take_birth(context.cluster(), context.pod_name());
  if (born != nullptr) {
    node.start_formed(*born);
    return true;
  }
  if (!context.process.sleep_for(start_time).ok()) return false;
  const Status started = node.start(kForever);
  if (!started.ok() && started.code() != Code::kCancelled) context.exit(1, started.message());
  return started.ok();
}

void leave_grid(const ProgramContext& context, fakegrid::Node& node) {
  context.process.spawn("terminate", [&context, &node] {
    (void)node.leave(context.process.now() + kLeaveDeadline);
    context.exit(kTerminated, "");
  });
}

}  // namespace drydock::harness

#include <fmt/format.h>

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/resources.h"
#include "fakegrid/server/http_target.h"
#include "fakegrid/server/server.h"
#include "harness/world/container_files.h"
#include "harness/world/grid_membership.h"
#include "harness/world/grid_transport.h"
#include "harness/world/observed_wire.h"
#include "harness/world/program.h"
#include "harness/world/server_image.h"

namespace drydock::harness {
namespace {

// From the container's start to the join, without capacity (docs/facts/grid.md).
constexpr Duration kZeroStartTime = milliseconds(2500);

// What probes may ask without a password.
bool is_anonymous(const HttpRequest& request) {
  const std::vector<std::string> path = fakegrid::parse_target(request.target).path;
  if (path.size() < 2) return false;
  if (path[0] == "health") return true;
  const bool health = path[path.size() - 2] == "health" && path.back() == "status";
  return health && path.size() >= 5 && (path[2] == "container" || path[2] == "cache-managers");
}

// Options with which a backup is seen by `observations`.
fakegrid::ServerOptions watched(fakegrid::ServerOptions options, Observations& observations,
                                const std::string& pod) {
  options.on_records = [&observations, pod](size_t records) {
    observations.note_records(pod, records);
  };
  options.on_cache_read = [&observations, pod](std::string_view cache) {
    observations.note_cache_read(pod, cache);
  };
  return options;
}

class ServerProgram final : public Program {
 public:
  ServerProgram(ProgramContext context, ServerSetup setup)
      : context_(std::move(context)),
        zero_(label_of(*context_.start.pod, kLabelApp) == kAppZeroPod),
        address_(context_.registry.new_address(context_.cluster(), context_.pod_name(),
                                               context_.process, zero_)),
        transport_(context_.registry, context_.process, context_.cluster(), address_),
        node_(context_.process, transport_,
              {.name = context_.pod_name(),
               .cluster_name = context_.cluster(),
               .zero_capacity = zero_,
               .version = setup.options.version.text,
               .quirks = setup.options.quirks,
               .verbose_log = true}),
        files_(context_.process, context_.start.mounts),
        digest_({.credentials = zero_ ? admin_credentials(context_.start) : Credentials(),
                 .algorithm = setup.options.version.at_least(15) ? DigestAlgorithm::kSha256
                                                                 : DigestAlgorithm::kMd5},
                [this] { return next_nonce(); }),
        wire_(context_.process.wire(), context_.observations, context_.pod_name(),
              json_string(*context_.start.pod, {"metadata", "uid"})),
        server_(context_.process, node_, files_,
                watched(std::move(setup.options), context_.observations, context_.pod_name()),
                [this] { context_.exit(0, ""); }) {
    if (setup.debug_log) context_.process.logger().set_level(spdlog::level::debug);
    context_.registry.set_node(address_, &node_);
    node_.on_change([this] { context_.observations.changed(); });
    context_.process.spawn("start", [this] { start(); });
  }
  ~ServerProgram() override { context_.registry.remove(address_); }

  void terminate() override { leave_grid(context_, node_); }

 private:
  void start() {
    if (!enter_grid(context_, node_, zero_ ? kZeroStartTime : kDataStartTime)) return;
    auto listener = wire_.serve(zero_ ? kAdminPort : kDataPort,
                                [this](const HttpRequest& request) { return handle(request); });
    if (listener.ok()) listener_ = std::move(*listener);
  }

  // The clients' endpoint asks nobody for a password, as that of a data node of drydock/agent.
  HttpReply handle(const HttpRequest& request) {
    if (zero_ && !is_anonymous(request)) {
      const Status known = digest_.check(request, context_.process.now());
      if (!known.ok())
        return digest_.challenge(context_.process.now(), known.code() == Code::kExpired);
    }
    return server_.handle(request);
  }

  std::string next_nonce() {
    const uint64_t high = context_.process.draw("server.nonce", nonces_++);
    const uint64_t low = context_.process.draw("server.nonce", nonces_++);
    return fmt::format("{:016x}{:016x}", high, low);
  }

  ProgramContext context_;
  const bool zero_;
  std::string address_;
  GridTransport transport_;
  fakegrid::Node node_;
  ContainerFiles files_;
  DigestServer digest_;
  uint64_t nonces_ = 0;
  ObservedWire wire_;
  fakegrid::Server server_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

std::shared_ptr<Program> make_server(ProgramContext context, ServerSetup setup) {
  return std::make_shared<ServerProgram>(std::move(context), std::move(setup));
}

}  // namespace drydock::harness

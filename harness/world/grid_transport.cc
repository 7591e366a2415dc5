#include "harness/world/grid_transport.h"

#include <memory>

namespace drydock::harness {
namespace {

// A closed connection is noticed by FD_SOCK2 after about a second (docs/facts/grid.md).
constexpr Duration kCloseSeenAfter = seconds(1);

// Grid addresses outlive IP addresses, so each message says who sent it.
struct Envelope {
  std::string from;
  fakegrid::MessagePtr message;
};

}  // namespace

GridTransport::GridTransport(GridRegistry& registry, sim::Process& process, std::string cluster,
                             std::string address)
    : registry_(registry),
      process_(process),
      cluster_(std::move(cluster)),
      address_(std::move(address)) {
  process_.receive_messages([this](const std::string&, const std::shared_ptr<const void>& any) {
    const auto envelope = std::static_pointer_cast<const Envelope>(any);
    if (listener_.on_message) listener_.on_message(envelope->from, envelope->message);
  });
  process_.on_peer_closed([this](const std::string& ip) { closed(ip); });
}

void GridTransport::send(const std::string& to_address, size_t bytes,
                         fakegrid::MessagePtr message) {
  const sim::Process* to = registry_.process_of(to_address);
  if (to == nullptr) return;
  process_.send_message(to->ip(), bytes,
                        std::make_shared<const Envelope>(Envelope{address_, std::move(message)}));
}

void GridTransport::set_listener(fakegrid::TransportListener listener) {
  listener_ = std::move(listener);
  process_.on_peer_silence(
      [this](const std::string& ip) {
        const std::string address = registry_.address_of_ip(ip);
        if (!address.empty() && listener_.on_silent) listener_.on_silent(address);
      },
      [this](const std::string& ip) {
        const std::string address = registry_.address_of_ip(ip);
        if (!address.empty() && listener_.on_heard) listener_.on_heard(address);
      });
}

void GridTransport::closed(const std::string& ip) {
  const std::string address = registry_.address_of_ip(ip);
  if (address.empty()) return;
  process_.spawn("closed connection", [this, address] {
    if (!process_.sleep_for(kCloseSeenAfter).ok()) return;
    if (listener_.on_closed) listener_.on_closed(address);
  });
}

}  // namespace drydock::harness

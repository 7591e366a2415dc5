#include "harness/conformance/grid/peer_transport.h"

namespace drydock::harness::conformance::grid {
namespace {

// A closed connection is noticed by FD_SOCK2 after about a second (docs/facts/grid.md).
constexpr Duration kCloseSeenAfter = seconds(1);

}  // namespace

PeerTransport::PeerTransport(sim::Process& process, const std::vector<std::string>& addresses)
    : process_(process), addresses_(addresses) {
  process_.receive_messages(
      [this](const std::string& from, const std::shared_ptr<const void>& message) {
        if (listener_.on_message)
          listener_.on_message(from, std::static_pointer_cast<const fakegrid::Message>(message));
      });
  process_.on_peer_closed([this](const std::string& ip) {
    process_.spawn("closed connection", [this, ip] {
      if (process_.sleep_for(kCloseSeenAfter).ok() && listener_.on_closed) listener_.on_closed(ip);
    });
  });
}

void PeerTransport::send(const std::string& to_address, size_t bytes,
                         fakegrid::MessagePtr message) {
  process_.send_message(to_address, bytes, std::move(message));
}

void PeerTransport::set_listener(fakegrid::TransportListener listener) {
  listener_ = std::move(listener);
  process_.on_peer_silence(
      [this](const std::string& ip) {
        if (listener_.on_silent) listener_.on_silent(ip);
      },
      [this](const std::string& ip) {
        if (listener_.on_heard) listener_.on_heard(ip);
      });
}

}  // namespace drydock::harness::conformance::grid

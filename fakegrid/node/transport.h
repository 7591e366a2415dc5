// Transport: the port between a grid node and the network. harness/world implements it on the
// simulated network; tests/fakegrid has a direct one. It is what JGroups' TCP and failure detection
// sockets give a real node.
//
//   transport.set_listener({.on_message = [&](const std::string& from, MessagePtr m) { ... }});
//   transport.send("10.0.0.2", weight, message);
//
// Promises: reliable and first-in first-out per ordered pair of addresses; nothing suspends. While
// a link is cut, messages wait and are delivered after it healed. What was under way to or from a
// killed process is lost.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace drydock::fakegrid {

struct Message;
using MessagePtr = std::shared_ptr<const Message>;

// What the transport tells its node. Each is called in the node's process, from any task of it; a
// paused process gets its calls after it goes on. None suspends. Empty ones are not called.
struct TransportListener {
  std::function<void(const std::string& from, MessagePtr message)> on_message;
  // The connection to a killed or ended process was seen to be closed (real nodes: after ~1 s).
  std::function<void(const std::string& address)> on_closed;
  // Stand-ins for heartbeats, so that an idle cluster costs no events. `on_silent`: from now on
  // nothing arrives from that address although it was not closed (link cut, process paused).
  // `on_heard`: something can arrive again. Only of addresses that this node has sent to or
  // received from; a listener set while a peer is silent is told at once.
  std::function<void(const std::string& address)> on_silent;
  std::function<void(const std::string& address)> on_heard;
};

class Transport {
 public:
  virtual ~Transport() = default;

  // `bytes` is what the message weighs on the link. Sending to nobody is no error: it is lost.
  virtual void send(const std::string& to_address, size_t bytes, MessagePtr message) = 0;
  // Replaces the listener; an empty one drops everything that arrives.
  virtual void set_listener(TransportListener listener) = 0;
  // The addresses that DNS_PING would find: data pods, ready or not; may hold this node's own.
  virtual std::vector<std::string> discover() = 0;
  // This node's own address.
  virtual std::string self() const = 0;
};

}  // namespace drydock::fakegrid

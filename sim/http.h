// HTTP over the simulated network: the Wire of one simulated process.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "core/base/wire.h"
#include "fibers/task.h"

namespace drydock::sim {

class Network;
class Process;

// One request and its answer, shared by the client's and the server's ends. The network's table
// keeps it while it is open, so that a kill of either side can be told to the other.
struct Exchange : std::enable_shared_from_this<Exchange> {
  uint64_t id = 0;
  Network* network = nullptr;
  Process* client = nullptr;
  Process* server = nullptr;  // nullptr until the request arrived

  // Client's end.
  bool head_arrived = false;
  HttpResponse head;
  std::deque<Body> chunks;  // arrived, not yet read
  bool ended = false;       // the stream (or the answer) is complete
  std::optional<Status> error;
  bool abandoned = false;  // the client no longer waits
  fibers::WaitList client_waits;

  // Server's end.
  size_t unread = 0;         // chunks written and not yet read by the client
  bool client_gone = false;  // as the server knows
  std::vector<std::function<void()>> on_client_gone;
  fibers::WaitList server_waits;

  // Ends the exchange for the client with an error (once).
  void fail(Status status);
  // Takes it out of the network's table: both sides are done with it.
  void close();
  // Tells the server that nobody listens any more.
  void abandon();
};

class SimWire final : public Wire {
 public:
  SimWire(Network& network, Process& process) : network_(network), process_(process) {}

  Result<HttpResponse> call(const Address& to, HttpRequest request, SteadyTime deadline) override;
  Result<std::unique_ptr<ResponseStream>> open(const Address& to, HttpRequest request,
                                               SteadyTime deadline) override;
  Result<std::unique_ptr<Listener>> serve(uint16_t port, HttpHandler handler) override;

 private:
  // Sends the request and waits for the answer's head.
  Result<std::shared_ptr<Exchange>> exchange(const Address& to, HttpRequest request,
                                             SteadyTime deadline);

  Network& network_;
  Process& process_;
};

}  // namespace drydock::sim

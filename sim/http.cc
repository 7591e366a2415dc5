#include "sim/http.h"

#include "sim/simulation.h"

namespace drydock::sim {
namespace {

constexpr size_t kHeadBytes = 200;        // request or status line and the usual headers
constexpr size_t kChunkHeadBytes = 8;     // chunked encoding's framing
constexpr size_t kSmallPacket = 40;       // a TCP segment without data
constexpr size_t kMaxUnreadChunks = 256;  // then the writer waits for the reader

// The body as it comes out at the other end. An API server ends every JSON body, and every event
// of a watch, with a newline.
Body carried(Process& sender, Body body) {
  const bool as_text = sender.simulation().options().text_bodies && body.is_json();
  return as_text ? Body(body.text() + "\n") : std::move(body);
}

class SimResponseStream final : public ResponseStream {
 public:
  explicit SimResponseStream(std::shared_ptr<Exchange> exchange, Process& client)
      : exchange_(std::move(exchange)), client_(client) {}
  ~SimResponseStream() override {
    if (client_.killed()) return;  // the kill has told the server
    const bool over = exchange_->ended || exchange_->error;
    over ? exchange_->close() : exchange_->abandon();
  }

  const HttpResponse& head() const override { return exchange_->head; }

  Result<std::optional<Body>> next(SteadyTime deadline) override {
    Exchange& exchange = *exchange_;
    if (client_.cancelled()) return cancelled();
    while (exchange.chunks.empty()) {
      if (exchange.error) return *exchange.error;
      if (exchange.ended) return std::optional<Body>();
      DRYDOCK_RETURN_IF_ERROR(
          exchange.client_waits.wait(client_.simulation().events(), deadline, "chunk of a stream"));
    }
    Body chunk = std::move(exchange.chunks.front());
    exchange.chunks.pop_front();
    if (exchange.unread-- == kMaxUnreadChunks) exchange.server_waits.notify_all();
    return std::optional<Body>(std::move(chunk));
  }

 private:
  std::shared_ptr<Exchange> exchange_;
  Process& client_;
};

void send_reset(const std::shared_ptr<Exchange>& exchange, Process& server) {
  exchange->network->transfer(server, *exchange->client, kSmallPacket, [exchange] {
    exchange->fail(Status(Code::kConnectionReset, "connection reset by peer"));
  });
}

class SimStreamWriter final : public StreamWriter {
 public:
  SimStreamWriter(std::shared_ptr<Exchange> exchange, Process& server)
      : exchange_(std::move(exchange)), server_(server) {}
  ~SimStreamWriter() override { exchange_->on_client_gone.clear(); }

  Status write(Body chunk) override {
    if (server_.cancelled()) return cancelled();
    while (exchange_->unread >= kMaxUnreadChunks && !exchange_->client_gone)
      DRYDOCK_RETURN_IF_ERROR(exchange_->server_waits.wait(server_.simulation().events(), kForever,
                                                           "reader of a stream"));
    if (exchange_->client_gone) return Status(Code::kConnectionReset, "the client has gone");
    ++exchange_->unread;
    const size_t bytes = kChunkHeadBytes + chunk.weight();
    exchange_->network->transfer(
        server_, *exchange_->client, bytes,
        [exchange = exchange_, chunk = carried(server_, std::move(chunk))]() mutable {
          if (exchange->error) return;
          exchange->chunks.push_back(std::move(chunk));
          exchange->client_waits.notify_all();
        });
    return ok_status();
  }

  bool closed() const override { return exchange_->client_gone; }

  void on_closed(std::function<void()> callback) override {
    if (exchange_->client_gone)
      callback();
    else
      exchange_->on_client_gone.push_back(std::move(callback));
  }

  void reset() override {
    if (exchange_->client_gone || server_.killed()) return;
    send_reset(exchange_, server_);
    exchange_->client_gone = true;
  }

 private:
  std::shared_ptr<Exchange> exchange_;
  Process& server_;
};

void send_end(const std::shared_ptr<Exchange>& exchange, Process& server) {
  exchange->network->transfer(server, *exchange->client, kSmallPacket, [exchange] {
    exchange->ended = true;
    exchange->client_waits.notify_all();
  });
}

void send_head(const std::shared_ptr<Exchange>& exchange, Process& server, HttpResponse response,
               bool complete) {
  const size_t bytes = kHeadBytes + response.body.weight();
  response.body = carried(server, std::move(response.body));
  exchange->network->transfer(server, *exchange->client, bytes,
                              [exchange, complete, response = std::move(response)]() mutable {
                                if (exchange->error) return;
                                exchange->head = std::move(response);
                                exchange->head_arrived = true;
                                exchange->ended = complete;
                                exchange->client_waits.notify_all();
                              });
}

// The server's task for one request.
void handle(const std::shared_ptr<Exchange>& exchange, Process& server, const HttpHandler& handler,
            const HttpRequest& request) {
  HttpReply reply = handler(request);
  if (server.killed()) return;
  if (reply.resets) return send_reset(exchange, server);
  send_head(exchange, server, std::move(reply.response), !reply.stream);
  if (!reply.stream) return;
  {
    SimStreamWriter writer(exchange, server);
    reply.stream(writer);
  }
  if (!server.killed() && !exchange->client_gone) send_end(exchange, server);
}

std::string task_name(const HttpRequest& request) {
  return request.method + " " + request.target.substr(0, request.target.find('?'));
}

}  // namespace

class HttpListener final : public Listener {
 public:
  HttpListener(Network& network, Process& process, uint16_t port)
      : network_(network), process_(process), port_(port) {}
  ~HttpListener() override { network_.listeners_.erase({process_.id(), port_}); }

 private:
  Network& network_;
  Process& process_;
  uint16_t port_;
};

void Exchange::fail(Status status) {
  if (ended || error) return;
  error = std::move(status);
  client_waits.notify_all();
}

void Exchange::close() { network->close_exchange(*this); }

void Exchange::abandon() {
  network->close_exchange(*this);
  abandoned = true;
  if (server == nullptr || server->killed()) return;
  network->transfer(*client, *server, kSmallPacket, [exchange = shared_from_this()] {
    exchange->client_gone = true;
    exchange->server_waits.notify_all();
    const auto callbacks = std::move(exchange->on_client_gone);
    exchange->on_client_gone.clear();
    for (const std::function<void()>& callback : callbacks) callback();
  });
}

Result<std::shared_ptr<Exchange>> SimWire::exchange(const Address& to, HttpRequest request,
                                                    SteadyTime deadline) {
  if (process_.cancelled()) return cancelled();
  if (!network_.resolves(to.host)) return Status(Code::kRefused, "no such host: " + to.host);
  auto exchange = std::make_shared<Exchange>();
  exchange->network = &network_;
  exchange->client = &process_;
  Process* target = network_.find(to.host);
  const ConnectionRule& rule = network_.connection_rule_;
  if (target != nullptr && rule && !rule(process_, *target, to.port)) target = nullptr;
  if (target != nullptr) {
    const size_t bytes = kHeadBytes + request.target.size() + request.body.weight();
    request.body = carried(process_, std::move(request.body));
    network_.open_exchange(exchange);
    network_.transfer(
        process_, *target, bytes,
        [this, exchange, target, port = to.port, request = std::move(request)]() mutable {
          const auto serving = network_.listeners_.find({target->id(), port});
          if (serving == network_.listeners_.end()) {
            ++target->refused_connections_;
            network_.transfer(*target, *exchange->client, kSmallPacket, [exchange] {
              exchange->fail(Status(Code::kRefused, "connection refused"));
            });
            return;
          }
          exchange->server = target;
          exchange->client_gone = exchange->abandoned;
          std::string name = task_name(request);
          target->spawn(std::move(name), [exchange, target, handler = serving->second.handler,
                                          request = std::move(request)] {
            handle(exchange, *target, *handler, request);
          });
        });
  }
  // An address that nobody has, or may reach: packets vanish, the caller's deadline tells.
  while (!exchange->head_arrived && !exchange->error) {
    const Status waited =
        exchange->client_waits.wait(process_.simulation().events(), deadline,
                                    target == nullptr ? "answer from nobody" : "HTTP answer");
    if (waited.ok()) continue;
    if (target != nullptr && !process_.killed()) exchange->abandon();
    return waited.with_context(to.to_string());
  }
  network_.close_exchange(*exchange);
  if (exchange->error) return exchange->error->with_context(to.to_string());
  return exchange;
}

Result<HttpResponse> SimWire::call(const Address& to, HttpRequest request, SteadyTime deadline) {
  DRYDOCK_ASSIGN(std::shared_ptr<Exchange> answer, exchange(to, std::move(request), deadline));
  if (answer->ended) return std::move(answer->head);
  SimResponseStream stream(answer, process_);  // a streamed answer, read whole
  std::string text;
  while (true) {
    DRYDOCK_ASSIGN(std::optional<Body> chunk, stream.next(deadline));
    if (!chunk) break;
    text += chunk->text();
  }
  HttpResponse response = answer->head;
  response.body = Body(std::move(text));
  return response;
}

Result<std::unique_ptr<ResponseStream>> SimWire::open(const Address& to, HttpRequest request,
                                                      SteadyTime deadline) {
  DRYDOCK_ASSIGN(std::shared_ptr<Exchange> answer, exchange(to, std::move(request), deadline));
  if (!answer->ended) network_.open_exchange(answer);
  return std::unique_ptr<ResponseStream>(std::make_unique<SimResponseStream>(answer, process_));
}

Result<std::unique_ptr<Listener>> SimWire::serve(uint16_t port, HttpHandler handler) {
  if (process_.cancelled()) return cancelled();
  if (network_.listeners_.contains({process_.id(), port}))
    return Status(Code::kAlreadyExists, "port " + std::to_string(port) + " is taken");
  network_.listeners_[{process_.id(), port}] = {&process_,
                                                std::make_shared<HttpHandler>(std::move(handler))};
  return std::unique_ptr<Listener>(std::make_unique<HttpListener>(network_, process_, port));
}

}  // namespace drydock::sim

// Wire: the port to the network. HTTP messages between addresses; the Kubernetes API and a pod's
// REST API are both reached through it.
//
//   HttpRequest request{.method = "GET", .target = "/api/v1/namespaces/ns/pods/p"};
//   Result<HttpResponse> response = wire.call({"10.96.0.1", 443}, request, env.now() + seconds(5));
//
// Errors of the way (never of the HTTP status) are Status codes that say whether the request may
// have been received: kRefused = certainly not; kConnectionReset and kDeadlineExceeded = maybe.
//
// A body is immutable: text, or a shared pointer to a const parsed JSON value, so that a simulation
// does not pay for printing and parsing; it weighs what its canonical text would.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/base/time.h"

namespace drydock {

using JsonPtr = std::shared_ptr<const boost::json::value>;

struct Address {
  std::string host;  // an IP address or a name that this Wire resolves
  uint16_t port = 0;

  std::string to_string() const { return host + ":" + std::to_string(port); }
  friend bool operator==(const Address&, const Address&) = default;
  friend auto operator<=>(const Address&, const Address&) = default;
};

class Body {
 public:
  Body() = default;
  Body(std::string text);
  Body(JsonPtr json) : json_(std::move(json)) {}

  bool empty() const { return json_ == nullptr && (text_ == nullptr || text_->empty()); }
  bool is_json() const { return json_ != nullptr; }

  // The text; printed canonically (json.h) when the body is a JSON value.
  std::string text() const;
  // The JSON value; parses a text body. kInvalid when it isn't JSON.
  Result<JsonPtr> json() const;
  // Bytes on the wire. For a JSON value: the length of its canonical text.
  size_t weight() const;

 private:
  std::shared_ptr<const std::string> text_;
  JsonPtr json_;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// First header of that name, ignoring case; nullptr when there is none.
const std::string* find_header(const Headers& headers, std::string_view name);

struct HttpRequest {
  std::string method;  // "GET", "POST", ... in upper case
  std::string target;  // path and query, percent-encoded, begins with '/'
  Headers headers;
  Body body;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  Body body;
};

// The answer to `open`: a head, then chunks as they come (a watch's lines, a log's pieces).
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;           // closes: the server's next write fails
  virtual const HttpResponse& head() const = 0;  // body is empty unless the answer was no stream
  // May suspend. nullopt = the server ended the stream cleanly. kConnectionReset, kDeadlineExceeded
  // (the stream stays usable), kCancelled.
  virtual Result<std::optional<Body>> next(SteadyTime deadline) = 0;
};

// The server's end of a streamed answer.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // May suspend (back-pressure). kConnectionReset when the client has gone.
  virtual Status write(Body chunk) = 0;
  // True once the client has gone. Poll it, or wait on the Env's gates and let write() tell.
  virtual bool closed() const = 0;
  // Calls `callback` (once, may not suspend) when the client goes; for writers that wait.
  virtual void on_closed(std::function<void()> callback) = 0;
  // Breaks the connection off: the client gets kConnectionReset after what was written, and the
  // stream is closed. A transport that can't do that ends the stream in order.
  virtual void reset() {}
};

// A handler's answer: complete, or head plus a function that writes the stream and then returns.
struct HttpReply {
  HttpResponse response;
  std::function<void(StreamWriter&)> stream;  // empty: `response` is complete
  bool resets = false;  // there is no answer: the connection is reset (a server that misbehaves)

  HttpReply(HttpResponse r) : response(std::move(r)) {}
  HttpReply(HttpResponse head, std::function<void(StreamWriter&)> s)
      : response(std::move(head)), stream(std::move(s)) {}
};

// Runs in a task of the serving process, one task per request; may suspend.
using HttpHandler = std::function<HttpReply(const HttpRequest&)>;

// Stops serving when destroyed; requests already being handled go on.
class Listener {
 public:
  virtual ~Listener() = default;
};

// One Wire belongs to one process, like its Env.
class Wire {
 public:
  virtual ~Wire() = default;

  // May suspend. The whole answer, or an error of the way.
  virtual Result<HttpResponse> call(const Address& to, HttpRequest request,
                                    SteadyTime deadline) = 0;
  // May suspend until the head is there (at most until `deadline`).
  virtual Result<std::unique_ptr<ResponseStream>> open(const Address& to, HttpRequest request,
                                                       SteadyTime deadline) = 0;
  // kAlreadyExists when the port is taken. Never suspends.
  virtual Result<std::unique_ptr<Listener>> serve(uint16_t port, HttpHandler handler) = 0;
};

// Whether the other side may have acted on a request that ended with this error.
inline bool may_have_been_received(const Status& status) { return status.code() != Code::kRefused; }

}  // namespace drydock

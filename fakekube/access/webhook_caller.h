// How an API server reaches its admission webhooks: an interface, so that a fault can stand around
// it, and its two implementations.
//
//   server.admission().set_caller(make_wire_caller(wire));
//
//   auto handlers = std::make_unique<LocalWebhooks>();
//   handlers->serve("https://hooks.ns.svc:443/validate", [](const HttpRequest&) { ... });
//   server.admission().set_caller(std::move(handlers));
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/env.h"
#include "core/base/wire.h"

namespace drydock::fakekube {

struct WebhookCall {
  std::string hook;     // the webhook's name
  std::string url;      // without query: "https://hooks.ns.svc:443/validate"
  Address address;      // of the URL, or what a service resolved to
  HttpRequest request;  // POST of an AdmissionReview, target "/validate?timeout=10s"
  SteadyTime deadline;
};

class WebhookCaller {
 public:
  virtual ~WebhookCaller() = default;
  // May suspend until the deadline. An error of the way becomes the text of a real server: refused
  // is "connect: connection refused", a deadline "context deadline exceeded".
  virtual Result<HttpResponse> call(const WebhookCall& call) = 0;
};

// Over the network; TLS and caBundle are left out. `wire` must outlive the caller.
std::unique_ptr<WebhookCaller> make_wire_caller(Wire& wire);

// Handlers in this process, by URL; any other URL goes to `others`, or is refused without one.
class LocalWebhooks : public WebhookCaller {
 public:
  explicit LocalWebhooks(std::unique_ptr<WebhookCaller> others = nullptr)
      : others_(std::move(others)) {}
  // A handler answers as a webhook would, or with an error of the way. It may suspend, and must
  // then keep the call's deadline itself.
  using Handler = std::function<Result<HttpResponse>(const WebhookCall&)>;
  void serve(std::string url, Handler handler);
  Result<HttpResponse> call(const WebhookCall& call) override;

 private:
  std::map<std::string, Handler, std::less<>> handlers_;
  std::unique_ptr<WebhookCaller> others_;
};

struct ServiceReference {
  std::string namespace_name;
  std::string name;
  uint16_t port = 443;
};
// Where a webhook's service is; kNotFound: the text is what a real server says,
// `service "x" not found`.
using ServiceResolver = std::function<Result<Address>(const ServiceReference&)>;

}  // namespace drydock::fakekube

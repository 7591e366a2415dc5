#include "fakekube/access/webhook_caller.h"

#include <utility>

namespace drydock::fakekube {
namespace {

class WireCaller : public WebhookCaller {
 public:
  explicit WireCaller(Wire& wire) : wire_(wire) {}

  Result<HttpResponse> call(const WebhookCall& call) override {
    return wire_.call(call.address, call.request, call.deadline);
  }

 private:
  Wire& wire_;
};

}  // namespace

std::unique_ptr<WebhookCaller> make_wire_caller(Wire& wire) {
  return std::make_unique<WireCaller>(wire);
}

void LocalWebhooks::serve(std::string url, Handler handler) {
  handlers_.insert_or_assign(std::move(url), std::move(handler));
}

Result<HttpResponse> LocalWebhooks::call(const WebhookCall& call) {
  if (const auto found = handlers_.find(call.url); found != handlers_.end())
    return found->second(call);
  if (others_ != nullptr) return others_->call(call);
  return Status(Code::kRefused, "nobody serves " + call.url);
}

}  // namespace drydock::fakekube

// A Wire that notes which operations a pod's server was asked to start and which it accepted. What
// it hands on is unchanged.
#pragma once

#include "core/base/wire.h"
#include "harness/world/observer.h"

namespace drydock::harness {

class ObservedWire final : public Wire {
 public:
  // All must outlive it.
  ObservedWire(Wire& wire, Observations& observations, std::string pod, std::string pod_uid)
      : wire_(wire),
        observations_(observations),
        pod_(std::move(pod)),
        pod_uid_(std::move(pod_uid)) {}

  Result<HttpResponse> call(const Address& to, HttpRequest request, SteadyTime deadline) override {
    return wire_.call(to, std::move(request), deadline);
  }
  Result<std::unique_ptr<ResponseStream>> open(const Address& to, HttpRequest request,
                                               SteadyTime deadline) override {
    return wire_.open(to, std::move(request), deadline);
  }
  Result<std::unique_ptr<Listener>> serve(uint16_t port, HttpHandler handler) override;

 private:
  void note_accepted(const std::string& operation);

  Wire& wire_;
  Observations& observations_;
  std::string pod_;
  std::string pod_uid_;
};

}  // namespace drydock::harness

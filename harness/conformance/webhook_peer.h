// The webhook of a recording: it is asked by our server, answers what the recorded one answered, as
// late as that did, and keeps whether the questions were the recorded ones.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "fakekube/access/webhook_caller.h"
#include "harness/conformance/names.h"
#include "harness/conformance/recording.h"

namespace drydock::harness::conformance {

class WebhookPeer : public fakekube::WebhookCaller {
 public:
  // All must outlive it. `began`: the virtual time that is the recording's start; may change.
  WebhookPeer(Env& env, const SteadyTime& began, const std::vector<Record>& records, Names& names,
              std::map<std::string, std::string>& differences);
  // A question that was not recorded is refused: then the recorded webhook was not there.
  Result<HttpResponse> call(const fakekube::WebhookCall& call) override;

 private:
  const Record* take(const fakekube::WebhookCall& call, const json::value& review);

  Env& env_;
  const SteadyTime& began_;
  std::vector<const Record*> open_;  // not yet asked, in their order
  Names& names_;
  std::map<std::string, std::string>& differences_;  // by the record's id; "" = as recorded
};

}  // namespace drydock::harness::conformance

#include "harness/conformance/webhook_peer.h"

#include <algorithm>

#include "harness/conformance/compare.h"

namespace drydock::harness::conformance {

WebhookPeer::WebhookPeer(Env& env, const SteadyTime& began, const std::vector<Record>& records,
                         Names& names, std::map<std::string, std::string>& differences)
    : env_(env), began_(began), names_(names), differences_(differences) {
  for (const Record& record : records)
    if (record.asked) open_.push_back(&record);
}

// The first recorded question to that path about that object.
const Record* WebhookPeer::take(const fakekube::WebhookCall& call, const json::value& review) {
  const std::string name = json_string(review, {"request", "name"});
  const std::string operation = json_string(review, {"request", "operation"});
  const auto fits = [&](const Record* record) {
    const json::value recorded = record->body_json();
    return record->path == call.request.target &&
           json_string(recorded, {"request", "name"}) == name &&
           json_string(recorded, {"request", "operation"}) == operation;
  };
  const auto found = std::find_if(open_.begin(), open_.end(), fits);
  if (found == open_.end()) return nullptr;
  const Record* record = *found;
  open_.erase(found);
  return record;
}

Result<HttpResponse> WebhookPeer::call(const fakekube::WebhookCall& call) {
  const std::string body = call.request.body.text();
  Result<json::value> review = json_parse(body);
  if (!review.ok()) return Status(Code::kInvalid, "the question is no JSON");
  const Record* record = take(call, *review);
  if (record == nullptr) return Status(Code::kRefused, "connection refused");
  differences_[record->id] = request_difference(*record, body, names_);
  const SteadyTime answered = began_ + record->start;
  if (const Status slept = env_.sleep_until(std::min(answered, call.deadline)); !slept.ok())
    return slept;
  if (answered >= call.deadline) return Status(Code::kDeadlineExceeded, "no answer in time");
  HttpResponse response{.status = record->code, .headers = {}, .body = {}};
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = Body(names_.translated(record->answer));
  return response;
}

}  // namespace drydock::harness::conformance

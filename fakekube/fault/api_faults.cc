#include "fakekube/fault/api_faults.h"

#include <algorithm>
#include <utility>

#include "fakekube/api/api_server.h"
#include "fakekube/http/http_front.h"

namespace drydock::fakekube {
namespace {

constexpr char kForeignWriter[] = "foreign-writer";

HttpReply reset() {
  HttpReply reply{HttpResponse()};
  reply.resets = true;
  return reply;
}

// The head, then half of the body, then a reset.
HttpReply broken_off(HttpReply reply) {
  const std::string text = reply.response.body.text();
  reply.response.body = Body();
  reply.stream = [half = text.substr(0, text.size() / 2)](StreamWriter& writer) {
    (void)writer.write(Body(half));
    writer.reset();
  };
  return reply;
}

// As somebody who keeps a note on the object: it changes, what it means does not.
void write_as_foreigner(ApiServer& server, const ApiCall& call, int64_t note) {
  ApiCall patch;
  patch.verb = Verb::kPatch;
  patch.type = call.type;
  patch.namespace_name = call.namespace_name;
  patch.name = call.name;
  patch.user_agent = kForeignWriter;
  patch.field_manager = kForeignWriter;
  patch.body = make_json(json::object{
      {"metadata",
       json::object{{"annotations", json::object{{kForeignWriter, std::to_string(note)}}}}}});
  (void)server.execute(patch);
}

HttpReply answer_with(const ApiFault& fault, const ApiCall& call) {
  return encode_reply(refusal_of(*fault.refusal, call, fault.retry_after_s));
}

}  // namespace

bool CallMatch::matches(const ApiCall& call) const {
  const auto fits = [](const std::string& wanted, std::string_view is) {
    return wanted.empty() || wanted == is;
  };
  return (verbs.empty() || std::find(verbs.begin(), verbs.end(), call.verb) != verbs.end()) &&
         (type == nullptr || type == call.type) && fits(namespace_name, call.namespace_name) &&
         (!subresource || *subresource == call.subresource) && fits(client, call.user_agent) &&
         fits(name, object_name(call));
}

void ApiFaults::attach(ApiServer& server) {
  server.set_http_interceptor([this, &server](const ApiCall& call, const Proceed& proceed) {
    return answer(server, call, proceed);
  });
}

ApiFaultId ApiFaults::add(ApiFault fault) {
  DRYDOCK_CHECK(fault.kind != ApiFaultKind::kRefuse || fault.refusal, "a refusal without answer");
  DRYDOCK_CHECK(fault.kind != ApiFaultKind::kCrashClient || fault.crash, "nobody crashes");
  armed_.emplace(++next_, Armed{std::move(fault)});
  return next_;
}

void ApiFaults::remove(ApiFaultId id) { armed_.at(id).active = false; }

int64_t ApiFaults::fired(ApiFaultId id) const { return armed_.at(id).fired; }

int64_t ApiFaults::break_watches(const CallMatch& calls, StreamCut how) {
  int64_t cut = 0;
  // A copy: what is cut leaves the list, by and by.
  for (const std::shared_ptr<TappedStream>& stream : std::vector(open_)) {
    if (!calls.matches(stream->call())) continue;
    stream->cut(how);
    ++cut;
  }
  return cut;
}

ApiFaults::Armed* ApiFaults::draw(const ApiCall& call) {
  for (auto& [id, armed] : armed_) {
    const ApiFault& fault = armed.fault;
    const bool spent = fault.times > 0 && armed.fired == fault.times;
    if (!armed.active || spent || !fault.calls.matches(call)) continue;
    if (armed.matched++ < fault.skip) continue;
    ++armed.fired;
    return &armed;
  }
  return nullptr;
}

HttpReply ApiFaults::answer(ApiServer& server, const ApiCall& call, const Proceed& proceed) {
  if (Armed* armed = draw(call)) return inflict(server, call, proceed, *armed);
  HttpReply reply = proceed();
  return reply.stream ? tapped(call, std::move(reply), std::nullopt) : reply;
}

HttpReply ApiFaults::inflict(ApiServer& server, const ApiCall& call, const Proceed& proceed,
                             Armed& armed) {
  const ApiFault& fault = armed.fault;
  const auto hand_on = [&] {
    HttpReply reply = proceed();
    return reply.stream ? tapped(call, std::move(reply), std::nullopt) : reply;
  };
  switch (fault.kind) {
    case ApiFaultKind::kRefuse: return answer_with(fault, call);
    case ApiFaultKind::kLoseRequest: return reset();
    case ApiFaultKind::kLoseAnswer:
      (void)proceed();
      return fault.refusal ? answer_with(fault, call) : reset();
    case ApiFaultKind::kDelayRequest:
      if (!server.env().sleep_for(fault.delay).ok()) return reset();
      return hand_on();
    case ApiFaultKind::kDelayAnswer: {
      HttpReply reply = hand_on();
      return server.env().sleep_for(fault.delay).ok() ? std::move(reply) : reset();
    }
    case ApiFaultKind::kBreakOff: {
      HttpReply reply = proceed();
      return reply.stream ? tapped(call, std::move(reply), StreamCut::kMidLine)
                          : broken_off(std::move(reply));
    }
    case ApiFaultKind::kConflict: write_as_foreigner(server, call, ++notes_); return hand_on();
    case ApiFaultKind::kCrashClient: return crash(armed, proceed);
  }
  return hand_on();
}

// A write that failed has committed nothing: the next one is waited for.
HttpReply ApiFaults::crash(Armed& armed, const Proceed& proceed) {
  HttpReply reply = proceed();
  const bool committed = reply.response.status >= 200 && reply.response.status < 300;
  if (!committed) {
    --armed.fired;
    return reply;
  }
  armed.fault.crash();
  return reset();
}

HttpReply ApiFaults::tapped(const ApiCall& call, HttpReply reply, std::optional<StreamCut> cut) {
  const auto tap = std::make_shared<TappedStream>(call);
  if (cut) tap->cut(*cut);
  open_.push_back(tap);
  reply.stream = [this, tap, stream = std::move(reply.stream)](StreamWriter& writer) {
    tap->run(stream, writer);
    std::erase(open_, tap);
  };
  return reply;
}

}  // namespace drydock::fakekube

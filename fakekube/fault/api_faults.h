// Faults between an API server and its clients over HTTP: answers that get lost, requests that
// never arrive, refusals, delays, bodies that break off, foreign writers.
//
//   ApiFaults faults;
//   faults.attach(server);                              // more servers: the same faults
//   const ApiFaultId id = faults.add({.kind = ApiFaultKind::kLoseAnswer,
//                                     .calls = {.verbs = {Verb::kCreate}, .type = &kPods},
//                                     .times = 1});
//   ... faults.fired(id) == 1 ...
//   faults.remove(id);                                  // the end of its window
//
// Delivery of watches and views have controls of their own: stream_control.h, storage.h, view.h.
// Calls of a LocalClient are out of reach: it stands beside the server. Nothing is random: of the
// faults whose calls match, the first one added that has not fired `times` times acts, alone. What
// real clients do about each: Kubernetes' own repeat any call answered with Retry-After, and GETs
// whose connection was reset.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"
#include "fakekube/fault/refusals.h"
#include "fakekube/fault/tapped_stream.h"

namespace drydock::fakekube {

class ApiServer;

// Which calls; what is empty matches all.
struct CallMatch {
  std::vector<Verb> verbs = {};
  const ResourceType* type = nullptr;
  std::string namespace_name = {};
  std::string name = {};                        // of a create: the one in its body
  std::optional<std::string> subresource = {};  // "" = only the object itself
  std::string client = {};                      // its User-Agent

  bool matches(const ApiCall& call) const;
};

enum class ApiFaultKind {
  kRefuse,        // not done; answered with `refusal`
  kLoseRequest,   // not done; the connection is reset
  kLoseAnswer,    // done; then answered with `refusal`, or a reset when there is none
  kDelayRequest,  // done, and answered, only after `delay`
  kDelayAnswer,   // done at once, answered after `delay`
  kBreakOff,      // done; the head and half of the body, then a reset; of a watch: half an event
  kConflict,      // a foreign writer writes the object just before
  kCrashClient,   // done; when it succeeded, `crash` is called instead of an answer
};

struct ApiFault {
  ApiFaultKind kind = ApiFaultKind::kRefuse;
  CallMatch calls = {};
  int64_t skip = 0;   // so many matching calls pass first
  int64_t times = 0;  // and then it acts so often; 0: until it is removed
  Duration delay{0};
  std::optional<Refusal> refusal = {};  // of kRefuse: required
  std::optional<int64_t> retry_after_s = {};
  std::function<void()> crash = {};  // of kCrashClient: required; ends the client's process
};

using ApiFaultId = uint64_t;

class ApiFaults {
 public:
  ApiFaults() = default;
  ApiFaults(const ApiFaults&) = delete;
  ApiFaults& operator=(const ApiFaults&) = delete;

  // Takes the server's HTTP interceptor. This must outlive the server's calls.
  void attach(ApiServer& server);

  ApiFaultId add(ApiFault fault);
  // It acts no more; what it delays goes on. fired() still counts it. Twice is fine.
  void remove(ApiFaultId id);
  // How often it acted.
  int64_t fired(ApiFaultId id) const;

  // Breaks the watches that are open now and match; how many.
  int64_t break_watches(const CallMatch& calls, StreamCut how);

 private:
  struct Armed {
    ApiFault fault;
    bool active = true;
    int64_t matched = 0;
    int64_t fired = 0;
  };
  using Proceed = std::function<HttpReply()>;

  // The fault that acts on this call, counted; null: none.
  Armed* draw(const ApiCall& call);
  HttpReply answer(ApiServer& server, const ApiCall& call, const Proceed& proceed);
  HttpReply inflict(ApiServer& server, const ApiCall& call, const Proceed& proceed, Armed& armed);
  static HttpReply crash(Armed& armed, const Proceed& proceed);
  HttpReply tapped(const ApiCall& call, HttpReply reply, std::optional<StreamCut> cut);

  std::map<ApiFaultId, Armed> armed_;  // in the order of their coming
  ApiFaultId next_ = 0;
  int64_t notes_ = 0;                                // that the foreign writer has left
  std::vector<std::shared_ptr<TappedStream>> open_;  // in the order of their opening
};

}  // namespace drydock::fakekube

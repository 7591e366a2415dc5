// Admission webhooks, in process: functions that may change or deny a write, called where a real
// API server calls its webhooks (mutating ones before the schema check, validating ones after).
//
//   server.admission().add({.name = "vbackup.kb.io", .type = &kBackups,
//                           .operations = {Verb::kCreate, Verb::kUpdate}, .review = validate});
//   server.admission().set_enabled(false);    // as if no webhook were configured
//
// A denial reaches the client as `admission webhook "vbackup.kb.io" denied the request: <message>`
// with the denial's code, reason and causes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

struct DenialCause {
  std::string reason;   // "FieldValueForbidden"
  std::string message;  // "Forbidden: ..."
  std::string field;    // "spec"
};

struct AdmissionDenial {
  int code = 400;      // as in a webhook's status; 400 without reason is a real server's default
  std::string reason;  // "Invalid"; may be empty
  std::string message;
  std::string name;                 // of the object, for the details
  std::vector<DenialCause> causes;  // empty: the answer has no details
};

struct AdmissionReview {
  Verb operation = Verb::kCreate;  // kCreate, kUpdate (PUT and PATCH) or kDelete
  const ResourceType* type = nullptr;
  std::string_view namespace_name;
  std::string_view name;
  const json::value* object = nullptr;      // as it would be stored; null on delete
  const json::value* old_object = nullptr;  // null on create
  bool dry_run = false;
};

struct AdmissionAnswer {
  std::optional<AdmissionDenial> denial;
  std::optional<json::value> mutated;  // replaces the object; mutating hooks only
};

enum class AdmissionKind { kMutating, kValidating };

struct AdmissionHook {
  std::string name;
  AdmissionKind kind = AdmissionKind::kValidating;
  const ResourceType* type = nullptr;
  std::string subresource = {};  // a rule for "" does not see "status"
  std::vector<Verb> operations = {Verb::kCreate, Verb::kUpdate};
  std::function<AdmissionAnswer(const AdmissionReview&)> review = {};  // may not suspend
  // What the call of the webhook itself ends with: "" = works; else it can't be reached, and this
  // is the text after `failed calling webhook "<name>": ` ("failed to call webhook: Post ...").
  std::string broken = {};
  bool ignore_failure = false;  // failurePolicy Ignore: a broken hook is passed over
};

class Admission {
 public:
  void add(AdmissionHook hook);
  // False: no hook is asked (as if the configurations were deleted).
  void set_enabled(bool enabled) { enabled_ = enabled; }
  bool enabled() const { return enabled_; }
  // Breaks (non-empty) or repairs (empty) the hook of that name; CHECKs that it exists.
  void set_broken(std::string_view hook_name, std::string text);

  // Asks every matching hook of `kind` in name order; `object` is replaced by mutations. An error
  // reply, or nullopt to go on.
  std::optional<ApiReply> review(AdmissionKind kind, const ApiCall& call, Verb operation,
                                 json::value* object, const json::value* old_object) const;
  // Whether any hook would be asked: lets the hot path skip building the review.
  bool any(const ResourceType& type, std::string_view subresource) const;

 private:
  std::vector<AdmissionHook> hooks_;  // by name
  bool enabled_ = true;
};

}  // namespace drydock::fakekube

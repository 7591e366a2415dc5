#include "harness/scenario/read_kube_faults.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/words.h"

namespace drydock::harness::scenario {
namespace {

void read_verbs(Fields& fields, std::vector<std::string>& out) {
  const YamlNode* node = fields.find("verb");
  if (node == nullptr) return;
  const std::vector<YamlNode> one = {*node};
  for (const YamlNode& each : node->is_sequence() ? node->items : one) {
    std::string word;
    if (read_word(each, fields.context(), "verb", verb_words(), word)) out.push_back(word);
  }
}

void read_target(Fields& fields, ObjectRef& out) {
  fields.optional_word("kind", call_kind_words(), out.kind);
  if (!fields.has("of")) return;
  if (!out.kind.empty()) fields.wrong("calls have 'kind' and 'of'", "remove 'kind'");
  fields.optional("of", out);
}

void read_client(Fields& fields, std::optional<Place>& out) {
  fields.optional("by", out);
  if (!out || out->position.line == 0) return;
  if (out->kind == Place::Kind::kController || out->kind == Place::Kind::kNode) return;
  fields.context().errors.add(out->position, "no calls to the API server come from there",
                              "write controller, or Node/<name> for its kubelet");
}

Calls read_calls(const YamlNode& node, Context& context) {
  Calls calls;
  Fields fields(node, context, "the calls of a fault");
  read_verbs(fields, calls.verbs);
  read_target(fields, calls.of);
  fields.optional("subresource", calls.subresource);
  read_client(fields, calls.by);
  fields.finish();
  return calls;
}

// `times`, or once; with `for`, as often as it can.
void read_repetition(Fields& item, CallFault& out) {
  if (item.has("for")) out.times = 0;
  item.optional_between("times", 1, 1'000'000, out.times);
  item.optional_between("skip", 0, 1'000'000, out.skip);
}

CallFault call_fault(Fields& item, const YamlNode& subject, CallFault::Kind kind) {
  CallFault fault{.kind = kind};
  fault.calls = read_calls(subject, item.context());
  read_repetition(item, fault);
  return fault;
}

void read_answer(Fields& item, CallFault& out) {
  item.optional_word("with", refusal_words(), out.with);
  item.optional("retry_after", out.retry_after);
  if (out.retry_after && *out.retry_after % seconds(1) != Duration(0))
    item.wrong("retry_after has whole seconds", "write for example 1s");
  if (out.retry_after && out.with.empty()) item.wrong("a reset has no retry_after", "add 'with:'");
}

FaultAction refuse(Fields& item, const YamlNode& subject) {
  CallFault fault = call_fault(item, subject, CallFault::Kind::kRefuse);
  fault.with = "unavailable";
  read_answer(item, fault);
  return fault;
}

FaultAction lose_request(Fields& item, const YamlNode& subject) {
  return call_fault(item, subject, CallFault::Kind::kLoseRequest);
}

FaultAction lose_answer(Fields& item, const YamlNode& subject) {
  CallFault fault = call_fault(item, subject, CallFault::Kind::kLoseAnswer);
  read_answer(item, fault);
  return fault;
}

FaultAction delayed(Fields& item, const YamlNode& subject, CallFault::Kind kind) {
  CallFault fault = call_fault(item, subject, kind);
  item.required("delay", fault.delay);
  return fault;
}

FaultAction delay_request(Fields& item, const YamlNode& subject) {
  return delayed(item, subject, CallFault::Kind::kDelayRequest);
}

FaultAction delay_answer(Fields& item, const YamlNode& subject) {
  return delayed(item, subject, CallFault::Kind::kDelayAnswer);
}

FaultAction break_off(Fields& item, const YamlNode& subject) {
  return call_fault(item, subject, CallFault::Kind::kBreakOff);
}

FaultAction conflict(Fields& item, const YamlNode& subject) {
  CallFault fault = call_fault(item, subject, CallFault::Kind::kConflict);
  const std::vector<std::string>& verbs = fault.calls.verbs;
  const bool writes = std::all_of(verbs.begin(), verbs.end(), [](const std::string& verb) {
    return verb == "update" || verb == "patch" || verb == "delete";
  });
  if (verbs.empty() || !writes)
    item.wrong("a conflict needs calls that write an object", "write verb: [update, patch]");
  return fault;
}

Watches read_watches(const YamlNode& node, Context& context) {
  Watches watches;
  Fields fields(node, context, "the watches of a fault");
  fields.optional_word("kind", call_kind_words(), watches.kind);
  read_client(fields, watches.by);
  fields.finish();
  return watches;
}

FaultAction cut_watches(Fields& item, const YamlNode& subject) {
  CutWatches fault{.how = "reset"};
  fault.watches = read_watches(subject, item.context());
  item.optional_word("how", cut_words(), fault.how);
  return fault;
}

FaultAction hold_watches(Fields& item, const YamlNode& subject) {
  return SlowWatches{.watches = read_watches(subject, item.context())};
}

FaultAction delay_watches(Fields& item, const YamlNode& subject) {
  SlowWatches fault{.watches = read_watches(subject, item.context())};
  item.required("delay", fault.delay.emplace());
  return fault;
}

FaultAction break_webhook(Fields& item, const YamlNode& subject) {
  BreakWebhook fault{.how = "refused"};
  read_word(subject, item.context(), "the webhook", webhook_words(), fault.webhook);
  item.optional_word("how", webhook_trouble_words(), fault.how);
  if (fault.how == "slow") item.required("delay", fault.delay);
  return fault;
}

// 0: all of them.
int read_server(const YamlNode& node, Context& context, std::string_view label) {
  static const std::vector<std::string> kServers = {"api-servers",  "api-server",   "api-server-2",
                                                    "api-server-3", "api-server-4", "api-server-5"};
  std::string word = kServers.front();
  if (!read_word(node, context, label, kServers, word)) return 0;
  const auto server = std::find(kServers.begin(), kServers.end(), word) - kServers.begin();
  if (server > 1) context.references.push_back({Reference::To::kApiServer, word, node.position});
  return static_cast<int>(server);
}

FaultAction restart(Fields& item, const YamlNode& subject) {
  return RestartApiServer{read_server(subject, item.context(), "what restarts")};
}

FaultAction freeze_view(Fields& item, const YamlNode& subject) {
  FreezeView fault{.server = read_server(subject, item.context(), "what is frozen")};
  item.optional_word("kind", call_kind_words(), fault.kind);
  return fault;
}

FaultAction storage(Fields& item, const YamlNode& subject) {
  StorageTrouble fault;
  read_word(subject, item.context(), "storage", storage_words(), fault.what);
  if (fault.what == "rewound") item.required_reference("to", Reference::To::kMoment, fault.to);
  if (item.has("for") && (fault.what == "compacted" || fault.what == "rewound"))
    item.wrong("this fault can't be healed", "remove 'for'");
  return fault;
}

FaultAction pause(Fields& item, const YamlNode& subject) {
  Pause fault;
  read_value(subject, item.context(), "what is paused", fault.place);
  if (fault.place.position.line != 0 && fault.place.kind != Place::Kind::kController &&
      fault.place.kind != Place::Kind::kPod)
    item.context().errors.add(fault.place.position, "this fault can't happen there",
                              "write controller or Pod/NAME");
  return fault;
}

FaultAction skew_clock(Fields& item, const YamlNode& subject) {
  SkewClock fault;
  read_value(subject, item.context(), "whose clock is wrong", fault.of);
  Duration behind{0};
  item.optional("ahead", fault.ahead);
  item.optional("behind", behind);
  if (item.has("ahead") && item.has("behind"))
    item.wrong("a clock is ahead or behind", "remove one of them");
  if (item.has("behind")) fault.ahead = -behind;
  item.optional_between("percent", 1, 1000, fault.percent);
  if (!item.has("ahead") && !item.has("behind") && !item.has("percent"))
    item.wrong("nothing is wrong with this clock", "add 'ahead', 'behind' or 'percent'");
  return fault;
}

FaultAction crash_at_commit(Fields& item, const YamlNode& subject) {
  CrashAtCommit fault{.calls = read_calls(subject, item.context())};
  const std::vector<std::string>& verbs = fault.calls.verbs;
  const bool writes = std::none_of(verbs.begin(), verbs.end(), [](const std::string& verb) {
    return verb == "get" || verb == "list" || verb == "watch";
  });
  if (verbs.empty() || !writes)
    item.wrong("only writes are committed", "write verb: create, update, patch or delete");
  if (fault.calls.by && fault.calls.by->kind != Place::Kind::kController)
    item.context().errors.add(fault.calls.by->position, "this fault can't happen there",
                              "write controller");
  item.optional_between("times", 1, 1'000'000, fault.times);
  item.optional_between("skip", 0, 1'000'000, fault.skip);
  item.optional("for", fault.down);
  return fault;
}

FaultAction remove_definition(Fields& item, const YamlNode& subject) {
  RemoveDefinition fault;
  read_word(subject, item.context(), "the definition", definition_words(), fault.kind);
  return fault;
}

FaultAction reuse_addresses(Fields& item, const YamlNode& subject) {
  ReuseAddresses fault;
  read_value(subject, item.context(), "the node", fault.node);
  const bool node =
      fault.node.kind == Place::Kind::kNode || fault.node.kind == Place::Kind::kNodeOf;
  if (fault.node.position.line != 0 && !node)
    item.context().errors.add(fault.node.position, "this fault can't happen there",
                              "write Node/<name> or 'node of Pod/<name>'");
  return fault;
}

constexpr Kind<FaultAction> kKinds[] = {
    {"refuse", refuse},
    {"lose_request", lose_request},
    {"lose_answer", lose_answer},
    {"delay_request", delay_request},
    {"delay_answer", delay_answer},
    {"break_off", break_off},
    {"conflict", conflict},
    {"cut_watches", cut_watches},
    {"hold_watches", hold_watches},
    {"delay_watches", delay_watches},
    {"break_webhook", break_webhook},
    {"restart", restart},
    {"freeze_view", freeze_view},
    {"storage", storage},
    {"pause", pause},
    {"skew_clock", skew_clock},
    {"crash_at_commit", crash_at_commit},
    {"remove_definition", remove_definition},
    {"reuse_addresses", reuse_addresses},
};

}  // namespace

std::span<const Kind<FaultAction>> kube_fault_kinds() { return kKinds; }

}  // namespace drydock::harness::scenario

// Faults of the Kubernetes API as a scenario writes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/memory_files.h"

namespace drydock::harness::scenario {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A scenario whose only fault is `text`, an item in flow style.
Parsed parse_fault(const std::string& text) {
  return parse_text("name: n\nkubernetes: {api_servers: 2}\nclusters: {c: {}}\nfaults:\n  - " +
                    text + "\nexpect: []\n");
}

template <class T>
T fault_of(const std::string& text) {
  const Parsed parsed = parse_fault(text);
  EXPECT_THAT(parsed.errors, IsEmpty());
  if (!parsed.scenario) return {};
  return std::get<T>(parsed.scenario->faults.at(0).action);
}

TEST(CallFaults, OneHitsTheNextCallOnlyUnlessItIsToldOtherwise) {
  EXPECT_EQ(fault_of<CallFault>("{lose_answer: {}}").times, 1);
  EXPECT_EQ(fault_of<CallFault>("{lose_answer: {}, times: 3}").times, 3);
  EXPECT_EQ(fault_of<CallFault>("{lose_answer: {}, for: 1m}").times, 0);
  EXPECT_EQ(fault_of<CallFault>("{lose_answer: {}, for: 1m, times: 3}").times, 3);
}

TEST(CallFaults, TheCallsCanBeNarrowedDown) {
  const CallFault fault = fault_of<CallFault>(
      "{refuse: {verb: [update, patch], of: Lease/drydock-operator, subresource: status, "
      "by: controller}, with: forbidden, skip: 2}");
  EXPECT_EQ(fault.kind, CallFault::Kind::kRefuse);
  EXPECT_THAT(fault.calls.verbs, ElementsAre("update", "patch"));
  EXPECT_EQ(fault.calls.of, (ObjectRef{"Lease", "drydock-operator"}));
  EXPECT_EQ(fault.calls.subresource, "status");
  ASSERT_TRUE(fault.calls.by.has_value());
  EXPECT_EQ(fault.calls.by->kind, Place::Kind::kController);
  EXPECT_EQ(fault.with, "forbidden");
  EXPECT_EQ(fault.skip, 2);
}

TEST(CallFaults, ARefusalIs503AndALostAnswerIsAResetUnlessTheySayMore) {
  EXPECT_EQ(fault_of<CallFault>("{refuse: {kind: Event}}").with, "unavailable");
  EXPECT_EQ(fault_of<CallFault>("{lose_answer: {}}").with, "");
  const CallFault fault =
      fault_of<CallFault>("{lose_answer: {}, with: internal-error, retry_after: 2s}");
  EXPECT_EQ(fault.with, "internal-error");
  EXPECT_EQ(fault.retry_after, seconds(2));
}

TEST(CallFaults, WatchesWebhooksServersAndAddressesHaveFaultsOfTheirOwn) {
  EXPECT_EQ(fault_of<CutWatches>("{cut_watches: {kind: Pod}}").how, "reset");
  EXPECT_EQ(fault_of<CutWatches>("{cut_watches: {}, how: mid-line}").how, "mid-line");
  EXPECT_EQ(fault_of<BreakWebhook>("{break_webhook: all}").how, "refused");
  EXPECT_EQ(fault_of<BreakWebhook>("{break_webhook: vbackup.kb.io, how: slow, delay: 3s}").delay,
            seconds(3));
  EXPECT_EQ(fault_of<RestartApiServer>("{restart: api-servers}").server, 0);
  EXPECT_EQ(fault_of<RestartApiServer>("{restart: api-server-2}").server, 2);
  EXPECT_EQ(fault_of<Pause>("{pause: controller, for: 20s}").place.kind, Place::Kind::kController);
  EXPECT_EQ(fault_of<Pause>("{pause: Pod/c-0}").place.name, "c-0");
  EXPECT_EQ(fault_of<ReuseAddresses>("{reuse_addresses: Node/node-1}").node.name, "node-1");
}

TEST(ClockFaults, AClockIsAheadOrBehindOrRunsAtAnotherRate) {
  const SkewClock ahead = fault_of<SkewClock>("{skew_clock: controller, ahead: 10m}");
  EXPECT_EQ(ahead.of.kind, Place::Kind::kController);
  EXPECT_EQ(ahead.ahead, minutes(10));
  EXPECT_EQ(ahead.percent, 100);
  const SkewClock behind =
      fault_of<SkewClock>("{skew_clock: Node/node-1, behind: 1h, percent: 90, for: 1m}");
  EXPECT_EQ(behind.ahead, -hours(1));
  EXPECT_EQ(behind.percent, 90);
}

TEST(CrashFaults, AControllerCrashesAtTheCommitOfTheNextWriteUnlessItIsToldOtherwise) {
  const CrashAtCommit next = fault_of<CrashAtCommit>("{crash_at_commit: {verb: create}}");
  EXPECT_EQ(next.skip, 0);
  EXPECT_EQ(next.times, 1);
  EXPECT_EQ(next.down, std::nullopt);
  const CrashAtCommit third = fault_of<CrashAtCommit>(
      "{crash_at_commit: {verb: patch, kind: Pod}, skip: 2, times: 4, for: 20s}");
  EXPECT_EQ(third.calls.of.kind, "Pod");
  EXPECT_EQ(third.skip, 2);
  EXPECT_EQ(third.times, 4);
  EXPECT_EQ(third.down, seconds(20));
}

TEST(DefinitionFaults, OneOfTheProductsDefinitionsIsRemoved) {
  EXPECT_EQ(fault_of<RemoveDefinition>("{remove_definition: Restore}").kind, "Restore");
}

TEST(CallFaults, AFaultThatShouldHaveActedIsNamed) {
  const Parsed parsed = parse_text(
      "name: n\nfaults: [{name: lost, lose_answer: {}}]\n"
      "expect: [{fired: lost, at_least: 2, at_most: 4}]\n");
  ASSERT_THAT(parsed.errors, IsEmpty());
  const auto& fired = std::get<FaultFired>(parsed.scenario->expect.at(0).assertion);
  EXPECT_EQ(fired.fault, "lost");
  EXPECT_EQ(fired.at_least, 2);
  EXPECT_EQ(fired.at_most, 4);
}

struct Mistake {
  const char* name;
  const char* text;
  const char* line;

  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }
};

class AMistakeInACallFault : public testing::TestWithParam<Mistake> {};

TEST_P(AMistakeInACallFault, IsOneExactLine) {
  EXPECT_THAT(parse_fault(GetParam().text).errors, ElementsAre(GetParam().line));
}

INSTANTIATE_TEST_SUITE_P(
    All, AMistakeInACallFault,
    testing::Values(
        Mistake{"Kind", "{lose_anser: {}}",
                "s/x.yaml:5:6: 'lose_anser' is no kind of a fault; the nearest valid kind is "
                "'lose_answer'"},
        Mistake{"Verb", "{refuse: {verb: creat}}",
                "s/x.yaml:5:21: verb can't be 'creat'; the nearest valid word is 'create'"},
        Mistake{"KindOfObject", "{refuse: {kind: Pot}}",
                "s/x.yaml:5:21: kind can't be 'Pot'; the nearest valid word is 'Pod'"},
        Mistake{"Refusal", "{refuse: {}, with: quotas}",
                "s/x.yaml:5:24: with can't be 'quotas'; the nearest valid word is 'quota'"},
        Mistake{"CallsKey", "{refuse: {vreb: get}}",
                "s/x.yaml:5:15: unknown key 'vreb' in the calls of a fault; the nearest valid key "
                "is 'verb'"},
        Mistake{"Client", "{refuse: {by: api-server}}",
                "s/x.yaml:5:19: no calls to the API server come from there; write controller, or "
                "Node/<name> for its kubelet"},
        Mistake{"KindAndOf", "{refuse: {kind: Lease, of: Lease/x}}",
                "s/x.yaml:5:14: calls have 'kind' and 'of'; remove 'kind'"},
        Mistake{"Object", "{refuse: {of: Backup/b}}",
                "s/x.yaml:5:19: there is no object 'Backup/b' in this scenario; valid objects are: "
                "Infinispan/c, Pod/c-0, Pod/c-1, Pod/c-2"},
        Mistake{"FractionOfASecond", "{refuse: {}, retry_after: 500ms}",
                "s/x.yaml:5:5: retry_after has whole seconds; write for example 1s"},
        Mistake{"RetryAfterOfAReset", "{lose_answer: {}, retry_after: 1s}",
                "s/x.yaml:5:5: a reset has no retry_after; add 'with:'"},
        Mistake{"Delay", "{delay_answer: {}}",
                "s/x.yaml:5:5: a fault has no 'delay'; add 'delay:'"},
        Mistake{"ConflictOfReads", "{conflict: {verb: get}}",
                "s/x.yaml:5:5: a conflict needs calls that write an object; write verb: [update, "
                "patch]"},
        Mistake{"How", "{cut_watches: {}, how: midline}",
                "s/x.yaml:5:28: how can't be 'midline'; the nearest valid word is 'mid-line'"},
        Mistake{"CutsDoNotLast", "{cut_watches: {}, for: 1s}",
                "s/x.yaml:5:5: this fault can't be healed; remove 'for'"},
        Mistake{"Webhook", "{break_webhook: vbackup}",
                "s/x.yaml:5:21: the webhook can't be 'vbackup'; valid words are: all, "
                "mbackup.kb.io, mrestore.kb.io, minfinispan.kb.io, vbackup.kb.io, vrestore.kb.io, "
                "vinfinispan.kb.io"},
        Mistake{"SlowWithoutDelay", "{break_webhook: all, how: slow}",
                "s/x.yaml:5:5: a fault has no 'delay'; add 'delay:'"},
        Mistake{"Server", "{restart: api-servr}",
                "s/x.yaml:5:15: what restarts can't be 'api-servr'; the nearest valid word is "
                "'api-server'"},
        Mistake{"Paused", "{pause: Node/node-1}",
                "s/x.yaml:5:13: this fault can't happen there; write controller or Pod/NAME"},
        Mistake{"AheadAndBehind", "{skew_clock: controller, ahead: 1m, behind: 1m}",
                "s/x.yaml:5:5: a clock is ahead or behind; remove one of them"},
        Mistake{"ClockThatIsRight", "{skew_clock: controller}",
                "s/x.yaml:5:5: nothing is wrong with this clock; add 'ahead', 'behind' or "
                "'percent'"},
        Mistake{"CommitOfReads", "{crash_at_commit: {verb: [create, get]}}",
                "s/x.yaml:5:5: only writes are committed; write verb: create, update, patch or "
                "delete"},
        Mistake{"CommitOfAKubelet", "{crash_at_commit: {verb: create, by: Node/n}}",
                "s/x.yaml:5:42: this fault can't happen there; write controller"},
        Mistake{"Definition", "{remove_definition: Pod}",
                "s/x.yaml:5:25: the definition can't be 'Pod'; valid words are: Backup, Restore, "
                "Infinispan"},
        Mistake{"Reused", "{reuse_addresses: c}",
                "s/x.yaml:5:23: this fault can't happen there; write Node/<name> or 'node of "
                "Pod/<name>'"}),
    [](const auto& mistake) { return mistake.param.name; });

TEST(CallFaults, AnUnknownFaultIsNotExpected) {
  const Parsed parsed =
      parse_text("name: n\nfaults: [{name: lost, lose_answer: {}}]\nexpect: [{fired: last}]\n");
  EXPECT_THAT(parsed.errors, ElementsAre("s/x.yaml:3:18: there is no fault 'last' in this "
                                         "scenario; the nearest valid fault is 'lost'"));
}

}  // namespace
}  // namespace drydock::harness::scenario

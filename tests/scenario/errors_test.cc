// Each kind of mistake gives one line: where, what is wrong, what would be right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/errors.h"
#include "tests/scenario/memory_files.h"

namespace drydock::harness::scenario {
namespace {

using testing::ElementsAre;

struct Mistake {
  const char* name;
  const char* text;
  const char* line;

  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }
};

class AMistake : public testing::TestWithParam<Mistake> {};

TEST_P(AMistake, IsOneExactLine) {
  const std::map<std::string, std::string> files = {
      {"s/cr/b.yaml", "apiVersion: v\nkind: Backup\nmetadata: {name: b}\n"},
      {"s/cr/bad.yaml", "apiVersion: v\nkind: Backup\nspec: {}\n"},
      {"s/cr/twice.yaml", "apiVersion: v\nkind: Backup\nkind: Restore\n"}};
  const Parsed parsed = parse_text(GetParam().text, files);
  EXPECT_FALSE(parsed.scenario.has_value());
  EXPECT_THAT(parsed.errors, ElementsAre(GetParam().line));
}

INSTANTIATE_TEST_SUITE_P(
    All, AMistake,
    testing::Values(
        Mistake{"UnknownTopKey", "name: n\nclusers: {}\nexpect: []\n",
                "s/x.yaml:2:1: unknown key 'clusers' in a scenario; the nearest valid key is "
                "'clusters'"},
        Mistake{"UnknownKeyNearNothing", "name: n\nvolumes: {zzzzzz: 1}\nexpect: []\n",
                "s/x.yaml:2:11: unknown key 'zzzzzz' in 'volumes'; valid keys are: latency, "
                "bandwidth"},
        Mistake{"UnknownClusterKey", "name: n\nclusters:\n  c: {node: 3}\nexpect: []\n",
                "s/x.yaml:3:7: unknown key 'node' in cluster 'c'; the nearest valid key is "
                "'nodes'"},
        Mistake{"DuplicateKey", "name: n\nseed: 1\nseed: 2\nexpect: []\n",
                "s/x.yaml:3:1: the key 'seed' is there twice; the first is in line 2; keep one"},
        Mistake{"MissingName", "expect: []\n",
                "s/x.yaml:1:1: a scenario has no 'name'; add 'name:'"},
        Mistake{"MissingExpect", "name: n\n",
                "s/x.yaml:1:1: a scenario has no 'expect'; add 'expect:'"},
        Mistake{"NotANumber", "name: n\nclusters:\n  c: {nodes: three}\nexpect: []\n",
                "s/x.yaml:3:14: nodes must be a whole number, not 'three'; write for example 3"},
        Mistake{"OutOfRange", "name: n\nclusters:\n  c: {nodes: 0}\nexpect: []\n",
                "s/x.yaml:3:14: nodes can't be 0; write a number from 1 to 100"},
        Mistake{"QuotedNumber", "name: n\nseed: \"1\"\nexpect: []\n",
                "s/x.yaml:2:7: seed must be a whole number from 0, not '1'; write for example 3"},
        Mistake{"NotABool", "name: n\nadmission: off\nexpect: []\n",
                "s/x.yaml:2:12: admission must be true or false, not 'off'; write for example "
                "true"},
        Mistake{"BadDuration", "name: n\ntime_limit: 10 minutes\nexpect: []\n",
                "s/x.yaml:2:13: time_limit must be a duration, not '10 minutes'; write for example "
                "90s, 250ms or 1m30s"},
        Mistake{"NegativeDuration", "name: n\nsteps:\n  - wait: -5s\nexpect: []\n",
                "s/x.yaml:3:11: wait must be a duration, not '-5s'; write for example 90s, 250ms "
                "or 1m30s"},
        Mistake{"BadTime", "name: n\nepoch: yesterday\nexpect: []\n",
                "s/x.yaml:2:8: epoch must be a time, not 'yesterday'; write for example "
                "2026-11-23T05:49:00Z"},
        Mistake{"BadBandwidth", "name: n\nvolumes: {bandwidth: 10Mi}\nexpect: []\n",
                "s/x.yaml:2:22: bandwidth must be bytes per second, not '10Mi'; write for example "
                "30Mi/s"},
        Mistake{"BadQuantity",
                "name: n\nclusters:\n  c:\n    caches: {a: {}}\n    data:\n"
                "      - {cache: a, generate: {entries: 5, value_bytes: lots}}\nexpect: []\n",
                "s/x.yaml:6:56: value_bytes must be a number of bytes, not 'lots'; write for "
                "example 64, 10Ki or 1Mi"},
        Mistake{"UnknownCluster",
                "name: n\nclusters: {source: {}}\nsteps:\n"
                "  - add_node: sorce\nexpect: []\n",
                "s/x.yaml:4:15: there is no cluster 'sorce' in this scenario; the nearest valid "
                "cluster is 'source'"},
        Mistake{"UnknownCache",
                "name: n\nclusters: {c: {caches: {one: {}}}}\nsteps:\n"
                "  - {put: c, cache: two-and-more, entries: {k: v}}\nexpect: []\n",
                "s/x.yaml:4:21: there is no cache 'two-and-more' in this scenario; valid caches "
                "are: one"},
        Mistake{"UnknownCr",
                "name: n\nsteps:\n  - apply: cr/b.yaml\n"
                "  - wait: {phase: Running, of: Backup/bb}\nexpect: []\n",
                "s/x.yaml:4:32: there is no object 'Backup/bb' in this scenario; the nearest valid "
                "object is 'Backup/b'"},
        Mistake{"UnknownPod", "name: n\nclusters: {c: {nodes: 1}}\nexpect:\n  - exists: Pod/c-1\n",
                "s/x.yaml:4:13: there is no object 'Pod/c-1' in this scenario; the nearest valid "
                "object is 'Pod/c-0'"},
        Mistake{"UnknownMark",
                "name: n\nclusters: {c: {}}\nsteps:\n  - mark: begin\nexpect:\n"
                "  - {counters: c, from: begn, zero: owners_changed}\n",
                "s/x.yaml:6:25: there is no mark 'begn' in this scenario; the nearest valid mark "
                "is 'begin'"},
        Mistake{"NameOfNothingIsAbsentByTypo",
                "name: n\nclusters: {c: {counters: {hits: 1}}}\n"
                "expect:\n  - {cluster: c, lacks: {counters: hit}}\n",
                "s/x.yaml:4:36: there is no name 'hit' in this scenario; the nearest valid name is "
                "'hits'"},
        Mistake{"MarkTwice", "name: n\nsteps:\n  - mark: m\n  - mark: m\nexpect: []\n",
                "s/x.yaml:4:5: there is another mark or fault 'm'; give each its own name"},
        Mistake{"UnknownPhase",
                "name: n\nsteps: [{apply: cr/b.yaml}]\nexpect:\n"
                "  - {phases: Backup/b, are: [Runing]}\n",
                "s/x.yaml:4:30: are can't be 'Runing'; the nearest valid word is 'Running'"},
        Mistake{"UnknownKind", "name: n\nexpect:\n  - exists: Backupp/b\n",
                "s/x.yaml:3:13: unknown kind 'Backupp' in the object; the nearest valid kind is "
                "'Backup'"},
        Mistake{"UnknownInstrument",
                "name: n\nclusters: {c: {}}\nexpect:\n"
                "  - {counters: c, zero: segments_movd}\n",
                "s/x.yaml:4:25: zero can't be 'segments_movd'; the nearest valid word is "
                "'segments_moved'"},
        Mistake{"UnknownStep", "name: n\nsteps:\n  - aply: cr/b.yaml\nexpect: []\n",
                "s/x.yaml:3:5: 'aply' is no kind of a step; the nearest valid kind is 'apply'"},
        Mistake{"UnknownFault",
                "name: n\nfaults:\n  - {name: x, kill_contaner: Pod/b}\nexpect: []\n",
                "s/x.yaml:3:15: 'kill_contaner' is no kind of a fault; the nearest valid kind is "
                "'kill_container'"},
        Mistake{"UnknownTrigger",
                "name: n\nsteps:\n  - wait: {fase: Running, of: Backup/b}\n"
                "expect: []\n",
                "s/x.yaml:3:12: 'fase' is no kind of a wait; the nearest valid kind is 'phase'"},
        Mistake{"FaultInAWrongPlace",
                "name: n\nclusters: {c: {}}\nfaults:\n"
                "  - lose_node: Pod/c-0\nexpect: []\n",
                "s/x.yaml:4:16: this fault can't happen there; write Node/<name> or 'node of "
                "Pod/<name>'"},
        Mistake{"FaultThatCantHeal",
                "name: n\nclusters: {c: {}}\nfaults:\n"
                "  - {kill_container: Pod/c-0, for: 3s}\nexpect: []\n",
                "s/x.yaml:4:5: this fault can't be healed; remove 'for'"},
        Mistake{"CutWithOneEnd", "name: n\nfaults:\n  - cut: [controller]\nexpect: []\n",
                "s/x.yaml:3:10: a cut has two ends; write for example [controller, "
                "Pod/my-backup]"},
        Mistake{"ExpectationThatSaysNothing",
                "name: n\nsteps: [{apply: cr/b.yaml}]\nexpect:\n"
                "  - phase: Backup/b\n",
                "s/x.yaml:4:5: an expectation says nothing about 'phase'; add one of: is, "
                "reaches"},
        Mistake{"ExpectIsNoList", "name: n\nexpect: {phase: Backup/b}\n",
                "s/x.yaml:2:9: 'expect' must be a list; begin each item with '- '"},
        Mistake{"OwnersOfAReplicatedCache",
                "name: n\nclusters:\n  c:\n    caches:\n"
                "      a: {mode: replicated, owners: 2}\nexpect: []\n",
                "s/x.yaml:5:10: a replicated cache has no number of owners; remove 'owners' or "
                "write 'mode: distributed'"},
        Mistake{"CounterOutsideItsBounds",
                "name: n\nclusters:\n  c:\n    counters:\n"
                "      a: {value: 5, upper: 4}\nexpect: []\n",
                "s/x.yaml:5:10: the counter's value is outside its bounds; widen the bounds"},
        Mistake{"MissingCrFile", "name: n\nsteps:\n  - apply: cr/none.yaml\nexpect: []\n",
                "s/x.yaml:3:12: can't read s/cr/none.yaml; paths are relative to the scenario's "
                "folder"},
        Mistake{"MissingArchiveFile",
                "name: n\nclusters: {c: {}}\nexpect:\n"
                "  - {cluster: c, holds_archive: none.zip}\n",
                "s/x.yaml:4:33: can't read s/none.zip; paths are relative to the scenario's "
                "folder"},
        Mistake{"CrWithoutName", "name: n\nsteps:\n  - apply: cr/bad.yaml\nexpect: []\n",
                "s/cr/bad.yaml:1:1: the object has no 'metadata.name'; add 'metadata.name' with a "
                "string"},
        Mistake{"CrWithDuplicateKey", "name: n\nsteps:\n  - apply: cr/twice.yaml\nexpect: []\n",
                "s/cr/twice.yaml:3:1: the key 'kind' is there twice; the first is in line 2; keep "
                "one"},
        Mistake{"ArchiveWithoutMark",
                "name: n\narchives:\n"
                "  - {file: cr/b.yaml, backup: cr/b.yaml}\nexpect: []\n",
                "s/cr/b.yaml:1:1: a brought archive's Backup isn't marked; annotate it with "
                "drydock.dev/imported: \"true\""},
        Mistake{"Anchor", "name: &a n\nexpect: []\n",
                "s/x.yaml:1:7: anchors and aliases are not read; write the value out"},
        Mistake{"Tag", "name: !!int 3\nexpect: []\n",
                "s/x.yaml:1:7: the tag 'tag:yaml.org,2002:int' is not read; leave it out and quote "
                "what must be a string"},
        Mistake{"KeyThatIsAList", "name: n\n[a, b]: c\nexpect: []\n",
                "s/x.yaml:2:1: a key must be a word; write 'key: value'"},
        Mistake{"NotYaml", "name: n\n  bad: [\nexpect: []\n",
                "s/x.yaml:2:6: not YAML (illegal map value); check indentation and quotes"},
        Mistake{"Empty", "", "s/x.yaml:1:1: 0 documents; a scenario is exactly one"},
        Mistake{"TwoDocuments", "name: n\n---\nname: m\n",
                "s/x.yaml:1:1: 2 documents; a scenario is exactly one"},
        Mistake{"AList", "- name: n\n",
                "s/x.yaml:1:1: a scenario must be a mapping, not a list; write 'key: value' "
                "lines"}),
    [](const auto& mistake) { return mistake.param.name; });

TEST(Errors, AllMistakesOfAFileAreSaidAtOnce) {
  const Parsed parsed = parse_text("name: n\nsead: 1\nepoch: never\nexpect: []\n");
  EXPECT_THAT(parsed.errors,
              ElementsAre("s/x.yaml:3:8: epoch must be a time, not 'never'; write for example "
                          "2026-11-23T05:49:00Z",
                          "s/x.yaml:2:1: unknown key 'sead' in a scenario; the nearest valid key "
                          "is 'seed'"));
}

TEST(Errors, AFileThatIsTooLongIsRefusedUnread) {
  const Parsed parsed = parse_text(std::string(kMaxYamlBytes + 1, ' '));
  EXPECT_THAT(parsed.errors,
              ElementsAre("s/x.yaml:1:1: the file is too long; at most 1048576 bytes are read"));
}

TEST(Errors, NestingBeyondTheLimitIsRefused) {
  const Parsed parsed = parse_text("name: " + std::string(70, '[') + std::string(70, ']') + "\n");
  EXPECT_THAT(parsed.errors,
              ElementsAre("s/x.yaml:1:70: nested deeper than 64 levels; make it flatter"));
}

TEST(Errors, AHundredThousandBracketsDoNotOverflowTheStack) {
  const Parsed parsed = parse_text("name: " + std::string(100'000, '[') + "\n");
  EXPECT_EQ(parsed.errors.size(), 1u);
}

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("phase", "phases"), 1u);
  EXPECT_EQ(edit_distance("phase", "fase"), 2u);
  EXPECT_EQ(edit_distance("seed", "sead"), 1u);
  EXPECT_EQ(edit_distance("expect", "epxect"), 1u);
}

}  // namespace
}  // namespace drydock::harness::scenario

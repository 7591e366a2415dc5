// What the language means, and that every scenario of the repository is written in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/scenario/yaml.h"
#include "tests/scenario/memory_files.h"

namespace drydock::harness::scenario {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Scenario parse_ok(const std::string& text, std::map<std::string, std::string> others = {}) {
  Parsed parsed = parse_text(text, std::move(others));
  EXPECT_THAT(parsed.errors, IsEmpty());
  return parsed.scenario.value_or(Scenario{});
}

template <class T>
const T& step(const Scenario& scenario, size_t index) {
  return std::get<T>(scenario.steps.at(index).action);
}

template <class T>
const T& assertion(const Scenario& scenario, size_t index) {
  return std::get<T>(scenario.expect.at(index).assertion);
}

TEST(Parse, WhatIsNotSaidHasItsDefault) {
  const Scenario scenario = parse_ok("name: n\nclusters: {c: {caches: {a: }}}\nexpect: []\n");
  EXPECT_EQ(scenario.name, "n");
  EXPECT_FALSE(scenario.seed.has_value());
  EXPECT_EQ(format_rfc3339(scenario.epoch), "2026-01-01T00:00:00Z");
  EXPECT_TRUE(scenario.admission);
  EXPECT_EQ(scenario.controllers, 1);
  ASSERT_EQ(scenario.clusters.size(), 1u);
  const Cluster& cluster = scenario.clusters[0];
  EXPECT_EQ(cluster.nodes, 3);
  EXPECT_EQ(cluster.image, "drydock/agent");
  EXPECT_EQ(cluster.service, "DataGrid");
  EXPECT_FALSE(cluster.starts_later);
  ASSERT_EQ(cluster.content.caches.size(), 1u);
  EXPECT_EQ(cluster.content.caches[0].mode, CacheMode::kDistributed);
  EXPECT_EQ(cluster.content.caches[0].owners, 2);
  EXPECT_EQ(cluster.content.caches[0].segments, 256);
}

TEST(Parse, AWorldSaysItsContent) {
  const Scenario scenario = parse_ok(R"(
name: n
seed: 18446744073709551615
epoch: 2026-11-23T05:49:00Z
admission: false
time_limit: 2h
kubernetes: {machines: 5, controllers: 2}
network: {latency: 200us, bandwidth: 100M/s}
clusters:
  c:
    starts: later
    caches:
      raw: {configuration: "<local-cache name=\"raw\"/>"}
      r: {mode: replicated, media_type: text/plain}
    counters:
      plain: 42
      bounded: {value: 3, lower: 0, upper: 9, storage: persistent}
      weak: {type: weak, initial: 5}
    data:
      - {cache: r, entries: {k: 1, "2": "two"}, lifespan: 25s}
      - {cache: r, generate: {entries: 10, value_bytes: 1Ki, prefix: p}}
expect: []
)");
  EXPECT_EQ(scenario.seed, UINT64_MAX);
  EXPECT_EQ(scenario.time_limit, hours(2));
  EXPECT_EQ(scenario.machines, 5);
  EXPECT_EQ(scenario.network.latency, microseconds(200));
  EXPECT_EQ(scenario.network.bytes_per_second, 100'000'000);
  const Content& content = scenario.clusters.at(0).content;
  EXPECT_TRUE(scenario.clusters[0].starts_later);
  EXPECT_EQ(content.caches.at(0).configuration, "<local-cache name=\"raw\"/>");
  EXPECT_EQ(content.caches.at(1).mode, CacheMode::kReplicated);
  EXPECT_EQ(content.counters.at(0).record.value, 42);
  EXPECT_EQ(content.counters.at(1).record.configuration.type, CounterType::kBoundedStrong);
  EXPECT_EQ(content.counters.at(1).record.configuration.storage, CounterStorage::kPersistent);
  EXPECT_EQ(content.counters.at(2).record.configuration.type, CounterType::kWeak);
  EXPECT_EQ(content.counters.at(2).record.value, 5);
  const auto& entries = std::get<InlineEntries>(content.data.at(0));
  EXPECT_THAT(entries.entries, ElementsAre(Pair("k", "1"), Pair("2", "two")));
  EXPECT_EQ(entries.lifespan, seconds(25));
  const auto& generated = std::get<GeneratedEntries>(content.data.at(1));
  EXPECT_EQ(generated.cache, "r");
  EXPECT_EQ(generated.entries, 10);
  EXPECT_EQ(generated.value_bytes, 1024);
  EXPECT_EQ(generated.prefix, "p");
}

TEST(Parse, StepsKeepTheirOrderAndPlace) {
  const Scenario scenario = parse_ok(R"(name: n
clusters: {c: {caches: {a: {}}}}
steps:
  - apply: cr/b.yaml
  - wait: {phase: Running, of: Backup/b, timeout: 5s}
  - wait: 30s
  - edit: Backup/b
    patch: {spec: {cluster: d}}
    refused: immutable
  - delete: Backup/b
  - traffic: t
    cluster: c
    cache: a
    operation: put
    every: 10ms
    count: 7
expect: []
)",
                                     {{"s/cr/b.yaml",
                                       "apiVersion: infinispan.org/v2alpha1\nkind: Backup\n"
                                       "metadata: {name: b}\nspec: {cluster: c}\n"}});
  ASSERT_EQ(scenario.steps.size(), 6u);
  const Manifest& manifest = step<Apply>(scenario, 0).objects.at(0);
  EXPECT_EQ(manifest.ref.to_string(), "Backup/b");
  EXPECT_EQ(json_text(*manifest.object),
            R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup",)"
            R"("metadata":{"name":"b"},"spec":{"cluster":"c"}})");
  EXPECT_EQ(manifest.position.to_string(), "s/cr/b.yaml:1:1");
  EXPECT_EQ(step<Wait>(scenario, 1).until.kind, Trigger::Kind::kPhase);
  EXPECT_EQ(step<Wait>(scenario, 1).timeout, seconds(5));
  EXPECT_EQ(scenario.steps[1].text, "wait: {phase: Running, of: Backup/b, timeout: 5s}");
  EXPECT_EQ(scenario.steps[1].position.to_string(), "s/x.yaml:5:5");
  EXPECT_EQ(step<Wait>(scenario, 2).until.kind, Trigger::Kind::kNow);
  EXPECT_EQ(step<Wait>(scenario, 2).until.after, seconds(30));
  EXPECT_EQ(json_text(*step<Edit>(scenario, 3).patch), R"({"spec":{"cluster":"d"}})");
  EXPECT_EQ(step<Edit>(scenario, 3).refused, "immutable");
  EXPECT_EQ(step<Delete>(scenario, 4).object.to_string(), "Backup/b");
  EXPECT_TRUE(step<Traffic>(scenario, 5).writes);
  EXPECT_EQ(step<Traffic>(scenario, 5).keys, 7);
}

TEST(Parse, FaultsHaveAPlaceAMomentAndAnEnd) {
  const Scenario scenario = parse_ok(R"(name: n
clusters: {c: {}}
faults:
  - cut: [controller, Pod/c-0]
    one_way: true
    name: cut
    for: 60s
    when: {members: 2, of: c, after: 3s}
  - lose_node: node of Pod/c-1
    when: {after: 10s}
  - crash: controller
steps:
  - fault: {delete_node: Node/machine-0}
expect: []
)");
  ASSERT_EQ(scenario.faults.size(), 3u);
  const Fault& fault = scenario.faults[0];
  const Cut& cut = std::get<Cut>(fault.action);
  EXPECT_EQ(cut.from.kind, Place::Kind::kController);
  EXPECT_EQ(cut.to.kind, Place::Kind::kPod);
  EXPECT_EQ(cut.to.name, "c-0");
  EXPECT_FALSE(cut.both_ways);
  EXPECT_EQ(fault.lasts, seconds(60));
  EXPECT_EQ(fault.when.kind, Trigger::Kind::kMembers);
  EXPECT_EQ(fault.when.number, 2);
  EXPECT_EQ(fault.when.after, seconds(3));
  EXPECT_EQ(std::get<LoseNode>(scenario.faults[1].action).node.kind, Place::Kind::kNodeOf);
  EXPECT_EQ(scenario.faults[1].when.kind, Trigger::Kind::kNow);
  EXPECT_EQ(scenario.faults[1].when.after, seconds(10));
  EXPECT_TRUE(std::holds_alternative<CrashController>(scenario.faults[2].action));
  const Fault& injected = step<Inject>(scenario, 0).fault;
  EXPECT_EQ(std::get<DeleteNode>(injected.action).node.name, "machine-0");
}

TEST(Parse, ExpectationsSayWhatMustBeSo) {
  const Scenario scenario = parse_ok(R"(name: n
clusters: {c: {caches: {a: {}, b: {}}, counters: {x: 1}}, d: {}}
expect:
  - cluster: c
    holds:
      caches:
        a: {exactly: {k: v}, without: [z], count: 1, mode: distributed}
        b: {generate: {entries: 3}}
      counters: {x: 1}
    lacks: {counters: x}
  - cluster: c
    equals: d
  - counters: c
    zero: [owners_changed]
    moved: topology_updates
  - log: Pod/c-0
    contains: text
)");
  const ClusterHolds& holds = assertion<ClusterHolds>(scenario, 0);
  ASSERT_EQ(holds.holds.caches.size(), 2u);
  EXPECT_THAT(*holds.holds.caches[0].exactly, ElementsAre(Pair("k", "v")));
  EXPECT_THAT(holds.holds.caches[0].without, ElementsAre("z"));
  EXPECT_EQ(holds.holds.caches[0].count, 1);
  EXPECT_EQ(holds.holds.caches[0].mode, CacheMode::kDistributed);
  EXPECT_EQ(holds.holds.caches[1].generated.at(0).entries, 3);
  EXPECT_EQ(holds.holds.counters.at("x"), 1);
  EXPECT_THAT(holds.lacks.counters, ElementsAre("x"));
  EXPECT_EQ(assertion<ClustersEqual>(scenario, 1).other, "d");
  EXPECT_THAT(assertion<CountersMoved>(scenario, 2).zero, ElementsAre("owners_changed"));
  EXPECT_THAT(assertion<CountersMoved>(scenario, 2).moved, ElementsAre("topology_updates"));
  EXPECT_THAT(assertion<LogContains>(scenario, 3).contains, ElementsAre("text"));
}

TEST(Parse, ExpectationsAskServersAndLookAtVolumes) {
  const Scenario scenario = parse_ok(R"(name: n
clusters: {c: {}}
expect:
  - rest: Pod/c-0
    path: /rest/v2/caches
    answers: 200
  - rest: Pod/c-0
    method: POST
    path: /rest/v2/container/backups/b
    body: "{}"
    at_once: 2
    answers: [202, 409]
    contains: text
    headers: {content-length: "0"}
  - files: PersistentVolumeClaim/b
    holds: b/b.zip
    lacks: [b/containers]
)");
  const RestAnswers& plain = assertion<RestAnswers>(scenario, 0);
  EXPECT_EQ(plain.pod.to_string(), "Pod/c-0");
  EXPECT_EQ(plain.method, "GET");
  EXPECT_EQ(plain.at_once, 1);
  EXPECT_THAT(plain.statuses, ElementsAre("200"));
  const RestAnswers& full = assertion<RestAnswers>(scenario, 1);
  EXPECT_EQ(full.method, "POST");
  EXPECT_EQ(full.path, "/rest/v2/container/backups/b");
  EXPECT_EQ(full.body, "{}");
  EXPECT_EQ(full.at_once, 2);
  EXPECT_THAT(full.statuses, ElementsAre("202", "409"));
  EXPECT_THAT(full.contains, ElementsAre("text"));
  EXPECT_THAT(full.headers, ElementsAre(Pair("content-length", "0")));
  const FilesAre& files = assertion<FilesAre>(scenario, 2);
  EXPECT_EQ(files.claim.name, "b");
  EXPECT_THAT(files.holds, ElementsAre("b/b.zip"));
  EXPECT_THAT(files.lacks, ElementsAre("b/containers"));
}

TEST(Parse, AYamlFileWithATopLevelExpectIsAScenario) {
  EXPECT_TRUE(is_scenario("name: n\nexpect: []\n"));
  EXPECT_FALSE(is_scenario("kind: Backup\nspec: {expect: 1}\n"));
  EXPECT_TRUE(is_scenario("name: [\nexpect: []\n"));  // broken, but meant as one
}

TEST(Yaml, PlainScalarsFollowTheCoreSchemaAndQuotedOnesAreStrings) {
  Errors errors;
  const auto documents = parse_yaml(
      "[1, -2, +3, 0x10, 0o17, 2.5, 1e3, true, False, ~, null, yes, on, 1Gi, 08x, '1', \"true\", "
      "18446744073709551615, .5, 2026-11-23T05:49:00Z]",
      "f", errors);
  EXPECT_THAT(errors.lines(), IsEmpty());
  EXPECT_EQ(json_text(*yaml_to_json(documents.at(0))),
            R"([1,-2,3,16,15,2.5,1000,true,false,null,null,"yes","on","1Gi","08x","1","true",)"
            R"(18446744073709551615,0.5,"2026-11-23T05:49:00Z"])");
}

TEST(Yaml, ALineIsCutBetweenCharacters) {
  Errors errors;
  const auto documents = parse_yaml("a: äöü\nb: [1, \"x\"]\n", "f", errors);
  EXPECT_EQ(yaml_line(documents.at(0)), "a: äöü, b: [1, \"x\"]");
  EXPECT_EQ(yaml_line(documents.at(0), 4), "a: …");
}

TEST(Repository, EveryScenarioIsWrittenInTheLanguage) {
  size_t scenarios = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(DRYDOCK_SOURCE_DIR "/scenarios")) {
    const bool in_cr = entry.path().parent_path().filename() == "cr";
    if (entry.path().extension() != ".yaml" || in_cr) continue;
    const std::string path = entry.path().string();
    const Parsed parsed = parse_scenario(path, read_file);
    EXPECT_THAT(parsed.errors, IsEmpty()) << path;
    ++scenarios;
  }
  EXPECT_GE(scenarios, 20u);
}

}  // namespace
}  // namespace drydock::harness::scenario

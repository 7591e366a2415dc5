// Images of real servers, their versions and quirks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/read_server.h"
#include "tests/scenario/memory_files.h"

namespace drydock::harness::scenario {
namespace {

using fakegrid::Quirk;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

Parsed parse_cluster(const std::string& keys, const std::string& more = "") {
  return parse_text("name: n\nclusters:\n  c: {" + keys + "}\nexpect: []\n" + more);
}

Cluster cluster_of(const std::string& keys) {
  const Parsed parsed = parse_cluster(keys);
  EXPECT_THAT(parsed.errors, IsEmpty());
  return parsed.scenario ? parsed.scenario->clusters.at(0) : Cluster{};
}

std::vector<std::string> errors_of(const std::string& keys, const std::string& more = "") {
  return parse_cluster(keys, more).errors;
}

TEST(ServerImage, TheTagIsTheVersionWhateverTheRegistry) {
  EXPECT_EQ(server_tag("infinispan/server:16.0.7"), "16.0.7");
  EXPECT_EQ(server_tag("quay.io:443/infinispan/server:15.0.21.Final"), "15.0.21.Final");
  EXPECT_EQ(server_tag("drydock/agent"), std::nullopt);
  EXPECT_EQ(server_tag("infinispan/server"), std::nullopt);
  EXPECT_EQ(server_tag("quay.io:443/infinispan/server"), std::nullopt);
  EXPECT_EQ(server_tag("other-infinispan/server:1"), std::nullopt);
}

TEST(ServerImage, AClusterHasTheQuirksOfItsRelease) {
  const Cluster old = cluster_of("image: infinispan/server:15.0.21.Final");
  EXPECT_EQ(old.version, "15.0.21.Final");
  EXPECT_TRUE(old.quirks.has(Quirk::kReplicatedLooksEmpty));
  const Cluster now = cluster_of("image: infinispan/server:16.0.7");
  EXPECT_EQ(now.version, "16.0.7");
  EXPECT_FALSE(now.quirks.has(Quirk::kReplicatedLooksEmpty));
}

TEST(ServerImage, TheAgentHasNoQuirks) {
  EXPECT_EQ(cluster_of("nodes: 3").quirks, fakegrid::Quirks());
}

TEST(ServerImage, QuirksAreSwitchedByIdOrName) {
  const Cluster cluster = cluster_of(
      "image: infinispan/server:15.0.21.Final, "
      "quirks: {F41: false, completed-before-written: true}");
  EXPECT_FALSE(cluster.quirks.has(Quirk::kReplicatedLooksEmpty));
  EXPECT_TRUE(cluster.quirks.has(Quirk::kCompletedBeforeWritten));
  EXPECT_TRUE(cluster.quirks.has(Quirk::kLockOutlivesOwner));
}

TEST(ServerImage, AllStandsForEveryQuirkThatIsNotNamed) {
  fakegrid::Quirks only;
  only.set(Quirk::kReplicatedLooksEmpty, true);
  EXPECT_EQ(
      cluster_of("image: infinispan/server:15.0.21.Final, quirks: {F41: true, all: false}").quirks,
      only);
  const Cluster rest =
      cluster_of("image: infinispan/server:16.0.7, quirks: {all: true, F41: false}");
  EXPECT_TRUE(rest.quirks.has(Quirk::kValueIsKey));
  EXPECT_FALSE(rest.quirks.has(Quirk::kReplicatedLooksEmpty));
}

TEST(ServerImage, AServerLogsInfoUnlessDebugIsAskedFor) {
  EXPECT_FALSE(cluster_of("image: infinispan/server:16.0.7").debug_log);
  EXPECT_FALSE(cluster_of("image: infinispan/server:16.0.7, log_level: info").debug_log);
  EXPECT_TRUE(cluster_of("image: infinispan/server:16.0.7, log_level: debug").debug_log);
  EXPECT_THAT(errors_of("log_level: debug"),
              ElementsAre("s/x.yaml:3:18: the image drydock/agent has no log level; write for "
                          "example image: infinispan/server:15.0.21.Final"));
}

TEST(ServerImage, AnUnknownQuirkIsAnErrorThatListsThem) {
  EXPECT_THAT(errors_of("image: infinispan/server:16.0.7, quirks: {F400: true}"),
              ElementsAre(StartsWith("s/x.yaml:3:49: no quirk is called 'F400'; quirks are: F36, "
                                     "F41, ")));
}

TEST(ServerImage, AMistakeIsOneExactLine) {
  EXPECT_THAT(errors_of("image: infinispan/server:latest"),
              ElementsAre("s/x.yaml:3:14: 'latest' is no version of a server; write for example "
                          "infinispan/server:15.0.21.Final"));
  EXPECT_THAT(errors_of("image: infinispan/server:16.0.7, version: 14.0.1"),
              ElementsAre("s/x.yaml:3:49: the image runs 16.0.7, not 14.0.1; remove 'version'"));
  EXPECT_THAT(errors_of("quirks: {F41: true}"),
              ElementsAre("s/x.yaml:3:15: the image drydock/agent has no quirks; write for example "
                          "image: infinispan/server:15.0.21.Final"));
  EXPECT_THAT(errors_of("image: infinispan/server:16.0.7, quirks: {F41: maybe}"),
              ElementsAre("s/x.yaml:3:54: quirk 'F41' must be true or false, not 'maybe'; write "
                          "for example true"));
}

TEST(KnownLosses, NameAQuirkAndTheOracleThatSeesIt) {
  const Parsed parsed = parse_cluster("nodes: 3", "known_losses: {F41: archive-equals-model}\n");
  ASSERT_TRUE(parsed.scenario.has_value());
  ASSERT_EQ(parsed.scenario->known_losses.size(), 1u);
  EXPECT_EQ(parsed.scenario->known_losses[0].quirk, "F41");
  EXPECT_EQ(parsed.scenario->known_losses[0].oracle, "archive-equals-model");
  EXPECT_THAT(errors_of("nodes: 3", "known_losses: {F41: archive-equal-model}\n"),
              ElementsAre(StartsWith("s/x.yaml:5:21: F41 can't be 'archive-equal-model'; ")));
}

}  // namespace
}  // namespace drydock::harness::scenario

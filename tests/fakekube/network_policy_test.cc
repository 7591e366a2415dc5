#include "fakekube/access/network_policy.h"

#include <gtest/gtest.h>

namespace drydock::fakekube {
namespace {

JsonPtr policy(std::string_view spec) {
  return make_json(json::object{{"metadata", json::object{{"name", "p"}, {"namespace", "ns"}}},
                                {"spec", *json_parse(spec)}});
}

PolicyPeer peer(std::string_view app, std::string_view ns = "ns") {
  PolicyPeer peer{
      .namespace_name = std::string(ns), .pod_labels = {}, .namespace_labels = {}, .ip = ""};
  peer.pod_labels.emplace("app", json::string(app.data(), app.size()));
  peer.namespace_labels.emplace("name", json::string(ns.data(), ns.size()));
  return peer;
}

constexpr PolicyPort kRest = {.protocol = "TCP", .number = 11222};

constexpr const char* kOnlyOperator =
    R"({"podSelector":{"matchLabels":{"app":"grid"}},"policyTypes":["Ingress"],)"
    R"("ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"operator"}}}],)"
    R"("ports":[{"protocol":"TCP","port":11222}]}]})";

TEST(NetworkPolicy, WithoutAPolicyEverythingPasses) {
  EXPECT_TRUE(policy_allows({}, peer("a"), peer("b"), kRest));
}

TEST(NetworkPolicy, ASelectedPodHearsOnlyWhomARuleNames) {
  const std::vector<JsonPtr> policies = {policy(kOnlyOperator)};
  EXPECT_TRUE(policy_allows(policies, peer("operator"), peer("grid"), kRest));
  EXPECT_FALSE(policy_allows(policies, peer("client"), peer("grid"), kRest));
  EXPECT_FALSE(policy_allows(policies, peer("operator"), peer("grid"), {"TCP", 7800}));
  EXPECT_FALSE(policy_allows(policies, peer("operator"), peer("grid"), {"UDP", 11222}));
  EXPECT_TRUE(policy_allows(policies, peer("client"), peer("other"), kRest));
  EXPECT_TRUE(policy_allows(policies, peer("grid"), peer("client"), kRest));
}

TEST(NetworkPolicy, APodSelectorAloneMeansTheOwnNamespace) {
  const std::vector<JsonPtr> policies = {policy(kOnlyOperator)};
  EXPECT_FALSE(policy_allows(policies, peer("operator", "far"), peer("grid"), kRest));
  const std::vector<JsonPtr> wide = {
      policy(R"({"podSelector":{},"ingress":[{"from":[{"namespaceSelector":{"matchLabels":)"
             R"({"name":"far"}}}]}]})")};
  EXPECT_TRUE(policy_allows(wide, peer("operator", "far"), peer("grid"), kRest));
  EXPECT_FALSE(policy_allows(wide, peer("operator", "near"), peer("grid"), kRest));
}

TEST(NetworkPolicy, AnEmptyEgressListCutsEverythingThatGoesOut) {
  const std::vector<JsonPtr> policies = {
      policy(R"({"podSelector":{"matchLabels":{"app":"a"}},"policyTypes":["Egress"]})")};
  EXPECT_FALSE(policy_allows(policies, peer("a"), peer("b"), kRest));
  EXPECT_TRUE(policy_allows(policies, peer("b"), peer("a"), kRest));
}

TEST(NetworkPolicy, SeveralPoliciesAddUp) {
  const std::vector<JsonPtr> policies = {
      policy(kOnlyOperator),
      policy(R"({"podSelector":{},"ingress":[{"from":[{"podSelector":{"matchLabels":)"
             R"({"app":"client"}}}]}]})")};
  EXPECT_TRUE(policy_allows(policies, peer("client"), peer("grid"), kRest));
}

TEST(NetworkPolicy, BlocksAndNamedPortsAreUnderstood) {
  const std::vector<JsonPtr> policies = {
      policy(R"({"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8",)"
             R"("except":["10.1.0.0/16"]}}],"ports":[{"port":"admin"}]}]})")};
  PolicyPeer from = peer("x");
  PolicyPeer to = peer("y");
  to.named_ports = {{"admin", 11223}};
  from.ip = "10.2.3.4";
  EXPECT_TRUE(policy_allows(policies, from, to, {"TCP", 11223}));
  EXPECT_FALSE(policy_allows(policies, from, to, kRest));
  from.ip = "10.1.3.4";
  EXPECT_FALSE(policy_allows(policies, from, to, {"TCP", 11223}));
  from.ip = "11.2.3.4";
  EXPECT_FALSE(policy_allows(policies, from, to, {"TCP", 11223}));
}

}  // namespace
}  // namespace drydock::fakekube

// pods/binding, pods/eviction, pods/log, scale, serviceaccounts/token and connections.
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

// One container's log, whatever it is asked for.
class OneLog : public LogSource {
 public:
  Result<const std::vector<LogLine>*> lines(const std::string&, const std::string&,
                                            bool previous) override {
    if (down) return Status(Code::kUnavailable, "dial tcp: no route to host");
    if (previous || !started) return Status(Code::kNotFound, "no such log");
    return &all;
  }
  bool running(const std::string&, const std::string&) override { return runs; }

  std::vector<LogLine> all;
  bool started = true;
  bool down = false;
  bool runs = false;
};

// Keeps what a stream writes.
class Reader : public StreamWriter {
 public:
  explicit Reader(Env& env) : env_(env) {}
  Status write(Body chunk) override {
    text += chunk.text();
    times.push_back(env_.now());
    return ok_status();
  }
  bool closed() const override { return false; }
  void on_closed(std::function<void()>) override {}

  std::string text;
  std::vector<SteadyTime> times;

 private:
  Env& env_;
};

class Echo : public KubeletConnection {
 public:
  Result<HttpReply> get(const Address& address, std::string_view target) override {
    if (fails) return Status(Code::kRefused, "dial tcp: connection refused");
    HttpResponse response{.status = status, .headers = {}, .body = {}};
    response.body = Body(address.to_string() + std::string(target));
    return HttpReply(std::move(response));
  }

  int status = 200;
  bool fails = false;
};

class PodSubresourcesTest : public ApiTest {
 protected:
  void create_pod(const std::string& name, const std::string& extra_spec = "",
                  const std::string& labels = "{}") {
    const Answer made =
        ask("POST", kPodsPath,
            R"({"metadata":{"name":")" + name + R"(","labels":)" + labels +
                R"(},"spec":{"containers":[{"name":"c","image":"i:1"}])" + extra_spec + "}}");
    ASSERT_EQ(made.code, 201) << made.message();
  }
  void create_node(const std::string& name) {
    ask("POST", "/api/v1/nodes", R"({"metadata":{"name":")" + name + R"("}})");
    merge("/api/v1/nodes/" + name + "/status",
          R"({"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.9"}],)"
          R"("daemonEndpoints":{"kubeletEndpoint":{"Port":1234}}}})");
  }
  Answer bind(const std::string& pod, const std::string& node) {
    return ask("POST", std::string(kPodsPath) + "/" + pod + "/binding",
               R"({"metadata":{"name":")" + pod + R"("},"target":{"name":")" + node + R"("}})");
  }
  Answer evict(const std::string& pod) {
    return ask(
        "POST", std::string(kPodsPath) + "/" + pod + "/eviction",
        R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":")" + pod + R"("}})");
  }
  Answer log(const std::string& pod, const std::string& query = "") {
    return ask("GET", std::string(kPodsPath) + "/" + pod + "/log" + query);
  }
  std::string follow(const std::string& query, Reader& reader) {
    HttpReply reply = server_.handle({.method = "GET",
                                      .target = std::string(kPodsPath) + "/p/log" + query,
                                      .headers = {},
                                      .body = {}});
    EXPECT_TRUE(reply.stream);
    if (reply.stream) reply.stream(reader);
    return reader.text;
  }
};

TEST_F(PodSubresourcesTest, ABindingIsMadeOnceAndMustNameANode) {
  run([&] {
    create_pod("p");
    EXPECT_EQ(bind("p", "").code, 500);
    EXPECT_EQ(bind("p", "").message(), "target.name: Required value");
    EXPECT_EQ(bind("p", "n1").code, 201);
    const Answer again = bind("p", "n2");
    EXPECT_EQ(again.code, 409);
    EXPECT_EQ(again.message(),
              "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to "
              "node \"n1\"");
    const Answer other = ask("POST", std::string(kPodsPath) + "/p/binding",
                             R"({"metadata":{"name":"q"},"target":{"name":"n"}})");
    EXPECT_EQ(other.message(), "name in URL does not match name in Binding object");
    EXPECT_EQ(bind("none", "n1").code, 404);
  });
}

TEST_F(PodSubresourcesTest, ABindingOfTheNamespaceBindsItsPod) {
  run([&] {
    create_pod("p");
    EXPECT_EQ(ask("POST", "/api/v1/namespaces/ns/bindings",
                  R"({"metadata":{"name":"p"},"target":{"kind":"Node","name":"n1"}})")
                  .code,
              201);
    EXPECT_EQ(json_string(*ask("GET", std::string(kPodsPath) + "/p").body, {"spec", "nodeName"}),
              "n1");
  });
}

TEST_F(PodSubresourcesTest, AnEvictionWaitsForTheBudget) {
  run([&] {
    create_pod("p", "", R"({"app":"a"})");
    ask("POST", "/apis/policy/v1/namespaces/ns/poddisruptionbudgets",
        R"({"metadata":{"name":"b"},"spec":{"minAvailable":1,)"
        R"("selector":{"matchLabels":{"app":"a"}}}})");
    merge(std::string(kPodsPath) + "/p/status",
          R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})");
    const Answer unknown = evict("p");
    EXPECT_EQ(unknown.code, 429);
    EXPECT_EQ(json_int(*unknown.body, {"details", "retryAfterSeconds"}), 10);
    merge("/apis/policy/v1/namespaces/ns/poddisruptionbudgets/b/status",
          R"({"status":{"observedGeneration":1,"desiredHealthy":1,"currentHealthy":1,)"
          R"("disruptionsAllowed":0,"expectedPods":1}})");
    const Answer refused = evict("p");
    ASSERT_EQ(refused.code, 429);
    EXPECT_EQ(refused.message(),
              "Cannot evict pod as it would violate the pod's disruption budget.");
    EXPECT_EQ(json_string(refused.body->at("details").at("causes").at(0), {"message"}),
              "The disruption budget b needs 1 healthy pods and has 1 currently");
    merge("/apis/policy/v1/namespaces/ns/poddisruptionbudgets/b/status",
          R"({"status":{"disruptionsAllowed":1}})");
    EXPECT_EQ(evict("p").code, 201);
    EXPECT_EQ(ask("GET", std::string(kPodsPath) + "/p").code, 404);
  });
}

TEST_F(PodSubresourcesTest, AnEvictedPodShowsWhoDisruptedIt) {
  run([&] {
    create_node("n1");
    create_pod("p");
    bind("p", "n1");
    EXPECT_EQ(evict("p").code, 201);
    const Answer pod = ask("GET", std::string(kPodsPath) + "/p");
    EXPECT_NE(json_string(*pod.body, {"metadata", "deletionTimestamp"}), "");
    const json::value& last = json_array(*pod.body, {"status", "conditions"}).back();
    EXPECT_EQ(json_string(last, {"reason"}), "EvictionByEvictionAPI");
  });
}

TEST_F(PodSubresourcesTest, ALogIsCutByTailSinceAndBytes) {
  OneLog source;
  server_.set_log_source(&source);
  run([&] {
    create_node("n1");
    create_pod("p");
    EXPECT_EQ(log("p").code, 204);
    bind("p", "n1");
    const WallTime now = simulation_.wall_now();
    source.all = {{now - seconds(60), "old"}, {now, "one"}, {now, "two"}};
    EXPECT_EQ(log("p").text, "old\none\ntwo\n");
    EXPECT_EQ(log("p", "?tailLines=1").text, "two\n");
    EXPECT_EQ(log("p", "?tailLines=0").text, "");
    EXPECT_EQ(log("p", "?sinceSeconds=30").text, "one\ntwo\n");
    EXPECT_EQ(log("p", "?limitBytes=6").text, "old\non");
    const std::string stamped = log("p", "?timestamps=true&tailLines=1").text;
    EXPECT_EQ(stamped.substr(19, 1), ".");
    EXPECT_EQ(stamped.substr(29), "Z two\n");
    EXPECT_EQ(log("p", "?tailLines=x").message(),
              "strconv.ParseInt: parsing \"x\": invalid syntax");
    EXPECT_EQ(log("p", "?previous=true").message(),
              "previous terminated container \"c\" in pod \"p\" not found");
    EXPECT_EQ(log("p", "?tailLines=-1").message(),
              "PodLogOptions \"p\" is invalid: tailLines: Invalid value: -1: must be greater than "
              "or equal to 0");
    EXPECT_EQ(log("none").code, 404);
    source.started = false;
    EXPECT_EQ(log("p").message(),
              "container \"c\" in pod \"p\" is waiting to start: ContainerCreating");
    source.down = true;
    EXPECT_EQ(log("p").message(),
              "Get \"https://10.0.0.9:1234/containerLogs/ns/p/c\": dial tcp: no route to host");
  });
}

TEST_F(PodSubresourcesTest, AFollowerSeesLinesAsTheyComeAndEndsWithTheContainer) {
  OneLog source;
  server_.set_log_source(&source);
  run([&] {
    create_node("n1");
    create_pod("p");
    bind("p", "n1");
    source.runs = true;
    source.all = {{simulation_.wall_now(), "one"}};
    Env& env = server_.env();
    const SteadyTime start = env.now();
    TaskHandle container = env.spawn("container", [&] {
      if (!env.sleep_for(seconds(2)).ok()) return;
      source.all.push_back({simulation_.wall_now(), "two"});
      if (!env.sleep_for(seconds(2)).ok()) return;
      source.all.push_back({simulation_.wall_now(), "three"});
      source.runs = false;
    });
    Reader reader(env);
    EXPECT_EQ(follow("?follow=true", reader), "one\ntwo\nthree\n");
    ASSERT_EQ(reader.times.size(), 3U);
    EXPECT_LT(reader.times[0] - start, seconds(1));
    EXPECT_LT(reader.times[1] - start, seconds(3));
    EXPECT_TRUE(container.done());
  });
}

TEST_F(PodSubresourcesTest, AFollowerStopsAtItsByteLimit) {
  OneLog source;
  server_.set_log_source(&source);
  run([&] {
    create_node("n1");
    create_pod("p");
    bind("p", "n1");
    source.runs = true;
    source.all = {{simulation_.wall_now(), "one"}, {simulation_.wall_now(), "two"}};
    Reader reader(server_.env());
    EXPECT_EQ(follow("?follow=true&limitBytes=5", reader), "one\nt");
  });
}

TEST_F(PodSubresourcesTest, InitContainersAreNotMeantUnlessNamed) {
  OneLog source;
  server_.set_log_source(&source);
  run([&] {
    create_node("n1");
    create_pod("p", R"(,"initContainers":[{"name":"i","image":"i:1"}])");
    bind("p", "n1");
    source.all = {{simulation_.wall_now(), "x"}};
    EXPECT_EQ(log("p").code, 200);
    EXPECT_EQ(log("p", "?container=i").code, 200);
    EXPECT_EQ(log("p", "?container=z").message(), "container z is not valid for pod p");
  });
}

TEST_F(PodSubresourcesTest, AKubeletOverHttpIsAskedAtItsNodesAddress) {
  Echo kubelet;
  server_.set_kubelet_connection(&kubelet);
  run([&] {
    create_node("n1");
    create_pod("p");
    create_pod("lost");
    bind("p", "n1");
    bind("lost", "n2");
    EXPECT_EQ(log("p", "?tailLines=2&follow=true&limitBytes=9").text,
              "10.0.0.9:1234/containerLogs/ns/p/c?follow=true&limitBytes=9&tailLines=2");
    EXPECT_EQ(log("lost").message(), "pods \"n2\" not found");
    kubelet.status = 400;
    const Answer refused = log("p");
    EXPECT_EQ(refused.code, 400);
    EXPECT_EQ(refused.reason(), "BadRequest");
    EXPECT_EQ(refused.message(), "10.0.0.9:1234/containerLogs/ns/p/c");
    kubelet.fails = true;
    EXPECT_EQ(log("p").message(),
              "Get \"https://10.0.0.9:1234/containerLogs/ns/p/c\": dial tcp: connection refused");
  });
}

TEST_F(PodSubresourcesTest, ScaleChangesReplicasOnly) {
  run([&] {
    const std::string sets = "/apis/apps/v1/namespaces/ns/statefulsets";
    ask("POST", sets,
        R"({"metadata":{"name":"s"},"spec":{"serviceName":"s","replicas":2,)"
        R"("selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},)"
        R"("spec":{"containers":[{"name":"c","image":"i"}]}}}})");
    const Answer scale = ask("GET", sets + "/s/scale");
    EXPECT_EQ(json_string(*scale.body, {"status", "selector"}), "app=a");
    EXPECT_EQ(json_int(*scale.body, {"spec", "replicas"}), 2);
    const Answer changed = merge(sets + "/s/scale", R"({"spec":{"replicas":3}})");
    EXPECT_EQ(json_int(*changed.body, {"spec", "replicas"}), 3);
    EXPECT_EQ(ask("PUT", sets + "/s/scale", R"({"metadata":{"name":"s"},"spec":{"replicas":-1}})")
                  .message(),
              "Scale.autoscaling \"s\" is invalid: spec.replicas: Invalid value: -1: must be "
              "greater than or equal to 0");
    EXPECT_EQ(ask("PUT", sets + "/s/scale",
                  R"({"metadata":{"name":"s","resourceVersion":"1"},"spec":{"replicas":1}})")
                  .code,
              409);
    EXPECT_EQ(ask("DELETE", sets + "/s/scale").code, 405);
  });
}

TEST_F(PodSubresourcesTest, ATokenIsIssuedForAtLeastTenMinutes) {
  run([&] {
    const std::string accounts = "/api/v1/namespaces/ns/serviceaccounts";
    ask("POST", accounts, R"({"metadata":{"name":"a"}})");
    const Answer token = ask("POST", accounts + "/a/token", R"({"spec":{}})");
    EXPECT_EQ(token.code, 201);
    EXPECT_NE(json_string(*token.body, {"status", "token"}), "");
    EXPECT_EQ(json_int(*token.body, {"spec", "expirationSeconds"}), 3600);
    EXPECT_EQ(ask("POST", accounts + "/a/token", R"({"spec":{"expirationSeconds":60}})").message(),
              "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid "
              "value: 60: may not specify a duration less than 10 minutes");
    EXPECT_EQ(ask("POST", accounts + "/none/token", R"({"spec":{}})").code, 404);
  });
}

TEST_F(PodSubresourcesTest, ConnectionsAreRefusedClearly) {
  run([&] {
    create_node("n1");
    create_pod("p");
    EXPECT_EQ(ask("POST", std::string(kPodsPath) + "/p/exec?command=ls").message(),
              "pod p does not have a host assigned");
    bind("p", "n1");
    EXPECT_EQ(ask("GET", std::string(kPodsPath) + "/p/exec?command=ls").message(),
              "Upgrade request required");
    EXPECT_EQ(ask("GET", std::string(kPodsPath) + "/none/attach").code, 404);
    EXPECT_EQ(ask("GET", "/api/v1/nodes/n1/proxy/stats/summary").code, 503);
  });
}

}  // namespace
}  // namespace drydock::fakekube

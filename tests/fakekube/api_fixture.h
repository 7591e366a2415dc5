// A world with nothing in it but an API server and the namespace "ns"; tests talk to it as a client
// would, in a task of the simulation.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/api_server.h"
#include "fakekube/clients/local_client.h"
#include "sim/simulation.h"

namespace drydock::fakekube {

struct Answer {
  int code = 0;
  Headers headers;
  JsonPtr body;  // null: no JSON
  std::string text;

  std::string message() const { return json_string(*body, {"message"}); }
  std::string reason() const { return json_string(*body, {"reason"}); }
  uint64_t revision() const {
    return std::stoull(json_string(*body, {"metadata", "resourceVersion"}, "0"));
  }
  int64_t generation() const { return json_int(*body, {"metadata", "generation"}); }
};

class ApiTest : public ::testing::Test {
 protected:
  explicit ApiTest(ApiServerOptions options = {}) : server_(simulation_.harness(), options) {
    server_.create_namespace("ns");
  }

  // Runs `body` as a task, to its end.
  void run(const std::function<void()>& body) {
    ASSERT_EQ(simulation_.run(body, hours(1)), sim::RunEnd::kDone) << simulation_.waiting_report();
  }

  // In a task. `body` is JSON text or empty.
  Answer ask(std::string method, std::string target, std::string_view body = "",
             std::string content_type = "application/json", std::string accept = "") {
    HttpRequest request{
        .method = std::move(method), .target = std::move(target), .headers = {}, .body = {}};
    request.headers.emplace_back("Content-Type", std::move(content_type));
    if (!accept.empty()) request.headers.emplace_back("Accept", std::move(accept));
    if (!body.empty()) request.body = Body(std::string(body));
    HttpReply reply = server_.handle(request);
    Answer answer{
        .code = reply.response.status, .headers = reply.response.headers, .body = {}, .text = {}};
    if (reply.response.body.is_json())
      answer.body = *reply.response.body.json();
    else
      answer.text = reply.response.body.text();
    return answer;
  }
  Answer merge(std::string target, std::string_view patch) {
    return ask("PATCH", std::move(target), patch, "application/merge-patch+json");
  }

  LocalClient client() { return LocalClient(server_, simulation_.harness(), "test"); }

  static json::value parse(std::string_view text) { return *json_parse(text); }

  static json::value config_map(const std::string& name, const std::string& data,
                                const std::string& label = "") {
    json::value object = parse(R"({"apiVersion":"v1","kind":"ConfigMap"})");
    json_at(object, {"metadata", "namespace"}) = "ns";
    json_at(object, {"metadata", "name"}) = name;
    json_at(object, {"data", "a"}) = data;
    if (!label.empty()) json_at(object, {"metadata", "labels", "s"}) = label;
    return object;
  }

  static constexpr const char* kBackupsPath = "/apis/infinispan.org/v2alpha1/namespaces/ns/backups";
  static constexpr const char* kPodsPath = "/api/v1/namespaces/ns/pods";
  static constexpr const char* kMapsPath = "/api/v1/namespaces/ns/configmaps";

  sim::Simulation simulation_;
  ApiServer server_;
};

}  // namespace drydock::fakekube

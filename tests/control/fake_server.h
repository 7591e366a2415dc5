// A scripted Infinispan server in a pod, for the tests of core/control: the backup, restore, health
// and stop routes of one version behind Digest authentication.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/resources.h"
#include "sim/simulation.h"

namespace drydock::control {

class FakeServer {
 public:
  FakeServer(sim::Simulation& simulation, const std::string& name, const std::string& ip,
             std::string base = "/rest/v2/container")
      : process(simulation.add_process(name, name + "-host", ip)),
        base_(std::move(base)),
        digest_({.credentials = {"operator", "secret"}},
                [this] { return "nonce" + std::to_string(++nonces); }) {
    auto listener =
        process.wire().serve(kAdminPort, [this](const HttpRequest& r) { return handle(r); });
    EXPECT_TRUE(listener.ok());
    listener_ = *std::move(listener);
  }

  // Answers instead of the server when it returns something. Asked after authentication.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> intercept;
  // Called when the stop is taken.
  std::function<void()> on_stop = [] {};
  std::map<std::string, int> states;  // "backups/b" -> status code of its HEAD
  std::vector<std::string> members = {"c-0-1", "c-1-2", "b-77"};
  std::string health = "HEALTHY";
  std::string failure_text;           // body of a GET of a failed backup
  std::vector<std::string> requests;  // authenticated ones
  std::vector<std::string> bodies;    // of POSTs
  int starts = 0;                     // POSTs that began an operation
  int nonces = 0;
  sim::Process& process;

  int count(std::string_view request) const {
    int found = 0;
    for (const std::string& line : requests) found += line == request;
    return found;
  }

 private:
  HttpReply handle(const HttpRequest& request) {
    if (!digest_.check(request, process.now()).ok()) return digest_.challenge(process.now());
    requests.push_back(request.method + " " + request.target);
    if (request.method == "POST") bodies.push_back(request.body.text());
    if (intercept)
      if (auto answer = intercept(request)) return *std::move(answer);
    if (request.target == "/rest/v2/server?action=stop") {
      on_stop();
      return HttpResponse{204};
    }
    if (request.target == base_ + "/health") return health_reply();
    if (!request.target.starts_with(base_ + "/")) return HttpResponse{404};
    return operation(request, request.target.substr(base_.size() + 1));
  }

  HttpReply health_reply() const {
    json::value body = json::object{};
    json_at(body, {"cluster_health", "health_status"}) = health;
    json_at(body, {"cluster_health", "node_names"}) = json::array(members.begin(), members.end());
    return HttpResponse{200, {}, make_json(std::move(body))};
  }

  HttpReply operation(const HttpRequest& request, const std::string& key) {
    const auto state = states.find(key);
    if (request.method == "POST") {
      if (state != states.end()) return HttpResponse{409};
      states[key] = 202;
      ++starts;
      return HttpResponse{202};
    }
    if (state == states.end()) return HttpResponse{404};
    const bool with_text = request.method == "GET" && state->second == 500;
    return HttpResponse{state->second, {}, Body(with_text ? failure_text : std::string())};
  }

  std::string base_;
  DigestServer digest_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace drydock::control

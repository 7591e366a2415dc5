// A whole operator over a scripted API server and a scripted server in the pod; the test plays the
// kubelet.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/control/operation_rules.h"
#include "core/control/operator.h"
#include "tests/control/fake_api.h"
#include "tests/control/fake_server.h"

namespace drydock::control {

class OperatorTest : public testing::Test {
 protected:
  OperatorTest() {
    api_.put("infinispans", parse_json(R"({"metadata":{"name":"c"},"spec":{"replicas":2,
        "version":"15.0.21"},"status":{"operand":{"image":"i"},"conditions":[
        {"type":"PreliminaryChecksPassed","status":"True"},
        {"type":"WellFormed","status":"True","message":"View: c-0-1,c-1-2"}]}})"));
    api_.put("pods", parse_json(R"({"metadata":{"name":"c-0","labels":{"app":"infinispan-pod",
        "infinispan_cr":"c","clusterName":"c"}},"spec":{"securityContext":{"fsGroup":1}}})"));
    json::value secret = parse_json(R"({"metadata":{"name":"c-generated-operator-secret"}})");
    json_at(secret, {"data", "identities.yaml"}) =
        base64_encode("credentials:\n- username: operator\n  password: secret\n");
    api_.put("secrets", std::move(secret));
    api_.put("nodes", parse_json(R"({"metadata":{"name":"n1"}})"));
    server_.on_stop = [this] { end_container(0); };
  }

  void run(const std::function<void()>& body) {
    const auto all = [&] {
      start_operator();
      body();
      simulation_.kill(*operator_);
    };
    EXPECT_EQ(simulation_.run(all, hours(24)), sim::RunEnd::kDone) << simulation_.waiting_report();
  }
  void settle(Duration time) { EXPECT_TRUE(simulation_.harness().sleep_for(time).ok()); }

  void start_operator() {
    const std::string number = std::to_string(++operators_);
    operator_ = &simulation_.add_process("operator-" + number, "operator-host", "10.0.9." + number);
    OperatorOptions options = options_;
    options.api = {FakeApi::kIp, 443};
    options.namespace_name = "ns";
    options.leader_elect = false;
    sim::Process& process = *operator_;
    process.spawn("operator",
                  [&process, options] { (void)Operator(process, process.wire(), options).run(); });
  }
  void restart_operator() {
    simulation_.kill(*operator_);
    start_operator();
  }

  void create_backup(const std::string& name = "b") {
    api_.put("backups",
             json::object{{"apiVersion", kOperationApiVersion},
                          {"kind", "Backup"},
                          {"metadata", json::object{{"name", name}, {"namespace", "ns"}}},
                          {"spec", json::object{{"cluster", "c"}}}});
  }
  void create_restore(const std::string& name, const std::string& backup) {
    api_.put("restores",
             json::object{{"apiVersion", kOperationApiVersion},
                          {"kind", "Restore"},
                          {"metadata", json::object{{"name", name}, {"namespace", "ns"}}},
                          {"spec", json::object{{"cluster", "c"}, {"backup", backup}}}});
  }

  // The kubelet's part.
  void make_ready(const std::string& pod = "b") {
    api_.patch("pods", pod,
               R"({"spec":{"nodeName":"n1"},"status":{"phase":"Running","podIP":"10.0.0.1",
                   "conditions":[{"type":"Ready","status":"True"}]}})");
  }
  void end_container(int exit_code, const std::string& message = "", const std::string& pod = "b") {
    json::value ended = json::object{{"exitCode", exit_code}, {"reason", "Completed"}};
    if (!message.empty()) json_at(ended, {"message"}) = message;
    json::value status = parse_json(R"({"status":{"phase":"Succeeded","conditions":[
        {"type":"Ready","status":"False"}]}})");
    json_at(status, {"status", "containerStatuses"}) = json::array{
        json::object{{"name", "infinispan"}, {"state", json::object{{"terminated", ended}}}}};
    api_.patch("pods", pod, json_text(status));
  }

  Operation backup(const std::string& name = "b") {
    return parse_operation(OperationKind::kBackup, *api_.get("backups", name));
  }
  Phase phase(const std::string& name = "b") { return backup(name).status.phase; }
  std::string reason_of(std::string_view type, const std::string& name = "b") {
    const Operation operation = backup(name);
    const Condition* found = find_condition(operation.status.conditions, type);
    return found == nullptr ? "" : found->reason;
  }
  // Sorted, as the names of Events are random.
  std::multiset<std::string> event_reasons() {
    std::multiset<std::string> reasons;
    for (const auto& [name, event] : api_.objects("events"))
      reasons.insert(json_string(*event, {"reason"}));
    return reasons;
  }
  // A backup whose server has accepted the start.
  void begin_backup() {
    create_backup();
    settle(seconds(1));
    ASSERT_NE(api_.get("pods", "b"), nullptr);
    make_ready();
    settle(seconds(2));
    ASSERT_EQ(phase(), Phase::kRunning);
  }

  sim::Simulation simulation_;
  FakeApi api_{simulation_};
  FakeServer server_{simulation_, "pod", "10.0.0.1"};
  OperatorOptions options_;
  sim::Process* operator_ = nullptr;
  int operators_ = 0;
};

}  // namespace drydock::control

// What a kill leaves behind, with the real code on the simulated machine.
#include <gtest/gtest.h>

#include "core/archive/zip_writer.h"
#include "core/base/sync.h"
#include "core/control/kube_client.h"
#include "core/control/leader_election.h"
#include "fakekube/api/api_server.h"
#include "sim/disk.h"
#include "sim/simulation.h"

namespace drydock::harness {
namespace {

// Something that a callback of the zip library holds while it is suspended.
struct Held {
  int& alive;
  explicit Held(int& count) : alive(count) { ++alive; }
  ~Held() { --alive; }
};

TEST(Kill, KillInsideAZipCallbackLeaksNothing) {
  int alive = 0;
  Status ended;
  std::vector<std::string> left;
  {
    sim::Simulation simulation;
    sim::Disk disk(simulation, "pv", {});
    sim::Process& process = simulation.add_process("agent", "node", "");
    const std::shared_ptr<Volume> volume = disk.mount(process, false);
    bool inside = false;
    process.spawn("backup", [&] {
      auto zip = archive::ZipWriter::create(*volume, "b.zip.part", {});
      ASSERT_TRUE(zip.ok());
      ASSERT_TRUE((*zip)
                      ->add_stream("a.dat",
                                   [&, held = std::make_shared<Held>(alive)](
                                       std::string& chunk) -> Result<bool> {
                                     const Held on_the_stack(alive);
                                     inside = true;
                                     DRYDOCK_RETURN_IF_ERROR(process.sleep_for(seconds(10)));
                                     chunk.append(100'000, 'x');
                                     return true;
                                   })
                      .ok());
      const auto finished = (*zip)->finish();
      ended = finished.ok() ? ok_status() : finished.status();
    });
    simulation.run(
        [&] {
          (void)simulation.harness().sleep_for(seconds(35));
          EXPECT_TRUE(inside);
          EXPECT_EQ(2, alive);
          simulation.kill(process);
          (void)simulation.harness().sleep_for(seconds(1));
          EXPECT_TRUE(process.ended());
        },
        hours(1));
    left = disk.paths();
  }
  EXPECT_EQ(0, alive);
  EXPECT_EQ(Code::kCancelled, ended.code());
  EXPECT_EQ(std::vector<std::string>{"b.zip.part"}, left);
}

class LeaderTest : public testing::Test {
 protected:
  LeaderTest() {
    auto listener = api.wire().serve(
        443, [this](const HttpRequest& request) { return server.handle(request); });
    api.keep(std::shared_ptr<Listener>(std::move(*listener)));
    server.create_namespace("ns");
  }

  // A candidate in a process of its own; notes when it leads.
  sim::Process& start_candidate(const std::string& name, const std::string& ip) {
    sim::Process& process = simulation.add_process(name, name, ip);
    process.spawn("elect", [this, &process, name] {
      control::KubeClient kube(process, process.wire(),
                               {.api = {"10.0.0.1", 443}, .namespace_name = "ns"});
      control::LeaderElector elector(process, kube, {.identity = name});
      if (!elector.acquire().ok()) return;
      leads_since[name] = process.now();
      (void)elector.keep();
    });
    return process;
  }

  sim::Simulation simulation;
  sim::Process& api = simulation.add_process("api", "api", "10.0.0.1");
  fakekube::ApiServer server{api};
  std::map<std::string, SteadyTime> leads_since;
};

TEST_F(LeaderTest, AKilledLeaderDoesNotReleaseItsLease) {
  sim::Process& first = start_candidate("first", "10.0.0.2");
  simulation.run(
      [&] {
        (void)simulation.harness().sleep_for(seconds(30));
        ASSERT_TRUE(leads_since.contains("first"));
        start_candidate("second", "10.0.0.3");
        (void)simulation.harness().sleep_for(seconds(30));
        EXPECT_FALSE(leads_since.contains("second"));
        simulation.kill(first);
        const SteadyTime killed = simulation.now();
        const auto lease = server.store().find(fakekube::kLeases, "ns", "drydock-operator");
        ASSERT_NE(nullptr, lease);
        EXPECT_EQ("first", json_string(*lease->value, {"spec", "holderIdentity"}));
        (void)simulation.harness().sleep_for(seconds(60));
        ASSERT_TRUE(leads_since.contains("second"));
        // The successor waits until the lease, last renewed up to 2 s before, has run out.
        EXPECT_GE(leads_since["second"] - killed, seconds(12));
        EXPECT_LE(leads_since["second"] - killed, seconds(20));
      },
      hours(1));
}

}  // namespace
}  // namespace drydock::harness

// A cluster of grid nodes on the simulated network, for tests: processes, a Transport on them, and
// ways to run something on one node and wait for it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/log.h"
#include "core/base/sync.h"
#include "fakegrid/node/node.h"
#include "fakegrid/node/readout.h"
#include "sim/simulation.h"

namespace drydock::fakegrid {

class TestTransport final : public Transport {
 public:
  TestTransport(sim::Process& process, const std::vector<std::string>& data_addresses)
      : process_(process), data_addresses_(data_addresses) {
    process_.receive_messages(
        [this](const std::string& from, const std::shared_ptr<const void>& message) {
          if (listener_.on_message)
            listener_.on_message(from, std::static_pointer_cast<const Message>(message));
        });
    process_.on_peer_closed([this](const std::string& ip) {
      process_.spawn("closed", [this, ip] {
        if (process_.sleep_for(seconds(1)).ok() && listener_.on_closed) listener_.on_closed(ip);
      });
    });
    process_.on_peer_silence(
        [this](const std::string& ip) {
          if (listener_.on_silent) listener_.on_silent(ip);
        },
        [this](const std::string& ip) {
          if (listener_.on_heard) listener_.on_heard(ip);
        });
  }
  void send(const std::string& to, size_t bytes, MessagePtr message) override {
    ++sent;
    process_.send_message(to, bytes, std::move(message));
  }
  void set_listener(TransportListener listener) override { listener_ = std::move(listener); }
  std::vector<std::string> discover() override { return data_addresses_; }
  std::string self() const override { return process_.ip(); }

  uint64_t sent = 0;

 private:
  sim::Process& process_;
  const std::vector<std::string>& data_addresses_;
  TransportListener listener_;
};

class TestCluster {
 public:
  explicit TestCluster(uint64_t seed = 1) : sim_({.seed = seed}) {}

  struct Spot {
    sim::Process* process = nullptr;
    std::unique_ptr<TestTransport> transport;
    std::unique_ptr<Node> node;
    std::vector<std::string> log;
  };

  // A process with a node that isn't started yet.
  Node& add(const std::string& name, bool zero_capacity = false) {
    return add(name, NodeConfig{.zero_capacity = zero_capacity});
  }
  Node& add(const std::string& name, NodeConfig config) {
    Spot& spot = spots_[name];
    const std::string ip = "10.0.0." + std::to_string(++last_ip_);
    spot.process = &sim_.add_process(name, "host-" + name, ip);
    spot.process->on_log(
        [&spot](spdlog::level::level_enum, std::string_view line) { spot.log.emplace_back(line); });
    if (!config.zero_capacity) data_addresses_.push_back(ip);
    if (config.verbose_log) spot.process->logger().set_level(spdlog::level::debug);
    spot.transport = std::make_unique<TestTransport>(*spot.process, data_addresses_);
    config.name = name;
    config.cluster_name = "dg";
    spot.node = std::make_unique<Node>(*spot.process, *spot.transport, std::move(config));
    return *spot.node;
  }

  // Data nodes n0.. born formed with this content.
  void form(int data_nodes, const Content& content) {
    form(data_nodes, *make_snapshot(data_nodes, content));
  }
  void form(int data_nodes, const ClusterSnapshot& snapshot) {
    std::vector<Node*> born;
    for (int i = 0; i < data_nodes; ++i) born.push_back(&add("n" + std::to_string(i)));
    for (Node* node : born) node->start_formed(snapshot);
  }
  static std::shared_ptr<const ClusterSnapshot> make_snapshot(int data_nodes,
                                                              const Content& content) {
    ClusterShape shape;
    for (int i = 0; i < data_nodes; ++i)
      shape.members.push_back({"n" + std::to_string(i), "10.0.0." + std::to_string(i + 1), false});
    return form_cluster(shape, content).value();
  }

  // From now on others find this zero-capacity node, too, when they look for the cluster.
  void make_discoverable(const std::string& name) {
    data_addresses_.push_back(node(name).address());
  }
  // Runs the test's story as a task.
  void run(std::function<void()> story, Duration limit = hours(1)) {
    const sim::RunEnd end = sim_.run(std::move(story), limit);
    ASSERT_EQ(end, sim::RunEnd::kDone) << sim_.waiting_report();
  }

  // In a story: runs `work` as a task of the node's process and waits for it.
  void on(const std::string& name, std::function<void(Node&)> work) {
    auto done = begin(name, std::move(work));
    EXPECT_TRUE(done->wait(kForever).ok());
  }
  // The same without waiting; the event is set at its end.
  std::shared_ptr<Event> begin(const std::string& name, std::function<void(Node&)> work) {
    auto done = std::make_shared<Event>(sim_.harness());
    Spot& spot = spots_.at(name);
    spot.process->spawn("test", [done, work = std::move(work), &spot] {
      work(*spot.node);
      done->set();
    });
    return done;
  }
  void start(const std::string& name) {
    on(name, [this](Node& node) {
      const Status started = node.start(now() + seconds(60));
      EXPECT_TRUE(started.ok()) << started.to_string();
    });
  }
  void leave(const std::string& name) {
    on(name, [this](Node& node) { EXPECT_TRUE(node.leave(now() + seconds(10)).ok()); });
  }
  void kill(const std::string& name) { sim_.kill(*spots_.at(name).process); }
  void pause(const std::string& name) { sim_.pause(*spots_.at(name).process); }
  void resume(const std::string& name) { sim_.resume(*spots_.at(name).process); }
  void wait(Duration duration) { EXPECT_TRUE(sim_.harness().sleep_for(duration).ok()); }

  Node& node(const std::string& name) { return *spots_.at(name).node; }
  TestTransport& transport(const std::string& name) { return *spots_.at(name).transport; }
  bool logged(const std::string& name, const std::string& text) const {
    const auto& log = spots_.at(name).log;
    return std::any_of(log.begin(), log.end(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  }
  size_t lines(const std::string& name, const std::string& text) const {
    const auto& log = spots_.at(name).log;
    return static_cast<size_t>(std::count_if(log.begin(), log.end(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    }));
  }
  SteadyTime now() const { return sim_.now(); }
  sim::Simulation& sim() { return sim_; }

  // All nodes that weren't killed and run.
  std::vector<const Node*> living() const {
    std::vector<const Node*> nodes;
    for (const auto& [name, spot] : spots_)
      if (!spot.process->killed() && spot.node->state() == NodeState::kRunning)
        nodes.push_back(spot.node.get());
    return nodes;
  }
  std::vector<const Node*> all() const {
    std::vector<const Node*> nodes;
    for (const auto& [name, spot] : spots_) nodes.push_back(spot.node.get());
    return nodes;
  }
  ReadOut content() const { return read_out(living(), sim_.wall_now()); }

 private:
  // Before the simulation: its tasks refer to them until it is gone.
  std::vector<std::string> data_addresses_;
  std::map<std::string, Spot> spots_;
  sim::Simulation sim_;
  int last_ip_ = 0;
};

inline CacheRecord record_of(std::string key, std::string value, EntryMetadata metadata = {}) {
  CacheRecord record;
  record.key = std::move(key);
  record.value = std::move(value);
  record.metadata = encode_metadata(metadata);
  return record;
}

inline CacheContent cache_with(const std::string& xml, int entries) {
  CacheContent cache{.configuration_xml = xml, .records = {}};
  for (int i = 0; i < entries; ++i)
    cache.records.push_back(record_of("k" + std::to_string(i), "v" + std::to_string(i)));
  std::sort(cache.records.begin(), cache.records.end(),
            [](const CacheRecord& a, const CacheRecord& b) { return a.key < b.key; });
  return cache;
}

// A distributed cache d2 (owners 2), d1 (owners 1) and a replicated one, r; a counter, texts.
inline Content sample_content(int entries) {
  Content content;
  content.caches["d1"] = cache_with(R"(<distributed-cache name="d1" owners="1"/>)", entries);
  content.caches["d2"] = cache_with(R"(<distributed-cache name="d2" owners="2"/>)", entries);
  content.caches["r"] = cache_with(R"(<replicated-cache name="r"/>)", entries);
  content.templates["t"] = R"(<local-cache-configuration name="t"/>)";
  content.counters["c"] = {.name = "c", .configuration = {}, .value = 7};
  content.schemas["a.proto"] = "syntax = \"proto3\";\n";
  content.tasks["hello.js"] = "// mode=local\n1";
  return content;
}

// What an iteration gave: key -> how often.
struct Iterated {
  Status status;
  std::map<std::string, int> times;

  bool each_once() const {
    return std::all_of(times.begin(), times.end(), [](const auto& one) { return one.second == 1; });
  }
};

inline Iterated iterate_all(Node& node, const std::string& cache) {
  Iterated out;
  out.status = node.iterate(
      cache,
      [&](std::span<const CacheRecord> records) {
        for (const CacheRecord& record : records) ++out.times[record.key];
        return ok_status();
      },
      minutes(3));
  return out;
}

}  // namespace drydock::fakegrid

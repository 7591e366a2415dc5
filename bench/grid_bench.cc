// The simulated grid alone: clusters that form, a member that joins a large cache, an iteration of
// it, what an entry and an idle cluster cost, and how each grows.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "fakegrid/node/node.h"
#include "sim/simulation.h"

namespace drydock::bench {
namespace {

using namespace fakegrid;

constexpr size_t kValueBytes = 100;

double heap_bytes() {
  const struct mallinfo2 info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

class GridTransport final : public Transport {
 public:
  GridTransport(sim::Process& process, const std::vector<std::string>& addresses)
      : process_(process), addresses_(addresses) {
    process_.receive_messages(
        [this](const std::string& from, const std::shared_ptr<const void>& message) {
          if (listener_.on_message)
            listener_.on_message(from, std::static_pointer_cast<const Message>(message));
        });
  }
  void send(const std::string& to, size_t bytes, MessagePtr message) override {
    ++sent;
    process_.send_message(to, bytes, std::move(message));
  }
  void set_listener(TransportListener listener) override { listener_ = std::move(listener); }
  std::vector<std::string> discover() override { return addresses_; }
  std::string self() const override { return process_.ip(); }

  uint64_t sent = 0;

 private:
  sim::Process& process_;
  const std::vector<std::string>& addresses_;
  TransportListener listener_;
};

// Data nodes n0.., each in a process and on a machine of its own.
class Grid {
 public:
  static Member member(int64_t number) { return {"n" + std::to_string(number), address(number)}; }
  static std::shared_ptr<const ClusterSnapshot> snapshot(int64_t nodes, const Content& content) {
    ClusterShape shape;
    for (int64_t i = 0; i < nodes; ++i) shape.members.push_back(member(i));
    return form_cluster(shape, content).value();
  }

  Node& add(bool zero_capacity = false) {
    const auto number = static_cast<int64_t>(spots_.size());
    const Member one = member(number);
    Spot& spot = spots_.emplace_back();
    spot.process = &simulation_.add_process(one.name, "host-" + one.name, one.address);
    spot.transport = std::make_unique<GridTransport>(*spot.process, addresses_);
    NodeConfig config{.name = one.name, .cluster_name = "bench", .zero_capacity = zero_capacity};
    spot.node = std::make_unique<Node>(*spot.process, *spot.transport, std::move(config));
    return *spot.node;
  }
  void add_formed(int64_t nodes, const ClusterSnapshot& snapshot) {
    for (int64_t i = 0; i < nodes; ++i) add();
    addresses_.push_back(address(0));
    for (const Spot& spot : spots_) spot.node->start_formed(snapshot);
    run([] {});
  }
  // Starts the node that was added last, and lets its cluster come to rest.
  void start_last() {
    Spot& spot = spots_.back();
    Status status;
    in(spot, [&](Node& node) { status = node.start(node_deadline()); });
    DRYDOCK_CHECK(status.ok(), status.to_string());
    if (addresses_.empty()) addresses_.push_back(address(0));
    run([this] { (void)simulation_.harness().sleep_for(seconds(30)); });
  }
  void on_last(const std::function<void(Node&)>& work) { in(spots_.back(), work); }
  void run(std::function<void()> story) {
    const sim::RunEnd end = simulation_.run(std::move(story), hours(2));
    DRYDOCK_CHECK(end == sim::RunEnd::kDone, simulation_.waiting_report());
  }

  uint64_t messages() const {
    uint64_t sent = 0;
    for (const Spot& spot : spots_) sent += spot.transport->sent;
    return sent;
  }
  uint64_t events() { return simulation_.events().fired(); }
  sim::Simulation& simulation() { return simulation_; }
  const Node& last() const { return *spots_.back().node; }

 private:
  struct Spot {
    sim::Process* process = nullptr;
    std::unique_ptr<GridTransport> transport;
    std::unique_ptr<Node> node;
  };

  static std::string address(int64_t number) {
    return "10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1);
  }
  SteadyTime node_deadline() const { return simulation_.now() + minutes(5); }
  void in(Spot& spot, const std::function<void(Node&)>& work) {
    bool done = false;
    spot.process->spawn("bench", [&] {
      work(*spot.node);
      done = true;
    });
    run([&] {
      while (!done) (void)simulation_.harness().sleep_for(milliseconds(1));
    });
  }

  std::vector<std::string> addresses_;
  std::vector<Spot> spots_;
  sim::Simulation simulation_;
};

Content content_of(int64_t entries) {
  Content content;
  CacheContent& cache = content.caches["c"];
  cache.configuration_xml = R"(<distributed-cache name="c" owners="2"/>)";
  for (int64_t i = 0; i < entries; ++i) {
    std::string key = std::to_string(i);
    key.insert(0, 8 - key.size(), '0');
    cache.records.push_back({.key = "key" + key,
                             .value = std::string(kValueBytes, 'v'),
                             .metadata = encode_metadata({})});
  }
  return content;
}

void count(benchmark::State& state, const Grid& grid, uint64_t events, double bytes) {
  state.counters["messages"] = static_cast<double>(grid.messages());
  state.counters["events"] = static_cast<double>(events);
  state.counters["node_bytes"] = bytes / static_cast<double>(state.range(0));
}

// One node after the other joins, each when the one before is at rest.
void form_by_joins(benchmark::State& state) {
  for (auto _ : state) {
    const double before = heap_bytes();
    Grid grid;
    for (int64_t i = 0; i < state.range(0); ++i) {
      grid.add();
      grid.start_last();
    }
    count(state, grid, grid.events(), heap_bytes() - before);
  }
}

void born_formed(benchmark::State& state) {
  for (auto _ : state) {
    const double before = heap_bytes();
    Grid grid;
    grid.add_formed(state.range(0), *Grid::snapshot(state.range(0), content_of(0)));
    count(state, grid, grid.events(), heap_bytes() - before);
  }
}

// What happens in an hour in which nobody wants anything.
void idle_hour(benchmark::State& state) {
  Grid grid;
  grid.add_formed(state.range(0), *Grid::snapshot(state.range(0), content_of(0)));
  grid.run([&] { (void)grid.simulation().harness().sleep_for(minutes(1)); });
  const uint64_t events = grid.events();
  const uint64_t messages = grid.messages();
  for (auto _ : state) grid.run([&] { (void)grid.simulation().harness().sleep_for(hours(1)); });
  state.counters["events"] = static_cast<double>(grid.events() - events);
  state.counters["messages"] = static_cast<double>(grid.messages() - messages);
}

// A fourth data node joins three with so many entries of 100 bytes, two owners.
void join_with_entries(benchmark::State& state) {
  const auto snapshot = Grid::snapshot(3, content_of(state.range(0)));
  Grid grid;
  grid.add_formed(3, *snapshot);
  const uint64_t messages = grid.messages();
  const SteadyTime began = grid.simulation().now();
  for (auto _ : state) {
    grid.add();
    grid.start_last();
  }
  const double moved =
      static_cast<double>(grid.last().instruments().caches.at("c").moved.entries_in);
  state.counters["moved"] = moved;
  state.counters["moved_per_s"] = benchmark::Counter(moved, benchmark::Counter::kIsRate);
  state.counters["messages"] = static_cast<double>(grid.messages() - messages);
  state.counters["simulated_s"] =
      std::chrono::duration<double>(grid.simulation().now() - began).count();
}

// A member without capacity reads a whole cache of three data nodes.
void iterate(benchmark::State& state) {
  const auto snapshot = Grid::snapshot(3, content_of(state.range(0)));
  Grid grid;
  grid.add_formed(3, *snapshot);
  grid.add(true);
  grid.start_last();
  uint64_t seen = 0;
  for (auto _ : state)
    grid.on_last([&](Node& zero) {
      const Status status = zero.iterate(
          "c",
          [&](std::span<const CacheRecord> records) {
            seen += records.size();
            return ok_status();
          },
          minutes(1));
      DRYDOCK_CHECK(status.ok(), status.to_string());
    });
  state.counters["per_s"] =
      benchmark::Counter(static_cast<double>(seen), benchmark::Counter::kIsRate);
}

// Beyond the value, in a cluster of three; owners of a formed cluster share one copy.
void entry_memory(benchmark::State& state) {
  double bytes = 0;
  for (auto _ : state) {
    const Content content = content_of(state.range(0));
    const double before = heap_bytes();
    const auto snapshot = Grid::snapshot(3, content);
    Grid grid;
    grid.add_formed(3, *snapshot);
    bytes = heap_bytes() - before;
  }
  state.counters["bytes"] = bytes / static_cast<double>(state.range(0)) - kValueBytes;
}

BENCHMARK(form_by_joins)->Arg(3)->Arg(10)->Arg(100)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(born_formed)
    ->Arg(3)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(idle_hour)->Arg(3)->Arg(100)->Arg(1000)->Iterations(1);
BENCHMARK(join_with_entries)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Iterations(1);
BENCHMARK(iterate)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(entry_memory)->Arg(10'000)->Arg(1'000'000)->Iterations(1);

}  // namespace
}  // namespace drydock::bench

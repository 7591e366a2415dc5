#include "harness/conformance/grid/cluster.h"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <array>

#include "core/base/sync.h"
#include "fakegrid/node/core.h"
#include "fakegrid/server/quirks.h"
#include "fakegrid/server/server.h"
#include "fakegrid/server/version.h"
#include "harness/conformance/grid/peer_transport.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr uint16_t kRestPort = 11222;
constexpr Duration kStartTime = minutes(2);
constexpr Duration kLeaveTime = seconds(30);
constexpr Duration kAnswerTime = minutes(3);  // the longest recorded call is shorter
constexpr uint64_t kDiskBytes = uint64_t{8} << 30;

std::string level_name(spdlog::level::level_enum level) {
  if (level >= spdlog::level::critical) return "FATAL";
  if (level == spdlog::level::err) return "ERROR";
  if (level == spdlog::level::warn) return "WARN";
  return level == spdlog::level::info ? "INFO" : "DEBUG";
}

fakegrid::ServerVersion version_of(const std::string& text) {
  return fakegrid::parse_version(text).value();
}

std::string phase_name(fakegrid::Phase phase) {
  constexpr std::array kNames = {"NO_REBALANCE", "READ_OLD_WRITE_ALL", "READ_ALL_WRITE_ALL",
                                 "READ_NEW_WRITE_ALL"};
  return kNames.at(static_cast<size_t>(phase));
}

// {"node0": "131+125", ...} of all members.
json::value owner_counts(const fakegrid::OwnerTable* table,
                         const std::vector<fakegrid::Member>& members) {
  if (table == nullptr) return nullptr;
  std::vector<int> primaries(members.size());
  std::vector<int> backups(members.size());
  for (int segment = 0; segment < table->segments; ++segment) {
    const std::vector<int> owners = table->owners(segment);
    for (size_t i = 0; i < owners.size(); ++i)
      ++(i == 0 ? primaries : backups)[static_cast<size_t>(owners[i])];
  }
  json::object counts;
  for (size_t i = 0; i < members.size(); ++i)
    counts[members[i].name] = fmt::format("{}+{}", primaries[i], backups[i]);
  return counts;
}

json::value topology_value(const fakegrid::CacheTopology& topology) {
  json::array names;
  for (const fakegrid::Member& member : topology.reachable()) names.emplace_back(member.name);
  return json::object{{"id", topology.id},
                      {"phase", phase_name(topology.phase)},
                      {"rebalance", topology.rebalance_id},
                      {"current", owner_counts(topology.current.get(), *topology.members)},
                      {"pending", owner_counts(topology.pending.get(), *topology.members)},
                      {"members", names}};
}

// Who joins is not among the current owners, not even as one of nothing, before the rebalance ends;
// unless their table is made anew, since somebody is gone.
void keep_members(json::object& counts, const json::object& before) {
  for (const auto& [name, count] : before)
    if (!counts.contains(name)) return;
  std::vector<std::string> joined;
  for (const auto& [name, count] : counts)
    if (!before.contains(name)) joined.emplace_back(name);
  for (const std::string& name : joined) counts.erase(name);
}

// Volumes have no leading slash.
std::string in_volume(const std::string& path) {
  return path.starts_with('/') ? path.substr(1) : path;
}

}  // namespace

class Cluster::Member {
 public:
  // `crashed`: an earlier process of that name did.
  Member(Cluster& cluster, const std::string& name, bool zero_capacity, bool crashed,
         sim::Process& process)
      : process_(process),
        disk_(cluster.disk_.mount(process, false)),
        transport_(process, cluster.data_addresses_),
        node_(process, transport_, config(cluster.options_, name, zero_capacity, crashed)),
        server_(process, node_, *disk_, server_options(cluster.options_, name),
                [this] { process_.simulation().kill(process_); }) {}

  Status start(const ClusterOptions& options) {
    const SteadyTime deadline = process_.now() + kStartTime;
    DRYDOCK_RETURN_IF_ERROR(node_.start(deadline));
    for (const fakegrid::NamedDefinition& definition : options.templates)
      DRYDOCK_RETURN_IF_ERROR(node_.create_template(definition, deadline).status());
    for (const fakegrid::NamedDefinition& definition : options.caches)
      DRYDOCK_RETURN_IF_ERROR(node_.create_cache(definition, deadline).status());
    DRYDOCK_ASSIGN(listener_, process_.wire().serve(kRestPort, [this](const HttpRequest& request) {
      return server_.handle(request);
    }));
    return ok_status();
  }

  sim::Process& process() { return process_; }
  fakegrid::Node& node() { return node_; }

 private:
  static fakegrid::NodeConfig config(const ClusterOptions& options, const std::string& name,
                                     bool zero_capacity, bool crashed) {
    fakegrid::NodeConfig config;
    config.name = name;
    config.cluster_name = config.stack = options.name;
    config.zero_capacity = zero_capacity;
    config.version = options.version;
    config.quirks = fakegrid::quirks_of(version_of(options.version));
    config.verbose_log = true;
    config.finds_global_state = crashed;
    if (options.adjust) options.adjust(name, config);
    return config;
  }

  static fakegrid::ServerOptions server_options(const ClusterOptions& options,
                                                const std::string& name) {
    fakegrid::ServerOptions server;
    server.version = version_of(options.version);
    server.quirks = fakegrid::quirks_of(server.version);
    server.configuration_head = options.configuration_head;
    server.configuration_tail = options.configuration_tail;
    server.data_directory = options.home + "/" + options.version + "/" + name + "/data";
    return server;
  }

  sim::Process& process_;
  std::shared_ptr<Volume> disk_;
  PeerTransport transport_;
  fakegrid::Node node_;
  fakegrid::Server server_;
  std::unique_ptr<Listener> listener_;
};

Cluster::Cluster(ClusterOptions options)
    : options_(std::move(options)),
      simulation_({.seed = 1, .epoch = options_.epoch}),
      disk_(simulation_, "disk", {.capacity_bytes = kDiskBytes}),
      volume_(disk_.mount(simulation_.harness(), false)) {}

Cluster::~Cluster() = default;

std::shared_ptr<Cluster::Member> Cluster::member(const std::string& name) const {
  std::shared_ptr<Member> member = places_.at(name).member.lock();
  DRYDOCK_CHECK(member != nullptr, "a node that has ended was asked for something");
  return member;
}

Status Cluster::run(const std::function<Status()>& story, Duration limit) {
  Status told;
  const sim::RunEnd end = simulation_.run([&] { told = story(); }, limit);
  DRYDOCK_RETURN_IF_ERROR(told);
  if (end == sim::RunEnd::kDone) return ok_status();
  return Status(Code::kInternal, "the replay got stuck: " + simulation_.waiting_report());
}

Status Cluster::start(const std::string& name, bool zero_capacity) {
  const std::string ip = fmt::format("10.0.0.{}", ++last_ip_);
  sim::Process& process = simulation_.add_process(name, "host-" + name, ip);
  if (options_.debug_log) process.logger().set_level(spdlog::level::debug);
  process.on_log([&log = logs_[name]](spdlog::level::level_enum level, std::string_view line) {
    log.push_back({level_name(level), std::string(line.substr(0, line.find('\n')))});
  });
  if (!zero_capacity) data_addresses_.push_back(ip);
  const bool crashed = crashed_.erase(name) > 0;
  auto member = std::make_shared<Member>(*this, name, zero_capacity, crashed, process);
  process.keep(member);
  topologies_[name].clear();
  member->node().on_change([this, name, &node = member->node()] { note_topologies(name, node); });
  places_[name] = {&process, member};
  Event done(env());
  Status started;
  process.spawn("start", [&] {
    started = member->start(options_);
    done.set();
  });
  DRYDOCK_RETURN_IF_ERROR(done.wait(kForever));
  return started;
}

void Cluster::note_topologies(const std::string& name, const fakegrid::Node& node) {
  for (const auto& [cache, local] : node.core()->caches.all()) {
    json::array& seen = topologies_[name][cache];
    const fakegrid::CacheTopology& topology = *local.topology;
    if (topology.current == nullptr) continue;
    if (!seen.empty() && json_int(seen.back(), {"id"}) >= topology.id) continue;
    json::value value = topology_value(topology);
    if (topology.pending != nullptr && !seen.empty())
      keep_members(value.get_object()["current"].as_object(),
                   json_object(seen.back(), {"current"}));
    seen.push_back(std::move(value));
  }
}

const std::map<std::string, json::array>& Cluster::topologies(const std::string& name) const {
  return topologies_.at(name);
}

Status Cluster::stop(const std::string& name) {
  Event done(env());
  Status left;
  member(name)->process().spawn("stop", [&] {
    left = member(name)->node().leave(env().now() + kLeaveTime);
    done.set();
  });
  DRYDOCK_RETURN_IF_ERROR(done.wait(kForever));
  simulation_.kill(*places_.at(name).process);
  return left;
}

void Cluster::kill(const std::string& name) {
  crashed_.insert(name);
  simulation_.kill(*places_.at(name).process);
}

void Cluster::pause(const std::string& name) { simulation_.pause(*places_.at(name).process); }
void Cluster::resume(const std::string& name) { simulation_.resume(*places_.at(name).process); }

bool Cluster::alive(const std::string& name) const { return !places_.at(name).process->killed(); }

Result<Answer> Cluster::call(const std::string& name, HttpRequest request) {
  return call(name, std::move(request), kAnswerTime);
}

Result<Answer> Cluster::call(const std::string& name, HttpRequest request, Duration patience) {
  if (!alive(name)) return Status(Code::kRefused, "the process has ended");  // its host has not
  const Address to{places_.at(name).process->ip(), kRestPort};
  const SteadyTime deadline = env().now() + patience;
  const bool is_head = request.method == "HEAD";
  DRYDOCK_ASSIGN(std::unique_ptr<ResponseStream> stream,
                 simulation_.harness().wire().open(to, std::move(request), deadline));
  Answer answer{stream->head().status, stream->head().headers, stream->head().body.text()};
  bool chunked = false;
  while (true) {
    DRYDOCK_ASSIGN(const std::optional<Body> chunk, stream->next(deadline));
    if (!chunk) break;
    chunked = true;
    answer.body += chunk->text();
  }
  // What the HTTP layer of a server adds by itself.
  if (chunked)
    answer.headers.emplace_back("Transfer-Encoding", "chunked");
  else if (answer.status != 204 && find_header(answer.headers, "Content-Length") == nullptr)
    answer.headers.emplace_back("Content-Length", std::to_string(answer.body.size()));
  if (is_head) answer.body.clear();
  return answer;
}

std::vector<std::string> Cluster::names_below(const std::string& directory) {
  std::vector<std::string> names;
  std::vector<std::string> open = {""};
  while (!open.empty()) {
    const std::string below = open.back();
    open.pop_back();
    const auto listed = volume_->list(in_volume(directory) + (below.empty() ? "" : "/" + below));
    if (!listed.ok()) continue;
    for (const std::string& name : *listed) {
      names.push_back(below.empty() ? name : below + "/" + name);
      const auto stat = volume_->stat(in_volume(directory) + "/" + names.back());
      if (stat.ok() && stat->is_directory) open.push_back(names.back());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

void Cluster::make_directories(const std::string& path) {
  DRYDOCK_CHECK(volume_->make_directories(in_volume(path)).ok(), "the disk has room");
}

Status Cluster::put_file(const std::string& path, std::string content) {
  return disk_.put_file(in_volume(path), std::move(content));
}

Result<std::string> Cluster::get_file(const std::string& path) const {
  return disk_.get_file(in_volume(path));
}

std::vector<LogLine> Cluster::take_log(const std::string& name) {
  return std::exchange(logs_[name], {});
}

fakegrid::Node& Cluster::node(const std::string& name) { return member(name)->node(); }

std::vector<std::string> Cluster::names() const {
  std::vector<std::string> names;
  for (const auto& [name, place] : places_) names.push_back(name);
  return names;
}

}  // namespace drydock::harness::conformance::grid

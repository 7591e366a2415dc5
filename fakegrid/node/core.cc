#include "fakegrid/node/core.h"

#include "fakegrid/data/registry_keys.h"

namespace drydock::fakegrid {
namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

// Messages that nodes of different views may exchange.
bool between_views(const Message& message) {
  return std::holds_alternative<Greeting>(message.body) ||
         std::holds_alternative<DiscoveryRequest>(message.body) ||
         std::holds_alternative<DiscoveryReply>(message.body) ||
         std::holds_alternative<JoinRequest>(message.body) ||
         std::holds_alternative<LeaveDone>(message.body) ||
         std::holds_alternative<ViewUpdate>(message.body) ||
         std::holds_alternative<MergeProbe>(message.body);
}

// The part of a message as a shared value, without copying it.
template <class Part>
std::shared_ptr<const Part> part_of(const MessagePtr& message, const Part& part) {
  return std::shared_ptr<const Part>(message, &part);
}

// A text that is no version stands for the default one, under its own name.
ServerVersion version_of(const std::string& text) {
  Result<ServerVersion> parsed = parse_version(text);
  if (parsed.ok()) return *parsed;
  ServerVersion version;
  version.text = text;
  return version;
}

}  // namespace

NodeCore::NodeCore(Env& environment, Transport& wire, NodeConfig node_config)
    : env(environment),
      transport(wire),
      config(std::move(node_config)),
      version(version_of(config.version)),
      self(wire.self()),
      changed_(environment.make_gate()) {}

void NodeCore::listen() {
  const std::weak_ptr<NodeCore> weak = weak_from_this();
  const auto with_core = [weak](auto&& action) {
    if (const auto core = weak.lock(); core && core->running()) action(*core);
  };
  transport.set_listener(
      {.on_message =
           [=](const std::string& from, MessagePtr message) {
             with_core([&](NodeCore& core) { core.receive(from, message); });
           },
       .on_closed =
           [=](const std::string& address) {
             with_core([&](NodeCore& core) { core.membership.on_closed(address); });
           },
       .on_silent =
           [=](const std::string& address) {
             with_core([&](NodeCore& core) { core.membership.on_silent(address); });
           },
       .on_heard =
           [=](const std::string& address) {
             with_core([&](NodeCore& core) { core.membership.on_heard(address); });
           }});
}

void NodeCore::stop() {
  if (state == NodeState::kStopped) return;
  state = NodeState::kStopped;
  transport.set_listener({});
  notify();
}

void NodeCore::spawn(const std::string& name, std::function<void()> body) {
  env.spawn(name, [core = shared_from_this(), run = std::move(body)] { run(); });
}

void NodeCore::notify() {
  changed_->notify_all();
  if (on_change) on_change();
}

void NodeCore::confirm(PhaseConfirm done) {
  if (done.done.empty()) return;
  const std::string& to = membership.view()->coordinator().address;
  if (to == self)
    coordinator.handle(self, done);
  else
    send(to, std::move(done));
}

void NodeCore::post(const std::string& to, MessagePtr message) {
  if (!running()) return;
  const size_t bytes = weight_of(*message);
  ++messages_sent;
  bytes_sent += bytes;
  transport.send(to, bytes, std::move(message));
}

void NodeCore::receive(const std::string& from, const MessagePtr& message) {
  if (between_views(*message) || membership.is_member(from))
    dispatch(from, message);
  else if (membership.expelled().count(from) == 0)
    early_.emplace_back(from, message);
  else if (const auto* request = std::get_if<DataRequest>(&message->body))
    server.handle_outsider(from, part_of(message, *request));
}

void NodeCore::dispatch(const std::string& from, const MessagePtr& message) {
  std::visit(Overloaded{[&](const TopologyUpdate& m) { install(from, m); },
                        [&](const JoinRefusal& m) {
                          refused = m.reason;
                          notify();
                        },
                        [&](const PhaseConfirm& m) { coordinator.handle(from, m); },
                        [&](const StatusRequest& m) {
                          if (membership.view()->id == m.view_id)
                            send(from, caches.status(m.view_id));
                        },
                        [&](const StatusReply& m) { coordinator.handle(from, m); },
                        [&](const StateRequest& m) { server.handle(from, part_of(message, m)); },
                        [&](const StateChunk& m) { caches.handle(from, m); },
                        [&](const StateAck& m) { server.handle(from, m); },
                        [&](const DataRequest& m) { server.handle(from, part_of(message, m)); },
                        [&](const DataReply& m) { calls.reply(m); },
                        [&](const BackupWrite& m) { server.handle(from, part_of(message, m)); },
                        [&](const BackupAck& m) { server.handle(from, m); },
                        [&](const auto& m) { membership.handle(from, m); }},
             message->body);
}

void NodeCore::install(const std::string& from, const TopologyUpdate& update) {
  const ViewPtr& view = membership.view();
  if (view->coordinator().address != from || view->id != update.view_id) return;
  confirm(caches.install(update.topologies));
}

void NodeCore::on_view(const ViewPtr& before, const std::set<std::string>& abrupt) {
  const View& view = *membership.view();
  calls.on_view(view);
  server.on_view(view);
  coordinator.on_view(before, abrupt);
  for (auto& [from, message] : std::exchange(early_, {})) receive(from, message);
  notify();
}

std::string NodeCore::home_of_local_caches() const {
  if (!config.uses_local_caches_of_data_node || !membership.view()) return self;
  for (const Member& member : *membership.view()->members)
    if (!member.zero_capacity) return member.address;
  return "";
}

InternalCaches NodeCore::internal_caches() const {
  return {.version = version,
          .segments = config.segments,
          .all = config.all_internal_caches,
          .texts_to_zero_capacity = !config.quirks.has(Quirk::kInternalCachesUnowned)};
}

void NodeCore::on_definition(const CacheRecord& record) {
  const std::string_view key = record.key;
  if (key.substr(0, kCacheKeyPrefix.size()) == kCacheKeyPrefix)
    coordinator.ensure_cache(std::string(key.substr(kCacheKeyPrefix.size())), record.value);
}

void NodeCore::on_definition_removed(std::string_view key) {
  if (key.substr(0, kCacheKeyPrefix.size()) != kCacheKeyPrefix) return;
  const std::string name(key.substr(kCacheKeyPrefix.size()));
  coordinator.forget(name);
  caches.forget(name);
  notify();
}

}  // namespace drydock::fakegrid

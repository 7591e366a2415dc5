#include "harness/world/kube_faults.h"

#include <algorithm>
#include <numeric>

#include "fakekube/fault/api_faults.h"
#include "fakekube/schema/crd_types.h"
#include "harness/scenario/words.h"

namespace drydock::harness {
namespace {

using fakekube::ApiFaultKind;
using scenario::CallFault;

// The words of words.h stand in the order of the enumeration.
template <class Enum>
Enum of_word(const std::vector<std::string>& words, const std::string& word) {
  const auto found = std::find(words.begin(), words.end(), word);
  DRYDOCK_CHECK(found != words.end(), "unknown word " + word);
  return static_cast<Enum>(found - words.begin());
}

std::string client_of(Run& run, const scenario::Place& place) {
  World& world = run.world();
  return place.kind == scenario::Place::Kind::kController
             ? world.operator_agent(world.leading_operator())
             : world.kubelet_agent(place.name);
}

fakekube::CallMatch match_of(Run& run, const scenario::Calls& calls) {
  fakekube::CallMatch match;
  for (const std::string& verb : calls.verbs)
    match.verbs.push_back(of_word<fakekube::Verb>(scenario::verb_words(), verb));
  match.type = type_of_kind(calls.of.kind);
  DRYDOCK_CHECK(calls.of.kind.empty() || match.type != nullptr, "no kind " + calls.of.kind);
  match.name = calls.of.name;
  match.subresource = calls.subresource;
  if (calls.by) match.client = client_of(run, *calls.by);
  return match;
}

ApiFaultKind kind_of(CallFault::Kind kind) {
  switch (kind) {
    case CallFault::Kind::kRefuse: return ApiFaultKind::kRefuse;
    case CallFault::Kind::kLoseRequest: return ApiFaultKind::kLoseRequest;
    case CallFault::Kind::kLoseAnswer: return ApiFaultKind::kLoseAnswer;
    case CallFault::Kind::kDelayRequest: return ApiFaultKind::kDelayRequest;
    case CallFault::Kind::kDelayAnswer: return ApiFaultKind::kDelayAnswer;
    case CallFault::Kind::kBreakOff: return ApiFaultKind::kBreakOff;
    case CallFault::Kind::kConflict: break;
  }
  return ApiFaultKind::kConflict;
}

// As a real API server ends `failed calling webhook "x": ` (1.33).
std::string webhook_error(const std::string& how) {
  const std::string call =
      "failed to call webhook: Post "
      "\"https://drydock-operator.datagrid.svc:443/admit?timeout=10s\"";
  if (how == "timeout") return call + ": context deadline exceeded";
  if (how == "bad-certificate")
    return call +
           ": tls: failed to verify certificate: x509: certificate signed by unknown authority";
  return call + ": dial tcp 10.96.0.11:443: connect: connection refused";
}

fakekube::StreamSelector selector_of(Run& run, const scenario::Watches& watches) {
  fakekube::StreamSelector selector{.type = type_of_kind(watches.kind)};
  if (watches.by) selector.user_agent = client_of(run, *watches.by);
  return selector;
}

std::vector<int> numbers_of(const ApiServers& servers, int number) {
  if (number != 0) return {number};
  std::vector<int> all(static_cast<size_t>(servers.count()));
  std::iota(all.begin(), all.end(), 1);
  return all;
}

int64_t cut_watches(Run& run, const scenario::CutWatches& fault) {
  ApiServers& servers = run.world().api_servers();
  const fakekube::StreamSelector selector = selector_of(run, fault.watches);
  if (fault.how == "reset" || fault.how == "mid-line")
    return servers.faults().break_watches(
        {.type = selector.type, .client = selector.user_agent},
        fault.how == "reset" ? fakekube::StreamCut::kReset : fakekube::StreamCut::kMidLine);
  const fakekube::StreamEnd end = fault.how == "in-order"  ? fakekube::StreamEnd::kClean
                                  : fault.how == "expired" ? fakekube::StreamEnd::kExpired
                                                           : fakekube::StreamEnd::kError;
  size_t cut = 0;
  for (int server = 1; server <= servers.count(); ++server)
    cut += servers.server(server).streams().cut(selector, end);
  return static_cast<int64_t>(cut);
}

bool fits(const fakekube::StreamInfo& stream, const fakekube::StreamSelector& selector) {
  return (selector.type == nullptr || selector.type == stream.type) &&
         stream.user_agent.starts_with(selector.user_agent);
}

// Watches that fit and whose kind was written after `revision`.
int64_t watches_concerned(const ApiServers& servers, const fakekube::StreamSelector& selector,
                          uint64_t revision) {
  int64_t concerned = 0;
  for (int number = 1; number <= servers.count(); ++number)
    for (const fakekube::StreamInfo& stream : servers.server(number).streams().streams())
      if (fits(stream, selector) &&
          servers.storage().store().last_revision(*stream.type) > revision)
        ++concerned;
  return concerned;
}

// What a counter has counted from now on.
std::function<int64_t()> since_now(const std::function<int64_t()>& counter) {
  return [counter, before = counter()] { return counter() - before; };
}

Injection of_calls(Run& run, fakekube::ApiFault armed) {
  fakekube::ApiFaults& faults = run.world().api_servers().faults();
  const fakekube::ApiFaultId id = faults.add(std::move(armed));
  return {.heal = [&faults, id] { faults.remove(id); },
          .fired = [&faults, id] { return faults.fired(id); }};
}

Injection pause_pod(Run& run, const std::string& pod) {
  sim::Simulation& simulation = run.world().simulation();
  sim::Process* process = run.world().runtime().process_of(pod);
  if (process == nullptr) return acted(false);
  simulation.pause(*process);
  const auto heal = [&simulation, process] {
    if (process->paused() && !process->killed()) simulation.resume(*process);
  };
  return {.heal = heal, .fired = since_now([process] { return process->delayed_deliveries(); })};
}

}  // namespace

Injection inject(Run& run, const CallFault& fault) {
  fakekube::ApiFault armed{.kind = kind_of(fault.kind),
                           .calls = match_of(run, fault.calls),
                           .skip = fault.skip,
                           .times = fault.times,
                           .delay = fault.delay};
  if (!fault.with.empty())
    armed.refusal = of_word<fakekube::Refusal>(scenario::refusal_words(), fault.with);
  if (fault.retry_after) armed.retry_after_s = *fault.retry_after / seconds(1);
  return of_calls(run, std::move(armed));
}

Injection inject(Run& run, const scenario::CutWatches& fault) {
  const int64_t cut = cut_watches(run, fault);
  return {.heal = {}, .fired = [cut] { return cut; }};
}

Injection inject(Run& run, const scenario::SlowWatches& fault) {
  ApiServers& servers = run.world().api_servers();
  const fakekube::StreamSelector selector = selector_of(run, fault.watches);
  const uint64_t since = servers.storage().store().revision();
  const auto at_the_end = std::make_shared<std::optional<int64_t>>();
  for (int server = 1; server <= servers.count(); ++server) {
    fakekube::StreamControl& streams = servers.server(server).streams();
    fault.delay ? streams.delay(selector, *fault.delay) : streams.hold(selector);
  }
  const auto concerned = [&servers, selector, since] {
    return watches_concerned(servers, selector, since);
  };
  const auto heal = [&servers, selector, concerned, at_the_end] {
    *at_the_end = concerned();
    for (int server = 1; server <= servers.count(); ++server)
      servers.server(server).streams().release(selector);
  };
  return {.heal = heal,
          .fired = [concerned, at_the_end] { return at_the_end->value_or(concerned()); }};
}

Injection inject(Run& run, const scenario::BreakWebhook& fault) {
  const std::vector<std::string> hooks =
      fault.webhook == "all"
          ? std::vector(scenario::webhook_words().begin() + 1, scenario::webhook_words().end())
          : std::vector{fault.webhook};
  World& world = run.world();
  const auto set = [&world, hooks](const std::string& broken, Duration delay) {
    for (const std::string& hook : hooks) {
      world.api_server().admission().set_broken(hook, broken);
      world.api_server().admission().set_delay(hook, delay);
    }
  };
  set(fault.how == "slow" ? "" : webhook_error(fault.how), fault.delay);
  const auto troubled = [&world, hooks] {
    int64_t all = 0;
    for (const std::string& hook : hooks) all += world.api_server().admission().troubled(hook);
    return all;
  };
  return {.heal = [set] { set("", Duration(0)); }, .fired = since_now(troubled)};
}

Injection inject(Run& run, const scenario::Pause& fault) {
  if (fault.place.kind == scenario::Place::Kind::kPod) return pause_pod(run, fault.place.name);
  World& world = run.world();
  const int index = world.leading_operator();
  world.pause_operator(index);
  const sim::Process& process = world.operator_process(index);
  return {.heal = [&world, index] { world.resume_operator(index); },
          .fired = since_now([&process] { return process.delayed_deliveries(); })};
}

Injection inject(Run& run, const scenario::CrashAtCommit& fault) {
  World& world = run.world();
  const int index = world.leading_operator();
  fakekube::ApiFault armed{.kind = ApiFaultKind::kCrashClient,
                           .calls = match_of(run, fault.calls),
                           .skip = fault.skip,
                           .times = fault.times};
  armed.calls.client = world.operator_agent(index);
  const Duration down = fault.down.value_or(kOperatorRestart);
  armed.crash = [&world, index, down] { world.crash_operator(index, down); };
  return of_calls(run, std::move(armed));
}

Injection inject(Run& run, const scenario::RemoveDefinition& fault) {
  World& world = run.world();
  const fakekube::ResourceType& type = *type_of_kind(fault.kind);
  const auto objects = static_cast<int64_t>(world.api_server().store().objects(type).size());
  const bool removed =
      world.kube()
          .remove(fakekube::kCustomResourceDefinitions, "", std::string(type.qualified_plural), {})
          .ok();
  const auto make_again = [&world, &type] {
    (void)world.kube().create(fakekube::kCustomResourceDefinitions, fakekube::product_crd(type));
  };
  return {.heal = make_again, .fired = [removed, objects] { return removed ? objects : 0; }};
}

Injection inject(Run& run, const scenario::RestartApiServer& fault) {
  ApiServers& servers = run.world().api_servers();
  const std::vector<int> numbers = numbers_of(servers, fault.server);
  int64_t broken = 0;
  for (const int number : numbers) broken += servers.open_streams(number);
  for (const int number : numbers) servers.stop(number);
  const auto heal = [&servers, numbers] {
    for (const int number : numbers) servers.start(number);
  };
  const auto refused = since_now([&servers, numbers] {
    int64_t all = 0;
    for (const int number : numbers) all += servers.refused(number);
    return all;
  });
  return {.heal = heal, .fired = [broken, refused] { return broken + refused(); }};
}

Injection inject(Run& run, const scenario::FreezeView& fault) {
  ApiServers& servers = run.world().api_servers();
  const std::vector<int> numbers = numbers_of(servers, fault.server);
  std::vector<const fakekube::ResourceType*> types = servers.storage().types();
  if (!fault.kind.empty()) types = {type_of_kind(fault.kind)};
  const auto each = [&servers, numbers, types](const auto& act) {
    for (const int number : numbers)
      for (const fakekube::ResourceType* type : types) act(servers.server(number), *type);
  };
  each([](fakekube::ApiServer& server, const auto& type) { server.freeze(type); });
  // The kinds of which something was not shown.
  const auto stale = std::make_shared<int64_t>(0);
  const uint64_t frozen_at = servers.storage().store().revision();
  const auto heal = [each, stale, frozen_at] {
    each([&](fakekube::ApiServer& server, const auto& type) {
      if (server.store().last_revision(type) > frozen_at) ++*stale;
      server.thaw(type);
    });
  };
  return {.heal = heal, .fired = [stale] { return *stale; }};
}

Injection inject(Run& run, const scenario::StorageTrouble& fault) {
  fakekube::Storage& storage = run.world().api_servers().storage();
  if (fault.what == "stalled") {
    storage.set_stalled(true);
    return {.heal = [&storage] { storage.set_stalled(false); },
            .fired = since_now([&storage] { return storage.troubles().hung; })};
  }
  if (fault.what == "full") {
    storage.set_out_of_space(true);
    return {.heal = [&storage] { storage.set_out_of_space(false); },
            .fired = since_now([&storage] { return storage.troubles().full; })};
  }
  if (fault.what == "compacted") {
    storage.store().compact(storage.store().revision());
    return {.heal = {}, .fired = since_now([&storage] { return storage.troubles().expired; })};
  }
  const auto moment = run.moment(fault.to, true);
  const auto written = static_cast<int64_t>(storage.store().revision());
  const bool rewound = moment && storage.rewind(moment->revision);
  const int64_t lost = rewound ? written - static_cast<int64_t>(moment->revision) : 0;
  return {.heal = {}, .fired = [lost] { return lost; }};
}

Injection inject(Run& run, const scenario::ReuseAddresses& fault) {
  World& world = run.world();
  const std::string node = fault.node.kind == scenario::Place::Kind::kNodeOf
                               ? run.machine_of(fault.node.name)
                               : fault.node.name;
  fakekube::NodeDisk& disk = world.node_disk(node);
  disk.reuses_addresses = true;
  return {.heal = [&disk] { disk.reuses_addresses = false; },
          .fired = [&disk] { return int64_t{disk.addresses_reused}; }};
}

bool touches_calls(const scenario::Scenario& scenario) {
  const auto touches = [](const scenario::Fault& fault) {
    return std::holds_alternative<CallFault>(fault.action) ||
           std::holds_alternative<scenario::CrashAtCommit>(fault.action) ||
           std::holds_alternative<scenario::CutWatches>(fault.action);
  };
  return std::any_of(scenario.faults.begin(), scenario.faults.end(), touches) ||
         std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const auto& step) {
           const auto* inject = std::get_if<scenario::Inject>(&step.action);
           return inject != nullptr && touches(inject->fault);
         });
}

}  // namespace drydock::harness

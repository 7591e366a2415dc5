#include "harness/scenario/read_faults.h"

#include <fmt/format.h>

#include "harness/scenario/kinds.h"
#include "harness/scenario/read_kube_faults.h"
#include "harness/scenario/read_node_faults.h"
#include "harness/scenario/words.h"

namespace drydock::harness::scenario {
namespace {

// ---- triggers: the readers of their kinds' own values ----
void read_of(Fields& item, Trigger& trigger) { item.required("of", trigger.of); }

Trigger on_phase(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kPhase};
  read_word(subject, item.context(), "phase", phase_words(), trigger.text);
  read_of(item, trigger);
  return trigger;
}

Trigger on_entries(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kEntriesRead};
  read_value(subject, item.context(), "entries_read", trigger.number);
  read_of(item, trigger);
  return trigger;
}

Trigger on_cache_read(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kCacheRead};
  read_reference(subject, item.context(), "cache_read", Reference::To::kCache, trigger.text);
  read_of(item, trigger);
  return trigger;
}

Trigger on_point(Fields& item, const YamlNode& subject) {
  static const std::vector<std::string> kPoints = {"after-intent", "after-post", "after-202"};
  Trigger trigger{.kind = Trigger::Kind::kPoint};
  std::string word = kPoints.front();
  read_word(subject, item.context(), "point", kPoints, word);
  trigger.point = word == kPoints[0]   ? CrashPoint::kAfterIntent
                  : word == kPoints[1] ? CrashPoint::kAfterPost
                                       : CrashPoint::kAfterAccepted;
  read_of(item, trigger);
  return trigger;
}

Trigger on_ended(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kEnded};
  read_value(subject, item.context(), "ended", trigger.of);
  return trigger;
}

Trigger on_exists(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kExists};
  read_value(subject, item.context(), "exists", trigger.of);
  return trigger;
}

Trigger on_gone(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kGone};
  read_value(subject, item.context(), "gone", trigger.of);
  return trigger;
}

Trigger on_condition(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kCondition, .status = "True"};
  read_value(subject, item.context(), "condition", trigger.text);
  item.optional_word("status", {"True", "False", "Unknown"}, trigger.status);
  read_of(item, trigger);
  return trigger;
}

Trigger on_log(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kLog};
  read_value(subject, item.context(), "log", trigger.text);
  read_of(item, trigger);
  return trigger;
}

Trigger on_members(Fields& item, const YamlNode& subject) {
  Trigger trigger{.kind = Trigger::Kind::kMembers};
  read_value(subject, item.context(), "members", trigger.number);
  item.required_reference("of", Reference::To::kCluster, trigger.of.name);
  return trigger;
}

constexpr Kind<Trigger> kTriggers[] = {
    {"phase", on_phase},
    {"ended", on_ended},
    {"entries_read", on_entries},
    {"cache_read", on_cache_read},
    {"point", on_point},
    {"exists", on_exists},
    {"gone", on_gone},
    {"condition", on_condition},
    {"log", on_log},
    {"members", on_members},
};

// ---- faults ----
template <class T>
FaultAction at_place(Fields& item, const YamlNode& subject, Place T::* place) {
  T action;
  read_value(subject, item.context(), "the place of a fault", action.*place);
  return action;
}

void demand(Fields& item, const Place& place, std::initializer_list<Place::Kind> kinds,
            std::string_view right) {
  if (place.position.line == 0) return;  // already wrong
  for (const Place::Kind kind : kinds) {
    if (place.kind == kind) return;
  }
  item.context().errors.add(place.position, "this fault can't happen there", right);
}

void demand_node(Fields& item, const Place& place) {
  demand(item, place, {Place::Kind::kNode, Place::Kind::kNodeOf},
         "write Node/<name> or 'node of Pod/<name>'");
}

FaultAction kill_container(Fields& item, const YamlNode& subject) {
  FaultAction action = at_place(item, subject, &KillContainer::pod);
  demand(item, std::get<KillContainer>(action).pod, {Place::Kind::kPod}, "write Pod/<name>");
  return action;
}

FaultAction delete_object(Fields& item, const YamlNode& subject) {
  DeleteObject action;
  read_value(subject, item.context(), "the object to delete", action.object);
  return action;
}

FaultAction lose_node(Fields& item, const YamlNode& subject) {
  FaultAction action = at_place(item, subject, &LoseNode::node);
  demand_node(item, std::get<LoseNode>(action).node);
  return action;
}

FaultAction return_node(Fields& item, const YamlNode& subject) {
  FaultAction action = at_place(item, subject, &ReturnNode::node);
  demand_node(item, std::get<ReturnNode>(action).node);
  return action;
}

FaultAction delete_node(Fields& item, const YamlNode& subject) {
  FaultAction action = at_place(item, subject, &DeleteNode::node);
  demand_node(item, std::get<DeleteNode>(action).node);
  return action;
}

FaultAction cut(Fields& item, const YamlNode& subject) {
  Cut action;
  if (!subject.is_sequence() || subject.items.size() != 2) {
    item.context().errors.add(subject.position, "a cut has two ends",
                              "write for example [controller, Pod/my-backup]");
    return action;
  }
  read_value(subject.items[0], item.context(), "an end of a cut", action.from);
  read_value(subject.items[1], item.context(), "an end of a cut", action.to);
  bool one_way = false;
  item.optional("one_way", one_way);
  action.both_ways = !one_way;
  return action;
}

FaultAction crash(Fields& item, const YamlNode& subject) {
  std::string word;
  read_word(subject, item.context(), "what crashes", {"controller"}, word);
  return CrashController{};
}

constexpr Kind<FaultAction> kFaults[] = {
    {"kill_container", kill_container},
    {"delete_object", delete_object},
    {"lose_node", lose_node},
    {"return_node", return_node},
    {"delete_node", delete_node},
    {"cut", cut},
    {"crash", crash},
};

const std::vector<Kind<FaultAction>>& all_faults() {
  static const std::vector<Kind<FaultAction>> kinds = [] {
    std::vector<Kind<FaultAction>> all(std::begin(kFaults), std::end(kFaults));
    const auto more = kube_fault_kinds();
    all.insert(all.end(), more.begin(), more.end());
    const auto of_nodes = node_fault_kinds();
    all.insert(all.end(), of_nodes.begin(), of_nodes.end());
    return all;
  }();
  return kinds;
}

// Faults of one moment, which leave nothing that could end.
bool can_heal(const FaultAction& action) {
  return !std::holds_alternative<KillContainer>(action) &&
         !std::holds_alternative<DeleteObject>(action) &&
         !std::holds_alternative<ReturnNode>(action) &&
         !std::holds_alternative<UseMemory>(action) && !std::holds_alternative<WriteLog>(action) &&
         !std::holds_alternative<DeleteNode>(action) && !std::holds_alternative<CutWatches>(action);
}

}  // namespace

Trigger read_trigger(Fields& fields) {
  const Position position = fields.node().position;
  Trigger trigger;
  Duration after{0};
  fields.optional("after", after);
  bool only_after = true;
  for (const YamlMember& member : fields.node().members) {
    only_after = only_after && (member.key == "after" || member.key == "timeout");
  }
  if (!only_after || !fields.has("after")) {
    trigger = read_kind<Trigger>(fields, kTriggers).value_or(Trigger{});
  }
  trigger.after = after;
  trigger.position = position;
  return trigger;
}

Fault read_fault(const YamlNode& node, Context& context) {
  Fields item(node, context, "a fault");
  Fault fault{.position = node.position};
  auto action = read_kind<FaultAction>(item, all_faults());
  if (!action) return fault;
  fault.action = std::move(*action);
  item.optional("name", fault.name);
  item.optional("for", fault.lasts);
  if (fault.lasts && !can_heal(fault.action)) {
    item.wrong("this fault can't be healed", "remove 'for'");
  }
  if (const YamlNode* when = item.find("when")) {
    Fields fields(*when, context, "a trigger");
    fault.when = read_trigger(fields);
    fields.finish();
  }
  item.finish();
  return fault;
}

}  // namespace drydock::harness::scenario

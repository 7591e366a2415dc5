#include "harness/scenario/read_steps.h"

#include <fmt/format.h>

#include "harness/scenario/kinds.h"
#include "harness/scenario/read_content.h"
#include "harness/scenario/read_expectations.h"
#include "harness/scenario/read_faults.h"
#include "harness/scenario/read_manifests.h"

namespace drydock::harness::scenario {
namespace {

// A wait that says no time-out: long enough for every phase, short enough to be noticed.
constexpr Duration kWaitTimeout = minutes(10);

Action apply(Fields& item, const YamlNode& subject) {
  Apply step{.objects = read_manifests(subject, item.context())};
  item.optional("refused", step.refused);
  return step;
}

Action delete_object(Fields& item, const YamlNode& subject) {
  Delete step;
  read_value(subject, item.context(), "delete", step.object);
  item.optional_word("propagation", {"Background", "Foreground", "Orphan"}, step.propagation);
  return step;
}

Action edit(Fields& item, const YamlNode& subject) {
  Edit step;
  read_value(subject, item.context(), "edit", step.object);
  if (const YamlNode* patch = item.need("patch")) {
    Fields fields(*patch, item.context(), "'patch'");
    step.patch = yaml_to_json(*patch);
  }
  item.optional("refused", step.refused);
  return step;
}

Action put(Fields& item, const YamlNode& subject) {
  Put step;
  read_reference(subject, item.context(), "put", Reference::To::kCluster, step.cluster);
  step.data = read_entries(item);
  return step;
}

Action remove(Fields& item, const YamlNode& subject) {
  Remove step;
  read_reference(subject, item.context(), "remove", Reference::To::kCluster, step.cluster);
  item.required_reference("cache", Reference::To::kCache, step.cache);
  item.required("keys", step.keys);
  return step;
}

Action traffic(Fields& item, const YamlNode& subject) {
  Traffic step;
  read_value(subject, item.context(), "traffic", step.name);
  item.required_reference("cluster", Reference::To::kCluster, step.cluster);
  item.required_reference("cache", Reference::To::kCache, step.cache);
  std::string operation = "get";
  item.optional_word("operation", {"get", "put"}, operation);
  step.writes = operation == "put";
  item.required("every", step.every);
  item.need("count");
  item.optional_between("count", 1, 10'000'000, step.count);
  step.keys = step.count;
  item.optional_between("keys", 1, 10'000'000, step.keys);
  Bytes bytes{step.value_bytes};
  item.optional("value_bytes", bytes);
  step.value_bytes = bytes.value;
  item.optional("prefix", step.prefix);
  return step;
}

Action create(Fields& item, const YamlNode& subject) {
  Create step;
  read_reference(subject, item.context(), "create", Reference::To::kCluster, step.cluster);
  read_content(item, step.content);
  return step;
}

Action start_cluster(Fields& item, const YamlNode& subject) {
  StartCluster step;
  read_reference(subject, item.context(), "start_cluster", Reference::To::kCluster, step.cluster);
  return step;
}

Action add_node(Fields& item, const YamlNode& subject) {
  AddNode step;
  read_reference(subject, item.context(), "add_node", Reference::To::kCluster, step.cluster);
  return step;
}

// `wait: 30s`, or `wait: {phase: Running, of: Backup/x, timeout: 5m}`.
Action wait(Fields& item, const YamlNode& subject) {
  Wait step{.timeout = kWaitTimeout};
  step.until.position = subject.position;
  if (subject.is_scalar()) {
    read_value(subject, item.context(), "wait", step.until.after);
    step.timeout = step.until.after + kWaitTimeout;
    return step;
  }
  Fields fields(subject, item.context(), "a wait");
  fields.optional("timeout", step.timeout);
  step.until = read_trigger(fields);
  fields.finish();
  return step;
}

Action mark(Fields& item, const YamlNode& subject) {
  Mark step;
  read_value(subject, item.context(), "mark", step.name);
  return step;
}

Action fault(Fields& item, const YamlNode& subject) {
  return Inject{read_fault(subject, item.context())};
}

Action expect(Fields& item, const YamlNode& subject) {
  return Check{read_expectations(subject, item.context())};
}

constexpr Kind<Action> kSteps[] = {
    {"apply", apply},       {"delete", delete_object},
    {"edit", edit},         {"put", put},
    {"remove", remove},     {"traffic", traffic},
    {"create", create},     {"start_cluster", start_cluster},
    {"add_node", add_node}, {"wait", wait},
    {"mark", mark},         {"fault", fault},
    {"expect", expect},
};

}  // namespace

std::vector<Step> read_steps(const YamlNode& node, Context& context) {
  std::vector<Step> steps;
  if (!node.is_sequence()) {
    context.errors.add(node.position, "'steps' must be a list", "begin each item with '- '");
  }
  for (const YamlNode& each : node.items) {
    Fields item(each, context, "a step");
    auto action = read_kind<Action>(item, kSteps);
    item.finish();
    if (action) steps.push_back({std::move(*action), yaml_line(each), each.position});
  }
  return steps;
}

}  // namespace drydock::harness::scenario

#include "harness/scenario/read_expectations.h"

#include <fmt/format.h>

#include "harness/scenario/kinds.h"
#include "harness/scenario/read_content.h"
#include "harness/scenario/words.h"

namespace drydock::harness::scenario {
namespace {

ObjectRef object_of(Fields& item, const YamlNode& subject) {
  ObjectRef object;
  read_value(subject, item.context(), "the object", object);
  return object;
}

std::string name_of(Fields& item, const YamlNode& subject, Reference::To to) {
  std::string name;
  read_reference(subject, item.context(), "the name", to, name);
  return name;
}

Window window_of(Fields& item) {
  Window window;
  item.optional_reference("from", Reference::To::kMoment, window.from);
  item.optional_reference("to", Reference::To::kMoment, window.to);
  return window;
}

void read_words(Fields& item, std::string_view key, const std::vector<std::string>& words,
                std::vector<std::string>& out) {
  const YamlNode* list = item.find(key);
  if (list == nullptr) return;
  read_value(*list, item.context(), key, out);
  const auto check = [&](const YamlNode& word) {
    std::string checked;
    read_word(word, item.context(), key, words, checked);
  };
  for (const YamlNode& word : list->items) check(word);
  if (list->is_scalar()) check(*list);
}

// At least one of `keys` must be there.
void need_one(Fields& item, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (item.node().find(key) != nullptr) return;
  }
  item.wrong(fmt::format("{} says nothing about '{}'", item.what(), item.node().members[0].key),
             fmt::format("add one of: {}", fmt::join(keys, ", ")));
}

Assertion phases(Fields& item, const YamlNode& subject) {
  PhasesAre expected{.object = object_of(item, subject)};
  item.need("are");
  read_words(item, "are", phase_words(), expected.phases);
  return expected;
}

Assertion phase(Fields& item, const YamlNode& subject) {
  const ObjectRef object = object_of(item, subject);
  if (item.has("reaches")) {
    PhaseWithin expected{.object = object};
    item.optional_word("reaches", phase_words(), expected.phase);
    item.required("within", expected.within);
    item.optional_reference("since", Reference::To::kMoment, expected.since);
    return expected;
  }
  need_one(item, {"is", "reaches"});
  PhaseIs expected{.object = object};
  item.optional_word("is", phase_words(), expected.phase);
  return expected;
}

Assertion reason(Fields& item, const YamlNode& subject) {
  ReasonContains expected{.object = object_of(item, subject)};
  item.required("contains", expected.contains);
  return expected;
}

Assertion log(Fields& item, const YamlNode& subject) {
  LogContains expected{.pod = object_of(item, subject)};
  need_one(item, {"contains", "lacks", "readable"});
  item.optional("contains", expected.contains);
  item.optional("lacks", expected.lacks);
  item.optional("readable", expected.readable);
  return expected;
}

Assertion event(Fields& item, const YamlNode& subject) {
  EventSeen expected{.object = object_of(item, subject)};
  need_one(item, {"reason", "contains"});
  item.optional("reason", expected.reason);
  item.optional("contains", expected.contains);
  item.optional("seen", expected.seen);
  return expected;
}

Assertion condition(Fields& item, const YamlNode& subject) {
  ConditionIs expected{.object = object_of(item, subject)};
  item.required("type", expected.type);
  item.optional_word("status", {"True", "False", "Unknown"}, expected.status);
  item.optional("reason", expected.reason);
  item.optional("contains", expected.contains);
  return expected;
}

Assertion exists(Fields& item, const YamlNode& subject) {
  return ObjectExists{.object = object_of(item, subject), .exists = true};
}

Assertion gone(Fields& item, const YamlNode& subject) {
  return ObjectExists{.object = object_of(item, subject), .exists = false};
}

Assertion field(Fields& item, const YamlNode& subject) {
  FieldIs expected{.object = object_of(item, subject)};
  item.required("path", expected.path);
  item.required("is", expected.is);
  return expected;
}

Assertion starts(Fields& item, const YamlNode& subject) {
  StartsAre expected{.object = object_of(item, subject)};
  item.required("are", expected.starts);
  return expected;
}

Assertion counters(Fields& item, const YamlNode& subject) {
  CountersMoved expected{.cluster = name_of(item, subject, Reference::To::kCluster)};
  expected.window = window_of(item);
  need_one(item, {"zero", "moved"});
  read_words(item, "zero", instrument_words(), expected.zero);
  read_words(item, "moved", instrument_words(), expected.moved);
  return expected;
}

Assertion cluster(Fields& item, const YamlNode& subject) {
  const std::string name = name_of(item, subject, Reference::To::kCluster);
  if (item.has("equals")) {
    ClustersEqual expected{.cluster = name};
    item.required_reference("equals", Reference::To::kCluster, expected.other);
    return expected;
  }
  if (item.has("holds_archive")) {
    Path file;
    item.required("holds_archive", file);
    ClusterHoldsArchive expected{.cluster = name, .file = file.value};
    if (const YamlNode* except = item.find("except")) {
      Fields fields(*except, item.context(), "'except'");
      for (const YamlMember& member : except->members) {
        fields.required(member.key, expected.except[member.key]);
      }
    }
    return expected;
  }
  need_one(item, {"holds", "lacks", "equals", "holds_archive"});
  ClusterHolds expected{.cluster = name};
  if (const YamlNode* holds = item.find("holds")) {
    expected.holds = read_holds(*holds, item.context());
  }
  if (const YamlNode* lacks = item.find("lacks")) {
    expected.lacks = read_lacks(*lacks, item.context());
  }
  return expected;
}

Assertion archive(Fields& item, const YamlNode& subject) {
  const ObjectRef backup = object_of(item, subject);
  if (item.has("equals")) {
    ArchiveEquals expected{.backup = backup};
    item.required_reference("equals", Reference::To::kCluster, expected.cluster);
    return expected;
  }
  need_one(item, {"holds", "lacks", "equals"});
  ArchiveHolds expected{.backup = backup};
  if (const YamlNode* holds = item.find("holds")) {
    expected.holds = read_holds(*holds, item.context());
  }
  if (const YamlNode* lacks = item.find("lacks")) {
    expected.lacks = read_lacks(*lacks, item.context());
  }
  return expected;
}

Assertion latency(Fields& item, const YamlNode& subject) {
  LatencyIs expected{.traffic = name_of(item, subject, Reference::To::kTraffic)};
  expected.window = window_of(item);
  need_one(item, {"at_most", "slower_by_at_most"});
  item.optional("at_most", expected.at_most);
  item.optional("slower_by_at_most", expected.slower_by_at_most);
  return expected;
}

Assertion failures(Fields& item, const YamlNode& subject) {
  TrafficFailures expected{.traffic = name_of(item, subject, Reference::To::kTraffic)};
  item.required("at_most", expected.at_most);
  return expected;
}

Assertion rest(Fields& item, const YamlNode& subject) {
  RestAnswers expected{.pod = object_of(item, subject)};
  item.optional_word("method", {"GET", "HEAD", "POST", "PUT", "DELETE"}, expected.method);
  item.required("path", expected.path);
  item.optional("body", expected.body);
  item.optional_between("at_once", 1, 100, expected.at_once);
  item.required("answers", expected.statuses);
  item.optional("contains", expected.contains);
  item.optional("headers", expected.headers);
  return expected;
}

Assertion files(Fields& item, const YamlNode& subject) {
  FilesAre expected{.claim = object_of(item, subject)};
  need_one(item, {"holds", "lacks"});
  item.optional("holds", expected.holds);
  item.optional("lacks", expected.lacks);
  return expected;
}

Assertion fired(Fields& item, const YamlNode& subject) {
  FaultFired expected{.fault = name_of(item, subject, Reference::To::kFault)};
  item.optional("at_least", expected.at_least);
  item.optional("at_most", expected.at_most);
  return expected;
}

constexpr Kind<Assertion> kAssertions[] = {
    {"phases", phases},   {"phase", phase},         {"reason", reason},     {"log", log},
    {"event", event},     {"condition", condition}, {"exists", exists},     {"gone", gone},
    {"field", field},     {"starts", starts},       {"counters", counters}, {"cluster", cluster},
    {"archive", archive}, {"latency", latency},     {"failures", failures}, {"rest", rest},
    {"files", files},     {"fired", fired},
};

}  // namespace

std::vector<Expectation> read_expectations(const YamlNode& node, Context& context) {
  std::vector<Expectation> expectations;
  if (!node.is_sequence()) {
    context.errors.add(node.position, "'expect' must be a list", "begin each item with '- '");
  }
  for (const YamlNode& each : node.items) {
    Fields item(each, context, "an expectation");
    auto assertion = read_kind<Assertion>(item, kAssertions);
    item.finish();
    if (!assertion) continue;
    expectations.push_back({std::move(*assertion), yaml_line(each), each.position});
  }
  return expectations;
}

}  // namespace drydock::harness::scenario

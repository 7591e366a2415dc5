// Random field sets against a plain model of sets of path texts, and random applies by several
// managers against a model of who owns what.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "fakekube/schema/field_set.h"
#include "fakekube/store/object.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

PathElement random_element() {
  const int number = *rc::gen::inRange(0, 3);
  switch (*rc::gen::inRange(0, 5)) {
    case 0: return PathElement::key({{"name", "n" + std::to_string(number)}, {"port", number}});
    case 1: return PathElement::of_value(number == 0 ? json::value("a\"b") : json::value(number));
    case 2: return PathElement::index(number);
    default: return PathElement::field("f" + std::to_string(number));
  }
}

FieldSet random_set() {
  FieldSet set;
  const int paths = *rc::gen::inRange(0, 8);
  for (int i = 0; i < paths; ++i) {
    FieldPath path;
    const int depth = *rc::gen::inRange(1, 4);
    for (int step = 0; step < depth; ++step) path.push_back(random_element());
    set.insert(path);
  }
  return set;
}

std::set<std::string> model_of(const FieldSet& set) {
  std::set<std::string> model;
  for (const FieldPath& path : set.paths()) model.insert(path_text(path));
  return model;
}

RC_GTEST_PROP(FieldSets, ComeBackFromTheirJson, ()) {
  const FieldSet set = random_set();
  const std::optional<FieldSet> back = FieldSet::from_json(*json_parse(json_text(set.to_json())));
  RC_ASSERT(back.has_value());
  RC_ASSERT(model_of(*back) == model_of(set));
  RC_ASSERT(*back == set);
}

RC_GTEST_PROP(FieldSets, AreSetsOfPaths, ()) {
  const FieldSet a = random_set();
  const FieldSet b = random_set();
  std::set<std::string> both = model_of(a);
  std::set<std::string> common;
  std::set<std::string> left;
  for (const std::string& path : model_of(a))
    (model_of(b).contains(path) ? common : left).insert(path);
  both.merge(model_of(b));
  RC_ASSERT(model_of(a.united(b)) == both);
  RC_ASSERT(model_of(a.intersection(b)) == common);
  RC_ASSERT(model_of(a.difference(b)) == left);
  RC_ASSERT(a.difference(b).united(a.intersection(b)) == a);
}

RC_GTEST_PROP(FieldSets, BadJsonIsNoFieldSet, ()) {
  const std::string key = *rc::gen::element<std::string>("x", "q:1", "k:[]", "v:{", "i:1x", "f");
  json::object fields;
  fields.emplace(key, json::object());
  RC_ASSERT(!FieldSet::from_json(fields).has_value());
}

struct Field {
  int value = 0;
  std::set<std::string> owners;
};
using Model = std::map<std::string, Field>;
using Config = std::map<std::string, int>;

class Appliers {
 public:
  Appliers() { server_.create_namespace("ns"); }

  ApiReply apply(const std::string& manager, const Config& config, bool force) {
    json::object data;
    for (const auto& [name, value] : config) data.emplace(name, std::to_string(value));
    ApiCall call;
    call.verb = Verb::kPatch;
    call.patch_type = PatchType::kApply;
    call.type = &kConfigMaps;
    call.namespace_name = "ns";
    call.name = "c";
    call.field_manager = manager;
    call.force = force;
    json::object body = {
        {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "c"}}}};
    // An empty map would be a field of its own.
    if (!data.empty()) body.emplace("data", std::move(data));
    call.body = make_json(std::move(body));
    return server_.execute(call);
  }

  Config stored() {
    Config config;
    const Object* object = server_.store().find(kConfigMaps, "ns", "c");
    if (object == nullptr) return config;
    for (const auto& member : json_object(*object->value, {"data"}))
      config[std::string(member.key())] = std::stoi(json_string(member.value(), {}));
    return config;
  }
  uint64_t revision() { return server_.store().revision(); }

 private:
  sim::Simulation simulation_;
  ApiServer server_{simulation_.harness()};
};

bool conflicts(const Model& model, const std::string& manager, const Config& config) {
  for (const auto& [name, value] : config) {
    const auto found = model.find(name);
    if (found == model.end() || found->second.value == value) continue;
    for (const std::string& owner : found->second.owners)
      if (owner != manager) return true;
  }
  return false;
}

void apply_to(Model& model, const std::string& manager, const Config& config) {
  for (auto at = model.begin(); at != model.end();) {
    Field& field = at->second;
    const bool mine = !config.contains(at->first) && field.owners.erase(manager) != 0;
    at = mine && field.owners.empty() ? model.erase(at) : std::next(at);
  }
  for (const auto& [name, value] : config) {
    Field& field = model[name];
    if (field.value != value) field.owners.clear();
    field.value = value;
    field.owners.insert(manager);
  }
}

Config values_of(const Model& model) {
  Config config;
  for (const auto& [name, field] : model) config[name] = field.value;
  return config;
}

RC_GTEST_PROP(Applies, ByManyManagersKeepExactlyWhatSomebodyOwns, ()) {
  Appliers appliers;
  Model model;
  const int steps = *rc::gen::inRange(1, 12);
  for (int i = 0; i < steps; ++i) {
    const std::string manager = *rc::gen::element<std::string>("m1", "m2", "m3");
    Config config;
    for (const char* name : {"a", "b", "c", "d"})
      if (*rc::gen::arbitrary<bool>()) config[name] = *rc::gen::inRange(1, 3);
    const bool force = *rc::gen::inRange(0, 3) == 0;
    const bool refused = !force && conflicts(model, manager, config);
    RC_ASSERT(appliers.apply(manager, config, force).ok() == !refused);
    if (!refused) apply_to(model, manager, config);
    RC_ASSERT(appliers.stored() == values_of(model));
    if (refused) continue;
    const uint64_t before = appliers.revision();
    RC_ASSERT(appliers.apply(manager, config, force).code == 200);
    RC_ASSERT(appliers.revision() == before);
  }
}

}  // namespace
}  // namespace drydock::fakekube

// Replays requests recorded from a real API server (1.33) and compares the answers: status code,
// body; warnings are left out. uids, resourceVersions and generated names differ by nature: each
// recorded one must always stand for the same one of ours.
#include <fstream>
#include <map>
#include <set>

#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

std::vector<const StructuralSchema*> g_schemas;  // by test type; a row holds no state of its own

template <size_t kIndex>
const StructuralSchema* schema_at() {
  return g_schemas[kIndex];
}

std::string data_file(const std::string& name) {
  std::ifstream file(std::string(DRYDOCK_TEST_DATA) + "/kube/" + name);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

class Replay : public ApiTest {
 protected:
  Replay() {
    const json::value crds = parse(data_file("crds.json"));
    const StructuralSchema* (*const getters[])() = {schema_at<0>, schema_at<1>, schema_at<2>};
    g_schemas.clear();
    for (const json::value& crd : crds.get_array()) {
      const size_t number = g_schemas.size();
      schemas_.push_back(StructuralSchema::parse(*json_find(crd, {"schema"})));
      g_schemas.push_back(schemas_.back().get());
      kinds_.push_back(json_string(crd, {"kind"}));
      plurals_.push_back(json_string(crd, {"plural"}));
      ResourceType type;
      type.index = all_resource_types().size() + number;
      type.group = "conf.test";
      type.version = "v1";
      type.kind = kinds_.back();
      type.plural = plurals_.back();
      type.namespaced = json_bool(crd, {"namespaced"});
      type.custom = true;
      type.has_status = json_bool(crd, {"status"});
      type.has_scale = json_bool(crd, {"scale"});
      type.has_generation = true;
      type.unconditional_update = false;
      type.schema = getters[number];
      if (number == 0) type.selectable = {{"spec.color", {"spec", "color"}}};
      types_.push_back(with_names(std::move(type)));
      server_.add_type(types_.back());
    }
    for (const char* group : {"create", "validate", "get", "list", "update", "patch", "delete"})
      server_.create_namespace(std::string("t-") + group);
  }

  // A recorded text with our uids and revisions in place of the recorded ones.
  std::string translated(std::string text) const {
    for (const auto& [recorded, ours] : uids_) replace_all(text, recorded, ours);
    for (const auto& [recorded, ours] : tokens_)
      if (!recorded.empty()) replace_all(text, recorded, ours);
    for (const auto& [recorded, ours] : revisions_) {
      for (const char* form : {"\"resourceVersion\": \"", "\"resourceVersion\":\""})
        replace_all(text, form + recorded + "\"", form + ours + "\"");
      replace_all(text, "resourceVersion=" + recorded + "&", "resourceVersion=" + ours + "&");
    }
    return text;
  }

  static void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }

  // What differs between a recorded value and ours; "" when nothing does.
  std::string difference(const json::value& recorded, const json::value& ours,
                         const std::string& path) {
    if (recorded.is_object() && ours.is_object()) {
      std::set<std::string> keys;
      for (const auto& member : recorded.get_object()) keys.emplace(member.key());
      for (const auto& member : ours.get_object()) keys.emplace(member.key());
      for (const std::string& key : keys) {
        const json::value* left = recorded.get_object().if_contains(key);
        const json::value* right = ours.get_object().if_contains(key);
        if (left == nullptr || right == nullptr)
          return path + "." + key + (left == nullptr ? " is ours only" : " is missing");
        const std::string found = member_difference(key, *left, *right, path + "." + key);
        if (!found.empty()) return found;
      }
      return "";
    }
    if (recorded.is_array() && ours.is_array()) return array_difference(recorded, ours, path);
    if (recorded == ours) return "";
    return path + ": recorded " + json_text(recorded) + ", ours " + json_text(ours);
  }

  std::string array_difference(const json::value& recorded, const json::value& ours,
                               const std::string& path) {
    const json::array& left = recorded.get_array();
    const json::array& right = ours.get_array();
    if (left.size() != right.size())
      return path + ": recorded " + std::to_string(left.size()) + " items, ours " + json_text(ours);
    for (size_t i = 0; i < left.size(); ++i) {
      const std::string found = difference(left[i], right[i], path + "[" + std::to_string(i) + "]");
      if (!found.empty()) return found;
    }
    return "";
  }

  std::string member_difference(const std::string& key, const json::value& recorded,
                                const json::value& ours, const std::string& path) {
    if (key == "continue" && recorded.is_string() && ours.is_string())
      tokens_[std::string(recorded.get_string())] = std::string(ours.get_string());
    if (key == "creationTimestamp" || key == "deletionTimestamp" || key == "continue")
      return recorded.kind() == ours.kind() ? "" : path + " has another type";
    if (key == "uid") return same_name(uids_, recorded, ours, path);
    if (key == "resourceVersion") return same_name(revisions_, recorded, ours, path);
    if (key == "name" && ours.is_string() && recorded.is_string() &&
        std::string_view(ours.get_string()).substr(0, 4) == "gen-")
      return recorded.get_string().size() == ours.get_string().size() ? "" : path;
    if (key == "message" && recorded.is_string() && ours.is_string()) {
      const std::string wanted = translated(std::string(recorded.get_string()));
      return wanted == std::string_view(ours.get_string())
                 ? ""
                 : "message\n    recorded " + wanted + "\n    ours     " +
                       std::string(ours.get_string());
    }
    return difference(recorded, ours, path);
  }

  std::string same_name(std::map<std::string, std::string>& names, const json::value& recorded,
                        const json::value& ours, const std::string& path) {
    if (!recorded.is_string() || !ours.is_string()) return path + " is no text";
    const std::string left(recorded.get_string());
    const std::string right(ours.get_string());
    const auto [found, is_new] = names.emplace(left, right);
    if (is_new || found->second == right) return "";
    return path + ": recorded " + left + " stood for " + found->second + ", is now " + right;
  }

  std::vector<std::unique_ptr<StructuralSchema>> schemas_;
  std::deque<std::string> kinds_;
  std::deque<std::string> plurals_;
  std::deque<ResourceType> types_;
  std::map<std::string, std::string> uids_;
  std::map<std::string, std::string> revisions_;
  std::map<std::string, std::string> tokens_;
};

TEST_F(Replay, RecordedRequestsGetTheRecordedAnswers) {
  run([&] {
    std::istringstream lines(data_file("replay.jsonl"));
    std::string line;
    int compared = 0;
    int same = 0;
    while (std::getline(lines, line)) {
      const json::value record = parse(line);
      const std::string id = json_string(record, {"id"});
      if (id == "compact") {
        server_.store().compact(server_.store().revision());
        continue;
      }
      const Answer answer =
          ask(json_string(record, {"method"}), translated(json_string(record, {"path"})),
              translated(json_string(record, {"body"})), json_string(record, {"type"}),
              json_string(record, {"accept"}));
      if (id == "setup") continue;
      ++compared;
      std::string found;
      if (answer.code != json_int(record, {"code"}))
        found = "code " + std::to_string(json_int(record, {"code"})) + ", ours " +
                std::to_string(answer.code) + " " +
                (answer.body ? json_text(*answer.body) : answer.text);
      else if (const json::value* body = json_find(record, {"answer"}); body->is_object())
        found = answer.body ? difference(*body, *answer.body, "") : "no JSON";
      if (found.empty()) ++same;
      EXPECT_EQ(found, "") << id << " " << json_string(record, {"note"}) << "\n"
                           << json_string(record, {"method"}) << " "
                           << json_string(record, {"path"});
    }
    EXPECT_GT(compared, 250);
    RecordProperty("compared", compared);
    RecordProperty("same", same);
  });
}

}  // namespace
}  // namespace drydock::fakekube

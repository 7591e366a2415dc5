#include "harness/conformance/sights.h"

#include <algorithm>

namespace drydock::harness::conformance {
namespace {

// Answers that are no stored object.
bool is_object_kind(const std::string& kind) {
  static const std::vector<std::string> others = {"",
                                                  "Status",
                                                  "Scale",
                                                  "APIResourceList",
                                                  "APIGroupList",
                                                  "APIVersions",
                                                  "APIGroup",
                                                  "APIGroupDiscoveryList",
                                                  "TokenRequest",
                                                  "Eviction",
                                                  "Binding"};
  return std::find(others.begin(), others.end(), kind) == others.end() && !kind.ends_with("Review");
}

class Collector {
 public:
  explicit Collector(ApiPath path) : path_(std::move(path)) {}

  void add_answer(const json::value& answer) {
    const std::string kind = json_string(answer, {"kind"});
    if (kind == "Table") {
      for (const json::value& row : json_array(answer, {"rows"}))
        if (const json::value* object = json_find(row, {"object"})) add_object(*object);
    } else if (kind.ends_with("List") && json_find(answer, {"items"}) != nullptr) {
      for (const json::value& item : json_array(answer, {"items"})) add_item(item, kind);
    } else if (is_object_kind(kind)) {
      add_object(answer);
    } else if (kind == "Status" && json_string(answer, {"status"}) == "Success") {
      add_deleted(answer);
    }
  }

  std::vector<Sight> take() { return std::move(sights_); }

 private:
  // The answer to a deletion tells name and uid.
  void add_deleted(const json::value& status) {
    const std::string uid = json_string(status, {"details", "uid"});
    const std::string name = json_string(status, {"details", "name"});
    if (uid.empty()) return;
    json::value metadata = json::object{{"name", name}, {"uid", uid}};
    if (!path_.namespace_name.empty()) metadata.get_object()["namespace"] = path_.namespace_name;
    add(json::object{{"metadata", std::move(metadata)}}, "PartialObjectMetadata");
  }

  void add_object(const json::value& object) { add(object, json_string(object, {"kind"})); }

  void add_item(const json::value& item, const std::string& list_kind) {
    const std::string own = json_string(item, {"kind"});
    const std::string kind = own.empty() ? list_kind.substr(0, list_kind.size() - 4) : own;
    json::value object = item;
    if (own.empty()) object.get_object()["kind"] = kind;
    add(object, kind);
  }

  void add(const json::value& object, const std::string& kind) {
    if (json_string(object, {"metadata", "uid"}).empty()) return;
    Sight sight{.path = path_, .object = object, .whole = kind != "PartialObjectMetadata"};
    sight.path.name = json_string(object, {"metadata", "name"});
    sight.path.namespace_name = json_string(object, {"metadata", "namespace"});
    sight.path.subresource.clear();
    sights_.push_back(std::move(sight));
  }

  ApiPath path_;
  std::vector<Sight> sights_;
};

void add_unique(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(name);
}

// "... choose one of: [i a b]"
void add_choices(std::vector<std::string>& names, const std::string& text) {
  constexpr std::string_view kChoose = "choose one of: [";
  size_t at = text.find(kChoose);
  if (at == std::string::npos) return;
  at += kChoose.size();
  const size_t end = std::min(text.find(']', at), text.size());
  while (at < end) {
    const size_t blank = std::min(text.find(' ', at), end);
    add_unique(names, text.substr(at, blank - at));
    at = blank + 1;
  }
}

// "/containerLogs/<namespace>/<pod>/<container>" in what a kubelet of the recording echoed.
void add_echoed(std::vector<std::string>& names, const std::string& text, const ApiPath& pod) {
  const std::string prefix = "/containerLogs/" + pod.namespace_name + "/" + pod.name + "/";
  const size_t at = text.find(prefix);
  if (at == std::string::npos) return;
  const size_t begin = at + prefix.size();
  add_unique(names, text.substr(begin, text.find_first_of(" ?\n", begin) - begin));
}

std::vector<Sight> sights(const Record& record, const ApiPath& path) {
  Collector collector(path);
  if (!path.is_resource() || record.path.find("dryRun") != std::string::npos) return {};
  const bool shows = path.subresource.empty() || path.subresource == "status";
  if (!shows) return {};
  for (const StreamLine& line : record.stream) {
    const json::value event = line.event();
    const json::value* object = json_find(event, {"object"});
    const std::string type = json_string(event, {"type"});
    if (object != nullptr && type != "ERROR" && type != "BOOKMARK") collector.add_answer(*object);
  }
  if (record.code < 300) collector.add_answer(record.answer_json());
  return collector.take();
}

}  // namespace

std::vector<std::vector<Sight>> all_sights(const std::vector<Record>& records) {
  std::vector<std::vector<Sight>> all(records.size());
  for (size_t i = 0; i < records.size(); ++i)
    if (!records[i].asked) all[i] = sights(records[i], parse_path(records[i].path));
  return all;
}

std::optional<json::value> pod_of_logs(const std::vector<Record>& records, const ApiPath& pod) {
  std::vector<std::string> names;
  for (const Record& record : records) {
    const ApiPath path = parse_path(record.path);
    if (path.key() != pod.key() || path.subresource != "log") continue;
    add_choices(names, record.answer);
  }
  for (const Record& record : records) {
    const ApiPath path = parse_path(record.path);
    if (path.key() == pod.key() && path.subresource == "log" && record.code < 300)
      add_echoed(names, record.answer, pod);
  }
  if (names.empty()) return std::nullopt;
  json::array containers;
  for (const std::string& name : names)
    containers.push_back(json::object{{"name", name}, {"image", "img:1"}});
  return json::object{{"apiVersion", "v1"},
                      {"kind", "Pod"},
                      {"metadata", {{"name", pod.name}, {"namespace", pod.namespace_name}}},
                      {"spec", {{"nodeName", "knode"}, {"containers", std::move(containers)}}}};
}

}  // namespace drydock::harness::conformance

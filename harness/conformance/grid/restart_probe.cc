#include "harness/conformance/grid/restart_probe.h"

#include <fmt/format.h>

#include "harness/conformance/grid/compare.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr Duration kPatience = seconds(6);
const char* const kContainer = "/rest/v2/container";
const char* const kHealth = "/rest/v2/container/health";

// [status, text], or what went wrong and its text.
json::array answer_of(Cluster& cluster, const std::string& node, const std::string& target) {
  const Result<Answer> answer = cluster.call(node, {.method = "GET", .target = target}, kPatience);
  if (!answer.ok())
    return {json::value(name_of_failure(answer.status())), text_of_failure(answer.status())};
  return {json::value(answer->status), answer->body};
}

json::value parsed(const json::value& text) {
  Result<json::value> value = json_parse(text.get_string());
  return value.ok() ? std::move(*value) : json::value(text);
}

json::array names_in(const json::value& document) {
  json::array names;
  for (const std::string& name : json_strings(document, {"cluster_health", "node_names"}))
    names.emplace_back(name);
  return names;
}

json::object container_fields(const json::value& document) {
  json::object out;
  for (const char* field :
       {"cluster_size", "cluster_members", "cache_manager_status", "rebalancing_enabled"})
    if (const json::value* value = json_find(document, {field})) out[field] = *value;
  return out;
}

json::object health_fields(const json::value& document) {
  json::object unwell;
  json::array caches;
  for (const json::value& cache : json_array(document, {"cache_health"})) {
    const std::string name = json_string(cache, {"cache_name"});
    if (name.starts_with("___") || name.starts_with("org.infinispan.")) continue;  // not recorded
    caches.emplace_back(name);
    if (json_string(cache, {"status"}) != "HEALTHY") unwell[name] = json_string(cache, {"status"});
  }
  return {{"status", json_string(document, {"cluster_health", "health_status"})},
          {"nodes", json_int(document, {"cluster_health", "number_of_nodes"}, 0)},
          {"not_healthy", std::move(unwell)},
          {"caches", std::move(caches)}};
}

}  // namespace

std::string name_of_failure(const Status& status) {
  return status.code() == Code::kDeadlineExceeded ? "TimeoutError" : "ConnectionRefusedError";
}

std::string text_of_failure(const Status& status) {
  return status.code() == Code::kDeadlineExceeded ? "timed out" : "[Errno 111] Connection refused";
}

json::object look_at_health(Cluster& cluster, const json::value& record) {
  const json::array answer = answer_of(cluster, json_string(record, {"node"}), kHealth);
  json::object out{{"http", answer[0]}};
  if (answer[0] != 200) {
    out["text"] = answer[1];
    return out;
  }
  const json::value document = parsed(answer[1]);
  json::object unwell;
  for (const json::value& cache : json_array(document, {"cache_health"})) {
    const std::string status = json_string(cache, {"status"});
    if (status == "HEALTHY") continue;
    if (!unwell.contains(status)) unwell[status] = json::array();
    unwell[status].get_array().emplace_back(json_string(cache, {"cache_name"}));
  }
  out["status"] = json_string(document, {"cluster_health", "health_status"});
  out["names"] = names_in(document);
  out["not_healthy"] = std::move(unwell);
  return out;
}

json::object look_at_container(Cluster& cluster, const json::value& record) {
  const std::string node = json_string(record, {"node"});
  const json::array container = answer_of(cluster, node, kContainer);
  const json::array health = answer_of(cluster, node, kHealth);
  json::object out{{"http", container[0]}, {"container", container[1]}, {"health", health[1]}};
  if (container[0] == 200) out["container"] = container_fields(parsed(container[1]));
  if (health[0] == 200) out["health"] = health_fields(parsed(health[1]));
  json::object probes;
  for (const auto& [path, answer] : json_object(record, {"probes"}))
    probes[path] = answer_of(cluster, node, std::string(path));
  out["probes"] = std::move(probes);
  return out;
}

std::string fields_difference(const json::value& recorded, const json::object& ours,
                              std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    const json::value* wanted = json_find(recorded, {field});
    if (wanted == nullptr) continue;
    const json::value* mine = ours.if_contains(field);
    if (mine == nullptr) return fmt::format("{}: ours has none", field);
    const std::string found = value_difference(*wanted, *mine);
    if (!found.empty()) return fmt::format("{}: {}", field, found);
  }
  return "";
}

}  // namespace drydock::harness::conformance::grid

#include "harness/conformance/grid/observation.h"

#include <array>

#include "core/base/text.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr const char* kNode = "node0";
constexpr Duration kPollInterval = milliseconds(100);
constexpr Duration kAfterPoll = milliseconds(150);
constexpr Duration kPollTime = minutes(2);
constexpr Duration kEndTime = seconds(30);  // of a process after it was asked to stop

Answer get(Cluster& cluster, const std::string& target, Headers headers = {}) {
  Result<Answer> answer =
      cluster.call(kNode, {.method = "GET", .target = target, .headers = std::move(headers)});
  return answer.ok() ? std::move(*answer) : Answer{.body = answer.status().to_string()};
}

std::string cache_target(std::string_view name) {
  return "/rest/v2/caches/" + percent_encode(name);
}

std::string tasks_target() { return "/rest/v2/tasks?type=user"; }

std::string size_of(Cluster& cluster, std::string_view cache) {
  return get(cluster, cache_target(cache) + "?action=size").body;
}

// The members that the recorded state has; the name is its configuration's.
json::object cache_state(Cluster& cluster, std::string_view cache, const json::value& recorded) {
  const std::string target = cache_target(cache);
  json::object state;
  state["size"] = size_of(cluster, cache);
  state["config_xml"] =
      get(cluster, target + "?action=config", {{"Accept", "application/xml"}}).body;
  if (json_find(recorded, {"entries_status"}) == nullptr) return state;
  const Answer entries =
      get(cluster, target + "?action=entries&metadata=true&content-negotiation=true&limit=-1",
          {{"Accept", "application/json"}});
  state["entries_status"] = entries.status;
  state["entries_rest"] = entries.body;
  return state;
}

json::object counter_states(Cluster& cluster) {
  json::object states;
  const Result<json::value> names = json_parse(get(cluster, "/rest/v2/counters").body);
  if (!names.ok() || !names->is_array()) return states;
  for (const json::value& name : names->get_array()) {
    if (!name.is_string()) continue;
    const std::string target = "/rest/v2/counters/" + percent_encode(name.get_string());
    states[name.get_string()] = json::object{{"value", get(cluster, target).body},
                                             {"config", get(cluster, target + "/config").body}};
  }
  return states;
}

std::string quoted_after(const std::string& text, std::string_view mark, char quote) {
  const size_t at = text.find(mark);
  if (at == std::string::npos) return "";
  const size_t begin = at + mark.size();
  return text.substr(begin, text.find(quote, begin) - begin);
}

// Of a cache that is there, or of one that was not found.
std::string cache_name(const json::value& state) {
  const std::string xml = json_string(state, {"config_xml"});
  const std::string name = quoted_after(xml, " name=\"", '"');
  return name.empty() ? quoted_after(xml, "Cache with name '", '\'') : name;
}

bool is_built_in(const std::string& name) {
  return name.starts_with("___") || name == "respCache" || name == "memcachedCache";
}

// Of every cache that somebody made: its size, and what is found under two keys.
json::object cache_samples(Cluster& cluster) {
  constexpr size_t kShown = 40;
  json::object samples;
  const Result<json::value> names = json_parse(get(cluster, "/rest/v2/caches").body);
  if (!names.ok() || !names->is_array()) return samples;
  for (const json::value& name : names->get_array()) {
    const std::string cache(name.as_string());
    if (is_built_in(cache)) continue;
    json::object sample{{"size", size_of(cluster, cache)},
                        {"k1", get(cluster, cache_target(cache) + "/k1").body.substr(0, kShown)},
                        {"p1", nullptr}};
    if (cache == "dist-proto" || cache == "repl-proto")
      sample["p1"] =
          get(cluster, cache_target(cache) + "/p1", {{"Accept", "application/json"}}).body;
    samples[cache] = std::move(sample);
  }
  return samples;
}

json::object container_state(Cluster& cluster) {
  json::object counters;
  for (const auto& [name, state] : counter_states(cluster))
    counters[name] = json_string(state, {"value"});
  return {{"caches", cache_samples(cluster)},
          {"counters", std::move(counters)},
          {"schemas", get(cluster, "/rest/v2/schemas").body},
          {"tasks", get(cluster, tasks_target()).body}};
}

json::value state(Cluster& cluster, const json::value& recorded) {
  if (json_find(recorded, {"caches"}) != nullptr) return container_state(cluster);
  if (json_find(recorded, {"config_xml"}) != nullptr)
    return cache_state(cluster, cache_name(recorded), recorded);
  return counter_states(cluster);
}

json::object cache_states(Cluster& cluster, const json::object& recorded) {
  json::object states;
  for (const auto& [name, value] : recorded) states[name] = cache_state(cluster, name, value);
  return states;
}

// As a walk through the directory names them: "." is the directory itself.
json::array files(Cluster& cluster, const std::string& directory) {
  json::array names{"."};
  for (const std::string& name : cluster.names_below(directory)) names.emplace_back(name);
  return names;
}

// Whoever saw it gone had waited for its end.
bool is_alive(Cluster& cluster, const std::string& node, bool recorded) {
  const SteadyTime until = cluster.env().now() + (recorded ? Duration::zero() : kEndTime);
  while (cluster.alive(node) && cluster.env().now() < until)
    if (!cluster.env().sleep_for(kPollInterval).ok()) break;
  return cluster.alive(node);
}

bool is_about_the_record(std::string_view member) {
  constexpr std::array kAbout = {"version", "scenario", "step", "note", "logs", "seq"};
  return std::find(kAbout.begin(), kAbout.end(), member) != kAbout.end();
}

}  // namespace

json::object observe(Cluster& cluster, const json::value& record, const std::string& home) {
  json::object ours;
  const std::string directory = home + "/backups-" + json_string(record, {"version"});
  for (const auto& [member, recorded] : record.as_object()) {
    if (is_about_the_record(member)) continue;
    if (member == "state")
      ours[member] = state(cluster, recorded);
    else if (member == "caches")
      ours[member] = cache_states(cluster, recorded.as_object());
    else if (member == "counters" && recorded.is_object())
      ours[member] = counter_states(cluster);
    else if (member == "counters")
      ours[member] = counter_states(cluster).size();
    else if (member == "schemas")
      ours[member] = get(cluster, "/rest/v2/schemas").body;
    else if (member == "tasks")
      ours[member] = get(cluster, tasks_target()).body;
    else if (member == "files")
      ours[member] = files(cluster, directory);
    else if (member == "alive" || member == "zero_alive")
      ours[member] = is_alive(cluster, "node3", recorded.as_bool());
    else if (member == "health")  // only its beginning is on record
      ours[member] =
          get(cluster, "/rest/v2/container/health").body.substr(0, recorded.as_string().size());
    else if (member != "final")
      ours[member] = size_of(cluster, member);
  }
  return ours;
}

json::array poll(Cluster& cluster, const std::string& node, const std::string& target,
                 const json::value& record) {
  json::array changes;
  const SteadyTime began = cluster.env().now();
  const json::array& recorded = json_array(record, {"statuses"});
  const bool goes_on = !recorded.empty() && json_int(recorded.back(), {"status"}) == 202;
  const SteadyTime until = began + (goes_on ? milliseconds(json_int(record, {"ms"})) : kPollTime);
  while (true) {
    const SteadyTime asked = cluster.env().now();
    Result<Answer> answer = cluster.call(node, {.method = "HEAD", .target = target});
    const int status = answer.ok() ? answer->status : 0;
    if (changes.empty() || json_int(changes.back(), {"status"}) != status) {
      json::array headers;
      if (answer.ok())
        for (const auto& [name, value] : answer->headers)
          headers.push_back(json::array{name, value});
      const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(asked - began);
      changes.push_back(
          json::object{{"status", status}, {"at_ms", at.count()}, {"headers", headers}});
    }
    if (status != 202 || cluster.env().now() >= until) break;
    if (!cluster.env().sleep_for(kPollInterval).ok()) break;
  }
  (void)cluster.env().sleep_for(kAfterPoll);
  return changes;
}

}  // namespace drydock::harness::conformance::grid

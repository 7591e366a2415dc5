#include "harness/conformance/grid/node_state.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "harness/conformance/grid/steps.h"
#include "harness/conformance/texts.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr size_t kBeginning = 70;  // of a line without id
constexpr const char* kEntriesNow = "current_number_of_entries";

json::value parsed(const Answer& answer) {
  Result<json::value> value = json_parse(answer.body);
  return value.ok() ? std::move(*value) : json::value();
}

json::value member_or_null(const json::value& value, std::string_view name) {
  const json::value* found = json_find(value, {name});
  return found == nullptr ? json::value() : *found;
}

json::object cache_state(Cluster& cluster, const std::string& node, const std::string& name,
                         const json::value& recorded) {
  const std::string target = "/rest/v2/caches/" + percent_encode(name);
  const json::value detail = parsed(get(cluster, node, target));
  const json::value stats = parsed(get(cluster, node, target + "?action=stats"));
  const Answer distribution = get(cluster, node, target + "?action=distribution");
  json::object wanted;
  for (const auto& [key, value] : json_object(recorded, {"stats"}))
    if (const json::value* ours = json_find(stats, {key})) wanted[key] = *ours;
  json::object state{{"rehash_in_progress", member_or_null(detail, "rehash_in_progress")},
                     {"rebalancing_enabled", member_or_null(detail, "rebalancing_enabled")},
                     {"local_entries", member_or_null(stats, kEntriesNow)},
                     {"stats", std::move(wanted)}};
  if (distribution.status == 200)
    state["distribution"] = distribution.body;
  else
    state["distribution"] = distribution.status;
  return state;
}

// `name{cache="c",}`: the name and the cache; what labels say of the server is not its value, and
// how they are punctuated depends on the library.
std::string metric_id(std::string_view name) {
  const size_t labels = name.find('{');
  if (labels == std::string_view::npos) return std::string(name);
  std::string id(name.substr(0, labels));
  for (const std::string_view label :
       split(name.substr(labels + 1, name.rfind('}') - labels - 1), ','))
    if (trim(label).starts_with("cache=")) id += "{" + std::string(trim(label)) + "}";
  return id;
}

// "name{labels} 1.0": only those on record.
json::object metrics(Cluster& cluster, const std::string& node, const json::value& recorded) {
  const Answer answer = get(cluster, node, "/metrics");
  std::map<std::string, std::string> ours;
  for (const std::string& line : lines_of(answer.body)) {
    const size_t blank = line.rfind(' ');
    if (blank == std::string::npos || line.starts_with('#')) continue;
    ours[metric_id(std::string_view(line).substr(0, blank))] = line.substr(blank + 1);
  }
  json::object values;
  for (const auto& [name, value] : json_object(recorded, {"values"}))
    if (const auto found = ours.find(metric_id(name)); found != ours.end())
      values[name] = found->second;
  return {{"http", answer.status}, {"values", std::move(values)}};
}

// Behind `mark`, as far as it consists of what names consist of.
std::string word_after(const std::string& text, std::string_view mark) {
  const size_t at = text.find(mark);
  if (at == std::string::npos) return "";
  size_t end = at + mark.size();
  const auto is_part = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.';
  };
  while (end < text.size() && is_part(text[end])) ++end;
  return text.substr(at + mark.size(), end - at - mark.size());
}

std::string cache_of(const std::string& text) {
  const size_t context = text.find("[Context=");
  if (context != std::string::npos)
    return text.substr(context + 9, text.find(']', context) - context - 9);
  const size_t lower = text.find("cache ");
  const size_t upper = text.find("Cache ");
  if (lower == std::string::npos && upper == std::string::npos) return "-";
  const std::string word = word_after(text, lower < upper ? "cache " : "Cache ");
  return word.empty() ? "-" : word;
}

std::string id_of(const std::string& text) {
  const size_t id = text.find("ISPN");
  if (id != std::string::npos)
    return text.substr(id, text.find_first_not_of("0123456789", id + 4) - id);
  const std::string beginning = text.substr(0, text.find_first_of("0123456789[{"));
  return beginning.substr(0, kBeginning);
}

}  // namespace

json::object node_state(Cluster& cluster, const std::string& version, const std::string& node,
                        const json::value& recorded) {
  const std::string path = container_path(version);
  const json::value container = parsed(get(cluster, node, path));
  json::object caches;
  for (const auto& [name, cache] : json_object(recorded, {"caches"}))
    caches[name] = cache_state(cluster, node, name, cache);
  return {{"members", member_or_null(container, "cluster_members")},
          {"cluster_size", member_or_null(container, "cluster_size")},
          {"rebalancing_enabled", member_or_null(container, "rebalancing_enabled")},
          {"health", get(cluster, node, path + "/health").body},
          {"caches", std::move(caches)},
          {"metrics", metrics(cluster, node, *json_find(recorded, {"metrics"}))}};
}

json::object line_counts(const std::vector<LogLine>& lines) {
  json::object counts;
  for (const LogLine& line : lines) {
    const size_t category = line.text.find("] ");
    const std::string text =
        category == std::string::npos ? line.text : line.text.substr(category + 2);
    json::value& of_cache = counts[cache_of(text)];
    json::value& count = json_at(of_cache, {id_of(text)});
    count = (count.is_int64() ? count.get_int64() : 0) + 1;
  }
  return counts;
}

}  // namespace drydock::harness::conformance::grid

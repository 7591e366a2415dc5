#include "fakekube/http/table_cells.h"

#include <algorithm>
#include <map>
#include <set>

#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// Kinds whose real storage uses the plain converter: a creation time instead of an age.
constexpr std::string_view kCreatedAt[] = {"Role", "ClusterRole", "LimitRange",
                                           "CSIStorageCapacity", "CustomResourceDefinition"};

void print_name_and_age(const json::value& object, WallTime now, json::array& cells) {
  cells = {name_cell(object), created_age(object, now)};
}

void print_name_and_time(const json::value& object, WallTime /*now*/, json::array& cells) {
  cells = {name_cell(object), text_cell(object, {"metadata", "creationTimestamp"})};
}

const TableKind& name_and_age() {
  static const TableKind kind = {"", "", {name_column(), age_column()}, print_name_and_age};
  return kind;
}

const TableKind& name_and_time() {
  static const TableKind kind = {"",
                                 "",
                                 {name_column(), {"Created At", "date", 0, "When it was created"}},
                                 print_name_and_time,
                                 true};
  return kind;
}

std::string number_with(int64_t number, std::string_view unit) {
  return std::to_string(number).append(unit);
}

// The larger unit, followed by the smaller one unless that is zero.
std::string two_units(int64_t large, std::string_view large_unit, int64_t small,
                      std::string_view small_unit) {
  std::string text = number_with(large, large_unit);
  return small == 0 ? text : text + number_with(small, small_unit);
}

std::string requirement_words(const json::value& expression) {
  const std::string key = json_string(expression, {"key"});
  const std::string_view op = string_at(expression, {"operator"});
  if (op == "Exists") return key;
  if (op == "DoesNotExist") return "!" + key;
  std::vector<std::string> values = json_strings(expression, {"values"});
  std::sort(values.begin(), values.end());
  return key + (op == "In" ? " in (" : " notin (") + joined(values, ",") + ")";
}

}  // namespace

const TableKind& find_table_kind(const ResourceType& type) {
  for (const auto* tables :
       {&pod_tables(), &core_tables(), &workload_tables(), &rule_tables(), &cluster_tables()})
    for (const TableKind& kind : *tables)
      if (kind.kind == type.kind && kind.group == type.group) return kind;
  const bool with_time =
      std::find(std::begin(kCreatedAt), std::end(kCreatedAt), type.kind) != std::end(kCreatedAt);
  return with_time ? name_and_time() : name_and_age();
}

TableColumn name_column() {
  return {"Name", "string", 0, "The object's name, unique among its kind and namespace", "name"};
}

TableColumn age_column() { return {"Age", "string", 0, "The time since its creation"}; }

std::string human_duration(Duration duration) {
  const int64_t s = std::chrono::duration_cast<seconds>(duration).count();
  if (s < -1) return "<invalid>";
  if (s < 0) return "0s";
  if (s < 120) return number_with(s, "s");
  const int64_t m = s / 60;
  if (m < 10) return two_units(m, "m", s % 60, "s");
  if (m < 180) return number_with(m, "m");
  const int64_t h = m / 60;
  if (h < 8) return two_units(h, "h", m % 60, "m");
  if (h < 48) return number_with(h, "h");
  const int64_t d = h / 24;
  if (d < 8) return two_units(d, "d", h % 24, "h");
  if (d < 365 * 2) return number_with(d, "d");
  if (d < 365 * 8) return two_units(d / 365, "y", d % 365, "d");
  return number_with(d / 365, "y");
}

std::string age_of(const json::value* timestamp, WallTime now) {
  if (timestamp == nullptr || !timestamp->is_string()) return "<unknown>";
  const std::string_view text = timestamp->get_string();
  const std::optional<WallTime> time = parse_rfc3339(text);
  return time ? human_duration(now - *time) : "<unknown>";
}

json::value created_age(const json::value& object, WallTime now) {
  return text_value(age_of(json_find(object, {"metadata", "creationTimestamp"}), now));
}

json::value name_cell(const json::value& object) {
  return text_value(metadata_string(object, "name"));
}

json::value text_cell(const json::value& object, JsonPath path, std::string_view otherwise) {
  const std::string_view text = string_at(object, path);
  return text_value(text.empty() ? otherwise : text);
}

json::value number_cell(const json::value& object, JsonPath path) { return json_int(object, path); }

json::value yes_no_cell(const json::value& object, JsonPath path) {
  return json_bool(object, path);
}

json::value count_cell(const json::value& object, JsonPath path) {
  const size_t count = json_array(object, path).size() + json_object(object, path).size();
  return static_cast<int64_t>(count);
}

json::value labels_cell(const json::value& object, JsonPath path) {
  std::map<std::string, std::string> sorted;
  for (const auto& label : json_object(object, path))
    sorted.emplace(label.key(), json_string(label.value(), {}));
  std::vector<std::string> words;
  for (const auto& [key, value] : sorted) words.push_back(key + "=" + value);
  return text_value(words.empty() ? "<none>" : joined(words, ","));
}

std::string selector_words(const json::value* selector) {
  if (selector == nullptr) return "";
  std::multimap<std::string, std::string> sorted;  // by key
  for (const auto& label : json_object(*selector, {"matchLabels"}))
    sorted.emplace(label.key(), std::string(label.key()) + "=" + json_string(label.value(), {}));
  for (const json::value& expression : json_array(*selector, {"matchExpressions"}))
    sorted.emplace(json_string(expression, {"key"}), requirement_words(expression));
  std::vector<std::string> words;
  for (const auto& entry : sorted) words.push_back(entry.second);
  return joined(words, ",");
}

void container_cells(const json::value* pod_spec, json::array& cells) {
  std::vector<std::string> names;
  std::vector<std::string> images;
  if (pod_spec != nullptr)
    for (const json::value& container : json_array(*pod_spec, {"containers"})) {
      names.push_back(json_string(container, {"name"}));
      images.push_back(json_string(container, {"image"}));
    }
  cells.push_back(text_value(joined(names, ",")));
  cells.push_back(text_value(joined(images, ",")));
}

bool deleting(const json::value& object) {
  return !metadata_string(object, "deletionTimestamp").empty();
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) text.append(i == 0 ? "" : between).append(words[i]);
  return text;
}

std::string first_three(const std::vector<std::string>& words) {
  constexpr size_t kShown = 3;
  if (words.size() <= kShown) return joined(words, ",");
  return joined({words.begin(), words.begin() + kShown}, ",") + " + " +
         std::to_string(words.size() - kShown) + " more...";
}

}  // namespace drydock::fakekube

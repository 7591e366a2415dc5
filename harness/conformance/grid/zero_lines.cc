#include "harness/conformance/grid/zero_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "harness/conformance/grid/compare.h"
#include "harness/conformance/grid/node_state.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr std::string_view kInstalled = "Updating local topology";
constexpr std::string_view kComplete = "stable topology complete";

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Told of by threads that overtook one another, or by a node that is just ending.
bool is_of_a_race(std::string_view line) {
  return line.starts_with("Ignoring late consistent hash update") ||
         line.starts_with("Installing fake cache topology") || line.starts_with("Shutdown while");
}

std::set<std::string> caches_with_races(const json::value& counts) {
  std::set<std::string> names;
  for (const auto& [cache, lines] : counts.as_object())
    for (const auto& [line, count] : lines.as_object())
      if (is_of_a_race(line)) names.insert(std::string(cache));
  return names;
}

json::value comparable(const json::value& counts, const std::set<std::string>& races) {
  json::object kept;
  for (const auto& [cache, lines] : counts.as_object()) {
    const bool raced = races.contains(std::string(cache));
    json::object of_cache;
    for (const auto& [line, count] : lines.as_object()) {
      const bool installs = line.starts_with(kInstalled) || holds(line, kComplete);
      if (!line.starts_with('\t') && !is_of_a_race(line) && !(raced && installs))
        of_cache[line] = count;
    }
    if (!of_cache.empty()) kept[cache] = std::move(of_cache);
  }
  return kept;
}

std::string sorted_list(std::string_view list) {
  std::vector<std::string> names;
  for (const std::string_view name : split(list, ',')) names.emplace_back(trim(name));
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

bool is_kept_line(const LogLine& line) {
  const size_t category = line.text.find("] ");
  const std::string text =
      to_lower(category == std::string::npos ? line.text : line.text.substr(category + 2));
  return holds(text, "ispn000094") || holds(text, "ispn100000") || holds(text, "ispn100001") ||
         holds(text, "rebalanc") || holds(text, "topology");
}

std::string line_counts_difference(const json::value& recorded, const std::vector<LogLine>& ours,
                                   const std::string& node) {
  const std::set<std::string> races = caches_with_races(recorded);
  return value_difference(comparable(recorded, races), comparable(line_counts(ours), races), node);
}

std::string with_sorted_members(std::string text) {
  for (const std::string_view mark : {"members [", "members list ["}) {
    const size_t at = text.find(mark);
    if (at == std::string::npos) continue;
    const size_t begin = at + mark.size();
    const size_t end = text.find(']', begin);
    if (end == std::string::npos) continue;
    text.replace(begin, end - begin,
                 sorted_list(std::string_view(text).substr(begin, end - begin)));
  }
  return text;
}

}  // namespace drydock::harness::conformance::grid

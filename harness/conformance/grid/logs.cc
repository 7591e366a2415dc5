#include "harness/conformance/grid/logs.h"

#include <fmt/format.h>

#include "core/base/text.h"
#include "harness/conformance/grid/compare.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr size_t kApart = 4;        // records between the making and the reading of a line, at most
constexpr size_t kTimeLength = 12;  // "05:34:22,549"

bool is_time(std::string_view text) {
  if (text.size() < kTimeLength) return false;
  for (size_t i = 0; i < kTimeLength; ++i) {
    const char expected = i == 2 || i == 5 ? ':' : i == 8 ? ',' : '0';
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (expected == '0' ? !digit : text[i] != expected) return false;
  }
  return true;
}

int64_t number(std::string_view digits) {
  int64_t value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

bool same(const LogLine& recorded, const LogLine& ours) {
  return recorded.level == ours.level && text_difference(recorded.text, ours.text).empty();
}

size_t distance(size_t a, size_t b) { return a < b ? b - a : a - b; }

std::string shown(const LogLine& line) { return line.level + " " + line.text.substr(0, 300); }

}  // namespace

std::optional<int64_t> time_of_log_line(std::string_view line) {
  if (!is_time(line)) return std::nullopt;
  return ((number(line.substr(0, 2)) * 60 + number(line.substr(3, 2))) * 60 +
          number(line.substr(6, 2))) *
             1000 +
         number(line.substr(9, 3));
}

std::optional<LogLine> parse_log_line(std::string_view line) {
  if (!is_time(line)) return std::nullopt;
  const std::string_view rest = line.substr(kTimeLength + 1);
  const size_t thread = rest.find('(');
  const size_t category = rest.find(") [", std::min(thread, rest.size()));
  if (thread == std::string_view::npos || category == std::string_view::npos) return std::nullopt;
  return LogLine{std::string(trim(rest.substr(0, thread))), std::string(rest.substr(category + 2))};
}

void LogComparison::recorded(const std::string& node, size_t record, LogLine line) {
  nodes_[node].recorded.push_back({record, std::move(line)});
}

void LogComparison::ours(const std::string& node, size_t record, LogLine line) {
  nodes_[node].ours.push_back({record, std::move(line)});
}

std::map<size_t, std::string> LogComparison::differences() const {
  std::map<size_t, std::string> found;
  for (auto [name, node] : nodes_) {
    for (Seen& line : node.recorded) {
      Seen* best = nullptr;
      for (Seen& other : node.ours) {
        if (other.matched || distance(line.record, other.record) > kApart) continue;
        const bool nearer = best == nullptr || distance(line.record, other.record) <
                                                   distance(line.record, best->record);
        if (nearer && same(line.line, other.line)) best = &other;
      }
      if (best != nullptr)
        best->matched = true;
      else
        found.emplace(line.record,
                      fmt::format("log of {}: '{}' is missing", name, shown(line.line)));
    }
    for (const Seen& line : node.ours)
      if (!line.matched)
        found.emplace(line.record,
                      fmt::format("log of {}: '{}' is additional", name, shown(line.line)));
  }
  return found;
}

}  // namespace drydock::harness::conformance::grid

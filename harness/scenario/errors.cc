#include "harness/scenario/errors.h"

#include <fmt/format.h>

#include <algorithm>

namespace drydock::harness::scenario {

std::string Position::to_string() const { return fmt::format("{}:{}:{}", file, line, column); }

void Errors::add(const Position& position, std::string_view wrong, std::string_view right) {
  lines_.push_back(fmt::format("{}: {}; {}", position.to_string(), wrong, right));
}

size_t edit_distance(std::string_view a, std::string_view b) {
  // Rows of the usual table: two back, one back, current.
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string suggest(std::string_view word, const std::vector<std::string>& valid,
                    std::string_view noun, std::string_view plural) {
  const std::string* nearest = nullptr;
  size_t distance = word.size() / 2 + 1;  // farther than this isn't near
  for (const std::string& candidate : valid) {
    const size_t d = edit_distance(word, candidate);
    if (d < distance) {
      distance = d;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) return fmt::format("the nearest valid {} is '{}'", noun, *nearest);
  if (valid.empty()) return fmt::format("there are no valid {} here", plural);
  return fmt::format("valid {} are: {}", plural, fmt::join(valid, ", "));
}

}  // namespace drydock::harness::scenario

// What is wrong with a scenario: one line each, with its place and with what would be right.
//
//   errors.add(node.position, "nodes must be a whole number, not 'three'", "write for example 3");
//   // smoke/x.yaml:4:12: nodes must be a whole number, not 'three'; write for example 3
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/content.h"

namespace drydock::harness::scenario {

class Errors {
 public:
  void add(const Position& position, std::string_view wrong, std::string_view right);

  bool empty() const { return lines_.empty(); }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

// Number of insertions, deletions, replacements and swaps of neighbours between two words.
size_t edit_distance(std::string_view a, std::string_view b);

// What to write instead of `word`: "the nearest valid <noun> is 'x'", or, when none is near,
// "valid <plural> are: a, b, c".
std::string suggest(std::string_view word, const std::vector<std::string>& valid,
                    std::string_view noun, std::string_view plural);

}  // namespace drydock::harness::scenario

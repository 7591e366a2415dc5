// Regular expressions of schemas, in the part of Go's syntax (RE2) that patterns of CRDs use:
// alternatives, groups, classes, repetitions, anchors, \d \w \s, (?i). Matching takes time
// proportional to the text, whatever the pattern.
//
//   const std::optional<Pattern> code = Pattern::parse("^[A-Z]{3}$");
//   code->found_in("ABC");      // true
//
// Not understood, and no pattern then: back references and look-arounds, which RE2 has not either,
// word boundaries, Unicode classes, named groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock::fakekube {

class Pattern {
 public:
  // nullopt: malformed, too large, or not understood.
  static std::optional<Pattern> parse(std::string_view text);

  // Whether some part of the text matches.
  bool found_in(std::string_view text) const;

 private:
  friend class PatternParser;

  enum class Op : uint8_t { kSet, kSplit, kJump, kBegin, kEnd, kMatch };
  struct Set {
    std::vector<std::pair<char32_t, char32_t>> ranges;
    bool holds(char32_t c) const;
  };
  // kSplit goes on at both places, kJump at the first.
  struct Step {
    Op op = Op::kMatch;
    size_t first = 0;
    size_t second = 0;
    Set set = {};
  };

  void follow(size_t at, bool begin, bool end, std::vector<bool>& seen,
              std::vector<size_t>& states) const;

  std::vector<Step> steps_;
};

}  // namespace drydock::fakekube

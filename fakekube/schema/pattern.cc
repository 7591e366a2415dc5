#include "fakekube/schema/pattern.h"

#include <algorithm>

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxRepeat = 1000;    // RE2's own limit
constexpr size_t kMaxSteps = 100'000;  // of one pattern, repetitions written out
constexpr size_t kMaxDepth = 100;      // of groups
constexpr char32_t kLastCharacter = 0x10FFFF;

using Ranges = std::vector<std::pair<char32_t, char32_t>>;

// The character at the front of UTF-8 text, which it takes away; a bad byte counts as itself.
char32_t take_character(std::string_view& text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (size == 1 || text.size() < size) {
    text.remove_prefix(1);
    return first;
  }
  char32_t value = first & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; ++i) value = value << 6 | (byte(i) & 0x3FU);
  text.remove_prefix(size);
  return value;
}

Ranges class_of(char32_t letter) {
  switch (letter) {
    case 'd': return {{'0', '9'}};
    case 'w': return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    case 's': return {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
    default: return {};
  }
}

// The rest of all characters.
Ranges complement(Ranges ranges) {
  std::sort(ranges.begin(), ranges.end());
  Ranges rest;
  char32_t next = 0;
  for (const auto& [low, high] : ranges) {
    if (low > next) rest.emplace_back(next, low - 1);
    next = std::max<char32_t>(next, high + 1);
  }
  if (next <= kLastCharacter) rest.emplace_back(next, kLastCharacter);
  return rest;
}

bool class_letter(char32_t c) {
  return c == 'd' || c == 'w' || c == 's' || c == 'D' || c == 'W' || c == 'S';
}

Ranges escape_class(char32_t c) {
  return c >= 'a' ? class_of(c) : complement(class_of(c + ('a' - 'A')));
}

std::optional<char32_t> escaped(char32_t c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'f': return '\f';
    case 'v': return '\v';
    default: break;
  }
  const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (word || c > 127) return std::nullopt;
  return c;
}

void add_other_case(Ranges& ranges) {
  const Ranges given = ranges;
  for (const auto& [low, high] : given) {
    for (char32_t c = std::max<char32_t>(low, 'A'); c <= std::min<char32_t>(high, 'z'); ++c) {
      if (c >= 'A' && c <= 'Z') ranges.emplace_back(c + 32, c + 32);
      if (c >= 'a' && c <= 'z') ranges.emplace_back(c - 32, c - 32);
    }
  }
}

}  // namespace

// Writes steps as it reads; a piece of the program is a range of them that falls through at its
// end, so that repeating it is copying it.
class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : rest_(text) {}

  std::optional<Pattern> parse() {
    Pattern pattern;
    Steps steps = alternatives(0);
    if (failed_ || !rest_.empty()) return std::nullopt;
    pattern.steps_ = std::move(steps);
    pattern.steps_.push_back({.op = Op::kMatch});
    return pattern;
  }

 private:
  using Op = Pattern::Op;
  using Step = Pattern::Step;
  using Steps = std::vector<Step>;  // with places relative to their own begin

  Steps fail() {
    failed_ = true;
    return {};
  }

  bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  static void append(Steps& steps, const Steps& more) {
    const size_t base = steps.size();
    for (Step step : more) {
      step.first += base;
      step.second += base;
      steps.push_back(std::move(step));
    }
  }

  Steps alternatives(size_t depth) {
    if (depth > kMaxDepth) return fail();
    Steps steps = sequence(depth);
    while (!failed_ && take("|")) {
      const Steps other = sequence(depth);
      Steps both = {{.op = Op::kSplit, .first = 1, .second = steps.size() + 2}};
      append(both, steps);
      both.push_back({.op = Op::kJump, .first = steps.size() + 2 + other.size()});
      append(both, other);
      steps = std::move(both);
    }
    return steps;
  }

  Steps sequence(size_t depth) {
    Steps steps;
    while (!failed_ && !rest_.empty() && !next_is('|') && !next_is(')')) {
      const Steps piece = repeated(atom(depth));
      append(steps, piece);
      if (steps.size() > kMaxSteps) return fail();
    }
    return steps;
  }

  Steps atom(size_t depth) {
    if (take("(")) return group(depth);
    if (take("[")) return one_of(bracket());
    if (take(".")) return one_of(complement({{'\n', '\n'}}));
    if (take("^")) return {{.op = Op::kBegin}};
    if (take("$")) return {{.op = Op::kEnd}};
    if (next_is('*') || next_is('+') || next_is('?')) return fail();
    if (take("\\")) return escape();
    const char32_t c = take_character(rest_);
    return one_of({{c, c}});
  }

  Steps group(size_t depth) {
    const bool outer = ignore_case_;
    if (take("?")) {
      if (take("i")) ignore_case_ = true;
      if (take(")")) return {};  // for the rest of the enclosing group
      if (!take(":")) return fail();
    }
    Steps steps = alternatives(depth + 1);
    ignore_case_ = outer;
    return take(")") ? steps : fail();
  }

  Steps escape() {
    if (rest_.empty()) return fail();
    if (take("A")) return {{.op = Op::kBegin}};
    if (take("z")) return {{.op = Op::kEnd}};
    const char32_t c = take_character(rest_);
    if (class_letter(c)) return one_of(escape_class(c));
    const std::optional<char32_t> plain = escaped(c);
    return plain ? one_of({{*plain, *plain}}) : fail();
  }

  Steps one_of(Ranges ranges) {
    if (ignore_case_) add_other_case(ranges);
    return {{.op = Op::kSet, .set = {.ranges = std::move(ranges)}}};
  }

  // After the opening bracket.
  Ranges bracket() {
    const bool negated = take("^");
    Ranges ranges;
    for (bool first = true; first || !next_is(']'); first = false) {
      if (rest_.empty() || rest_.starts_with("[:")) {
        failed_ = true;
        return {};
      }
      bracket_item(ranges);
      if (failed_) return {};
    }
    take("]");
    if (negated && ignore_case_) add_other_case(ranges);
    return negated ? complement(std::move(ranges)) : ranges;
  }

  void bracket_item(Ranges& ranges) {
    const std::optional<char32_t> low = bracket_character(ranges);
    if (!low) return;  // a class, added already
    char32_t high = *low;
    if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
      take("-");
      high = bracket_character(ranges).value_or(0);
    }
    if (high < *low) failed_ = true;
    ranges.emplace_back(*low, high);
  }

  std::optional<char32_t> bracket_character(Ranges& ranges) {
    const bool escapes = take("\\");
    if (rest_.empty()) {
      failed_ = true;
      return std::nullopt;
    }
    const char32_t c = take_character(rest_);
    if (!escapes) return c;
    if (class_letter(c)) {
      const Ranges more = escape_class(c);
      ranges.insert(ranges.end(), more.begin(), more.end());
      return std::nullopt;
    }
    const std::optional<char32_t> plain = escaped(c);
    if (!plain) failed_ = true;
    return plain;
  }

  Steps repeated(Steps piece) {
    while (!failed_) {
      if (take("*")) {
        piece = star(piece);
      } else if (take("+")) {
        Steps once = piece;
        append(once, star(piece));
        piece = std::move(once);
      } else if (take("?")) {
        piece = optional(piece);
      } else if (!counted(piece)) {
        return piece;
      }
      take("?");  // lazy: the same texts match
    }
    return piece;
  }

  static Steps star(const Steps& piece) {
    Steps steps = {{.op = Op::kSplit, .first = 1, .second = piece.size() + 2}};
    append(steps, piece);
    steps.push_back({.op = Op::kJump, .first = 0});
    return steps;
  }

  static Steps optional(const Steps& piece) {
    Steps steps = {{.op = Op::kSplit, .first = 1, .second = piece.size() + 1}};
    append(steps, piece);
    return steps;
  }

  std::optional<size_t> number() {
    size_t value = 0;
    bool any = false;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && value <= kMaxRepeat) {
      value = value * 10 + static_cast<size_t>(rest_.front() - '0');
      rest_.remove_prefix(1);
      any = true;
    }
    return any ? std::optional<size_t>(value) : std::nullopt;
  }

  // {n}, {n,} or {n,m}; false: none of them, and a brace is a character.
  bool counted(Steps& piece) {
    const std::string_view before = rest_;
    if (!take("{")) return false;
    const std::optional<size_t> least = number();
    const bool open = take(",");
    const std::optional<size_t> most = open ? number() : least;
    if (!least || !take("}")) {
      rest_ = before;
      return false;
    }
    const size_t last = most.value_or(*least);
    if (*least > kMaxRepeat || last > kMaxRepeat || last < *least ||
        (last + 1) * (piece.size() + 1) > kMaxSteps) {
      failed_ = true;
      return false;
    }
    Steps steps;
    for (size_t i = 0; i < *least; ++i) append(steps, piece);
    if (open && !most) append(steps, star(piece));
    for (size_t i = *least; i < last; ++i) append(steps, optional(piece));
    piece = std::move(steps);
    return true;
  }

  std::string_view rest_;
  bool ignore_case_ = false;
  bool failed_ = false;
};

bool Pattern::Set::holds(char32_t c) const {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const auto& range) { return c >= range.first && c <= range.second; });
}

std::optional<Pattern> Pattern::parse(std::string_view text) { return PatternParser(text).parse(); }

void Pattern::follow(size_t at, bool begin, bool end, std::vector<bool>& seen,
                     std::vector<size_t>& states) const {
  std::vector<size_t> open = {at};
  while (!open.empty()) {
    const size_t place = open.back();
    open.pop_back();
    if (seen[place]) continue;
    seen[place] = true;
    const Step& step = steps_[place];
    switch (step.op) {
      case Op::kSplit:
        open.push_back(step.second);
        open.push_back(step.first);
        break;
      case Op::kJump: open.push_back(step.first); break;
      case Op::kBegin:
        if (begin) open.push_back(place + 1);
        break;
      case Op::kEnd:
        if (end) open.push_back(place + 1);
        break;
      default: states.push_back(place);
    }
  }
}

bool Pattern::found_in(std::string_view text) const {
  std::vector<size_t> states;
  bool begin = true;
  while (true) {
    std::vector<bool> seen(steps_.size());
    std::vector<size_t> now;
    for (const size_t state : states) follow(state, begin, text.empty(), seen, now);
    follow(0, begin, text.empty(), seen, now);  // a match may begin here
    for (const size_t state : now)
      if (steps_[state].op == Op::kMatch) return true;
    if (text.empty()) return false;
    const char32_t c = take_character(text);
    states.clear();
    for (const size_t state : now)
      if (steps_[state].set.holds(c)) states.push_back(state + 1);
    begin = false;
  }
}

}  // namespace drydock::fakekube

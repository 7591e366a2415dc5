#include "tests/tidy/source.h"

#include <algorithm>
#include <utility>

namespace drydock::tidy {
namespace {

// Turns literals and comments into blanks, character by character; newlines stay.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    if (looks_at("//")) return blank_to(find_or_end("\n", at_));
    if (looks_at("/*")) return blank_to(past("*/", at_ + 2));
    if (looks_at("R\"") && !after_word()) return blank_raw_string();
    if (text_[at_] == '"' && is_include_line()) return skip_to(find_or_end("\n", at_));
    if (text_[at_] == '"') return blank_to(end_of_literal('"'));
    if (text_[at_] == '\'' && !after_word()) return blank_to(end_of_literal('\''));
    ++at_;
  }

  bool looks_at(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  // A quote after a digit separates digits.
  bool after_word() const { return at_ > 0 && is_word_character(text_[at_ - 1]); }
  bool is_include_line() const {
    const size_t start = text_.rfind('\n', at_) + 1;
    return starts_with(trimmed(text_.substr(start, at_ - start)), "#include");
  }
  size_t find_or_end(std::string_view what, size_t from) const {
    const size_t found = text_.find(what, from);
    return found == std::string_view::npos ? text_.size() : found;
  }
  size_t past(std::string_view what, size_t from) const {
    const size_t found = find_or_end(what, from);
    return found == text_.size() ? found : found + what.size();
  }
  size_t end_of_literal(char quote) const {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
      end += text_[end] == '\\' ? 2 : 1;
    return end < text_.size() ? end + 1 : text_.size();
  }
  void blank_raw_string() {
    const size_t open = find_or_end("(", at_);
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    blank_to(past(close, open));
  }
  void skip_to(size_t end) { at_ = end; }
  void blank_to(size_t end) {
    for (; at_ < end; ++at_)
      if (text_[at_] != '\n') out_[at_] = ' ';
  }

  std::string_view text_;
  std::string out_;
  size_t at_ = 0;
};

bool is_whole_word_at(std::string_view code, std::string_view name, size_t at) {
  if (is_word_character(name.front()) && at > 0) {
    const char before = code[at - 1];
    const bool is_call = name.find('(') != std::string_view::npos;
    if (is_word_character(before)) return false;
    if (is_call && (before == '.' || (before == '>' && at > 1 && code[at - 2] == '-')))
      return false;
  }
  const size_t end = at + name.size();
  return !is_word_character(name.back()) || end >= code.size() || !is_word_character(code[end]);
}

}  // namespace

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(
        {static_cast<int>(lines.size()) + 1, std::string(text.substr(start, end - start))});
    start = end + 1;
  }
  return lines;
}

std::vector<Line> code_lines(std::string_view text) { return lines_of(Blanker(text).run()); }

bool has_name(std::string_view code, std::string_view name) {
  for (size_t at = code.find(name); at != std::string_view::npos; at = code.find(name, at + 1))
    if (is_whole_word_at(code, name, at)) return true;
  return false;
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string to_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.path;
    if (finding.line > 0) text += ":" + std::to_string(finding.line);
    text += ": " + finding.message + "\n";
  }
  return text;
}

}  // namespace drydock::tidy

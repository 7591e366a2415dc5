#include "fakegrid/server/proto_schema.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace drydock::fakegrid {
namespace {

constexpr int kNestingLimit = 32;

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  ProtoFile parse() {
    while (!failed() && !at_end()) statement();
    return std::move(file_);
  }

 private:
  bool failed() const { return file_.error.has_value(); }
  void fail() {
    if (failed()) return;
    const size_t after = std::min(at_ + 1, text_.size());
    ProtoError error{.line = 1,
                     .column = 1,
                     .at_end = text_.find_first_not_of(" \t\r\n", after) == std::string_view::npos};
    for (size_t i = 0; i < at_ && i < text_.size(); ++i) {
      ++error.column;
      if (text_[i] != '\n') continue;
      ++error.line;
      error.column = 1;
    }
    file_.error = error;
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      const bool line = rest.starts_with("//");
      const bool block = rest.starts_with("/*");
      if (line || block) {
        const size_t end = rest.find(line ? "\n" : "*/", 2);
        at_ = end == std::string_view::npos ? text_.size() : at_ + end + (line ? 1 : 2);
      } else if (std::isspace(static_cast<unsigned char>(rest.front())) != 0) {
        ++at_;
      } else {
        return;
      }
    }
  }
  bool at_end() {
    skip_blanks();
    return at_ >= text_.size();
  }
  bool accept(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!failed() && !accept(c)) fail();
  }
  std::string word() {
    skip_blanks();
    const size_t begin = at_;
    while (at_ < text_.size() && is_word_char(text_[at_])) ++at_;
    if (at_ == begin) fail();
    return std::string(text_.substr(begin, at_ - begin));
  }
  int number() {
    const bool negative = accept('-');
    const std::string digits = word();
    int value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 10);
    if (error != std::errc() || end != digits.data() + digits.size()) fail();
    return negative ? -value : value;
  }
  void literal() {
    skip_blanks();
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const size_t end = text_.find(text_[at_], at_ + 1);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
      if (end == std::string_view::npos) fail();
      return;
    }
    accept('-');
    word();
  }
  // "option x = y;", "reserved 1 to 3;": up to the semicolon.
  void skip_statement() {
    while (!failed() && !accept(';')) {
      if (at_end()) return fail();
      if (text_[at_] == '"' || text_[at_] == '\'')
        literal();
      else
        ++at_;
    }
  }
  void skip_block() {
    expect('{');
    for (int open = 1; open > 0 && !failed();) {
      if (at_end()) return fail();
      if (text_[at_] == '{') ++open;
      if (text_[at_] == '}') --open;
      ++at_;
    }
  }

  void statement() {
    if (accept(';')) return;
    const std::string first = word();
    if (failed()) return;
    if (first == "syntax") {
      expect('=');
      literal();
      expect(';');
    } else if (first == "package") {
      file_.package = word();
      expect(';');
    } else if (first == "import" || first == "option") {
      skip_statement();
    } else if (first == "message") {
      message(file_.package, 0);
    } else if (first == "enum") {
      enumeration(file_.package);
    } else if (first == "extend" || first == "service") {
      word();
      skip_block();
    } else {
      at_ -= first.size();
      fail();
    }
  }

  static std::string full_name(const std::string& scope, const std::string& name) {
    return scope.empty() ? name : scope + "." + name;
  }

  void message(const std::string& scope, int depth) {
    const std::string name = full_name(scope, word());
    if (depth > kNestingLimit) fail();
    expect('{');
    file_.types.messages[name];
    while (!failed() && !accept('}')) member(name, depth);
  }

  void member(const std::string& owner, int depth) {
    if (accept(';')) return;
    std::string first = word();
    if (failed()) return;
    if (first == "message") return message(owner, depth + 1);
    if (first == "enum") return enumeration(owner);
    if (first == "option" || first == "reserved" || first == "extensions") return skip_statement();
    if (first == "oneof") {
      word();
      expect('{');
      while (!failed() && !accept('}')) member(owner, depth + 1);
      return;
    }
    ProtoField field;
    field.repeated = first == "repeated";
    const bool labelled = field.repeated || first == "optional" || first == "required";
    field.type = labelled ? word() : first;
    field.name = word();
    expect('=');
    field.number = number();
    if (accept('[')) {
      while (!failed() && !accept(']')) {
        if (at_end()) return fail();
        ++at_;
      }
    }
    expect(';');
    if (!failed()) file_.types.messages[owner].fields.push_back(std::move(field));
  }

  void enumeration(const std::string& scope) {
    const std::string name = full_name(scope, word());
    expect('{');
    std::map<std::string, int>& values = file_.types.enums[name];
    while (!failed() && !accept('}')) {
      const std::string value = word();
      if (value == "option" || value == "reserved") {
        skip_statement();
        continue;
      }
      expect('=');
      values[value] = number();
      if (!accept(';')) skip_statement();
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  ProtoFile file_;
};

}  // namespace

ProtoFile parse_proto(std::string_view text) { return Parser(text).parse(); }

ProtoTypes proto_types(const std::map<std::string, std::string>& schemas) {
  ProtoTypes out;
  for (const auto& [name, text] : schemas) {
    if (!name.ends_with(".proto")) continue;
    ProtoFile file = parse_proto(text);
    if (file.error) continue;
    out.messages.merge(file.types.messages);
    out.enums.merge(file.types.enums);
  }
  return out;
}

}  // namespace drydock::fakegrid

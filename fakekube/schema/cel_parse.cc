#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "fakekube/schema/cel_node.h"

namespace drydock::fakekube {
namespace {

constexpr int kMaxDepth = 100;

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool is_macro(std::string_view name) {
  return name == "all" || name == "exists" || name == "exists_one";
}

bool is_method(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {"startsWith", "endsWith", "contains",
                                                      "matches", "size"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

class CelParser {
 public:
  CelParser(std::string_view text, const CelProgram::IsInteger& is_integer)
      : rest_(text), is_integer_(is_integer) {}

  std::optional<CelNode> parse() {
    CelNode node = choice();
    skip_blanks();
    if (failed_ || !rest_.empty()) return std::nullopt;
    return node;
  }

 private:
  CelNode fail() {
    failed_ = true;
    rest_ = {};
    return {};
  }

  void skip_blanks() {
    while (!rest_.empty() &&
           std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
  }

  bool take(std::string_view text) {
    skip_blanks();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  // A word, not only the beginning of one.
  bool take_word(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word)) return false;
    if (rest_.size() > word.size() && (letter(rest_[word.size()]) || digit(rest_[word.size()])))
      return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::string identifier() {
    skip_blanks();
    std::string name;
    while (!rest_.empty() && (letter(rest_.front()) || (!name.empty() && digit(rest_.front())))) {
      name += rest_.front();
      rest_.remove_prefix(1);
    }
    return name;
  }

  static CelNode node(CelOp op, std::string name, CelNode a, CelNode b) {
    CelNode result{.op = op, .name = std::move(name)};
    result.children.push_back(std::move(a));
    result.children.push_back(std::move(b));
    return result;
  }

  CelNode choice() {
    if (++depth_ > kMaxDepth) return fail();
    CelNode condition = either();
    if (!failed_ && take("?")) {
      CelNode result{.op = CelOp::kChoose};
      CelNode first = choice();
      if (!take(":")) return fail();
      result.children = {std::move(condition), std::move(first), choice()};
      condition = std::move(result);
    }
    --depth_;
    return condition;
  }

  CelNode either() {
    CelNode left = both();
    while (!failed_ && take("||")) left = node(CelOp::kOr, "||", std::move(left), both());
    return left;
  }

  CelNode both() {
    CelNode left = relation();
    while (!failed_ && take("&&")) left = node(CelOp::kAnd, "&&", std::move(left), relation());
    return left;
  }

  CelNode relation() {
    CelNode left = sum();
    for (std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"})
      if (!failed_ && take(sign))
        return node(CelOp::kBinary, std::string(sign), std::move(left), sum());
    if (!failed_ && take_word("in")) return node(CelOp::kBinary, "in", std::move(left), sum());
    return left;
  }

  CelNode sum() {
    CelNode left = product();
    while (!failed_) {
      if (take("+"))
        left = node(CelOp::kBinary, "+", std::move(left), product());
      else if (take("-"))
        left = node(CelOp::kBinary, "-", std::move(left), product());
      else
        break;
    }
    return left;
  }

  CelNode product() {
    CelNode left = unary();
    while (!failed_) {
      skip_blanks();
      const char sign = rest_.empty() ? ' ' : rest_.front();
      if (sign != '*' && sign != '/' && sign != '%') break;
      rest_.remove_prefix(1);
      left = node(CelOp::kBinary, std::string(1, sign), std::move(left), unary());
    }
    return left;
  }

  CelNode unary() {
    if (++depth_ > kMaxDepth) return fail();
    CelNode result;
    if (take("!")) {
      result.op = CelOp::kNot;
      result.children.push_back(unary());
    } else if (take("-")) {
      result.op = CelOp::kNegate;
      result.children.push_back(unary());
    } else {
      result = member(primary());
    }
    --depth_;
    return result;
  }

  // Everything that may follow: fields, indexes, methods.
  CelNode member(CelNode target) {
    while (!failed_) {
      if (take("[")) {
        CelNode index = choice();
        if (!take("]")) return fail();
        target = node(CelOp::kIndex, "", std::move(target), std::move(index));
      } else if (take(".")) {
        const std::string name = identifier();
        if (name.empty()) return fail();
        target = take("(") ? method(std::move(target), name) : select(std::move(target), name);
      } else {
        return target;
      }
    }
    return target;
  }

  CelNode select(CelNode target, const std::string& name) {
    CelNode result{.op = CelOp::kSelect, .name = unescaped(name)};
    result.children.push_back(std::move(target));
    std::vector<std::string> path;
    const CelNode* at = &result;
    for (; at->op == CelOp::kSelect; at = &at->children.front())
      path.insert(path.begin(), at->name);
    const bool from_self =
        at->op == CelOp::kVariable && (at->name == "self" || at->name == "oldSelf");
    result.expects_integer = from_self && is_integer_(path);
    return result;
  }

  // Words that CEL reserves and characters that names can't have are written so in rules.
  static std::string unescaped(std::string name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kCodes = {
        {{"__dash__", "-"}, {"__dot__", "."}, {"__slash__", "/"}, {"__underscores__", "__"}}};
    for (const auto& [code, text] : kCodes)
      for (size_t at = name.find(code); at != std::string::npos; at = name.find(code, at + 1))
        name.replace(at, code.size(), text);
    if (name.size() > 4 && name.starts_with("__") && name.ends_with("__"))
      return name.substr(2, name.size() - 4);
    return name;
  }

  std::vector<CelNode> arguments() {
    std::vector<CelNode> list;
    if (take(")")) return list;
    do {
      list.push_back(choice());
    } while (!failed_ && take(","));
    if (!take(")")) fail();
    return list;
  }

  CelNode method(CelNode target, const std::string& name) {
    CelNode result{.op = CelOp::kCall, .name = name};
    result.children.push_back(std::move(target));
    if (is_macro(name)) {
      result.op = CelOp::kMacro;
      result.variable = identifier();
      if (result.variable.empty() || !take(",")) return fail();
      variables_.push_back(result.variable);
      result.children.push_back(choice());
      variables_.pop_back();
      return take(")") ? result : fail();
    }
    if (!is_method(name)) return fail();
    for (CelNode& argument : arguments()) result.children.push_back(std::move(argument));
    const size_t wanted = name == "size" ? 1 : 2;
    return result.children.size() == wanted ? result : fail();
  }

  CelNode primary() {
    skip_blanks();
    if (rest_.empty()) return fail();
    const char c = rest_.front();
    if (take("(")) {
      CelNode inner = choice();
      return take(")") ? inner : fail();
    }
    if (take("[")) return list();
    if (c == '"' || c == '\'') return text(c);
    if (digit(c)) return number();
    const std::string name = identifier();
    if (name == "true" || name == "false") return literal(name == "true");
    if (name == "null") return literal(nullptr);
    if (take("(")) return function(name);
    const bool known = name == "self" || name == "oldSelf" ||
                       std::find(variables_.begin(), variables_.end(), name) != variables_.end();
    return known ? CelNode{.op = CelOp::kVariable, .name = name} : fail();
  }

  static CelNode literal(json::value value) {
    return {.op = CelOp::kLiteral, .literal = std::move(value)};
  }

  CelNode function(const std::string& name) {
    std::vector<CelNode> given = arguments();
    if (failed_ || given.size() != 1) return fail();
    if (name == "has" && given.front().op != CelOp::kSelect) return fail();
    if (name != "has" && name != "size") return fail();
    CelNode result{.op = name == "has" ? CelOp::kHas : CelOp::kCall, .name = name};
    result.children = std::move(given);
    return result;
  }

  CelNode list() {
    CelNode result{.op = CelOp::kList};
    if (take("]")) return result;
    do {
      result.children.push_back(choice());
    } while (!failed_ && take(","));
    return take("]") ? result : fail();
  }

  CelNode text(char quote) {
    rest_.remove_prefix(1);
    std::string value;
    while (!rest_.empty() && rest_.front() != quote) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\' && !rest_.empty()) {
        const char code = rest_.front();
        rest_.remove_prefix(1);
        c = code == 'n' ? '\n' : code == 't' ? '\t' : code == 'r' ? '\r' : code;
        if (letter(code) && c == code) return fail();  // a code that is not understood
      }
      value += c;
    }
    if (rest_.empty()) return fail();
    rest_.remove_prefix(1);
    return literal(json::value(json::string(value)));
  }

  CelNode number() {
    size_t size = 0;
    while (size < rest_.size() && (digit(rest_[size]) || rest_[size] == '.')) ++size;
    const Result<json::value> value = json_parse(rest_.substr(0, size));
    if (!value.ok()) return fail();
    rest_.remove_prefix(size);
    return literal(*value);
  }

  std::string_view rest_;
  const CelProgram::IsInteger& is_integer_;
  std::vector<std::string> variables_;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<CelNode> parse_cel(std::string_view text, const CelProgram::IsInteger& is_integer) {
  return CelParser(text, is_integer).parse();
}

}  // namespace drydock::fakekube

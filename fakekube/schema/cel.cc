#include "fakekube/schema/cel.h"

#include <map>
#include <utility>

#include "fakekube/schema/cel_node.h"
#include "fakekube/schema/decimal.h"
#include "fakekube/schema/pattern.h"

namespace drydock::fakekube {
namespace {

struct Outcome {
  json::value value = nullptr;
  std::string error = {};  // empty: `value` is the result
  bool ok() const { return error.empty(); }
};

Outcome failed(std::string error) { return {.error = std::move(error)}; }
Outcome no_overload() { return failed("no such overload"); }

bool refers_to_old(const CelNode& node) {
  if (node.op == CelOp::kVariable) return node.name == "oldSelf";
  for (const CelNode& child : node.children)
    if (refers_to_old(child)) return true;
  return false;
}

bool equal(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return Decimal::of(a) == Decimal::of(b);
  return a == b;
}

size_t characters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

std::optional<std::strong_ordering> order(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return Decimal::of(a) <=> Decimal::of(b);
  if (a.is_string() && b.is_string())
    return std::string_view(a.get_string()).compare(b.get_string()) <=> 0;
  return std::nullopt;
}

Outcome compare(std::string_view sign, const json::value& a, const json::value& b) {
  const std::optional<std::strong_ordering> found = order(a, b);
  if (!found) return no_overload();
  if (sign == "<") return {.value = *found < 0};
  if (sign == "<=") return {.value = *found <= 0};
  if (sign == ">") return {.value = *found > 0};
  return {.value = *found >= 0};
}

Outcome is_in(const json::value& item, const json::value& place) {
  if (const json::array* list = place.if_array()) {
    for (const json::value& candidate : *list)
      if (equal(item, candidate)) return {.value = true};
    return {.value = false};
  }
  if (place.is_object() && item.is_string())
    return {.value = place.get_object().contains(item.get_string())};
  return no_overload();
}

Outcome arithmetic(char sign, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflow = false;
  switch (sign) {
    case '+': overflow = __builtin_add_overflow(a, b, &result); break;
    case '-': overflow = __builtin_sub_overflow(a, b, &result); break;
    case '*': overflow = __builtin_mul_overflow(a, b, &result); break;
    default:
      if (b == 0) return failed(sign == '/' ? "division by zero" : "modulus by zero");
      overflow = b == -1 && a == INT64_MIN;
      if (!overflow) result = sign == '/' ? a / b : a % b;
  }
  if (overflow) return failed("integer overflow");
  return {.value = result};
}

Outcome binary(std::string_view sign, const json::value& a, const json::value& b) {
  if (sign == "==") return {.value = equal(a, b)};
  if (sign == "!=") return {.value = !equal(a, b)};
  if (sign == "in") return is_in(a, b);
  if (sign.front() == '<' || sign.front() == '>') return compare(sign, a, b);
  if (a.is_int64() && b.is_int64()) return arithmetic(sign.front(), a.get_int64(), b.get_int64());
  if (sign == "+" && a.is_string() && b.is_string()) {
    json::string text = a.get_string();
    text += b.get_string();
    return {.value = std::move(text)};
  }
  return no_overload();
}

Outcome size_of(const json::value& value) {
  if (value.is_string()) return {.value = characters(value.get_string())};
  if (value.is_array()) return {.value = value.get_array().size()};
  if (value.is_object()) return {.value = value.get_object().size()};
  return no_overload();
}

Outcome call(std::string_view name, const std::vector<json::value>& values) {
  if (name == "size") {
    Outcome size = size_of(values.front());
    if (size.ok()) size.value = size.value.to_number<int64_t>();
    return size;
  }
  if (!values[0].is_string() || !values[1].is_string()) return no_overload();
  const std::string_view text = values[0].get_string();
  const std::string_view part = values[1].get_string();
  if (name == "startsWith") return {.value = text.starts_with(part)};
  if (name == "endsWith") return {.value = text.ends_with(part)};
  if (name == "contains") return {.value = text.find(part) != std::string_view::npos};
  const std::optional<Pattern> pattern = Pattern::parse(part);
  if (!pattern) return failed("error parsing regexp: `" + std::string(part) + "`");
  return {.value = pattern->found_in(text)};
}

class Evaluation {
 public:
  explicit Evaluation(std::map<std::string, json::value, std::less<>> variables)
      : variables_(std::move(variables)) {}

  Outcome value_of(const CelNode& node) {
    switch (node.op) {
      case CelOp::kLiteral: return {.value = node.literal};
      case CelOp::kVariable: return {.value = variables_[node.name]};
      case CelOp::kSelect: return select(node);
      case CelOp::kIndex: return index(node);
      case CelOp::kHas: return has(node);
      case CelOp::kNot: return negated(node);
      case CelOp::kNegate: return negative(node);
      case CelOp::kAnd: return logic(node, false);
      case CelOp::kOr: return logic(node, true);
      case CelOp::kChoose: return choose(node);
      case CelOp::kBinary:
      case CelOp::kList:
      case CelOp::kCall: return of_values(node);
      case CelOp::kMacro: return macro(node);
    }
    return no_overload();
  }

 private:
  Outcome select(const CelNode& node) {
    Outcome target = value_of(node.children.front());
    if (!target.ok()) return target;
    if (!target.value.is_object()) return no_overload();
    json::value* member = target.value.get_object().if_contains(node.name);
    if (member == nullptr) return failed("no such key: " + node.name);
    if (node.expects_integer && member->is_double())
      return failed("invalid data, expected int, got float64");
    return {.value = std::move(*member)};
  }

  Outcome index(const CelNode& node) {
    Outcome target = value_of(node.children[0]);
    if (!target.ok()) return target;
    const Outcome at = value_of(node.children[1]);
    if (!at.ok()) return at;
    if (target.value.is_array() && at.value.is_int64()) {
      const int64_t place = at.value.get_int64();
      const json::array& list = target.value.get_array();
      if (place < 0 || static_cast<size_t>(place) >= list.size())
        return failed("index out of bounds: " + std::to_string(place));
      return {.value = list[static_cast<size_t>(place)]};
    }
    if (!target.value.is_object() || !at.value.is_string()) return no_overload();
    const json::value* member = target.value.get_object().if_contains(at.value.get_string());
    if (member == nullptr) return failed("no such key: " + std::string(at.value.get_string()));
    return {.value = *member};
  }

  Outcome has(const CelNode& node) {
    const CelNode& field = node.children.front();
    const Outcome target = value_of(field.children.front());
    if (!target.ok()) return target;
    if (!target.value.is_object()) return no_overload();
    return {.value = target.value.get_object().contains(field.name)};
  }

  Outcome negated(const CelNode& node) {
    Outcome inner = value_of(node.children.front());
    if (inner.ok() && !inner.value.is_bool()) return no_overload();
    if (inner.ok()) inner.value = !inner.value.get_bool();
    return inner;
  }

  Outcome negative(const CelNode& node) {
    const Outcome inner = value_of(node.children.front());
    if (!inner.ok()) return inner;
    if (!inner.value.is_int64()) return no_overload();
    return arithmetic('-', 0, inner.value.get_int64());
  }

  // One side may decide alone, even when the other can't be said.
  Outcome logic(const CelNode& node, bool decisive) {
    Outcome left = value_of(node.children[0]);
    if (left.ok() && left.value == json::value(decisive)) return left;
    Outcome right = value_of(node.children[1]);
    if (right.ok() && right.value == json::value(decisive)) return right;
    if (!left.ok()) return left;
    if (!right.ok()) return right;
    return left.value.is_bool() && right.value.is_bool() ? right : no_overload();
  }

  Outcome choose(const CelNode& node) {
    Outcome condition = value_of(node.children[0]);
    if (!condition.ok()) return condition;
    if (!condition.value.is_bool()) return no_overload();
    return value_of(node.children[condition.value.get_bool() ? 1 : 2]);
  }

  Outcome of_values(const CelNode& node) {
    std::vector<json::value> values;
    for (const CelNode& child : node.children) {
      Outcome value = value_of(child);
      if (!value.ok()) return value;
      values.push_back(std::move(value.value));
    }
    if (node.op == CelOp::kList) return {.value = json::array(values.begin(), values.end())};
    if (node.op == CelOp::kCall) return call(node.name, values);
    return binary(node.name, values[0], values[1]);
  }

  Outcome macro(const CelNode& node) {
    const Outcome range = value_of(node.children[0]);
    if (!range.ok()) return range;
    json::array items;
    if (range.value.is_array())
      items = range.value.get_array();
    else if (range.value.is_object())
      for (const auto& member : range.value.get_object()) items.emplace_back(member.key());
    else
      return no_overload();
    size_t holding = 0;
    for (const json::value& item : items) {
      variables_[node.variable] = item;
      const Outcome condition = value_of(node.children[1]);
      if (!condition.ok()) return condition;
      if (condition.value == json::value(true)) ++holding;
    }
    if (node.name == "all") return {.value = holding == items.size()};
    return {.value = node.name == "exists" ? holding > 0 : holding == 1};
  }

  std::map<std::string, json::value, std::less<>> variables_;
};

}  // namespace

std::optional<CelProgram> CelProgram::parse(std::string_view text, const IsInteger& is_integer) {
  std::optional<CelNode> root = parse_cel(text, is_integer);
  if (!root) return std::nullopt;
  CelProgram program;
  program.uses_old_ = refers_to_old(*root);
  program.root_ = std::make_shared<const CelNode>(*std::move(root));
  return program;
}

CelProgram::Answer CelProgram::evaluate(const json::value& self,
                                        const json::value* old_self) const {
  std::map<std::string, json::value, std::less<>> variables = {{"self", self}};
  if (old_self != nullptr) variables.emplace("oldSelf", *old_self);
  Outcome outcome = Evaluation(std::move(variables)).value_of(*root_);
  if (!outcome.ok()) return {.error = std::move(outcome.error)};
  return {.holds = outcome.value == json::value(true)};
}

}  // namespace drydock::fakekube

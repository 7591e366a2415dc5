#include "fakekube/store/selectors.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Status selector_error(std::string text) { return Status(Code::kInvalid, std::move(text)); }

// The grammar of label selectors: tokens are ( ) , ! = == != > < and words; "in" and "notin" are
// words that act as operators.
class LabelParser {
 public:
  explicit LabelParser(std::string_view text) : text_(text) { advance(); }

  Result<std::vector<LabelRequirement>> parse() {
    std::vector<LabelRequirement> requirements;
    if (token_.empty()) return requirements;
    while (true) {
      if (token_ != "!" && !is_word())
        return selector_error("found '" + token_ +
                              "', expected: !, identifier, or 'end of string'");
      DRYDOCK_ASSIGN(LabelRequirement requirement, parse_requirement());
      requirements.push_back(std::move(requirement));
      if (token_.empty()) return requirements;
      if (token_ != ",")
        return selector_error("found '" + token_ + "', expected: ',' or 'end of string'");
      advance();
      if (token_ != "!" && !is_word())
        return selector_error("found '" + token_ + "', expected: identifier after ','");
    }
  }

 private:
  using Operator = LabelRequirement::Operator;

  static bool special(char c) {
    return c == '=' || c == '!' || c == '(' || c == ')' || c == ',' || c == '>' || c == '<';
  }
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  bool is_word() const { return !token_.empty() && !special(token_.front()); }

  void advance() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
    const size_t start = at_;
    if (at_ == text_.size()) {
      token_.clear();
      return;
    }
    if (special(text_[at_])) {
      ++at_;
      const bool may_double = text_[start] == '=' || text_[start] == '!';
      if (may_double && at_ < text_.size() && text_[at_] == '=') ++at_;
    } else {
      while (at_ < text_.size() && !special(text_[at_]) && !blank(text_[at_])) ++at_;
    }
    token_ = text_.substr(start, at_ - start);
  }

  Result<LabelRequirement> parse_requirement() {
    LabelRequirement requirement;
    if (token_ == "!") {
      advance();
      requirement.op = Operator::kNotExists;
    }
    if (!is_word())
      return selector_error("unable to parse requirement: found '" + token_ +
                            "', expected: identifier");
    requirement.key = token_;
    advance();
    if (requirement.op == Operator::kNotExists || token_.empty() || token_ == ",")
      return requirement;
    if (token_ == "=" || token_ == "==" || token_ == ">" || token_ == "<" || token_ == "!=") {
      requirement.op = token_ == "!="  ? Operator::kNotIn
                       : token_ == ">" ? Operator::kGreater
                       : token_ == "<" ? Operator::kLess
                                       : Operator::kIn;
      return single_value(std::move(requirement));
    }
    if (token_ != "in" && token_ != "notin")
      return selector_error("unable to parse requirement: found '" + token_ +
                            "', expected: in, notin, =, ==, !=, gt, lt");
    requirement.op = token_ == "in" ? Operator::kIn : Operator::kNotIn;
    return value_list(std::move(requirement));
  }

  Result<LabelRequirement> single_value(LabelRequirement requirement) {
    advance();
    requirement.values.push_back(is_word() ? token_ : "");
    if (is_word()) advance();
    return requirement;
  }

  Result<LabelRequirement> value_list(LabelRequirement requirement) {
    advance();
    if (token_ != "(")
      return selector_error("unable to parse requirement: found '" + token_ + "' expected: '('");
    advance();
    while (true) {
      requirement.values.push_back(is_word() ? token_ : "");
      if (is_word()) advance();
      if (token_ == ")") break;
      if (token_ != ",")
        return selector_error("unable to parse requirement: found '" + token_ +
                              "', expected: ',' or ')'");
      advance();
    }
    advance();
    return requirement;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string token_;  // empty at the end
};

std::string trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(' ');
  if (from == std::string_view::npos) return "";
  return std::string(text.substr(from, text.find_last_not_of(' ') - from + 1));
}

const SelectableField* find_field(const ResourceType& type, std::string_view label) {
  static const SelectableField kName{"metadata.name", {"metadata", "name"}};
  static const SelectableField kNamespace{"metadata.namespace", {"metadata", "namespace"}};
  if (label == kName.label) return &kName;
  if (label == kNamespace.label) return &kNamespace;
  for (const SelectableField& field : type.selectable)
    if (field.label == label) return &field;
  return nullptr;
}

Status unknown_field(const ResourceType& type, std::string_view label) {
  if (type.custom || !type.selectable.empty())
    return selector_error("field label not supported: " + std::string(label));
  return selector_error("\"" + std::string(label) + "\"" +
                        " is not a known field selector: only \"metadata.name\", "
                        "\"metadata.namespace\"");
}

}  // namespace

bool LabelRequirement::matches(const json::object& labels) const {
  const json::value* found = labels.if_contains(key);
  const bool present = found != nullptr && found->is_string();
  switch (op) {
    case Operator::kExists: return present;
    case Operator::kNotExists: return !present;
    default: break;
  }
  if (!present) return op == Operator::kNotIn;
  const std::string_view value = found->get_string();
  if (op == Operator::kIn || op == Operator::kNotIn) {
    const bool listed = std::find(values.begin(), values.end(), value) != values.end();
    return listed == (op == Operator::kIn);
  }
  const std::optional<int64_t> left = number(value);
  const std::optional<int64_t> right = number(values.front());
  if (!left || !right) return false;
  return op == Operator::kGreater ? *left > *right : *left < *right;
}

bool FieldRequirement::matches(const json::value& object) const {
  const json::value* at = &object;
  for (std::string_view part : field->path) {
    const json::object* parent = at->if_object();
    at = parent == nullptr ? nullptr : parent->if_contains(part);
    if (at == nullptr) break;
  }
  std::string_view actual = field->absent;
  if (at != nullptr && at->is_string()) actual = at->get_string();
  if (at != nullptr && at->is_bool()) actual = at->get_bool() ? "true" : "false";
  return (actual == value) == equal;
}

bool Selector::matches(const json::value& object) const {
  if (!labels.empty()) {
    const json::object& present = json_object(object, {"metadata", "labels"});
    for (const LabelRequirement& requirement : labels)
      if (!requirement.matches(present)) return false;
  }
  for (const FieldRequirement& requirement : fields)
    if (!requirement.matches(object)) return false;
  return true;
}

Result<std::vector<LabelRequirement>> parse_label_selector(std::string_view text) {
  return LabelParser(text).parse();
}

Result<std::vector<FieldRequirement>> parse_field_selector(const ResourceType& type,
                                                           std::string_view text) {
  std::vector<FieldRequirement> requirements;
  const std::string whole(text);
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view term = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (term.empty()) continue;
    const size_t sign = term.find('=');
    if (sign == std::string_view::npos || sign == 0)
      return selector_error("invalid selector: '" + whole + "'; can't understand '" +
                            std::string(term) + "'");
    const bool unequal = term[sign - 1] == '!';
    const bool doubled = sign + 1 < term.size() && term[sign + 1] == '=';
    const std::string label = trimmed(term.substr(0, unequal ? sign - 1 : sign));
    FieldRequirement requirement{.field = find_field(type, label),
                                 .equal = !unequal,
                                 .value = trimmed(term.substr(sign + (doubled ? 2 : 1)))};
    if (requirement.field == nullptr) return unknown_field(type, label);
    requirements.push_back(std::move(requirement));
  }
  return requirements;
}

Result<Selector> parse_selector(const ResourceType& type, std::string_view label_selector,
                                std::string_view field_selector) {
  Selector selector;
  DRYDOCK_ASSIGN(selector.labels, parse_label_selector(label_selector));
  DRYDOCK_ASSIGN(selector.fields, parse_field_selector(type, field_selector));
  return selector;
}

bool label_selector_matches(const json::value& selector, const json::object& labels) {
  using Operator = LabelRequirement::Operator;
  for (const auto& member : json_object(selector, {"matchLabels"})) {
    const json::value* found = labels.if_contains(member.key());
    if (found == nullptr || *found != member.value()) return false;
  }
  for (const json::value& expression : json_array(selector, {"matchExpressions"})) {
    const std::string_view op = string_at(expression, {"operator"});
    LabelRequirement requirement{.key = json_string(expression, {"key"}),
                                 .op = op == "In"       ? Operator::kIn
                                       : op == "NotIn"  ? Operator::kNotIn
                                       : op == "Exists" ? Operator::kExists
                                                        : Operator::kNotExists,
                                 .values = json_strings(expression, {"values"})};
    if (!requirement.matches(labels)) return false;
  }
  return true;
}

}  // namespace drydock::fakekube

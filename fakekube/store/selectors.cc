#include "fakekube/store/selectors.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "fakekube/api/status_error.h"
#include "fakekube/api/validation.h"
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
// words that act as operators. Refusals are in the words, and at the places, of Kubernetes' parser.
class LabelParser {
 public:
  explicit LabelParser(std::string_view text) : text_(text) { advance(); }

  Result<std::vector<LabelRequirement>> parse() {
    std::vector<LabelRequirement> requirements;
    while (!token_.empty()) {
      if (token_ != "!" && !is_word())
        return selector_error("found '" + token_ +
                              "', expected: !, identifier, or 'end of string'");
      Result<LabelRequirement> requirement = parse_requirement();
      if (!requirement.ok())
        return selector_error("unable to parse requirement: " + requirement.status().message());
      requirements.push_back(*std::move(requirement));
      if (token_.empty()) break;
      if (token_ != ",")
        return selector_error("found '" + token_ + "', expected: ',' or 'end of string'");
      advance();
      if (token_ != "!" && !is_word())
        return selector_error("found '" + token_ + "', expected: identifier after ','");
    }
    return requirements;
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
    if (!is_word()) return selector_error("found '" + token_ + "', expected: identifier");
    // The key has no place that a message could name.
    if (const std::string_view bad = bad_qualified_name(token_); !bad.empty())
      return selector_error(field_text("<nil>", token_, bad));
    requirement.key = token_;
    advance();
    if (requirement.op == Operator::kNotExists || token_.empty() || token_ == ",")
      return requirement;
    DRYDOCK_RETURN_IF_ERROR(parse_operator(requirement.op));
    const bool set = token_ == "in" || token_ == "notin";
    advance();
    DRYDOCK_RETURN_IF_ERROR(set ? value_list(requirement.values)
                                : single_value(requirement.values));
    DRYDOCK_RETURN_IF_ERROR(check_values(requirement));
    return requirement;
  }

  Status parse_operator(Operator& op) const {
    if (token_ == "in" || token_ == "=" || token_ == "==")
      op = Operator::kIn;
    else if (token_ == "notin" || token_ == "!=")
      op = Operator::kNotIn;
    else if (token_ == ">")
      op = Operator::kGreater;
    else if (token_ == "<")
      op = Operator::kLess;
    else
      return selector_error("found '" + token_ + "', expected: in, notin, =, ==, !=, gt, lt");
    return ok_status();
  }

  Status single_value(std::vector<std::string>& values) {
    if (token_.empty() || token_ == ",") {
      values.emplace_back();
      return ok_status();
    }
    if (!is_word()) return selector_error("found '" + token_ + "', expected: identifier");
    values.push_back(token_);
    advance();
    return ok_status();
  }

  Status value_list(std::vector<std::string>& values) {
    if (token_ != "(") return selector_error("found '" + token_ + "' expected: '('");
    advance();
    if (!is_word() && token_ != "," && token_ != ")")
      return selector_error("found '" + token_ + "', expected: ',', ')' or identifier");
    while (true) {
      values.push_back(is_word() ? token_ : "");
      if (is_word()) advance();
      if (token_ == ")") break;
      if (token_ != ",") return selector_error("found '" + token_ + "', expected: ',' or ')'");
      advance();
      if (!is_word() && token_ != "," && token_ != ")")
        return selector_error("found '" + token_ + "', expected: ',', or identifier");
    }
    advance();
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return ok_status();
  }

  static std::string field_text(const std::string& field, std::string_view value,
                                std::string_view why) {
    return field + ": Invalid value: " + quoted(value) + ": " + std::string(why);
  }

  static Status check_values(const LabelRequirement& requirement) {
    std::vector<std::string> errors;
    const bool ordered = requirement.op == Operator::kGreater || requirement.op == Operator::kLess;
    const std::vector<std::string>& values = requirement.values;
    for (size_t i = 0; ordered && i < values.size(); ++i)
      if (!number(values[i]))
        errors.push_back(field_text("values[" + std::to_string(i) + "]", values[i],
                                    "for 'Gt', 'Lt' operators, the value must be an integer"));
    for (size_t i = 0; i < values.size(); ++i)
      if (const std::string_view bad = bad_label_value(values[i]); !bad.empty())
        errors.push_back(field_text("values[" + std::to_string(i) + "][" + requirement.key + "]",
                                    values[i], bad));
    if (errors.empty()) return ok_status();
    if (errors.size() == 1) return selector_error(errors.front());
    std::string all;
    for (const std::string& error : errors) all += (all.empty() ? "[" : ", ") + error;
    return selector_error(all + "]");
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string token_;  // empty at the end
};

// The terms of a field selector, by the commas that have no backslash before them.
std::vector<std::string> split_terms(std::string_view text) {
  std::vector<std::string> terms(1);
  bool escaped = false;
  for (const char c : text) {
    if (c == ',' && !escaped) {
      terms.emplace_back();
      continue;
    }
    escaped = c == '\\' && !escaped;
    terms.back() += c;
  }
  std::sort(terms.begin(), terms.end());
  return terms;
}

// A value without its backslashes, which may stand before a backslash, a comma and "=" only.
Result<std::string> unescaped(std::string_view value) {
  std::string plain;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == ',' || c == '=')
      return selector_error("invalid field selector: unescaped character in value: " +
                            std::to_string(static_cast<int>(c)));
    if (c != '\\') {
      plain += c;
      continue;
    }
    const std::string_view sequence = value.substr(i, 2);
    ++i;
    if (sequence != "\\\\" && sequence != "\\," && sequence != "\\=")
      return selector_error("invalid field selector: invalid escape sequence: " +
                            std::string(sequence));
    plain += sequence[1];
  }
  return plain;
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
  if (at != nullptr && at->is_int64()) return (std::to_string(at->get_int64()) == value) == equal;
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
  struct Term {
    std::string label;
    bool equal = true;
    std::string value;
  };
  std::vector<Term> terms;
  for (const std::string& term : split_terms(text)) {
    if (term.empty()) continue;
    const size_t sign = std::min(term.find('='), term.find("!="));
    if (sign == std::string::npos)
      return selector_error("invalid selector: '" + std::string(text) + "'; can't understand '" +
                            term + "'");
    const bool equal = term[sign] == '=';
    const size_t length = !equal || term.compare(sign, 2, "==") == 0 ? 2 : 1;
    DRYDOCK_ASSIGN(std::string value, unescaped(std::string_view(term).substr(sign + length)));
    terms.push_back({term.substr(0, sign), equal, std::move(value)});
  }
  std::vector<FieldRequirement> requirements;
  for (Term& term : terms) {
    const SelectableField* field = find_field(type, term.label);
    if (field == nullptr) return unknown_field(type, term.label);
    requirements.push_back({field, term.equal, std::move(term.value)});
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

#include "fakegrid/server/yaml_text.h"

#include <cctype>
#include <string>
#include <vector>

#include "core/base/json.h"

namespace drydock::fakegrid {
namespace {

constexpr int kDepthLimit = 32;

struct Line {
  int number = 0;
  size_t indent = 0;
  std::string_view text;  // without indent, comment and trailing blanks
};

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// A '#' at the beginning or after a blank starts a comment, outside of quotes.
std::string_view without_comment(std::string_view text) {
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0)
      quote = c == quote ? 0 : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '#' && (i == 0 || text[i - 1] == ' '))
      return text.substr(0, i);
  }
  return text;
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = text.find('\n');
    const std::string_view whole = without_comment(text.substr(0, end));
    const std::string_view body = trimmed(whole);
    if (!body.empty() && body != "---")
      lines.push_back({number, whole.find_first_not_of(' '), body});
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string dashed(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (upper && !out.empty()) out += '-';
    out += upper ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : c;
  }
  return out;
}

std::string unquoted(std::string_view text) {
  const bool quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

json::value scalar(std::string_view text) {
  if (text == "{}") return json::object();
  if (text == "[]") return json::array();
  if (text == "~" || text == "null") return nullptr;
  return json::value(unquoted(text));
}

class Parser {
 public:
  explicit Parser(std::vector<Line> lines) : lines_(std::move(lines)) {}

  Result<json::value> parse() {
    if (lines_.empty()) return json::value(nullptr);
    DRYDOCK_ASSIGN(json::value value, block(lines_.front().indent, 0));
    if (at_ < lines_.size()) return error("unexpected indentation");
    return value;
  }

 private:
  Status error(const std::string& what) const {
    const size_t line = at_ < lines_.size() ? at_ : lines_.size() - 1;
    return Status(Code::kInvalid, "YAML line " + std::to_string(lines_[line].number) + ": " + what);
  }
  bool here(size_t indent) const { return at_ < lines_.size() && lines_[at_].indent == indent; }
  bool is_item() const { return lines_[at_].text == "-" || lines_[at_].text.starts_with("- "); }

  Result<json::value> block(size_t indent, int depth) {
    if (depth > kDepthLimit) return error("too deep");
    return is_item() ? list(indent, depth) : mapping(indent, depth);
  }

  Result<json::value> list(size_t indent, int depth) {
    json::array items;
    while (here(indent) && is_item()) {
      Line& line = lines_[at_];
      const std::string_view rest = trimmed(line.text.substr(1));
      if (rest.find(": ") == std::string_view::npos && !rest.ends_with(":")) {
        items.push_back(scalar(rest));
        ++at_;
        continue;
      }
      line.indent += static_cast<size_t>(rest.data() - line.text.data());
      line.text = rest;
      DRYDOCK_ASSIGN(json::value item, mapping(line.indent, depth + 1));
      items.push_back(std::move(item));
    }
    return json::value(std::move(items));
  }

  Result<json::value> mapping(size_t indent, int depth) {
    json::object members;
    while (here(indent) && !is_item()) {
      const std::string_view text = lines_[at_].text;
      const bool opens = text.ends_with(":");
      const size_t colon = opens ? text.size() - 1 : text.find(": ");
      if (colon == std::string_view::npos) return error("expected 'name: value'");
      const std::string name = dashed(unquoted(trimmed(text.substr(0, colon))));
      ++at_;
      const bool nested =
          at_ < lines_.size() && (lines_[at_].indent > indent || (here(indent) && is_item()));
      if (!opens) {
        members[name] = scalar(trimmed(text.substr(colon + 1)));
      } else if (!nested) {
        members[name] = nullptr;
      } else {
        DRYDOCK_ASSIGN(json::value value, block(lines_[at_].indent, depth + 1));
        members[name] = std::move(value);
      }
    }
    return json::value(std::move(members));
  }

  std::vector<Line> lines_;
  size_t at_ = 0;
};

}  // namespace

Result<json::value> yaml_value(std::string_view text) { return Parser(lines_of(text)).parse(); }

}  // namespace drydock::fakegrid

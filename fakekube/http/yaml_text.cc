#include "fakekube/http/yaml_text.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/base/time.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kWords[] = {"y",     "Y",     "yes",  "Yes",  "YES",  "n",     "N",
                                       "no",    "No",    "NO",   "true", "True", "TRUE",  "false",
                                       "False", "FALSE", "on",   "On",   "ON",   "off",   "Off",
                                       "OFF",   "null",  "Null", "NULL", "~",    "<<",    ".nan",
                                       ".NaN",  ".NAN",  ".inf", ".Inf", ".INF", "+.inf", "-.inf"};

// Whether YAML 1.1 reads the text as a number; generous, as quotes do no harm.
bool looks_like_number(std::string_view text) {
  if (text.starts_with("-") || text.starts_with("+")) text.remove_prefix(1);
  if (text.starts_with(".")) text.remove_prefix(1);
  if (text.empty() || text.front() < '0' || text.front() > '9') return false;
  if (text.starts_with("0x") || text.starts_with("0b") || text.starts_with("0o")) return true;
  return text.find_first_not_of("0123456789.eE+-_:") == std::string_view::npos;
}

bool looks_like_time(std::string_view text) {
  return text.size() >= 10 && text[4] == '-' && text[7] == '-' && text.front() >= '0' &&
         text.front() <= '9' && (text.size() == 10 || parse_rfc3339(text).has_value());
}

bool is_another_type(std::string_view text) {
  return text.empty() || looks_like_number(text) || looks_like_time(text) ||
         std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
}

// Whether the text can stand without quotes as far as its characters go.
bool plain_characters(std::string_view text) {
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";
  const char first = text.front();
  if (first == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (kIndicators.find(first) != std::string_view::npos) {
    const bool alone = text.size() == 1 || text[1] == ' ';
    if ((first != '-' && first != '?' && first != ':') || alone) return false;
  }
  if (text.starts_with("---") || text.starts_with("...")) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return false;
    if (c == ':' && i + 1 < text.size() && text[i + 1] == ' ') return false;
    if (c == '#' && text[i - 1] == ' ') return false;
  }
  return true;
}

bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
  });
}

void append_double_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.append("\\").push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += "\\x";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_single_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
}

// "|" and the lines below it.
void append_literal(std::string& out, std::string_view text, size_t indent) {
  out += '|';
  if (text.front() == ' ' || text.front() == '\n') out += '2';
  if (text.back() != '\n') out += '-';
  if (text.ends_with("\n\n")) out += '+';
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out += '\n';
    if (end > 0) out.append(indent, ' ').append(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void append_text(std::string& out, std::string_view text, size_t indent) {
  if (is_another_type(text) || has_controls(text))
    append_double_quoted(out, text);
  else if (text.find('\n') != std::string_view::npos)
    append_literal(out, text, indent);
  else if (plain_characters(text))
    out += text;
  else
    append_single_quoted(out, text);
}

class Writer {
 public:
  std::string text;

  // After "key:" or "-": a scalar or empty collection on the same line, or a block below.
  void value(const json::value& value, size_t indent, bool in_list) {
    if (const json::object* object = value.if_object(); object && !object->empty())
      return members(*object, indent, in_list);
    if (const json::array* array = value.if_array(); array && !array->empty())
      return items(*array, indent, in_list);
    text += ' ';
    scalar(value, in_list ? indent : indent + 2);
    text += '\n';
  }

  void scalar(const json::value& value, size_t indent) {
    if (value.is_object())
      text += "{}";
    else if (value.is_array())
      text += "[]";
    else if (value.is_string())
      append_text(text, std::string_view(value.get_string()), indent);
    else
      text += json_text(value);
  }

  // `continues`: the first member follows "- " on its line.
  void members(const json::object& object, size_t indent, bool continues) {
    std::vector<const json::key_value_pair*> sorted;
    for (const auto& member : object) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
    text += continues ? ' ' : '\n';
    bool first = true;
    for (const auto* member : sorted) {
      if (!first || !continues) text.append(indent, ' ');
      first = false;
      append_text(text, std::string_view(member->key()), indent + 2);
      text += ':';
      const bool block = member->value().is_object() && !member->value().get_object().empty();
      value(member->value(), block ? indent + 2 : indent, false);
    }
  }

  void items(const json::array& array, size_t indent, bool continues) {
    text += continues ? ' ' : '\n';
    bool first = true;
    for (const json::value& item : array) {
      if (!first || !continues) text.append(indent, ' ');
      first = false;
      text += '-';
      value(item, indent + 2, true);
    }
  }
};

void append_indented(std::string& out, const json::value& value, size_t depth) {
  const auto line = [&](size_t at) { out.append("\n").append(at * 2, ' '); };
  if (const json::object* object = value.if_object(); object && !object->empty()) {
    out += '{';
    bool first = true;
    for (const auto& member : *object) {
      if (!std::exchange(first, false)) out += ',';
      line(depth + 1);
      out += json_text(json::value(member.key()));
      out += ": ";
      append_indented(out, member.value(), depth + 1);
    }
    line(depth);
    out += '}';
  } else if (const json::array* array = value.if_array(); array && !array->empty()) {
    out += '[';
    bool first = true;
    for (const json::value& item : *array) {
      if (!std::exchange(first, false)) out += ',';
      line(depth + 1);
      append_indented(out, item, depth + 1);
    }
    line(depth);
    out += ']';
  } else {
    out += json_text(value);
  }
}

}  // namespace

std::string yaml_text(const json::value& value) {
  Writer writer;
  writer.value(value, 0, false);
  // A block begins on a new line, a scalar after a blank.
  return writer.text.substr(1);
}

std::string indented_json(const json::value& value) {
  std::string text;
  append_indented(text, value, 0);
  return text;
}

}  // namespace drydock::fakekube

#include "harness/conformance/grid/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/base/text.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr size_t kShown = 300;  // of a value in a difference

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Cut between characters, so that the score stays UTF-8.
std::string shown(std::string text) {
  if (text.size() <= kShown) return text;
  size_t end = kShown;
  while (end > 0 && continues_character(text[end])) --end;
  return text.substr(0, end) + "...";
}

std::string differs(const std::string& path, const std::string& recorded, const std::string& ours) {
  return fmt::format("{}: recorded {}, ours {}", path.empty() ? "body" : path, shown(recorded),
                     shown(ours));
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view last_part(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

// The members of a cluster stand in the order of the view.
bool has_order(std::string_view path) {
  return is_one_of(last_part(path), {"node_names", "members", "cluster_members"});
}

bool is_time(std::string_view name) {
  return is_one_of(name, {"created", "lastUsed", "expireTime", "server_time", "start_time"});
}

bool never_twice(std::string_view path) {
  return path.find("connections") != std::string_view::npos &&
         is_one_of(last_part(path), {"id", "remote-address"});
}

bool is_number(const json::value& value) {
  return value.is_int64() || value.is_uint64() || value.is_double();
}

// Milliseconds since the epoch; -1 and 0 are no times.
bool is_no_time(const json::value& value) {
  const json::value* number = value.is_string() ? nullptr : &value;
  return number != nullptr && is_number(*number) && number->to_number<double>() <= 0;
}

std::string time_difference(const json::value& recorded, const json::value& ours,
                            const std::string& path) {
  const bool same = recorded.is_string() == ours.is_string() &&
                    is_number(recorded) == is_number(ours) &&
                    is_no_time(recorded) == is_no_time(ours);
  return same ? "" : differs(path, json_text(recorded), json_text(ours));
}

// Removes what follows `mark` as far as it consists of `letters`.
void cut_after(std::string& text, std::string_view mark, std::string_view letters) {
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const size_t begin = at + mark.size();
    const size_t end = std::min(text.find_first_not_of(letters, begin), text.size());
    text.erase(begin, end - begin);
  }
}

// "10.0.0.1:7800", "127.0.0.1[15230]", "127.0.0.1": how long such an address at `at` is, or 0.
size_t address_length(std::string_view text, size_t at) {
  constexpr std::string_view kDigits = "0123456789";
  size_t end = at;
  for (int part = 0; part < 4; ++part) {
    const size_t next = std::min(text.find_first_not_of(kDigits, end), text.size());
    if (next == end || next - end > 3) return 0;
    end = next;
    if (part == 3) break;
    if (end == text.size() || text[end] != '.') return 0;
    ++end;
  }
  if (end < text.size() && text[end] == ':')
    end = std::min(text.find_first_not_of(kDigits, end + 1), text.size());
  return end - at;
}

std::string without_addresses(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || text[at - 1] < '0' || text[at - 1] > '9';
    const size_t length = begins ? address_length(text, at) : 0;
    out += length == 0 ? text.substr(at, 1) : "<address>";
    at += std::max<size_t>(length, 1);
  }
  return out;
}

std::string without_identities(std::string_view text) {
  std::string out(text);
  cut_after(out, "@", "0123456789abcdef");
  cut_after(out, "FUp_", "0123456789_-");
  cut_after(out, "timestamp=", "0123456789-:.TZ");
  return without_addresses(out);
}

std::string object_difference(const json::object& recorded, const json::object& ours,
                              const std::string& path) {
  for (const auto& [name, value] : recorded) {
    const std::string at = path + "." + std::string(name);
    const json::value* other = ours.if_contains(name);
    if (other == nullptr) return differs(at, json_text(value), "nothing");
    if (std::string found = value_difference(value, *other, at); !found.empty()) return found;
  }
  for (const auto& [name, value] : ours)
    if (!recorded.contains(name))
      return differs(path + "." + std::string(name), "nothing", json_text(value));
  return "";
}

std::string ordered_difference(const json::array& recorded, const json::array& ours,
                               const std::string& path) {
  if (recorded.size() != ours.size()) return differs(path, json_text(recorded), json_text(ours));
  for (size_t i = 0; i < recorded.size(); ++i) {
    std::string found = value_difference(recorded[i], ours[i], fmt::format("{}[{}]", path, i));
    if (!found.empty()) return found;
  }
  return "";
}

// Takes out of both what is the same text, so that the rest is short.
void remove_equal(std::vector<const json::value*>& recorded,
                  std::vector<const json::value*>& ours) {
  std::map<std::string, int> texts;
  for (const json::value* value : ours) ++texts[json_text(*value)];
  std::map<std::string, int> taken;
  std::erase_if(recorded, [&](const json::value* value) {
    const std::string text = json_text(*value);
    return taken[text] < texts[text] && ++taken[text] > 0;
  });
  std::erase_if(ours, [&](const json::value* value) { return taken[json_text(*value)]-- > 0; });
}

std::vector<const json::value*> pointers(const json::array& values) {
  std::vector<const json::value*> out;
  for (const json::value& value : values) out.push_back(&value);
  return out;
}

std::string unordered_difference(const json::array& recorded, const json::array& ours,
                                 const std::string& path) {
  std::vector<const json::value*> theirs = pointers(recorded);
  std::vector<const json::value*> rest = pointers(ours);
  remove_equal(theirs, rest);
  for (const json::value* value : theirs) {
    const auto found = std::find_if(rest.begin(), rest.end(), [&](const json::value* other) {
      return value_difference(*value, *other, path).empty();
    });
    if (found == rest.end())
      return differs(path, "item " + shown(json_text(*value)),
                     rest.empty() ? "none" : "item " + json_text(*rest.front()));
    rest.erase(found);
  }
  return rest.empty() ? "" : differs(path, "nothing", "item " + json_text(*rest.front()));
}

bool is_composite(const json::value& value) { return value.is_object() || value.is_array(); }

std::string string_difference(std::string_view recorded, std::string_view ours,
                              const std::string& path) {
  if (recorded == ours) return "";
  const Result<json::value> theirs = parse_listing(recorded);
  const bool alike = json_parse(recorded).ok() == json_parse(ours).ok();
  if (theirs.ok() && is_composite(*theirs) && alike)
    if (const Result<json::value> value = parse_listing(ours); value.ok())
      return value_difference(*theirs, *value, path);
  if (without_identities(recorded) == without_identities(ours)) return "";
  return differs(path, "'" + std::string(recorded) + "'", "'" + std::string(ours) + "'");
}

// {name: value} or [[name, value], ...].
std::vector<std::pair<std::string, std::string>> header_pairs(const json::value& recorded) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (recorded.is_object())
    for (const auto& [name, value] : recorded.get_object())
      pairs.emplace_back(name, value.as_string());
  if (recorded.is_array())
    for (const json::value& pair : recorded.get_array())
      pairs.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
  return pairs;
}

bool is_json(const Headers& headers) {
  const std::string* type = find_header(headers, "Content-Type");
  return type != nullptr && type->starts_with("application/json");
}

// Of an archive: kept to what its header says, and near what is on record.
std::string length_difference(int64_t recorded, const Answer& ours) {
  constexpr int64_t kShare = 50, kAlways = 16;
  const auto length = static_cast<int64_t>(ours.body.size());
  const std::string* told = find_header(ours.headers, "Content-Length");
  if (told != nullptr && *told != std::to_string(length))
    return differs("header content-length", std::to_string(length), *told);
  const int64_t apart = std::abs(recorded - length);
  if (apart <= std::max(recorded / kShare, kAlways)) return "";
  return differs("length of the archive", std::to_string(recorded), std::to_string(length));
}

}  // namespace

Result<json::value> parse_listing(std::string_view text) {
  constexpr std::string_view kLeftOut = "\"value\":,";
  if (text.find(kLeftOut) == std::string_view::npos) return json_parse(text);
  std::string whole;
  for (size_t at; (at = text.find(kLeftOut)) != std::string_view::npos;) {
    whole += std::string(text.substr(0, at)) + "\"value\":\"\",";
    text.remove_prefix(at + kLeftOut.size());
  }
  return json_parse(whole + std::string(text));
}

std::string value_difference(const json::value& recorded, const json::value& ours,
                             const std::string& path) {
  if (never_twice(path)) return "";
  if (is_time(last_part(path))) return time_difference(recorded, ours, path);
  if (recorded.is_object() && ours.is_object())
    return object_difference(recorded.get_object(), ours.get_object(), path);
  if (recorded.is_array() && ours.is_array())
    return has_order(path) ? ordered_difference(recorded.get_array(), ours.get_array(), path)
                           : unordered_difference(recorded.get_array(), ours.get_array(), path);
  if (recorded.is_string() && ours.is_string())
    return string_difference(recorded.get_string(), ours.get_string(), path);
  return recorded == ours ? "" : differs(path, json_text(recorded), json_text(ours));
}

std::string headers_difference(const json::value& recorded, const Headers& ours, bool with_length) {
  for (const auto& [name, value] : header_pairs(recorded)) {
    const std::string lower = to_lower(name);
    if (lower == "content-length" && !with_length) continue;
    const std::string* other = find_header(ours, name);
    if (other == nullptr) return differs("header " + lower, value, "nothing");
    if (*other != value) return differs("header " + lower, value, *other);
  }
  return "";
}

std::string text_difference(std::string_view recorded, std::string_view ours) {
  return string_difference(recorded, ours, "");
}

std::string answer_difference(const json::value& recorded, const Answer& ours) {
  const int64_t status = json_int(recorded, {"status"});
  if (status != ours.status)
    return fmt::format("status: recorded {}, ours {} {}", status, ours.status, shown(ours.body));
  const bool is_archive = json_find(recorded, {"body", "sha256"}) != nullptr;
  const json::value* headers = json_find(recorded, {"headers"});
  if (headers != nullptr) {
    std::string found =
        headers_difference(*headers, ours.headers, !is_archive && !is_json(ours.headers));
    if (!found.empty()) return found;
  }
  if (is_archive) return length_difference(json_int(recorded, {"body", "len"}), ours);
  return text_difference(json_string(recorded, {"body", "text"}), ours.body);
}

}  // namespace drydock::harness::conformance::grid

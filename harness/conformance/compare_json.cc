#include "harness/conformance/compare_json.h"

#include <algorithm>
#include <set>
#include <vector>

namespace drydock::harness::conformance {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 2026-11-23T05:28:57Z, with or without a fraction.
bool is_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() < kShape.size() + 1 || text.back() != 'Z') return false;
  for (size_t i = 0; i < kShape.size(); ++i)
    if (kShape[i] == '0' ? !is_digit(text[i]) : text[i] != kShape[i]) return false;
  return true;
}

// 0s, 5m12s, 3d2h: what kubectl prints for the time since something.
bool is_age(std::string_view text) {
  if (text == "<unknown>" || text == "<invalid>") return true;
  bool digit = false;
  for (const char c : text) {
    if (is_digit(c)) {
      digit = true;
    } else {
      if (!digit || std::string_view("smhdy").find(c) == std::string_view::npos) return false;
      digit = false;
    }
  }
  return !text.empty() && !digit;
}

// Names of Events, "<object>.<16 hexadecimal digits>", of one object.
bool is_recorded_pair(std::string_view recorded, std::string_view ours) {
  constexpr size_t kDigits = 16;
  if (recorded.size() <= kDigits + 1 || recorded[recorded.size() - kDigits - 1] != '.')
    return false;
  const size_t prefix = recorded.size() - kDigits;
  constexpr std::string_view kHex = "0123456789abcdef";
  return recorded.substr(0, prefix) == ours.substr(0, prefix) &&
         recorded.substr(prefix).find_first_not_of(kHex) == std::string_view::npos &&
         ours.substr(prefix).find_first_not_of(kHex) == std::string_view::npos;
}

// Equal but for the five characters that a server makes up for a generateName.
bool is_generated_pair(std::string_view recorded, std::string_view ours) {
  constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  constexpr size_t kTail = 5;
  if (recorded.size() != ours.size() || recorded.size() <= kTail || recorded == ours) return false;
  if (is_recorded_pair(recorded, ours)) return true;
  const size_t prefix = recorded.size() - kTail;
  return recorded.substr(0, prefix) == ours.substr(0, prefix) &&
         recorded.substr(prefix).find_first_not_of(kAlphabet) == std::string_view::npos &&
         ours.substr(prefix).find_first_not_of(kAlphabet) == std::string_view::npos;
}

// 10.0.0.17
bool is_address(std::string_view text) {
  int dots = 0;
  for (const char c : text) {
    if (c == '.')
      ++dots;
    else if (!is_digit(c))
      return false;
  }
  return dots == 3;
}

// Prose, builds and hashes: theirs and ours only have to be there.
bool is_unlike(std::string_view key) {
  static const std::set<std::string_view> keys = {
      "description",   "gitVersion",
      "gitCommit",     "gitTreeState",
      "buildDate",     "goVersion",
      "compiler",      "platform",
      "serverAddress", "kubernetes.io/initial-events-list-blueprint",
      "title"};
  return keys.contains(key);
}

// A document's address without its hash.
std::string without_hash(const std::string& url) { return url.substr(0, url.find("?hash=")); }

// Times and the addresses of pointers inside a text, blotted out.
std::string without_times(std::string text) {
  constexpr size_t kTime = 20;
  for (size_t at = 0; at + kTime <= text.size(); ++at)
    if (text[at] == '2' && is_time(std::string_view(text).substr(at, kTime)))
      text.replace(at, kTime, "<time>");
  constexpr std::string_view kPointer = "(0x";
  for (size_t at = text.find(kPointer); at != std::string::npos; at = text.find(kPointer, at + 1))
    text.erase(at + kPointer.size(), text.find(')', at) - at - kPointer.size());
  return text;
}

// "Pod "p" is invalid: [b, a]": the errors sorted; what follows a first line is a Go diff.
std::string settled(std::string message) {
  message = without_times(message.substr(0, message.find('\n')));
  // How far a cache reaches back depends on when it began.
  if (message.starts_with("too old resource version: ")) message.resize(message.find(" ("));
  const size_t open = message.find(": [");
  if (open == std::string::npos || message.back() != ']') return message;
  std::vector<std::string> parts;
  std::string list = message.substr(open + 3, message.size() - open - 4);
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find(", ", at), list.size());
    parts.push_back(list.substr(at, end - at));
    at = end + 2;
  }
  std::sort(parts.begin(), parts.end());
  std::string text = message.substr(0, open + 3);
  for (const std::string& part : parts) text += part + ", ";
  return text;
}

std::string cause_text(const json::value& cause) {
  return json_string(cause, {"reason"}) + " " + json_string(cause, {"field"}) + ": " +
         settled(json_string(cause, {"message"}));
}

std::string shown(const json::value& value) {
  std::string text = json_text(value);
  if (text.size() > 200) text = text.substr(0, 200) + " ...";
  return text;
}

}  // namespace

std::string JsonComparison::difference(const json::value& recorded, const json::value& ours) {
  return any(recorded, ours, "");
}

std::string JsonComparison::any(const json::value& recorded, const json::value& ours,
                                const std::string& path) {
  if (recorded.is_object() && ours.is_object())
    return objects(recorded.get_object(), ours.get_object(), path);
  if (recorded.is_array() && ours.is_array())
    return arrays(recorded.get_array(), ours.get_array(), path);
  if (recorded.is_string() && ours.is_string())
    return strings("", std::string(recorded.get_string()), std::string(ours.get_string()), path);
  if (recorded == ours) return "";
  return path + ": recorded " + shown(recorded) + ", ours " + shown(ours);
}

// Before what else mentions it.
void JsonComparison::learn_name(const json::object& recorded, const json::object& ours) {
  const json::value* left = recorded.if_contains("name");
  const json::value* right = ours.if_contains("name");
  if (left == nullptr || right == nullptr || !left->is_string() || !right->is_string()) return;
  const std::string theirs(left->get_string());
  const std::string mine(right->get_string());
  if (is_generated_pair(theirs, mine)) (void)names_.same_word(theirs, mine);
}

std::string JsonComparison::objects(const json::object& recorded, const json::object& ours,
                                    const std::string& path) {
  const std::string outer_uid = uid_;
  if (const json::value* uid = ours.if_contains("uid"); uid != nullptr && uid->is_string())
    uid_ = std::string(uid->get_string());
  std::set<std::string> keys;
  for (const auto& entry : recorded) keys.emplace(entry.key());
  for (const auto& entry : ours) keys.emplace(entry.key());
  std::string found;
  learn_name(recorded, ours);
  for (const std::string& key : keys) {
    if (key == "description") continue;
    const json::value* left = recorded.if_contains(key);
    const json::value* right = ours.if_contains(key);
    std::string one;
    if (left == nullptr || right == nullptr)
      one = path + "." + key +
            (left == nullptr ? " is ours only: " + shown(*right) : " is missing: " + shown(*left));
    else
      one = member(key, *left, *right, path + "." + key);
    if (found.empty()) found = one;  // the rest is compared too, so that names are learned
  }
  uid_ = outer_uid;
  return found;
}

std::string JsonComparison::arrays(const json::array& recorded, const json::array& ours,
                                   const std::string& path) {
  std::string found;
  for (size_t i = 0; i < std::min(recorded.size(), ours.size()); ++i) {
    std::string one = any(recorded[i], ours[i], path + "[" + std::to_string(i) + "]");
    if (found.empty()) found = std::move(one);
  }
  if (recorded.size() != ours.size())
    return path + ": recorded " + std::to_string(recorded.size()) + " items, ours " +
           std::to_string(ours.size()) + ": " + shown(ours);
  return found;
}

std::string JsonComparison::causes(const json::value& recorded, const json::value& ours,
                                   const std::string& path) {
  std::multiset<std::string> left;
  std::multiset<std::string> with_revisions;
  std::multiset<std::string> right;
  for (const json::value& cause : recorded.get_array()) {
    left.insert(names_.translated(cause_text(cause)));
    with_revisions.insert(names_.with_numbers(names_.translated(cause_text(cause))));
  }
  for (const json::value& cause : ours.get_array()) right.insert(cause_text(cause));
  if (left == right || with_revisions == right) return "";
  return path + "\n    recorded " + shown(recorded) + "\n    ours     " + shown(ours);
}

std::string JsonComparison::member(std::string_view key, const json::value& recorded,
                                   const json::value& ours, const std::string& path) {
  if (key == "causes" && recorded.is_array() && ours.is_array())
    return causes(recorded, ours, path);
  if (recorded.is_string() && ours.is_string())
    return strings(key, std::string(recorded.get_string()), std::string(ours.get_string()), path);
  return any(recorded, ours, path);
}

std::string JsonComparison::strings(std::string_view key, const std::string& recorded,
                                    const std::string& ours, const std::string& path) {
  const auto judged = [&path](std::string wrong) {
    return wrong.empty() ? wrong : path + ": " + wrong;
  };
  if (key == "uid") return judged(names_.same_uid(recorded, ours));
  if (path.ends_with("metadata.resourceVersion"))
    return judged(names_.same_revision(recorded, ours, uid_));
  if (key == "continue" && !recorded.empty() && !ours.empty())
    return judged(names_.same_word(recorded, ours));
  if (key == "name" && is_generated_pair(recorded, ours))
    return judged(names_.same_word(recorded, ours));
  if (recorded == ours || is_unlike(key)) return "";
  if (key == "resourceVersion" && names_.translated_revision(recorded) == ours) return "";
  if (is_time(recorded) && is_time(ours)) return "";
  if (is_address(recorded) && is_address(ours)) return judged(names_.same_word(recorded, ours));
  const bool cell = path.find(".cells[") != std::string::npos;
  if (cell && is_age(recorded) && is_age(ours)) return "";
  if (key == "serverRelativeURL" && without_hash(recorded) == without_hash(ours)) return "";
  const std::string wanted = names_.translated(recorded);
  if (wanted == ours) return "";
  if (key == "message" &&
      (settled(wanted) == settled(ours) || settled(names_.with_numbers(wanted)) == settled(ours)))
    return "";
  constexpr std::string_view kAccess = "kube-api-access-";
  if (recorded.starts_with(kAccess) && ours.starts_with(kAccess))
    return judged(names_.same_word(recorded, ours));
  return path + "\n    recorded " + wanted + "\n    ours     " + ours;
}

}  // namespace drydock::harness::conformance

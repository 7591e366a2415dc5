#include "harness/conformance/names.h"

#include <charconv>
#include <optional>

namespace drydock::harness::conformance {
namespace {

std::optional<uint64_t> number(const std::string& text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What is wrong with a pair of numbers in an order-preserving relation; "" when nothing is.
std::string misplaced(const std::map<uint64_t, uint64_t>& pairs, uint64_t recorded, uint64_t ours,
                      bool strictly) {
  const auto text = [](uint64_t value) { return std::to_string(value); };
  const auto next = pairs.lower_bound(recorded);
  if (next != pairs.end() && next->first == recorded)
    return next->second == ours ? ""
                                : "recorded " + text(recorded) + " stood for " +
                                      text(next->second) + ", is now " + text(ours);
  const auto wrong = [&](const std::pair<const uint64_t, uint64_t>& other, bool later) {
    const bool fine = later ? (strictly ? ours > other.second : ours >= other.second)
                            : (strictly ? ours < other.second : ours <= other.second);
    return fine ? std::string()
                : "recorded " + text(recorded) + (later ? " is after " : " is before ") +
                      text(other.first) + ", ours " + text(ours) + " and " + text(other.second);
  };
  if (next != pairs.end())
    if (std::string found = wrong(*next, false); !found.empty()) return found;
  if (next != pairs.begin()) return wrong(*std::prev(next), true);
  return "";
}

}  // namespace

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string Names::same(std::map<std::string, std::string>& words, const std::string& recorded,
                        const std::string& ours) {
  const auto [found, is_new] = words.emplace(recorded, ours);
  if (is_new || found->second == ours) return "";
  return "recorded " + recorded + " stood for " + found->second + ", is now " + ours;
}

std::string Names::same_uid(const std::string& recorded, const std::string& ours) {
  return same(uids_, recorded, ours);
}

std::string Names::same_word(const std::string& recorded, const std::string& ours) {
  return recorded.empty() || ours.empty() ? (recorded == ours ? "" : "one is empty")
                                          : same(words_, recorded, ours);
}

std::string Names::same_revision(const std::string& recorded, const std::string& ours,
                                 const std::string& uid) {
  const std::optional<uint64_t> theirs = number(recorded);
  const std::optional<uint64_t> mine = number(ours);
  if (!theirs || !mine) return recorded == ours ? "" : "recorded " + recorded + ", ours " + ours;
  if (loose_) return "";
  if (std::string found = misplaced(revisions_, *theirs, *mine, false); !found.empty())
    return found;
  if (!uid.empty()) {
    auto& own = of_object_[uid];
    if (std::string found = misplaced(own, *theirs, *mine, true); !found.empty())
      return found + " (of one object)";
    own.emplace(*theirs, *mine);
  }
  revisions_.emplace(*theirs, *mine);
  return "";
}

std::string Names::known_revision(const std::string& recorded) const {
  const std::optional<uint64_t> value = number(recorded);
  const auto found = value ? revisions_.find(*value) : revisions_.end();
  return found == revisions_.end() ? recorded : std::to_string(found->second);
}

std::string Names::translated_revision(const std::string& recorded) const {
  const std::optional<uint64_t> value = number(recorded);
  if (!value || *value == 0 || revisions_.empty()) return recorded;
  const auto found = revisions_.find(*value);
  if (found != revisions_.end()) return std::to_string(found->second);
  if (const auto sent = sent_.find(*value); sent != sent_.end())
    return std::to_string(sent->second);
  const auto& newest = *revisions_.rbegin();
  if (*value <= newest.first) return recorded;
  return std::to_string(sent_[*value] = newest.second + (*value - newest.first));
}

std::string Names::with_numbers(const std::string& text) const {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = std::min(text.find_first_of("0123456789", at), text.size());
    const size_t end = std::min(text.find_first_not_of("0123456789", begin), text.size());
    result += text.substr(at, begin - at);
    if (begin < end) result += known_revision(text.substr(begin, end - begin));
    at = std::max(end, begin);
  }
  return result;
}

std::string Names::translated(std::string text) const {
  for (const auto& [recorded, ours] : uids_) replace_all(text, recorded, ours);
  for (const auto& [recorded, ours] : words_)
    if (recorded != ours) replace_all(text, recorded, ours);
  for (std::string_view form : {"\"resourceVersion\": \"", "\"resourceVersion\":\"",
                                "resourceVersion=", "resource version: ", "current: "}) {
    for (size_t at = text.find(form); at != std::string::npos; at = text.find(form, at + 1)) {
      const size_t begin = at + form.size();
      const size_t end = std::min(text.find_first_not_of("0123456789", begin), text.size());
      const std::string revision = text.substr(begin, end - begin);
      text.replace(begin, end - begin, translated_revision(revision));
    }
  }
  return text;
}

}  // namespace drydock::harness::conformance

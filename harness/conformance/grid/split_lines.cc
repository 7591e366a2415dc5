#include "harness/conformance/grid/split_lines.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"

namespace drydock::harness::conformance::grid {
namespace {

// "[b, a]" as "[a, b]", everywhere in the text.
std::string sorted_lists(const std::string& text) {
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const size_t begin = text.find('[', at);
    const size_t end = begin == std::string::npos ? begin : text.find(']', begin);
    if (end == std::string::npos) break;
    const std::string inside = text.substr(begin + 1, end - begin - 1);
    std::vector<std::string> names;
    for (const std::string_view name : split(inside, ',')) names.emplace_back(trim(name));
    std::sort(names.begin(), names.end());
    out += text.substr(at, begin - at) + "[";
    for (const std::string& name : names) out += (&name == &names.front() ? "" : ", ") + name;
    out += "]";
    at = end + 1;
  }
  return out + text.substr(std::min(at, text.size()));
}

std::string cut_after(std::string text, std::string_view what) {
  const size_t at = text.find(what);
  return at == std::string::npos ? text : text.substr(0, at);
}

std::string masked(std::string text) {
  // A merged view: who leads it is chance.
  if (text.find("ISPN000093") != std::string::npos) return cut_after(std::move(text), "MergeView");
  text = cut_after(std::move(text), ", currentCH=");
  const size_t request = text.find("for request ");
  if (request != std::string::npos) text = text.substr(0, request);
  return sorted_lists(text);
}

bool of_coordinator(const std::string& logger, const std::string& text) {
  return logger != "LIFECYCLE" && text.find("Scope=") == std::string::npos &&
         text.find("ISPN00009") == std::string::npos &&
         (text.find("Context=") != std::string::npos || text.find("cache") != std::string::npos);
}

std::string word_after(const std::string& text, std::string_view mark) {
  const size_t begin = text.find(mark);
  if (begin == std::string::npos) return "";
  const size_t end = text.find_first_of(" ],'", begin + mark.size());
  return text.substr(begin + mark.size(), end - begin - mark.size());
}

// "ISPN100002 d2": what message about which cache; "": the text has no number.
std::string subject_of(const std::string& text) {
  const size_t id = text.find("ISPN");
  if (id == std::string::npos) return "";
  std::string cache = word_after(text, "Context=");
  if (cache.empty()) cache = word_after(text, "ache ");
  return text.substr(id, text.find(':', id) - id) + " " + cache;
}

std::string key_of(const std::string& node, const std::string& level, const std::string& logger,
                   const std::string& text) {
  const std::string who = of_coordinator(logger, text) ? "" : node;
  return who + "|" + level + "|" + logger + "|" + masked(text);
}

}  // namespace

void SplitLines::ours(const std::string& node, const LogLine& line, size_t part) {
  const size_t end = line.text.starts_with('[') ? line.text.find("] ") : std::string::npos;
  if (end == std::string::npos) return;
  const std::string category = line.text.substr(1, end - 1);
  const size_t dot = category.rfind('.');
  const std::string logger = dot == std::string::npos ? category : category.substr(dot + 1);
  std::string text = line.text.substr(end + 2);
  parts_[key_of(node, line.level, logger, text)].push_back(part);
}

bool SplitLines::take(const json::value& record, size_t part) {
  std::string logger = json_string(record, {"logger"});
  if (logger.empty()) logger = "CLUSTER";  // views
  const std::string text = json_string(record, {"msg"});
  recorded_.insert(subject_of(text));
  std::vector<size_t>& left =
      parts_[key_of(json_string(record, {"node"}), json_string(record, {"level"}), logger, text)];
  if (left.empty()) return false;
  const auto same = std::find(left.begin(), left.end(), part);
  left.erase(same != left.end() ? same : left.begin());
  return true;
}

std::vector<std::string> SplitLines::additional(size_t part) const {
  std::vector<std::string> out;
  for (const auto& [key, left] : parts_) {
    const std::string subject = subject_of(key);
    if (subject.empty() || recorded_.count(subject) == 0) continue;
    for (auto count = std::count(left.begin(), left.end(), part); count > 0; --count)
      out.push_back(key);
  }
  return out;
}

int64_t records_in(std::string_view dat) {
  int64_t records = 0;
  size_t at = 0;
  while (at + 4 <= dat.size()) {
    size_t length = 0;
    for (size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(dat[at + i]);
    at += 4 + length;
    ++records;
  }
  return records;
}

}  // namespace drydock::harness::conformance::grid

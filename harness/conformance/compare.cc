#include "harness/conformance/compare.h"

#include <algorithm>

#include "harness/conformance/compare_json.h"
#include "harness/conformance/texts.h"

namespace drydock::harness::conformance {
namespace {

std::string first_part(std::string text, size_t limit = 300) {
  if (text.size() > limit) text = text.substr(0, limit) + " ...";
  return text;
}

// A header's value without what differs by nature.
std::string header_text(const Headers& headers, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers)
    if (find_header({{key, value}}, name) != nullptr) values.push_back(value);
  std::sort(values.begin(), values.end());
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : " | ") + value;
  return text;
}

std::string header_difference(const Record& record, const OurAnswer& ours, Names& names) {
  const std::string* etag = find_header(record.answer_headers, "ETag");
  if (const std::string* own = find_header(ours.headers, "ETag"); etag != nullptr && own != nullptr)
    (void)names.same_word(*etag, *own);
  for (std::string_view name :
       {"Content-Type", "Warning", "Retry-After", "Cache-Control", "Vary"}) {
    const std::string theirs = names.translated(header_text(record.answer_headers, name));
    const std::string mine = header_text(ours.headers, name);
    if (theirs != mine)
      return "header " + std::string(name) + ": recorded " + theirs + ", ours " + mine;
  }
  for (std::string_view name : {"ETag", "X-Kubernetes-Pf-Flowschema-Uid", "Audit-Id"})
    if ((find_header(record.answer_headers, name) == nullptr) !=
        (find_header(ours.headers, name) == nullptr))
      return "header " + std::string(name) +
             (find_header(ours.headers, name) == nullptr ? " is missing" : " is ours only");
  return "";
}

std::string text_difference(const std::string& recorded, const std::string& ours, Names& names) {
  if (recorded == ours || names.translated(recorded) == ours) return "";
  Result<json::value> theirs = json_parse(recorded);
  Result<json::value> mine = json_parse(ours);
  if (!theirs.ok() || !mine.ok())
    return "body\n    recorded " + first_part(recorded) + "\n    ours     " + first_part(ours);
  return JsonComparison(names).difference(*theirs, *mine);
}

// A YAML answer, line by line; what differs by nature has its key before it.
std::string yaml_difference(const std::string& recorded, const std::string& ours, Names& names) {
  const std::vector<std::string> left = lines_of(recorded);
  const std::vector<std::string> right = lines_of(ours);
  if (left.size() != right.size())
    return "body\n    recorded " + first_part(recorded) + "\n    ours     " + first_part(ours);
  for (size_t i = 0; i < left.size(); ++i) {
    const size_t colon = left[i].find(": ");
    if (left[i] == right[i] || names.translated(left[i]) == right[i]) continue;
    const std::string key = left[i].substr(0, colon);
    const std::string name = key.substr(key.find_first_not_of(" -"));
    const bool differs_by_nature =
        name == "uid" || name == "resourceVersion" || name == "time" || name == "creationTimestamp";
    if (differs_by_nature && right[i].starts_with(key)) continue;
    return "line " + std::to_string(i + 1) + ": recorded " + left[i] + ", ours " + right[i];
  }
  return "";
}

std::string member_of(const std::string& line, JsonPath path) {
  Result<json::value> event = json_parse(line);
  return event.ok() ? json_string(*event, path) : "";
}

// One revision may be told twice in a row.
void drop_repeated_bookmarks(std::vector<std::string>& lines) {
  const auto repeats = [](const std::string& a, const std::string& b) {
    return a == b && member_of(a, {"type"}) == "BOOKMARK";
  };
  lines.erase(std::unique(lines.begin(), lines.end(), repeats), lines.end());
}

// Whether what one controller deleted at one time came in another order: a real one works with
// several hands. Brings ours into the recorded order.
bool reorder_deletions(const std::vector<std::string>& recorded, std::vector<std::string>& ours) {
  bool moved = false;
  for (size_t i = 0; i < std::min(recorded.size(), ours.size()); ++i) {
    if (member_of(recorded[i], {"type"}) != "DELETED") continue;
    const std::string name = member_of(recorded[i], {"object", "metadata", "name"});
    for (size_t j = i; j < ours.size() && member_of(ours[j], {"type"}) == "DELETED"; ++j) {
      if (member_of(ours[j], {"object", "metadata", "name"}) != name) continue;
      moved = moved || j != i;
      std::rotate(ours.begin() + static_cast<long>(i), ours.begin() + static_cast<long>(j),
                  ours.begin() + static_cast<long>(j) + 1);
      break;
    }
  }
  return moved;
}

std::string stream_difference(const Record& record, const OurAnswer& ours, Names& names) {
  std::vector<std::string> theirs;
  for (const StreamLine& line : record.stream) theirs.push_back(line.text);
  std::vector<std::string> mine = ours.stream;
  drop_repeated_bookmarks(theirs);
  drop_repeated_bookmarks(mine);
  const bool moved = reorder_deletions(theirs, mine);
  const size_t common = std::min(theirs.size(), mine.size());
  for (size_t i = 0; i < common; ++i) {
    names.set_loose(moved && member_of(theirs[i], {"type"}) == "DELETED");
    const std::string found = text_difference(theirs[i], mine[i], names);
    names.set_loose(false);
    if (!found.empty()) return "line " + std::to_string(i + 1) + ": " + found;
  }
  if (theirs.size() > common)
    return "line " + std::to_string(common + 1) + " is missing: " + first_part(theirs[common]);
  if (mine.size() > common)
    return "line " + std::to_string(common + 1) + " is ours only: " + first_part(mine[common]);
  return "";
}

// A line a piece, as a watch without `stream` on record was written down.
std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string body_difference(const Record& record, const OurAnswer& ours, Names& names) {
  if (record.cut) return "";
  if (record.is_stream) return stream_difference(record, ours, names);
  const std::string text = ours.stream.empty() ? ours.text : joined(ours.stream);
  const std::string* type = find_header(record.answer_headers, "Content-Type");
  if (type != nullptr && *type == "application/yaml")
    return yaml_difference(record.answer, text, names);
  if (record.answer.find("}\n{") == std::string::npos)
    return text_difference(record.answer, text, names);
  Record lines = record;  // a short watch, on record as one text of several lines
  OurAnswer mine = ours;
  mine.stream = lines_of(text);
  for (const std::string& line : lines_of(record.answer)) lines.stream.push_back({{}, line});
  return stream_difference(lines, mine, names);
}

}  // namespace

std::string difference(const Record& record, const OurAnswer& ours, Names& names) {
  if (record.code != ours.code)
    return "code: recorded " + std::to_string(record.code) + ", ours " + std::to_string(ours.code) +
           " " + first_part(ours.text);
  const std::string body = body_difference(record, ours, names);
  if (!body.empty()) return body;
  return header_difference(record, ours, names);
}

std::string request_difference(const Record& asked, const std::string& our_body, Names& names) {
  return text_difference(asked.body.value_or(""), our_body, names);
}

}  // namespace drydock::harness::conformance

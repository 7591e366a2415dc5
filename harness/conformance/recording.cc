#include "harness/conformance/recording.h"

#include <algorithm>

#include "harness/conformance/texts.h"

namespace drydock::harness::conformance {
namespace {

// Between the starts of two groups that were recorded at different times.
constexpr Duration kGroupGap = seconds(1);
constexpr int64_t kMaxBodyBytes = 16 << 20;

Duration read_ms(const json::value& value) {
  if (const int64_t* whole = value.if_int64()) return milliseconds(*whole);
  if (const double* decimal = value.if_double())
    return microseconds(static_cast<int64_t>(*decimal * 1000));
  return Duration{};
}

Duration ms_at(const json::value& object, std::string_view key) {
  const json::value* value = json_find(object, {key});
  return value == nullptr ? Duration{} : read_ms(*value);
}

// A header that was sent twice is a list.
Headers read_headers(const json::value& object) {
  Headers headers;
  for (const auto& member : json_object(object, {"headers"})) {
    const std::string name(member.key());
    if (const json::string* text = member.value().if_string())
      headers.emplace_back(name, std::string(*text));
    else if (const json::array* list = member.value().if_array())
      for (const json::value& item : *list)
        if (item.is_string()) headers.emplace_back(name, std::string(item.get_string()));
  }
  return headers;
}

void read_stream(const json::value& line, Record& record) {
  const json::value* stream = json_find(line, {"stream"});
  if (stream == nullptr || !stream->is_array()) return;
  record.is_stream = true;
  for (const json::value& item : stream->get_array()) {
    const json::array* pair = item.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[1].is_string()) continue;
    record.stream.push_back({read_ms((*pair)[0]), std::string((*pair)[1].get_string())});
  }
  record.during = json_strings(line, {"during"});
  record.ended_by_client = json_string(line, {"ended_by"}) == "client";
}

std::string missing_member(const Record& record) {
  if (record.id.empty()) return "no id";
  if (record.method.empty()) return "no request.method";
  if (record.path.empty() || record.path[0] != '/') return "no request.path that begins with '/'";
  if (record.code == 0) return "no response.code";
  return "";
}

// Of a long body only the beginning is on record: it went on with its last character, and then
// everything open was closed.
std::string whole_body(const std::string& beginning, int64_t bytes) {
  std::string end;
  bool quoted = false;
  for (const char c : beginning) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '{' || c == '[')) end.insert(end.begin(), c == '{' ? '}' : ']');
    if (!quoted && (c == '}' || c == ']')) end.erase(0, 1);
  }
  if (quoted) end.insert(end.begin(), '"');
  const auto size = static_cast<size_t>(std::clamp<int64_t>(bytes, 0, kMaxBodyBytes));
  if (beginning.empty() || size < beginning.size() + end.size()) return beginning;
  return beginning + std::string(size - beginning.size() - end.size(), beginning.back()) + end;
}

Record read_record(const json::value& line) {
  Record record;
  record.id = json_string(line, {"id"});
  record.group = json_string(line, {"group"}, record.id.substr(0, record.id.find('-')));
  record.note = json_string(line, {"note"});
  record.start = ms_at(line, "t_ms");
  record.took = ms_at(line, "ms");
  const json::value empty = json::object();
  const json::value* found = json_find(line, {"request"});
  const json::value& request = found == nullptr ? empty : *found;
  record.method = json_string(request, {"method"});
  record.path = json_string(request, {"path"});
  record.headers = read_headers(request);
  if (const json::value* body = json_find(request, {"body"}); body != nullptr && body->is_string())
    record.body = std::string(body->get_string());
  if (record.body && json_bool(request, {"cut"}))
    record.body = whole_body(*record.body, json_int(request, {"body_bytes"}));
  found = json_find(line, {"response"});
  const json::value& response = found == nullptr ? empty : *found;
  record.code = static_cast<int>(json_int(response, {"code"}));
  record.answer_headers = read_headers(response);
  record.answer = json_string(response, {"body"});
  record.cut = json_bool(response, {"cut"});
  record.asked = json_string(line, {"direction"}) == "asked";
  read_stream(line, record);
  return record;
}

// A group that was recorded in another run has its own clock: it goes after what was before it.
void line_up(std::vector<Record>& records) {
  Duration shift{};
  Duration latest{};
  for (size_t i = 0; i < records.size(); ++i) {
    const bool new_group = i > 0 && records[i].group != records[i - 1].group;
    if (new_group && records[i].start + shift < latest - kGroupGap)
      shift = latest + kGroupGap - records[i].start;
    records[i].start += shift;
    latest = std::max(latest, records[i].start + records[i].took);
  }
}

json::value parsed(const std::string& text) {
  Result<json::value> value = json_parse(text);
  return value.ok() ? *std::move(value) : json::value();
}

}  // namespace

json::value StreamLine::event() const { return parsed(text); }
json::value Record::answer_json() const { return parsed(answer); }
json::value Record::body_json() const { return body ? parsed(*body) : json::value(); }

Result<std::vector<Record>> read_recording(std::string_view text, const std::string& file) {
  std::vector<Record> records;
  int number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::string place = file + ":" + std::to_string(number) + ": ";
    Result<json::value> value = json_parse(line);
    if (!value.ok())
      return Status(Code::kInvalid,
                    place + "no JSON (" + value.status().message() + "); write one object a line");
    Record record = read_record(*value);
    if (const std::string wrong = missing_member(record); !wrong.empty())
      return Status(Code::kInvalid,
                    place + wrong + "; a record has id, group, t_ms, request and response");
    records.push_back(std::move(record));
  }
  if (records.empty())
    return Status(Code::kInvalid, file + ": no records; give a recording, one JSON object a line");
  line_up(records);
  return records;
}

}  // namespace drydock::harness::conformance

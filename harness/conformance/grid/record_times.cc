#include "harness/conformance/grid/record_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/conformance/grid/logs.h"
#include "sim/simulation.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr int64_t kDayMs = 24 * 3600 * 1000;

// The day of "#Mon Nov 23 05:48:21 UTC 2026" in a manifest.
std::optional<WallTime> day_in(const std::string& manifest) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const size_t begin = manifest.find("\n#");
  const size_t end = manifest.find('\n', begin + 1);
  if (begin == std::string::npos || end == std::string::npos || end - begin < 30)
    return std::nullopt;
  const std::string date = manifest.substr(begin + 2, end - begin - 2);
  const size_t month = kMonths.find(date.substr(4, 3));
  if (month == std::string_view::npos) return std::nullopt;
  return parse_rfc3339(fmt::format("{}-{:02}-{}T00:00:00Z", date.substr(date.size() - 4),
                                   month / 3 + 1, date.substr(8, 2)));
}

WallTime recorded_day(const VersionFolder& folder) {
  if (const std::string* text = folder.find("all.json"))
    if (const Result<json::value> all = json_parse(*text); all.ok())
      for (const json::value& entry : json_array(*all, {"archive", "entries"}))
        if (json_string(entry, {"name"}) == "manifest.properties")
          if (const auto day = day_in(json_string(entry, {"text"}))) return *day;
  return sim::kDefaultEpoch;
}

struct Span {
  std::optional<int64_t> first;
  std::optional<int64_t> last;
};

// Milliseconds since midnight.
Span times_of(const json::value& record) {
  Span span;
  for (const auto& [node, lines] : json_object(record, {"logs"}))
    for (const json::value& line : lines.as_array())
      if (const auto time = time_of_log_line(line.as_string())) {
        span.first = std::min(span.first.value_or(*time), *time);
        span.last = std::max(span.last.value_or(*time), *time);
      }
  return span;
}

// How long a request or a poll took.
Duration length_of(const json::value& record) {
  const json::value* ms = json_find(record, {"response", "ms"});
  if (ms == nullptr) ms = json_find(record, {"ms"});
  if (ms == nullptr) return Duration::zero();
  return microseconds(static_cast<int64_t>(ms->to_number<double>() * 1000));
}

// Milliseconds since midnight, as if the day did not end.
int64_t since(int64_t began, int64_t time) { return time - began + (time < began ? kDayMs : 0); }

}  // namespace

RecordTimes::RecordTimes(const VersionFolder& folder, const std::vector<json::value>& records) {
  begin_ = recorded_day(folder);
  std::optional<int64_t> began;
  int64_t last = 0;  // since `began`
  std::vector<std::optional<SteadyTime>> first(records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    const Span span = times_of(records[i]);
    const bool is_set_up = !began && span.first;
    if (is_set_up) {
      began = span.first;
      begin_ += milliseconds(*began);
      last = since(*began, *span.last);  // what was logged before the first record
    } else if (span.first) {
      first[i] = SteadyTime(milliseconds(since(*began, *span.first)));
    }
    start_.push_back(SteadyTime(milliseconds(last)));
    if (span.last) last = std::max(last, since(*began, *span.last));
  }
  std::optional<SteadyTime> limit;  // when a record must be over
  for (size_t i = records.size(); i-- > 0;) {
    if (limit) start_[i] = std::max(start_[i], *limit - length_of(records[i]));
    if (limit) limit = *limit - length_of(records[i]);
    if (first[i]) limit = std::min(limit.value_or(*first[i]), *first[i]);
  }
}

}  // namespace drydock::harness::conformance::grid

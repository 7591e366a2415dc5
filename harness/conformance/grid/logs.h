// Whether our nodes logged what the recorded ones did: level, category and text of each line.
// Times, threads and stack traces are not compared, and neither is when a line was read: the
// recorded ones belong to the record after which somebody looked, ours to the one that made them,
// so that equal lines a few records apart are the same line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// A line of a record: "05:34:22,549 INFO  (thread) [category] text". nullopt: part of a trace.
std::optional<LogLine> parse_log_line(std::string_view line);
// Milliseconds since midnight at its beginning; nullopt: it has no time.
std::optional<int64_t> time_of_log_line(std::string_view line);

class LogComparison {
 public:
  void recorded(const std::string& node, size_t record, LogLine line);
  void ours(const std::string& node, size_t record, LogLine line);
  // By record: what is missing first, or else additional.
  std::map<size_t, std::string> differences() const;

 private:
  struct Seen {
    size_t record;
    LogLine line;
    bool matched = false;
  };
  struct Node {
    std::vector<Seen> recorded;
    std::vector<Seen> ours;
  };
  std::map<std::string, Node> nodes_;
};

}  // namespace drydock::harness::conformance::grid

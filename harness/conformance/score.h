// The result of a replay for people and for programs.
//
//   Score score(outcomes, waived);
//   print_text(score, out);   // a table by group, what failed, "score 700/720 (97.2 %)"
//
// A waived record counts as not passed; it only doesn't fail the test.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "harness/conformance/outcome.h"

namespace drydock::harness::conformance {

// Record id to reason. Lines "id: reason"; empty lines and those that begin with # are skipped.
// kInvalid names file and line.
Result<std::map<std::string, std::string>> read_waived(std::string_view text,
                                                       const std::string& file);

// Records that are not counted.
struct NotCompared {
  std::string group;
  std::string reason;
  size_t records = 0;
};

struct Score {
  struct Group {
    std::string name;
    size_t passed = 0;
    size_t all = 0;
  };
  Score(std::vector<Outcome> outcomes, const std::map<std::string, std::string>& waived);

  std::vector<Group> groups;  // in the recording's order
  std::vector<Outcome> failed;
  std::vector<std::pair<Outcome, std::string>> waived;  // failed, with the reason
  std::vector<NotCompared> not_compared;                // left out of `passed` and `all`
  size_t passed = 0;
  size_t all = 0;

  // "score 706/720 (98.1 %)"
  std::string line() const;
};

void print_text(const Score& score, std::ostream& out);
void print_json(const Score& score, std::ostream& out);

}  // namespace drydock::harness::conformance

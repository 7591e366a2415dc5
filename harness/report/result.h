// What came out of one run of one scenario: values that harness/world fills and the printers show.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace drydock::harness {

enum class Outcome {
  kPassed,            // every expectation and oracle held
  kFailed,            // an expectation or an oracle did not
  kLiveness,          // something that must come did not come in its time, or nothing could go on
  kNondeterministic,  // two runs with one seed differed
  kInternal,          // drydock's own defect
};

// One transition of status.phase, as a client of the API saw it.
struct PhaseChange {
  std::string cr;  // "Backup/my-backup"
  std::string phase;
  Duration at{};       // simulated, since the start
  std::string reason;  // status.reason; may be empty
};

struct Failure {
  std::string where;     // "file:line:column" of the expectation or step; "" for an oracle
  std::string expected;  // the expectation as written, or the oracle's rule
  std::string seen;      // what was there instead; may have several lines
};

struct LogTail {
  std::string pod;                 // "Pod/my-backup"
  std::vector<std::string> lines;  // its last ones
};

struct ScenarioResult {
  std::string file;  // as given on the command line
  std::string name;
  uint64_t seed = 0;
  Outcome outcome = Outcome::kPassed;
  Duration simulated{};
  Duration wall{};  // real time that the run took; the caller fills it
  uint64_t trace_hash = 0;
  std::vector<PhaseChange> phases;  // in the order of their times
  std::vector<Failure> failures;    // expectations and steps, in the order of the file
  std::vector<Failure> violations;  // oracles; `where` is the oracle's name
  std::vector<LogTail> logs;        // of the pods of CRs; shown when something failed
  std::string stuck;                // kLiveness: who waits for what
  std::string grid;                 // asked for by RunOptions::describe_grid
  std::vector<std::string> trace;   // asked for by RunOptions::keep_trace; one event a line
};

}  // namespace drydock::harness

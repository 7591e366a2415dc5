// The words that a scenario may use where only some make sense.
#pragma once

#include <string>
#include <vector>

namespace drydock::harness::scenario {

// Of Backup and Restore CRs.
const std::vector<std::string>& phase_words();
// What `counters` expectations may name (expectations.h says what they count).
const std::vector<std::string>& instrument_words();

}  // namespace drydock::harness::scenario

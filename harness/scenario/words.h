// The words that a scenario may use where only some make sense.
#pragma once

#include <string>
#include <vector>

namespace drydock::harness::scenario {

// Of Backup and Restore CRs.
const std::vector<std::string>& phase_words();
// What judges every run (harness/oracles/, harness/world/run_oracles.cc).
const std::vector<std::string>& oracle_words();
// What `counters` expectations may name (expectations.h says what they count).
const std::vector<std::string>& instrument_words();

// Of faults of the Kubernetes API (docs/scenarios.md says what each means).
const std::vector<std::string>& verb_words();
const std::vector<std::string>& definition_words();
const std::vector<std::string>& refusal_words();
const std::vector<std::string>& cut_words();
const std::vector<std::string>& storage_words();
const std::vector<std::string>& image_trouble_words();
const std::vector<std::string>& webhook_words();
const std::vector<std::string>& webhook_trouble_words();
// Kinds that faults may be aimed at, more than scenarios name objects of.
const std::vector<std::string>& call_kind_words();

}  // namespace drydock::harness::scenario

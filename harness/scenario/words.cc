#include "harness/scenario/words.h"

namespace drydock::harness::scenario {

const std::vector<std::string>& phase_words() {
  static const std::vector<std::string> words = {"Initializing", "Initialized", "Running",
                                                 "Unknown",      "Succeeded",   "Failed"};
  return words;
}

const std::vector<std::string>& instrument_words() {
  static const std::vector<std::string> words = {"owners_changed",      "segments_moved",
                                                 "entries_transferred", "bytes_transferred",
                                                 "topology_updates",    "rebalance_rounds"};
  return words;
}

}  // namespace drydock::harness::scenario

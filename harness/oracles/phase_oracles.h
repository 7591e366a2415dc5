// Oracles over what an API client saw of Backups and Restores: phases legal and final, one start
// per operation, no pod made twice.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "harness/report/result.h"
#include "harness/scenario/steps.h"

namespace drydock::harness {

// One write of status.phase.
struct SeenPhase {
  scenario::ObjectRef object;
  std::string uid;
  std::string phase;
  std::string reason;
  SteadyTime at{};
};

// Every transition is one of ARCHITECTURE.md §5; Succeeded and Failed are final; Failed has a
// reason.
std::vector<Failure> check_phases(const std::vector<SeenPhase>& history);

// `starts`: accepted starts by pod uid; `pods`: uids of the pods made for each CR, by CR uid.
std::vector<Failure> check_one_start(const std::map<std::string, int>& starts,
                                     const std::map<std::string, std::set<std::string>>& pods);

// None of `secrets` occurs in `text` (a log, Events, status), which `where` names.
std::vector<Failure> check_no_credentials(const std::vector<std::string>& secrets,
                                          const std::string& where, const std::string& text);

}  // namespace drydock::harness

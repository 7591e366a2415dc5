#include "harness/oracles/phase_oracles.h"

#include <fmt/format.h>

#include "core/base/resources.h"

namespace drydock::harness {

std::vector<Failure> check_phases(const std::vector<SeenPhase>& history) {
  std::vector<Failure> violations;
  std::map<std::string, Phase> current;  // by uid
  for (const SeenPhase& seen : history) {
    const std::optional<Phase> phase = parse_phase(seen.phase);
    const std::string who = seen.object.to_string();
    if (!phase) {
      violations.push_back({"phases-legal", "a documented phase", who + " is " + seen.phase});
      continue;
    }
    Phase& before = current.emplace(seen.uid, Phase::kNone).first->second;
    if (!is_legal_transition(before, *phase))
      violations.push_back({"phases-legal", "a legal transition",
                            fmt::format("{} went from '{}' to '{}' at {}", who, phase_name(before),
                                        seen.phase, format_duration(seen.at.time_since_epoch()))});
    if (*phase == Phase::kFailed && seen.reason.empty())
      violations.push_back({"failed-has-reason", "Failed says why", who + " has no reason"});
    before = *phase;
  }
  return violations;
}

std::vector<Failure> check_one_start(const std::map<std::string, int>& starts,
                                     const std::map<std::string, std::set<std::string>>& pods) {
  std::vector<Failure> violations;
  for (const auto& [pod_uid, count] : starts)
    if (count > 1)
      violations.push_back({"one-start", "an operation is started once",
                            fmt::format("pod {} accepted {} starts", pod_uid, count)});
  for (const auto& [cr_uid, pod_uids] : pods)
    if (pod_uids.size() > 1)
      violations.push_back({"one-pod", "one pod is made for a CR",
                            fmt::format("{} pods for CR {}", pod_uids.size(), cr_uid)});
  return violations;
}

std::vector<Failure> check_no_credentials(const std::vector<std::string>& secrets,
                                          const std::string& where, const std::string& text) {
  std::vector<Failure> violations;
  for (const std::string& secret : secrets) {
    if (secret.empty() || text.find(secret) == std::string::npos) continue;
    violations.push_back({"no-credentials", "no password is shown", "one is in " + where});
    break;
  }
  return violations;
}

}  // namespace drydock::harness

#include "sim/clocks.h"

namespace drydock::sim {

void Clocks::set(const std::string& of, const WrongClock& clock, SteadyTime now) {
  Clock& mine = clocks_[of];
  mine.wrong = clock;
  mine.since = now;
  mine.corrected = false;
}

void Clocks::correct(const std::string& of) {
  if (Clock* clock = find(of)) clock->corrected = true;
}

WallTime Clocks::show(std::string_view process, std::string_view host, SteadyTime now,
                      WallTime right) {
  if (clocks_.empty()) return right;
  Clock* clock = find(process);
  if (clock == nullptr) clock = find(host);
  if (clock == nullptr) return right;
  ++clock->reads;
  return right + clock->wrong.ahead + (now - clock->since) * (clock->wrong.percent - 100) / 100;
}

int64_t Clocks::reads(const std::string& of) const {
  const auto found = clocks_.find(of);
  return found == clocks_.end() ? 0 : found->second.reads;
}

Clocks::Clock* Clocks::find(std::string_view of) {
  const auto found = clocks_.find(of);
  return found == clocks_.end() || found->second.corrected ? nullptr : &found->second;
}

}  // namespace drydock::sim

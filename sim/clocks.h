// Wall clocks that are wrong: those of a machine or of one process. Steady time has no such thing.
//
//   clocks.set("node-2", {.ahead = -minutes(10), .percent = 90}, now);   // slow, and it lags more
//   clocks.show("agent", "node-2", now, right);                          // what a process there
//   reads clocks.correct("node-2");                                            // as NTP does: in
//   one step
//
// A process's own clock wins over its machine's. Nothing here suspends.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace drydock::sim {

struct WrongClock {
  Duration ahead{0};      // negative: behind
  int64_t percent = 100;  // of a second that it counts in a second
};

class Clocks {
 public:
  // `of`: the name of a process or of a host, also of those that come later. Replaces an earlier
  // one; its rate counts from `now`.
  void set(const std::string& of, const WrongClock& clock, SteadyTime now);
  void correct(const std::string& of);

  // What a process reads when it is really `right`.
  WallTime show(std::string_view process, std::string_view host, SteadyTime now, WallTime right);
  // How often the wrong clock of that name was read.
  int64_t reads(const std::string& of) const;

 private:
  struct Clock {
    WrongClock wrong;
    SteadyTime since{};
    bool corrected = false;
    int64_t reads = 0;
  };

  Clock* find(std::string_view of);

  std::map<std::string, Clock, std::less<>> clocks_;
};

}  // namespace drydock::sim

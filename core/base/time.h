// Times and durations as types. Nothing here reads a clock: a clock is a port (env.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drydock {

using Duration = std::chrono::nanoseconds;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Monotonic time of one Env: only differences mean something. Deadlines are SteadyTime.
struct SteadyTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SteadyTag, Duration>;
  static constexpr bool is_steady = true;
};
using SteadyTime = SteadyTag::time_point;

// "No deadline." Allowed only where a contract says that waiting for ever is right.
inline constexpr SteadyTime kForever = SteadyTime::max();

// UTC wall-clock time, as written into objects and archives.
using WallTime = std::chrono::sys_time<Duration>;

// "2026-11-23T05:49:00Z"; whole seconds, the Kubernetes metav1.Time form.
std::string format_rfc3339(WallTime time);
// "2026-11-23T05:49:00.000000Z"; microseconds, the Kubernetes MicroTime form.
std::string format_rfc3339_micro(WallTime time);
// Accepts both forms, and offsets such as +02:00. nullopt: not such a time.
std::optional<WallTime> parse_rfc3339(std::string_view text);

// "1.5s", "250ms", "2m10s": the shortest exact form; for people.
std::string format_duration(Duration duration);
// Go's duration form as Kubernetes users write it: "1m30s", "250ms", "2h"; also a bare "0".
std::optional<Duration> parse_duration(std::string_view text);

inline int64_t to_epoch_ms(WallTime time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}
inline WallTime from_epoch_ms(int64_t epoch_ms) { return WallTime(milliseconds(epoch_ms)); }

}  // namespace drydock

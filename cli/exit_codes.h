// What the program's exit code says. `drydock --help` prints this list; scripts rely on it.
#pragma once

namespace drydock::cli {

inline constexpr int kHeld = 0;              // every expectation and oracle
inline constexpr int kFailed = 1;            // an expectation or an oracle did not hold
inline constexpr int kBadInput = 2;          // wrong usage, unreadable or wrong scenario
inline constexpr int kLiveness = 3;          // what must come did not come in its time
inline constexpr int kNondeterministic = 4;  // two runs with one seed differed
inline constexpr int kDefect = 5;            // of drydock itself: a failed check, an exception

}  // namespace drydock::cli

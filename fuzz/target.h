// One fuzz target per .cc file: what must hold for whatever bytes come.
//
//   void fuzz_one(std::string_view input) { require(decode_json(input).error.empty(), "..."); }
//
// In the preset `fuzz` libFuzzer calls it; in all others driver.cc runs it over the kept corpus.
#pragma once

#include <string_view>

#include "core/base/check.h"

namespace drydock::fuzz {

// Defined by the target. Never throws; a broken promise ends the program.
void fuzz_one(std::string_view input);

inline void require(bool holds, const char* promise) { DRYDOCK_CHECK(holds, promise); }

// Cuts the input in two at the first zero byte; the second half is empty when there is none.
inline std::string_view first_half(std::string_view input) {
  return input.substr(0, input.find('\0'));
}
inline std::string_view second_half(std::string_view input) {
  const size_t cut = input.find('\0');
  return cut == std::string_view::npos ? std::string_view() : input.substr(cut + 1);
}

}  // namespace drydock::fuzz

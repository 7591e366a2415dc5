// The 64-bit hash that real servers place keys and members with: MurmurHash3 for x64 in the early
// form that they keep for ever (other rotations than the published one, and constants that change
// from block to block). Bytes of the last, incomplete block are taken with their sign.
//
//   uint64_t hash = murmur_of_bytes("key", 9001);
#pragma once

#include <cstdint>
#include <string_view>

namespace drydock::fakegrid {

uint64_t murmur_of_bytes(std::string_view bytes, int32_t seed);
// Of two words, as of a member's 128 bits.
uint64_t murmur_of_words(uint64_t first, uint64_t second, int32_t seed);

}  // namespace drydock::fakegrid

#include "fakegrid/topology/murmur.h"

#include <bit>
#include <cstddef>

namespace drydock::fakegrid {
namespace {

constexpr size_t kBlock = 16;

class Murmur {
 public:
  explicit Murmur(int32_t seed) {
    const auto wide = static_cast<uint64_t>(static_cast<int64_t>(seed));
    h1_ = 0x9368e53c2f6af274ULL ^ wide;
    h2_ = 0x586dcd208f7cd3fdULL ^ wide;
  }

  void mix(uint64_t k1, uint64_t k2) {
    h1_ ^= std::rotl(k1 * c1_, 23) * c2_;
    h1_ += h2_;
    h2_ = std::rotl(h2_, 41);
    h2_ ^= std::rotl(k2 * c2_, 23) * c1_;
    h2_ += h1_;
    h1_ = h1_ * 3 + 0x52dce729;
    h2_ = h2_ * 3 + 0x38495ab5;
    c1_ = c1_ * 5 + 0x7b7d159c;
    c2_ = c2_ * 5 + 0x6bce6396;
  }

  uint64_t finish(uint64_t length) const {
    const uint64_t sum = h1_ + (h2_ ^ length);
    return finalize(sum) + finalize((h2_ ^ length) + sum);
  }

 private:
  static uint64_t finalize(uint64_t k) {
    k = (k ^ (k >> 33)) * 0xff51afd7ed558ccdULL;
    k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return k ^ (k >> 33);
  }

  uint64_t h1_ = 0, h2_ = 0;
  uint64_t c1_ = 0x87c37b91114253d5ULL;
  uint64_t c2_ = 0x4cf5ad432745937fULL;
};

uint64_t whole_word(std::string_view bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < 8; ++i)
    word |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  return word;
}

// At most eight bytes, each widened with its sign.
uint64_t signed_word(std::string_view bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < bytes.size(); ++i)
    word ^= static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(bytes[i]))) << (8 * i);
  return word;
}

}  // namespace

uint64_t murmur_of_bytes(std::string_view bytes, int32_t seed) {
  Murmur murmur(seed);
  std::string_view rest = bytes;
  for (; rest.size() >= kBlock; rest.remove_prefix(kBlock))
    murmur.mix(whole_word(rest), whole_word(rest.substr(8)));
  if (!rest.empty())
    murmur.mix(signed_word(rest.substr(0, 8)),
               rest.size() > 8 ? signed_word(rest.substr(8)) : uint64_t{0});
  return murmur.finish(bytes.size());
}

uint64_t murmur_of_words(uint64_t first, uint64_t second, int32_t seed) {
  Murmur murmur(seed);
  murmur.mix(first, second);
  return murmur.finish(kBlock);
}

}  // namespace drydock::fakegrid

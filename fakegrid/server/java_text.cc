#include "fakegrid/server/java_text.h"

#include <cstdint>

namespace drydock::fakegrid {
namespace {

constexpr size_t kFirstTable = 16;
constexpr char32_t kReplacement = 0xFFFD;

uint32_t string_hash(std::string_view text) {
  uint32_t hash = 0;
  for (const char16_t unit : utf16(text)) hash = hash * 31 + unit;
  return hash ^ (hash >> 16);
}

// One code point from the front of `text`, which is not empty.
char32_t take(std::string_view& text) {
  const auto first = static_cast<uint8_t>(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  if (more == 0 || more > text.size()) return kReplacement;
  char32_t point = first & (0x3Fu >> more);
  for (size_t i = 0; i < more; ++i) {
    const auto next = static_cast<uint8_t>(text[i]);
    if ((next & 0xC0) != 0x80) return kReplacement;
    point = (point << 6) | (next & 0x3Fu);
  }
  text.remove_prefix(more);
  return point;
}

}  // namespace

std::u16string utf16(std::string_view utf8) {
  std::u16string out;
  while (!utf8.empty()) {
    const char32_t point = take(utf8);
    if (point < 0x10000) {
      out += static_cast<char16_t>(point);
    } else {
      out += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
    }
  }
  return out;
}

void append_utf8(std::string& out, char32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string well_formed(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) append_utf8(out, take(bytes));
  return out;
}

std::vector<std::string> hash_order(const std::vector<std::string>& names) {
  size_t table = kFirstTable;
  while (names.size() * 4 > table * 3) table *= 2;
  std::vector<std::vector<const std::string*>> bins(table);
  for (const std::string& name : names) bins[string_hash(name) & (table - 1)].push_back(&name);
  std::vector<std::string> out;
  out.reserve(names.size());
  for (const auto& bin : bins)
    for (const std::string* name : bin) out.push_back(*name);
  return out;
}

}  // namespace drydock::fakegrid

#include <cstddef>
#include <cstdint>

#include "core/archive/zip_writer.h"

namespace drydock::archive {
namespace {

constexpr size_t kMaxNameBytes = 65535;  // the format's 16-bit length

bool is_no_dots(std::string_view part) { return part != "." && part != ".."; }
bool is_safe_part(std::string_view part) { return !part.empty() && is_no_dots(part); }

bool parts_are_safe(std::string_view name, std::string_view separators,
                    bool (*is_safe)(std::string_view)) {
  for (size_t end = name.find_first_of(separators); end != std::string_view::npos;
       end = name.find_first_of(separators)) {
    if (!is_safe(name.substr(0, end))) return false;
    name.remove_prefix(end + 1);
  }
  return is_safe(name);
}

// Bytes of the UTF-8 sequence that starts `text`; 0: none (overlong forms and surrogates included).
size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto follows = [&](size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (!follows(1) || !follows(2)) return 0;
    const bool overlong = lead == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = lead == 0xed && byte(1) >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    const bool overlong = lead == 0xf0 && byte(1) < 0x90;
    const bool too_large = lead == 0xf4 && byte(1) >= 0x90;
    return overlong || too_large ? 0 : 4;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace

bool is_safe_entry_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || name.front() == '\\') return false;
  if (name.find('\0') != std::string_view::npos || !is_utf8(name)) return false;
  return parts_are_safe(name, "/", is_safe_part) && parts_are_safe(name, "/\\", is_no_dots);
}

}  // namespace drydock::archive

#include "fakekube/schema/go_json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "core/base/limits.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kUnexpectedEnd = "unexpected end of JSON input";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
// Go keeps at most so many strict errors.
constexpr size_t kMaxDuplicates = 100;
// Of their paths together: a long one could otherwise be made anew for every few bytes.
constexpr size_t kMaxDuplicateBytes = 4 * 1024 * 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 'x' as Go's texts quote one byte, which it takes for the code point of that number.
std::string quoted_byte(char c) {
  if (c == '\'') return R"('\'')";
  if (c == '"') return R"('"')";
  const auto byte = static_cast<unsigned char>(c);
  std::string text;
  if (byte < 0x80) {
    text = c;
  } else {
    text += static_cast<char>(0xC0 | byte >> 6);
    text += static_cast<char>(0x80 | (byte & 0x3F));
  }
  const std::string whole = quoted(text);
  return "'" + whole.substr(1, whole.size() - 2) + "'";
}

void append_code_point(std::string& text, uint32_t point) {
  const auto add = [&text](uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0 | point >> 6);
    add(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    add(0xE0 | point >> 12);
    add(0x80 | (point >> 6 & 0x3F));
    add(0x80 | (point & 0x3F));
  } else {
    add(0xF0 | point >> 18);
    add(0x80 | (point >> 12 & 0x3F));
    add(0x80 | (point >> 6 & 0x3F));
    add(0x80 | (point & 0x3F));
  }
}

bool is_surrogate(uint32_t point) { return point >= 0xD800 && point < 0xE000; }

// Bytes of the well-formed UTF-8 sequence that `text` begins with; 0: there is none.
size_t sequence_length(std::string_view text) {
  const auto byte = [&text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// Moves the first character of `rest`, or what stands for a byte that is none.
void append_character(std::string& text, std::string_view& rest) {
  const size_t length = sequence_length(rest);
  text += length == 0 ? kReplacement : rest.substr(0, length);
  rest.remove_prefix(std::max<size_t>(length, 1));
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  DecodedJson read() {
    DecodedJson result;
    if (read_value(result.value, 1)) {
      skip_blanks();
      if (!rest_.empty()) fail("after top-level value");
    }
    result.error = std::move(error_);
    result.duplicates = std::move(duplicates_);
    return result;
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  // False, always: for the next character, which is not what should be `where`.
  bool fail(std::string_view where) {
    error_ = rest_.empty()
                 ? std::string(kUnexpectedEnd)
                 : "invalid character " + quoted_byte(rest_.front()) + " " + std::string(where);
    return false;
  }

  bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool read_value(json::value& value, size_t depth) {
    skip_blanks();
    if (rest_.empty()) return fail("");
    switch (rest_.front()) {
      case '{': return read_object(value.emplace_object(), depth);
      case '[': return read_array(value.emplace_array(), depth);
      case '"': {
        if (!read_string()) return false;
        value.emplace_string().assign(text_.data(), text_.size());
        return true;
      }
      case 't': value = true; return read_literal("true");
      case 'f': value = false; return read_literal("false");
      case 'n': return read_literal("null");
      default: return read_number(value);
    }
  }

  bool too_deep(size_t depth) {
    if (depth <= limits::kMaxJsonDepth) return false;
    error_ = "exceeded max depth";
    return true;
  }

  bool read_object(json::object& object, size_t depth) {
    if (too_deep(depth)) return false;
    rest_.remove_prefix(1);
    skip_blanks();
    if (take('}')) return true;
    while (true) {
      skip_blanks();
      if (!next_is('"')) return fail("looking for beginning of object key string");
      if (!read_string()) return false;
      const size_t length = path_.size();
      path_ += (path_.empty() ? "" : ".") + text_;
      const auto [place, fresh] = object.emplace(json::string_view(text_), nullptr);
      if (!fresh) note_duplicate();
      json::value& member = place->value();
      member = nullptr;
      skip_blanks();
      if (!take(':')) return fail("after object key");
      if (!read_value(member, depth + 1)) return false;
      path_.resize(length);
      skip_blanks();
      if (take('}')) return true;
      if (!take(',')) return fail("after object key:value pair");
    }
  }

  bool read_array(json::array& array, size_t depth) {
    if (too_deep(depth)) return false;
    rest_.remove_prefix(1);
    skip_blanks();
    if (take(']')) return true;
    while (true) {
      const size_t length = path_.size();
      path_ += "[" + std::to_string(array.size()) + "]";
      if (!read_value(array.emplace_back(nullptr), depth + 1)) return false;
      path_.resize(length);
      skip_blanks();
      if (take(']')) return true;
      if (!take(',')) return fail("after array element");
    }
  }

  void note_duplicate() {
    duplicate_bytes_ += path_.size();
    if (duplicates_.size() == kMaxDuplicates || duplicate_bytes_ > kMaxDuplicateBytes) return;
    std::string text = "duplicate field " + quoted(path_);
    if (std::find(duplicates_.begin(), duplicates_.end(), text) == duplicates_.end())
      duplicates_.push_back(std::move(text));
  }

  bool read_literal(std::string_view word) {
    for (char c : word) {
      if (!take(c))
        return fail("in literal " + std::string(word) + " (expecting " + quoted_byte(c) + ")");
    }
    return true;
  }

  bool read_digits(std::string_view where) {
    if (rest_.empty() || !is_digit(rest_.front())) return fail(where);
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
    return true;
  }

  bool read_number(json::value& value) {
    const std::string_view start = rest_;
    bool whole = true;
    const bool negative = take('-');
    if (!take('0') &&
        !read_digits(negative ? "in numeric literal" : "looking for beginning of value"))
      return false;
    if (take('.')) {
      whole = false;
      if (!read_digits("after decimal point in numeric literal")) return false;
    }
    if (next_is('e') || next_is('E')) {
      whole = false;
      rest_.remove_prefix(1);
      if (!take('+')) take('-');
      if (!read_digits("in exponent of numeric literal")) return false;
    }
    return convert(start.substr(0, start.size() - rest_.size()), whole, value);
  }

  bool convert(std::string_view number, bool whole, json::value& value) {
    int64_t integer = 0;
    const char* end = number.data() + number.size();
    if (whole && std::from_chars(number.data(), end, integer).ec == std::errc()) {
      value = integer;
      return true;
    }
    double fraction = 0;
    const auto [stop, error] = std::from_chars(number.data(), end, fraction);
    const bool tiny = error == std::errc::result_out_of_range && is_tiny(number);
    if (error != std::errc() && !tiny) {
      error_ =
          "json: cannot unmarshal number " + std::string(number) + " into Go value of type float64";
      return false;
    }
    value = tiny || fraction == 0 ? 0.0 : fraction;  // also of -0, which is 0 when it is read again
    return true;
  }

  // Of a number beyond a double's range: whether it is too small rather than too large.
  static bool is_tiny(std::string_view number) {
    const size_t exponent = number.find_first_of("eE");
    if (exponent != std::string_view::npos) return number.substr(exponent + 1).starts_with('-');
    return number.find('.') <= 2;
  }

  // Reads a string, with its quotes, into text_.
  bool read_string() {
    rest_.remove_prefix(1);
    text_.clear();
    while (true) {
      if (rest_.empty()) return fail("");
      const auto c = static_cast<unsigned char>(rest_.front());
      if (c == '"') break;
      if (c < 0x20) return fail("in string literal");
      if (c == '\\') {
        if (!read_escape()) return false;
        continue;
      }
      append_character(text_, rest_);
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool read_escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return fail("");
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const size_t at = kLetters.find(rest_.front());
    if (at != std::string_view::npos) {
      text_ += kMeanings[at];
      rest_.remove_prefix(1);
      return true;
    }
    if (!take('u')) return fail("in string escape code");
    return read_unicode_escape();
  }

  bool read_hex(uint32_t& point) {
    point = 0;
    for (int i = 0; i < 4; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const char c = rest_.empty() ? '\0' : rest_.front();
      const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      const size_t digit = kDigits.find(lower);
      if (rest_.empty() || digit == std::string_view::npos)
        return fail("in \\u hexadecimal character escape");
      point = point * 16 + static_cast<uint32_t>(digit);
      rest_.remove_prefix(1);
    }
    return true;
  }

  bool read_unicode_escape() {
    uint32_t point = 0;
    if (!read_hex(point)) return false;
    if (!is_surrogate(point)) {
      append_code_point(text_, point);
      return true;
    }
    const std::string_view after = rest_;
    uint32_t low = 0;
    if (point < 0xDC00 && rest_.starts_with("\\u")) {
      rest_.remove_prefix(2);
      if (!read_hex(low)) return false;
      if (low >= 0xDC00 && low < 0xE000) {
        append_code_point(text_, 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00));
        return true;
      }
      rest_ = after;  // the second one stands for itself
    }
    text_ += kReplacement;
    return true;
  }

  std::string_view rest_;
  std::string text_;  // of the string read last
  std::string path_;
  std::string error_;
  std::vector<std::string> duplicates_;
  size_t duplicate_bytes_ = 0;
};

}  // namespace

DecodedJson decode_json(std::string_view text) { return Reader(text).read(); }

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) append_character(valid, text);
  return valid;
}

}  // namespace drydock::fakekube

#include "core/base/text.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "core/base/check.h"

namespace drydock {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, start)) {
    parts.push_back(text.substr(start, at - start));
    start = at + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string packed;
  for (char c : text)
    if (kBlanks.find(c) == std::string_view::npos) packed += c;
  if (packed.size() % 4 != 0) return std::nullopt;
  const auto padding = static_cast<size_t>(std::count(packed.begin(), packed.end(), '='));
  if (padding > 2 || packed.find('=') < packed.size() - padding) return std::nullopt;
  std::string bytes(packed.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(packed.data()),
                                     static_cast<int>(packed.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

std::string base64_encode(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // the library writes a final NUL
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  DRYDOCK_CHECK(length >= 0, "base64 of more than 2 GiB");
  text.resize(static_cast<size_t>(length));
  return text;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(byte))
      encoded += c;
    else
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", byte);
  }
  return encoded;
}

}  // namespace drydock

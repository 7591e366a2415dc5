#include "fakekube/store/continue_token.h"

#include "core/base/json.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += kDigits[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kDigits[bits << (6 - count) & 63];
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255);
  }
  return bytes;
}

Status bad_token(std::string_view why) {
  return Status(Code::kInvalid,
                "invalid continue token: continue key is not valid: " + std::string(why));
}

}  // namespace

std::string encode_continue(const ContinueToken& token) {
  std::string start = token.namespace_name + "/" + token.name;
  start += '\0';
  return to_base64url(
      json_text(json::object{{"v", "meta.k8s.io/v1"}, {"rv", token.revision}, {"start", start}}));
}

Result<ContinueToken> decode_continue(std::string_view text) {
  const std::optional<std::string> bytes = from_base64url(text);
  if (!bytes) return bad_token("illegal base64 data");
  Result<json::value> value = json_parse(*bytes);
  if (!value.ok())
    return bad_token("invalid character '" + bytes->substr(0, 1) +
                     "' looking for beginning of value");
  if (json_string(*value, {"v"}) != "meta.k8s.io/v1") return bad_token("unrecognized version");
  std::string start = json_string(*value, {"start"});
  const size_t slash = start.find('/');
  if (slash == std::string::npos || start.back() != '\0') return bad_token("no start key");
  start.pop_back();
  return ContinueToken{.revision = json_int(*value, {"rv"}),
                       .namespace_name = start.substr(0, slash),
                       .name = start.substr(slash + 1)};
}

}  // namespace drydock::fakekube

#include "core/control/operator_secret.h"

#include <optional>

#include "core/base/text.h"

namespace drydock::control {
namespace {

constexpr std::string_view kOperatorUser = "operator";

std::string secret_key(const json::value& secret, std::string_view key) {
  return base64_decode(json_string(secret, {"data", key})).value_or("");
}

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The value when the line is "<key>: <value>", also as the first line of a list element.
std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  line = trim(line);
  if (line.starts_with("- ")) line = trim(line.substr(2));
  if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ':')
    return std::nullopt;
  return unquoted(line.substr(key.size() + 1));
}

// The file is machine-written and flat, so that its lines tell all; no YAML library is needed.
std::optional<Credentials> find_operator(std::string_view identities) {
  Credentials element;
  const auto complete = [&] {
    return element.username == kOperatorUser && !element.password.empty();
  };
  for (std::string_view line : split(identities, '\n')) {
    if (trim(line).starts_with("-") && !complete() && line.find(':') != std::string_view::npos)
      element = {};
    if (const auto username = value_of(line, "username")) element.username = *username;
    if (const auto password = value_of(line, "password")) element.password = *password;
    if (complete()) return element;
  }
  return std::nullopt;
}

}  // namespace

Result<Credentials> parse_operator_secret(const json::value& secret) {
  if (auto user = find_operator(secret_key(secret, "identities.yaml"))) return *std::move(user);
  Credentials user{secret_key(secret, "username"), secret_key(secret, "password")};
  if (user.username.empty() || user.password.empty())
    return Status(Code::kInvalid, "the secret names no user 'operator'");
  return user;
}

}  // namespace drydock::control

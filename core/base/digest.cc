#include "core/base/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <charconv>
#include <vector>

#include "core/base/text.h"

namespace drydock {
namespace {

// name=value pairs of a challenge or of credentials; quotes and escapes are taken off.
using Parameters = std::map<std::string, std::string, std::less<>>;

std::string read_value(std::string_view text, size_t& at) {
  std::string value;
  if (at < text.size() && text[at] == '"') {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    ++at;  // the closing quote
    return value;
  }
  while (at < text.size() && text[at] != ',' && text[at] != ' ') value += text[at++];
  return value;
}

Parameters parse_parameters(std::string_view text) {
  Parameters parameters;
  size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && (text[at] == ' ' || text[at] == ',')) ++at;
    const size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) break;
    const std::string name = to_lower(trim(text.substr(at, equals - at)));
    at = equals + 1;
    while (at < text.size() && text[at] == ' ') ++at;
    parameters[name] = read_value(text, at);
  }
  return parameters;
}

std::string_view parameter(const Parameters& parameters, std::string_view name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

// The part after "<scheme> " when the header has that scheme (names ignore case).
std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme) {
  header = trim(header);
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
  if (to_lower(header.substr(0, scheme.size())) != to_lower(scheme)) return std::nullopt;
  return header.substr(scheme.size() + 1);
}

std::optional<DigestAlgorithm> parse_algorithm(std::string_view name) {
  const std::string lower = to_lower(name);
  if (lower.empty() || lower == "md5") return DigestAlgorithm::kMd5;
  if (lower == "sha-256") return DigestAlgorithm::kSha256;
  return std::nullopt;
}

bool offers_auth(std::string_view qop) {
  for (std::string_view option : split(qop, ','))
    if (trim(option) == "auth") return true;
  return false;
}

// RFC 7616, 3.4.1: response = KD(H(A1), nonce:nc:cnonce:qop:H(A2)) with qop=auth.
struct ResponseInput {
  DigestAlgorithm algorithm;
  std::string_view realm, nonce, count, cnonce, method, uri;
};

std::string response_of(const Credentials& credentials, const ResponseInput& in) {
  const std::string a1 =
      fmt::format("{}:{}:{}", credentials.username, in.realm, credentials.password);
  const std::string a2 = fmt::format("{}:{}", in.method, in.uri);
  return hash_hex(in.algorithm,
                  fmt::format("{}:{}:{}:{}:auth:{}", hash_hex(in.algorithm, a1), in.nonce, in.count,
                              in.cnonce, hash_hex(in.algorithm, a2)));
}

// A quoted-string of RFC 9110.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

Status wrong_credentials() { return Status(Code::kUnauthenticated, "wrong user or password"); }

}  // namespace

std::string_view algorithm_name(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kMd5 ? "MD5" : "SHA-256";
}

std::string hash_hex(DigestAlgorithm algorithm, std::string_view text) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  const EVP_MD* type = algorithm == DigestAlgorithm::kMd5 ? EVP_md5() : EVP_sha256();
  const int ok = EVP_Digest(text.data(), text.size(), hash, &length, type, nullptr);
  DRYDOCK_CHECK(ok == 1, "the hash function is not available");
  std::string hex;
  hex.reserve(size_t{length} * 2);
  for (unsigned int i = 0; i < length; ++i)
    fmt::format_to(std::back_inserter(hex), "{:02x}", hash[i]);
  return hex;
}

Result<DigestChallenge> parse_digest_challenge(std::string_view header) {
  const auto text = after_scheme(header, "Digest");
  if (!text) return Status(Code::kUnsupported, "not a Digest challenge");
  const Parameters parameters = parse_parameters(*text);
  const auto algorithm = parse_algorithm(parameter(parameters, "algorithm"));
  if (!algorithm)
    return Status(Code::kUnsupported, fmt::format("digest algorithm '{}' is not supported",
                                                  parameter(parameters, "algorithm")));
  if (!offers_auth(parameter(parameters, "qop")))
    return Status(Code::kUnsupported,
                  fmt::format("digest qop '{}' is not supported", parameter(parameters, "qop")));
  if (!parameters.contains("realm") || parameter(parameters, "nonce").empty())
    return Status(Code::kInvalid, "a Digest challenge without realm or nonce");
  return DigestChallenge{.realm = std::string(parameter(parameters, "realm")),
                         .nonce = std::string(parameter(parameters, "nonce")),
                         .opaque = std::string(parameter(parameters, "opaque")),
                         .algorithm = *algorithm,
                         .stale = to_lower(parameter(parameters, "stale")) == "true"};
}

Result<DigestChallenge> choose_digest_challenge(const Headers& headers) {
  std::optional<DigestChallenge> best;
  std::string refused;
  for (const auto& [name, value] : headers) {
    if (to_lower(name) != "www-authenticate") continue;
    Result<DigestChallenge> challenge = parse_digest_challenge(value);
    if (!challenge.ok()) {
      refused += (refused.empty() ? "" : "; ") + challenge.status().message();
    } else if (!best || challenge->algorithm > best->algorithm) {
      best = std::move(*challenge);
    }
  }
  if (best) return *std::move(best);
  return Status(Code::kUnsupported, "the server offers no authentication that we can use" +
                                        (refused.empty() ? "" : " (" + refused + ")"));
}

Status DigestClient::accept(const Headers& headers) {
  DRYDOCK_ASSIGN(challenge_, choose_digest_challenge(headers));
  has_challenge_ = true;
  count_ = 0;
  return ok_status();
}

std::string DigestClient::authorization(std::string_view method, std::string_view target) {
  if (!has_challenge_) return {};
  const std::string count = fmt::format("{:08x}", ++count_);
  const std::string cnonce = cnonce_();
  const std::string response = response_of(
      credentials_,
      {challenge_.algorithm, challenge_.realm, challenge_.nonce, count, cnonce, method, target});
  std::string header = fmt::format(
      "Digest username={}, realm={}, nonce={}, uri={}, algorithm={}, response=\"{}\", qop=auth, "
      "nc={}, cnonce={}",
      quoted(credentials_.username), quoted(challenge_.realm), quoted(challenge_.nonce),
      quoted(target), algorithm_name(challenge_.algorithm), response, count, quoted(cnonce));
  if (!challenge_.opaque.empty()) header += ", opaque=" + quoted(challenge_.opaque);
  return header;
}

HttpResponse DigestServer::challenge(SteadyTime now, bool stale) {
  std::string nonce = nonce_();
  if (order_.size() >= options_.max_nonces) {
    nonces_.erase(order_.front());
    order_.pop_front();
  }
  nonces_[nonce] = Nonce{.issued = now};
  order_.push_back(nonce);
  HttpResponse response{.status = 401};
  response.headers.emplace_back("WWW-Authenticate",
                                fmt::format("Basic realm=\"{}\"", options_.realm));
  response.headers.emplace_back(
      "WWW-Authenticate",
      fmt::format(
          "Digest realm=\"{}\", nonce=\"{}\", opaque=\"{:032}\", algorithm={}, qop=\"auth\"{}",
          options_.realm, nonce, 0, algorithm_name(options_.algorithm),
          stale ? ", stale=true" : ""));
  response.headers.emplace_back("content-length", "0");
  return response;
}

Status DigestServer::check(const HttpRequest& request, SteadyTime now) {
  const std::string* header = find_header(request.headers, "Authorization");
  if (header == nullptr) return Status(Code::kUnauthenticated, "no credentials");
  if (const auto digest = after_scheme(*header, "Digest"))
    return check_digest(request, *digest, now);
  if (const auto basic = after_scheme(*header, "Basic")) return check_basic(trim(*basic));
  return Status(Code::kUnauthenticated, "neither Digest nor Basic credentials");
}

Status DigestServer::check_basic(std::string_view encoded) const {
  const auto decoded = base64_decode(encoded);
  if (!decoded || *decoded != options_.credentials.username + ":" + options_.credentials.password)
    return wrong_credentials();
  return ok_status();
}

Status DigestServer::check_digest(const HttpRequest& request, std::string_view parameters_text,
                                  SteadyTime now) {
  const Parameters given = parse_parameters(parameters_text);
  const std::string_view nonce = parameter(given, "nonce");
  const std::string_view count = parameter(given, "nc");
  if (parameter(given, "username") != options_.credentials.username ||
      parameter(given, "uri") != request.target || parameter(given, "qop") != "auth")
    return wrong_credentials();
  const std::string expected = response_of(
      options_.credentials, {options_.algorithm, options_.realm, nonce, count,
                             parameter(given, "cnonce"), request.method, request.target});
  if (parameter(given, "response") != expected) return wrong_credentials();

  uint32_t number = 0;
  std::from_chars(count.data(), count.data() + count.size(), number, 16);
  const auto known = nonces_.find(nonce);
  if (known == nonces_.end() || now - known->second.issued > options_.nonce_life ||
      number <= known->second.last_count)
    return Status(Code::kExpired, "the nonce is stale");
  known->second.last_count = number;
  return ok_status();
}

}  // namespace drydock

// HTTP authentication by digest (RFC 7616; also RFC 2617's MD5), both sides.
//
// Client: keeps the server's nonce and answers with a rising count, so that one challenge serves
// many requests.
//
//   DigestClient digest({"operator", "secret"}, new_cnonce);
//   request.headers.emplace_back("Authorization", digest.authorization("GET", request.target));
//   ... 401: if (Status s = digest.accept(response.headers); !s.ok()) return s;  // then ask again
//
// Server:
//
//   DigestServer digest({.credentials = {"operator", "secret"}}, new_nonce);
//   if (Status s = digest.check(request, env.now()); !s.ok()) return digest.challenge(env.now());
//
// Supported: algorithm MD5 and SHA-256, qop=auth. Servers up to 14 offer DIGEST (MD5), 15 and later
// DIGEST-SHA-256 beside Basic; the body of their 401 is empty. Nothing here suspends.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/base/time.h"
#include "core/base/wire.h"

namespace drydock {

enum class DigestAlgorithm { kMd5, kSha256 };

// "MD5", "SHA-256": as written in headers.
std::string_view algorithm_name(DigestAlgorithm algorithm);

// The hash of `text` in lower-case hexadecimal digits.
std::string hash_hex(DigestAlgorithm algorithm, std::string_view text);

struct Credentials {
  std::string username;
  std::string password;
};

struct DigestChallenge {
  std::string realm;
  std::string nonce;
  std::string opaque;  // empty: none was given
  DigestAlgorithm algorithm = DigestAlgorithm::kMd5;
  bool stale = false;  // the credentials were right, only the nonce was too old
};

// The value of one WWW-Authenticate header. kUnsupported: another scheme, algorithm or qop.
// kInvalid: a Digest challenge without realm or nonce.
Result<DigestChallenge> parse_digest_challenge(std::string_view header);

// The strongest challenge that we can answer among the headers of a 401. kUnsupported when there is
// none; the message names what was offered.
Result<DigestChallenge> choose_digest_challenge(const Headers& headers);

// Makes numbers used once, e.g. from Env::draw.
using NonceSource = std::function<std::string()>;

class DigestClient {
 public:
  DigestClient(Credentials credentials, NonceSource cnonce)
      : credentials_(std::move(credentials)), cnonce_(std::move(cnonce)) {}

  // Remembers the challenge of a 401 and starts its count again. Errors as
  // choose_digest_challenge(); then what was remembered is kept.
  Status accept(const Headers& headers);

  // Value of the Authorization header for one request; "" before a challenge was accepted.
  // Raises the count: use it once.
  std::string authorization(std::string_view method, std::string_view target);

  bool has_challenge() const { return has_challenge_; }
  // Whether the last accepted challenge said that only the nonce was too old.
  bool stale() const { return challenge_.stale; }

 private:
  Credentials credentials_;
  NonceSource cnonce_;
  DigestChallenge challenge_;
  bool has_challenge_ = false;
  uint32_t count_ = 0;
};

class DigestServer {
 public:
  struct Options {
    Credentials credentials;
    std::string realm = "admin";
    DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
    Duration nonce_life = minutes(5);
    size_t max_nonces = 1024;  // the oldest is forgotten first
  };

  DigestServer(Options options, NonceSource nonce)
      : options_(std::move(options)), nonce_(std::move(nonce)) {}

  // The 401: Basic and Digest challenges as real servers send them, empty body. `stale` when
  // check() said kExpired.
  HttpResponse challenge(SteadyTime now, bool stale = false);

  // Checks Authorization (Basic is accepted too, as real servers do). kUnauthenticated: none, or
  // wrong. kExpired: right password, but a nonce that is unknown, too old, or whose count was
  // already used: answer challenge(now, true).
  Status check(const HttpRequest& request, SteadyTime now);

 private:
  struct Nonce {
    SteadyTime issued;
    uint32_t last_count = 0;
  };

  Status check_digest(const HttpRequest& request, std::string_view parameters, SteadyTime now);
  Status check_basic(std::string_view encoded) const;

  Options options_;
  NonceSource nonce_;
  std::map<std::string, Nonce, std::less<>> nonces_;
  std::deque<std::string> order_;  // of issue
};

}  // namespace drydock

#include "core/base/digest.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace drydock {
namespace {

NonceSource counted(const std::string& prefix) {
  return [prefix, count = 0]() mutable { return prefix + std::to_string(++count); };
}

DigestServer make_server(DigestAlgorithm algorithm = DigestAlgorithm::kSha256) {
  return DigestServer({.credentials = {"operator", "secret"}, .algorithm = algorithm},
                      counted("nonce"));
}

HttpRequest answered(DigestClient& client, const std::string& method, const std::string& target) {
  HttpRequest request{.method = method, .target = target};
  request.headers.emplace_back("authorization", client.authorization(method, target));
  return request;
}

const SteadyTime kStart{};

TEST(Digest, HashesAreThoseOfTheStandards) {
  EXPECT_EQ(hash_hex(DigestAlgorithm::kMd5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hash_hex(DigestAlgorithm::kSha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 7616, 3.9.1: the same request answered with both algorithms.
TEST(Digest, AnswersAreThoseOfTheRfcExample) {
  const auto answer = [](std::string_view algorithm) {
    DigestClient client({"Mufasa", "Circle of Life"},
                        [] { return "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"; });
    const std::string challenge =
        "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=" +
        std::string(algorithm) +
        ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
        "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    EXPECT_TRUE(client.accept({{"WWW-Authenticate", challenge}}).ok());
    return client.authorization("GET", "/dir/index.html");
  };
  EXPECT_NE(answer("MD5").find("response=\"8ca523f5e9506fed4657c9700eebdbec\""), std::string::npos);
  EXPECT_NE(answer("SHA-256").find(
                "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""),
            std::string::npos);
}

TEST(Digest, TheStrongestChallengeIsChosen) {
  const Result<DigestChallenge> chosen = choose_digest_challenge(
      {{"www-authenticate", "Basic realm=\"admin\""},
       {"www-authenticate", "Digest realm=\"admin\", nonce=\"a\", algorithm=SHA-256, qop=\"auth\""},
       {"www-authenticate", "Digest realm=\"admin\", nonce=\"b\", algorithm=MD5, qop=\"auth\""}});
  ASSERT_TRUE(chosen.ok());
  EXPECT_EQ(chosen->algorithm, DigestAlgorithm::kSha256);
  EXPECT_EQ(chosen->nonce, "a");
}

TEST(Digest, AnUnknownAlgorithmIsUnsupportedAndNamed) {
  const auto chosen = choose_digest_challenge(
      {{"WWW-Authenticate",
        "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\""}});
  EXPECT_EQ(chosen.code(), Code::kUnsupported);
  EXPECT_NE(chosen.status().message().find("SHA-512-256"), std::string::npos);
}

TEST(Digest, AChallengeWithoutNonceIsInvalid) {
  EXPECT_EQ(parse_digest_challenge("Digest realm=\"r\", qop=\"auth\"").code(), Code::kInvalid);
  EXPECT_EQ(parse_digest_challenge("Basic realm=\"r\"").code(), Code::kUnsupported);
}

TEST(Digest, QuotesInNamesAreEscaped) {
  DigestClient client({"o\"p\\", "x"}, counted("c"));
  ASSERT_TRUE(
      client.accept({{"WWW-Authenticate", "Digest realm=\"a\\\"b\", nonce=\"n\", qop=\"auth\""}})
          .ok());
  const std::string header = client.authorization("GET", "/");
  EXPECT_NE(header.find("username=\"o\\\"p\\\\\""), std::string::npos);
  EXPECT_NE(header.find("realm=\"a\\\"b\""), std::string::npos);
}

TEST(DigestServer, AcceptsManyRequestsOnOneNonce) {
  for (const auto algorithm : {DigestAlgorithm::kMd5, DigestAlgorithm::kSha256}) {
    DigestServer server = make_server(algorithm);
    DigestClient client({"operator", "secret"}, counted("c"));
    ASSERT_TRUE(client.accept(server.challenge(kStart).headers).ok());
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(
          server.check(answered(client, "HEAD", "/rest/v2/container/backups/b"), kStart).code(),
          Code::kOk);
  }
}

TEST(DigestServer, TheChallengeHasNoBodyAndOffersBasicToo) {
  DigestServer server = make_server();
  const HttpResponse response = server.challenge(kStart);
  EXPECT_EQ(response.status, 401);
  EXPECT_TRUE(response.body.empty());
  EXPECT_EQ(*find_header(response.headers, "Content-Length"), "0");
  EXPECT_EQ(*find_header(response.headers, "WWW-Authenticate"), "Basic realm=\"admin\"");
}

TEST(DigestServer, RefusesAWrongPassword) {
  DigestServer server = make_server();
  DigestClient client({"operator", "guess"}, counted("c"));
  ASSERT_TRUE(client.accept(server.challenge(kStart).headers).ok());
  EXPECT_EQ(server.check(answered(client, "GET", "/"), kStart).code(), Code::kUnauthenticated);
  EXPECT_EQ(server.check({.method = "GET", .target = "/"}, kStart).code(), Code::kUnauthenticated);
}

TEST(DigestServer, AnAnswerForAnotherTargetIsRefused) {
  DigestServer server = make_server();
  DigestClient client({"operator", "secret"}, counted("c"));
  ASSERT_TRUE(client.accept(server.challenge(kStart).headers).ok());
  HttpRequest request = answered(client, "POST", "/rest/v2/container/backups/a");
  request.target = "/rest/v2/server?action=stop";
  EXPECT_EQ(server.check(request, kStart).code(), Code::kUnauthenticated);
}

TEST(DigestServer, AReplayedAnswerIsStale) {
  DigestServer server = make_server();
  DigestClient client({"operator", "secret"}, counted("c"));
  ASSERT_TRUE(client.accept(server.challenge(kStart).headers).ok());
  const HttpRequest request = answered(client, "GET", "/");
  EXPECT_EQ(server.check(request, kStart).code(), Code::kOk);
  EXPECT_EQ(server.check(request, kStart).code(), Code::kExpired);
}

TEST(DigestServer, AnOldNonceIsStaleAndTheNextChallengeSaysSo) {
  DigestServer server = make_server();
  DigestClient client({"operator", "secret"}, counted("c"));
  ASSERT_TRUE(client.accept(server.challenge(kStart).headers).ok());
  const SteadyTime later = kStart + minutes(6);
  EXPECT_EQ(server.check(answered(client, "GET", "/"), later).code(), Code::kExpired);
  ASSERT_TRUE(client.accept(server.challenge(later, true).headers).ok());
  EXPECT_TRUE(client.stale());
  EXPECT_EQ(server.check(answered(client, "GET", "/"), later).code(), Code::kOk);
}

TEST(DigestServer, TheOldestNonceIsForgottenFirst) {
  DigestServer server({.credentials = {"operator", "secret"}, .max_nonces = 2}, counted("nonce"));
  DigestClient first({"operator", "secret"}, counted("c"));
  DigestClient second({"operator", "secret"}, counted("c"));
  ASSERT_TRUE(first.accept(server.challenge(kStart).headers).ok());
  ASSERT_TRUE(second.accept(server.challenge(kStart).headers).ok());
  server.challenge(kStart);
  EXPECT_EQ(server.check(answered(first, "GET", "/"), kStart).code(), Code::kExpired);
  EXPECT_EQ(server.check(answered(second, "GET", "/"), kStart).code(), Code::kOk);
}

TEST(DigestServer, AcceptsBasic) {
  DigestServer server = make_server();
  HttpRequest request{.method = "GET", .target = "/"};
  request.headers.emplace_back("Authorization", "Basic " + base64_encode("operator:secret"));
  EXPECT_EQ(server.check(request, kStart).code(), Code::kOk);
  request.headers.back().second = "Basic " + base64_encode("operator:other");
  EXPECT_EQ(server.check(request, kStart).code(), Code::kUnauthenticated);
}

TEST(Text, Base64GoesBothWays) {
  for (const std::string text : {"", "a", "ab", "abc", "abcd"})
    EXPECT_EQ(base64_decode(base64_encode(text)), text);
  EXPECT_EQ(base64_decode("YW\nI="), "ab");
  EXPECT_EQ(base64_decode("a"), std::nullopt);
  EXPECT_EQ(base64_decode("===="), std::nullopt);
  EXPECT_EQ(base64_decode("a=bc"), std::nullopt);
}

TEST(Text, PathSegmentsAreEncoded) {
  EXPECT_EQ(percent_encode("my-backup_1.~"), "my-backup_1.~");
  EXPECT_EQ(percent_encode("a b/c"), "a%20b%2Fc");
}

}  // namespace
}  // namespace drydock

#include "harness/world/check_rest.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/resources.h"
#include "core/control/operator_secret.h"
#include "harness/world/grid_membership.h"

namespace drydock::harness {
namespace {

constexpr Duration kClientDeadline = minutes(1);

// An operation's pod serves its administrator, a data node its clients.
struct Server {
  Address address;
  Credentials credentials;  // empty: it asks for none
};

Result<Server> find_server(World& world, const std::string& name) {
  const JsonPtr pod = world.object(fakekube::kPods, name);
  if (pod == nullptr) return Status(Code::kNotFound, "there is no pod " + name);
  Server server{{json_string(*pod, {"status", "podIP"}), kDataPort}, {}};
  if (label_of(*pod, kLabelApp) != kAppZeroPod) return server;
  server.address.port = kAdminPort;
  const JsonPtr secret = world.object(
      fakekube::kSecrets, label_of(*pod, kLabelClusterName) + std::string(kOperatorSecretSuffix));
  if (secret == nullptr) return Status(Code::kNotFound, "there is no password for " + name);
  DRYDOCK_ASSIGN(server.credentials, control::parse_operator_secret(*secret));
  return server;
}

HttpRequest request_of(const scenario::RestAnswers& wanted) {
  HttpRequest request{.method = wanted.method, .target = wanted.path, .headers = {}, .body = {}};
  if (wanted.body.empty()) return request;
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = Body(wanted.body);
  return request;
}

Result<HttpResponse> ask(sim::Process& client, const Server& server, HttpRequest request) {
  const SteadyTime deadline = client.now() + kClientDeadline;
  DRYDOCK_ASSIGN(HttpResponse response, client.wire().call(server.address, request, deadline));
  if (response.status != 401) return response;
  DigestClient digest(server.credentials, [] { return std::string("0123456789abcdef"); });
  DRYDOCK_RETURN_IF_ERROR(digest.accept(response.headers));
  request.headers.emplace_back("Authorization",
                               digest.authorization(request.method, request.target));
  return client.wire().call(server.address, std::move(request), deadline);
}

using Answers = std::vector<Result<HttpResponse>>;

Answers ask_at_once(World& world, const Server& server, const scenario::RestAnswers& wanted) {
  const auto answers = std::make_shared<Answers>();
  for (int64_t i = 0; i < wanted.at_once; ++i)
    world.clients().spawn("rest", [&world, server, answers, request = request_of(wanted)] {
      answers->push_back(ask(world.clients(), server, request));
      world.notify();
    });
  const auto all = [&] { return static_cast<int64_t>(answers->size()) == wanted.at_once; };
  (void)world.wait_until(all, kForever).ok();  // each of them has its deadline
  return *answers;
}

std::string text_of(const Result<HttpResponse>& answer) {
  if (!answer.ok()) return answer.status().to_string();
  std::string text = std::to_string(answer->status);
  for (const auto& [name, value] : answer->headers) text += fmt::format("\n{}: {}", name, value);
  return text + "\n" + answer->body.text();
}

bool fits(const HttpResponse& answer, const scenario::RestAnswers& wanted) {
  const std::string body = answer.body.text();
  for (const std::string& text : wanted.contains)
    if (body.find(text) == std::string::npos) return false;
  return std::all_of(wanted.headers.begin(), wanted.headers.end(), [&](const auto& header) {
    const std::string* found = find_header(answer.headers, header.first);
    return (found == nullptr ? "" : *found) == header.second;
  });
}

}  // namespace

std::optional<std::string> check_rest(Run& run, const scenario::RestAnswers& wanted) {
  const Result<Server> server = find_server(run.world(), wanted.pod.name);
  if (!server.ok()) return server.status().message();
  const Answers answers = ask_at_once(run.world(), *server, wanted);
  std::vector<std::string> statuses;
  for (const Result<HttpResponse>& answer : answers)
    statuses.push_back(answer.ok() ? std::to_string(answer->status) : answer.status().to_string());
  std::sort(statuses.begin(), statuses.end());
  if (statuses != wanted.statuses)
    return fmt::format("it answered {}: {}", fmt::join(statuses, ", "), text_of(answers.front()));
  for (const Result<HttpResponse>& answer : answers)
    if (answer.ok() && !fits(*answer, wanted)) return "it answered " + text_of(answer);
  return std::nullopt;
}

}  // namespace drydock::harness

#include "fakekube/access/webhooks.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "fakekube/access/webhook_match.h"
#include "fakekube/access/webhook_patch.h"
#include "fakekube/access/webhook_review.h"
#include "fakekube/api/api_server.h"
#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

using Webhooks = std::vector<Webhook>;

constexpr uint16_t kHttpsPort = 443;

// "https://host:port/path" to host and port; the port may be left out.
Address address_of(std::string_view url) {
  const size_t host = std::min(url.find("://"), url.size() - 3) + 3;
  const std::string_view authority = url.substr(host, url.find('/', host) - host);
  const size_t colon = authority.rfind(':');
  Address address{.host = std::string(authority.substr(0, colon)), .port = kHttpsPort};
  if (colon != std::string_view::npos)
    std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(),
                    address.port);
  return address;
}

void read_service(const json::value& service, Webhook& hook) {
  ServiceReference reference{.namespace_name = json_string(service, {"namespace"}),
                             .name = json_string(service, {"name"})};
  reference.port = static_cast<uint16_t>(json_int(service, {"port"}, kHttpsPort));
  hook.address = {.host = reference.name + "." + reference.namespace_name + ".svc",
                  .port = reference.port};
  const std::string path = json_string(service, {"path"}, "/");
  hook.url = "https://" + hook.address.to_string() + (path.substr(0, 1) == "/" ? "" : "/") + path;
  hook.service = std::move(reference);
}

Webhook read_webhook(const JsonPtr& configuration, const json::value& spec) {
  Webhook hook;
  hook.configuration = configuration;
  hook.spec = &spec;
  hook.name = json_string(spec, {"name"});
  if (const json::value* service = json_find(spec, {"clientConfig", "service"})) {
    read_service(*service, hook);
  } else {
    hook.url = json_string(spec, {"clientConfig", "url"});
    hook.address = address_of(hook.url);
    if (hook.url.find('/', hook.url.find("://") + 3) == std::string::npos) hook.url += "/";
  }
  hook.timeout = seconds(json_int(spec, {"timeoutSeconds"}, 10));
  hook.ignore_failure = json_string(spec, {"failurePolicy"}) == "Ignore";
  hook.reinvoke = json_string(spec, {"reinvocationPolicy"}) == "IfNeeded";
  hook.equivalent = json_string(spec, {"matchPolicy"}) != "Exact";
  return hook;
}

// One asking of one webhook.
class Asking {
 public:
  Asking(ApiServer& server, const WebhookQuestion& question, const WebhookWay& way,
         const Webhook& hook, const ResourceType& version, bool mutating)
      : server_(server),
        question_(question),
        way_(way),
        task_{.hook = hook,
              .version = version,
              .mutating = mutating,
              .uid = server.new_uid(),
              .object = seen_object(question, version, mutating),
              .old_object = seen_old_object(question, version)} {}

  // Appends warnings; sets `patched` when the object changed.
  std::optional<ApiReply> run(bool& patched) {
    if (auto refused = check_dry_run()) return refused;
    WebhookVerdict verdict = call();
    question_.warnings.insert(question_.warnings.end(), verdict.warnings.begin(),
                              verdict.warnings.end());
    if (!verdict.failure.empty()) {
      if (task_.hook.ignore_failure) return std::nullopt;
      return webhook_failure(task_.hook.name, verdict.failure);
    }
    if (verdict.refusal || verdict.patch.empty()) return verdict.refusal;
    return apply(verdict.patch, patched);
  }

 private:
  std::optional<ApiReply> check_dry_run() const {
    const std::string effects = json_string(*task_.hook.spec, {"sideEffects"}, "None");
    if (!question_.call.dry_run || effects == "None" || effects == "NoneOnDryRun")
      return std::nullopt;
    return bad_request("admission webhook " + quoted(task_.hook.name) +
                       " does not support dry run");
  }

  WebhookVerdict call() {
    WebhookCall call{.hook = task_.hook.name,
                     .url = task_.hook.url,
                     .address = task_.hook.address,
                     .request = review_request(question_, task_),
                     .deadline = server_.env().now() + task_.hook.timeout};
    if (task_.hook.service && way_.resolver) {
      Result<Address> found = way_.resolver(*task_.hook.service);
      if (!found.ok()) {
        WebhookVerdict verdict;
        verdict.failure = "failed to call webhook: Post " + quoted(called_url(task_.hook)) + ": " +
                          found.status().message();
        return verdict;
      }
      call.address = *std::move(found);
    }
    if (way_.caller == nullptr)
      return read_verdict(task_, call.address, Status(Code::kRefused, "nobody calls webhooks"));
    return read_verdict(task_, call.address, way_.caller->call(call));
  }

  std::optional<ApiReply> apply(const json::array& patch, bool& patched) {
    const auto internal = [](const std::string& why) {
      return failure(500, "InternalError", "Internal error occurred: " + why,
                     StatusDetails{.causes = {{"", "", why}}});
    };
    if (!task_.object)
      return internal("admission webhook " + quoted(task_.hook.name) +
                      " attempted to modify the object, which is not supported for this operation");
    json::value object = *task_.object;
    if (const std::string why = apply_webhook_patch(object, patch); !why.empty())
      return internal(why);
    if (object == *task_.object) return std::nullopt;
    *question_.object = own_object(question_, task_.version, std::move(object));
    patched = true;
    return std::nullopt;
  }

  ApiServer& server_;
  const WebhookQuestion& question_;
  const WebhookWay& way_;
  WebhookTask task_;
};

// Asks the webhook if the write concerns it; `asked` says whether it did.
std::optional<ApiReply> ask(ApiServer& server, const WebhookQuestion& question,
                            const WebhookWay& way, const Webhook& hook, bool mutating, bool& asked,
                            bool& patched) {
  const ResourceType* version = matched_version(server, hook, question.call, question.operation);
  asked = version != nullptr && selectors_match(server, hook, question);
  if (!asked) return std::nullopt;
  return Asking(server, question, way, hook, *version, mutating).run(patched);
}

}  // namespace

bool WebhookSet::any(ApiServer& server) {
  return !server.store().objects(kMutatingWebhookConfigurations).empty() ||
         !server.store().objects(kValidatingWebhookConfigurations).empty();
}

std::shared_ptr<const Webhooks> WebhookSet::current(ApiServer& server, const ResourceType& type,
                                                    Known& known) {
  const uint64_t revision = server.store().last_revision(type);
  if (known.hooks != nullptr && known.revision == revision) return known.hooks;
  Webhooks hooks;
  for (const auto& [key, object] : server.store().objects(type))
    for (const json::value& spec : json_array(*object.value, {"webhooks"}))
      hooks.push_back(read_webhook(object.value, spec));
  known = {.revision = revision, .hooks = std::make_shared<const Webhooks>(std::move(hooks))};
  return known.hooks;
}

std::optional<ApiReply> WebhookSet::mutate(ApiServer& server, const WebhookQuestion& question,
                                           const WebhookWay& way) {
  const auto hooks = current(server, kMutatingWebhookConfigurations, mutating_);
  std::set<size_t> asked_before;  // those that want to see later changes too
  std::set<size_t> again;
  const auto run = [&](size_t i) -> std::optional<ApiReply> {
    bool asked = false;
    bool patched = false;
    const Webhook& hook = (*hooks)[i];
    if (auto refused = ask(server, question, way, hook, true, asked, patched)) return refused;
    if (patched) again.merge(std::exchange(asked_before, {}));
    if (asked && hook.reinvoke) asked_before.insert(i);
    return std::nullopt;
  };
  for (size_t i = 0; i < hooks->size(); ++i)
    if (auto refused = run(i)) return refused;
  for (size_t i : std::set<size_t>(again))
    if (auto refused = run(i)) return refused;
  return std::nullopt;
}

std::optional<ApiReply> WebhookSet::validate(ApiServer& server, const WebhookQuestion& question,
                                             const WebhookWay& way) {
  const auto hooks = current(server, kValidatingWebhookConfigurations, validating_);
  for (const Webhook& hook : *hooks) {
    bool asked = false;
    bool patched = false;
    if (auto refused = ask(server, question, way, hook, false, asked, patched)) return refused;
  }
  return std::nullopt;
}

}  // namespace drydock::fakekube

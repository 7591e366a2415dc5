#include "fakekube/clients/local_client.h"

#include <algorithm>

#include "fakekube/api/api_server.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/watch_feed.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

namespace drydock::fakekube {
namespace {

ApiCall call_of(Verb verb, const ResourceType& type, std::string_view namespace_name,
                std::string_view name) {
  ApiCall call;
  call.verb = verb;
  call.type = &type;
  if (type.namespaced) call.namespace_name = namespace_name;
  call.name = name;
  call.field_validation = FieldValidation::kIgnore;
  return call;
}

ApiCall write_of(Verb verb, const ResourceType& type, json::value object) {
  ApiCall call = call_of(verb, type, metadata_string(object, "namespace"),
                         verb == Verb::kCreate ? "" : metadata_string(object, "name"));
  set_default(object.get_object(), "kind", text_value(type.kind));
  set_default(object.get_object(), "apiVersion", text_value(type.api_version));
  call.body = make_json(std::move(object));
  return call;
}

class FeedWatch : public LocalWatch {
 public:
  FeedWatch(ApiServer& server, Env& env, const ResourceType& type, const WatchOptions& options,
            WatchFilter filter, const std::string& user_agent)
      : env_(env),
        gate_(env.make_gate()),
        feed_(server, type, std::move(filter), options.revision.value_or(server.store().revision()),
              user_agent) {
    if (!options.revision) feed_.begin_with(server.store().objects(type));
    feed_.wake_with([this] {
      gate_->notify_all();
      if (wake_) wake_();
    });
  }

  Result<WatchEvent> next(SteadyTime deadline) override {
    while (true) {
      if (std::optional<WatchEvent> event = feed_.next()) return *std::move(event);
      if (const std::optional<StreamEnd> end = feed_.end()) return status_of(*end);
      const SteadyTime due = feed_.due();
      const Status status = gate_->wait(std::min(deadline, due));
      if (status.code() == Code::kDeadlineExceeded && due < deadline) continue;
      DRYDOCK_RETURN_IF_ERROR(status);
    }
  }

  std::optional<WatchEvent> try_next() override { return feed_.next(); }

  void wake_with(std::function<void()> wake) override {
    wake_ = std::move(wake);
    feed_.wake_when_due(env_);
  }

 private:
  Status status_of(StreamEnd end) const {
    switch (end) {
      case StreamEnd::kClean: return Status(Code::kNotFound, "the server ended the watch");
      case StreamEnd::kExpired: return Status(Code::kExpired, feed_.too_old_text());
      case StreamEnd::kError: break;
    }
    return Status(Code::kInternal, "the watch stream broke");
  }

  Env& env_;
  std::unique_ptr<Gate> gate_;
  std::function<void()> wake_;
  WatchFeed feed_;  // last: it uses the rest
};

}  // namespace

LocalClient::LocalClient(ApiServer& server, Env& env, std::string user_agent)
    : server_(server), env_(env), user_agent_(std::move(user_agent)) {}

Result<ApiReply> LocalClient::call(ApiCall call) {
  call.user_agent = user_agent_;
  DRYDOCK_ASSIGN(ApiReply reply, server_.perform(env_, call));
  DRYDOCK_RETURN_IF_ERROR(to_status(reply));
  return reply;
}

Result<JsonPtr> LocalClient::call_for_object(ApiCall call) {
  DRYDOCK_ASSIGN(ApiReply reply, this->call(std::move(call)));
  return std::move(reply.body);
}

Result<JsonPtr> LocalClient::create(const ResourceType& type, json::value object) {
  return call_for_object(write_of(Verb::kCreate, type, std::move(object)));
}

Result<JsonPtr> LocalClient::get(const ResourceType& type, std::string_view namespace_name,
                                 std::string_view name) {
  return call_for_object(call_of(Verb::kGet, type, namespace_name, name));
}

Result<ListResult> LocalClient::list(const ResourceType& type, const ListOptions& options) {
  ApiCall listing = call_of(Verb::kList, type, options.namespace_name, "");
  listing.label_selector = options.label_selector;
  listing.field_selector = options.field_selector;
  listing.items_only = true;
  DRYDOCK_ASSIGN(ApiReply reply, call(std::move(listing)));
  return ListResult{.items = std::move(reply.items), .revision = reply.revision};
}

Result<JsonPtr> LocalClient::update(const ResourceType& type, json::value object) {
  return call_for_object(write_of(Verb::kUpdate, type, std::move(object)));
}

Result<JsonPtr> LocalClient::update_status(const ResourceType& type, json::value object) {
  ApiCall update = write_of(Verb::kUpdate, type, std::move(object));
  update.subresource = "status";
  return call_for_object(std::move(update));
}

Result<JsonPtr> LocalClient::patch(const ResourceType& type, std::string_view namespace_name,
                                   std::string_view name, json::value merge_patch) {
  ApiCall patching = call_of(Verb::kPatch, type, namespace_name, name);
  patching.body = make_json(std::move(merge_patch));
  return call_for_object(std::move(patching));
}

Result<JsonPtr> LocalClient::patch_status(const ResourceType& type, std::string_view namespace_name,
                                          std::string_view name, json::value merge_patch) {
  ApiCall patching = call_of(Verb::kPatch, type, namespace_name, name);
  patching.subresource = "status";
  patching.body = make_json(std::move(merge_patch));
  return call_for_object(std::move(patching));
}

Status LocalClient::remove(const ResourceType& type, std::string_view namespace_name,
                           std::string_view name, const DeleteOptions& options) {
  ApiCall deletion = call_of(Verb::kDelete, type, namespace_name, name);
  json::object body;
  if (options.grace_period_seconds)
    body.emplace("gracePeriodSeconds", *options.grace_period_seconds);
  if (!options.propagation_policy.empty())
    body.emplace("propagationPolicy", options.propagation_policy);
  json::object preconditions;
  if (!options.uid.empty()) preconditions.emplace("uid", options.uid);
  if (options.resource_version != 0)
    preconditions.emplace("resourceVersion", std::to_string(options.resource_version));
  if (!preconditions.empty()) body.emplace("preconditions", std::move(preconditions));
  deletion.body = make_json(std::move(body));
  const Result<ApiReply> reply = call(std::move(deletion));
  return reply.ok() ? ok_status() : reply.status();
}

Status LocalClient::bind(std::string_view namespace_name, std::string_view pod,
                         std::string_view node) {
  ApiCall binding = call_of(Verb::kCreate, kPods, namespace_name, pod);
  binding.subresource = "binding";
  binding.body =
      make_json(json::object{{"target", {{"kind", "Node"}, {"name", text_value(node)}}}});
  const Result<ApiReply> reply = call(std::move(binding));
  return reply.ok() ? ok_status() : reply.status();
}

Status LocalClient::finalize_namespace(json::value name_space) {
  ApiCall finalizing = call_of(Verb::kUpdate, kNamespaces, "", metadata_string(name_space, "name"));
  finalizing.subresource = "finalize";
  finalizing.body = make_json(std::move(name_space));
  const Result<ApiReply> reply = call(std::move(finalizing));
  return reply.ok() ? ok_status() : reply.status();
}

std::unique_ptr<LocalWatch> LocalClient::watch(const ResourceType& type,
                                               const WatchOptions& options) {
  Result<Selector> selector = parse_selector(type, options.label_selector, options.field_selector);
  DRYDOCK_CHECK(selector.ok(), "a watch with a bad selector: " + selector.status().message());
  WatchFilter filter{.namespace_name = options.namespace_name, .selector = *std::move(selector)};
  return std::make_unique<FeedWatch>(server_, env_, type, options, std::move(filter), user_agent_);
}

}  // namespace drydock::fakekube

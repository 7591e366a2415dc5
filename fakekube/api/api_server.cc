#include "fakekube/api/api_server.h"

#include <array>

#include "fakekube/api/served_version.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/http/http_front.h"
#include "fakekube/schema/custom_kinds.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// A real server waits this long for a revision that its cache has not reached, then answers 504.
constexpr Duration kRevisionWait = seconds(3);
// What a real server gives a request that storage does not answer.
constexpr Duration kWriteDeadline = seconds(34);
constexpr Duration kReadDeadline = seconds(60);

ApiReply not_served() { return failure(503, "ServiceUnavailable", "the server is ending"); }

ApiReply storage_timeout() {
  return failure(504, "Timeout",
                 "Timeout: request did not complete within requested timeout - context deadline "
                 "exceeded",
                 StatusDetails{});
}

// Whether it ends in storing something, unless it changes nothing.
bool stores(const ApiCall& call) {
  return !call.dry_run &&
         (call.verb == Verb::kCreate || call.verb == Verb::kUpdate || call.verb == Verb::kPatch);
}

}  // namespace

std::string_view verb_name(Verb verb) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"};
  return kNames[static_cast<size_t>(verb)];
}

ApiServer::ApiServer(Env& env, ApiServerOptions options)
    : ApiServer(env, std::make_shared<Storage>(env, options.history), options) {}

ApiServer::ApiServer(Env& env, std::shared_ptr<Storage> storage, ApiServerOptions options)
    : env_(env),
      options_(options),
      storage_(std::move(storage)),
      started_at_(storage_->store().revision()) {
  storage_->servers_.push_back(this);
  if (!options_.product_crds) storage_->custom_kinds().withdraw_product();
}

ApiServer::~ApiServer() { std::erase(storage_->servers_, this); }

HttpReply ApiServer::handle(const HttpRequest& request) {
  std::variant<ApiCall, ApiReply> decoded = decode_request(*this, request);
  if (ApiReply* answer = std::get_if<ApiReply>(&decoded))
    return encode_reply(*this, request, nullptr, std::move(*answer));
  const ApiCall& call = std::get<ApiCall>(decoded);
  if (!http_interceptor_) return answer(request, call);
  return http_interceptor_(call, [&] { return answer(request, call); });
}

HttpReply ApiServer::answer(const HttpRequest& request, const ApiCall& call) {
  Result<ApiReply> reply = perform(env_, call);
  return encode_reply(*this, request, &call, reply.ok() ? *std::move(reply) : not_served());
}

Result<ApiReply> ApiServer::perform(Env& caller, const ApiCall& call) {
  const Duration answer_time = draw_answer_time(call);
  const Duration cost = call.is_write() ? options_.write_time : options_.read_time;
  DRYDOCK_RETURN_IF_ERROR(caller.sleep_for(cost - answer_time));
  const Status ready = wait_for_data(caller, call);
  if (ready.code() == Code::kCancelled) return ready;
  if (!ready.ok()) return storage_timeout();
  ApiReply reply = execute(call);
  if (answer_time > Duration::zero()) DRYDOCK_RETURN_IF_ERROR(caller.sleep_for(answer_time));
  return reply;
}

// Of the service time, what comes after the commit.
Duration ApiServer::draw_answer_time(const ApiCall& call) {
  if (!call.is_write() || options_.late_answers_percent == 0) return Duration::zero();
  const uint64_t drawn = env_.draw("kubernetes answer", answers_drawn_++);
  if (drawn % 100 >= options_.late_answers_percent) return Duration::zero();
  return options_.write_time * static_cast<int64_t>(1 + drawn / 100 % 50) / 100;
}

// Suspends until storage answers and the cache is as far as the call wants. An error: the task is
// to end, or the time is up.
Status ApiServer::wait_for_data(Env& caller, const ApiCall& call) {
  if (storage_->stalled() && needs_storage(call)) {
    if (&caller == &env_) ++storage_->troubles().hung;
    return storage_->wait_while_stalled(
        caller, caller.now() + (call.is_write() ? kWriteDeadline : kReadDeadline));
  }
  const std::optional<uint64_t> wanted = wanted_revision(call);
  if (!wanted) return ok_status();
  const bool written = *wanted <= store().revision();
  const SteadyTime reached = written ? view(*call.type).reaches(*wanted) : kForever;
  if (reached <= caller.now()) return ok_status();
  return caller.sleep_until(std::min(reached, caller.now() + kRevisionWait));
}

ApiReply ApiServer::execute(const ApiCall& call) {
  if (!interceptor_) return dispatch(call);
  return interceptor_(call, [this, &call] { return dispatch(call); });
}

ApiReply ApiServer::dispatch(const ApiCall& call) {
  DRYDOCK_CHECK(call.type != nullptr, "a call needs a type");
  if (call.type == &kCustomResourceDefinitions) storage_->custom_kinds().show_product_crds();
  if (storage_->out_of_space() && stores(call)) return without_space(call);
  ApiReply reply = dispatch_to_verb(call);
  if (!call.type->deprecation.empty())
    reply.warnings.insert(reply.warnings.begin(), std::string(call.type->deprecation));
  return reply;
}

// What is wrong with the call otherwise is said as ever, and what changes nothing succeeds.
ApiReply ApiServer::without_space(const ApiCall& call) {
  if (call.subresource.empty() || call.subresource == "status") {
    ApiCall rehearsal = call;
    rehearsal.dry_run = true;
    ApiReply reply = dispatch_to_verb(rehearsal);
    const Object* stored = store().find(*call.type, call.namespace_name, call.name);
    if (!reply.ok()) return reply;
    if (stored != nullptr && *served_view(*call.type, stored->value) == *reply.body) return reply;
  }
  ++storage_->troubles().full;
  return failure(500, "", "etcdserver: mvcc: database space exceeded");
}

ApiReply ApiServer::dispatch_to_verb(const ApiCall& call) {
  const bool status =
      call.subresource == "status" && call.type->has_status &&
      (call.verb == Verb::kGet || call.verb == Verb::kUpdate || call.verb == Verb::kPatch);
  if (!call.subresource.empty() && !status) return subresource_call(*this, call);
  if (call.subresource.empty() && !has_verb(*call.type, call.verb))
    return method_not_allowed(*call.type, verb_name(call.verb));
  switch (call.verb) {
    case Verb::kGet: return get_object(*this, call);
    case Verb::kList: return list_objects(*this, call);
    case Verb::kWatch: return watch_objects(*this, call);
    case Verb::kCreate:
      return call.type->verbs == VerbSet::kCreate ? create_unstored(*this, call)
                                                  : create_object(*this, call);
    case Verb::kUpdate: return update_object(*this, call);
    case Verb::kPatch: return patch_object(*this, call);
    case Verb::kDelete: return delete_object(*this, call);
    case Verb::kDeleteCollection: return delete_collection(*this, call);
  }
  return plain_not_found();
}

void ApiServer::create_namespace(std::string_view name) {
  ApiCall call;
  call.verb = Verb::kCreate;
  call.type = &kNamespaces;
  call.body = make_json(json::object{{"metadata", {{"name", text_value(name)}}}});
  const ApiReply reply = dispatch(call);
  DRYDOCK_CHECK(reply.ok(), "namespace not created: " + status_message(reply));
}

void ApiServer::set_interceptor(Interceptor interceptor) { interceptor_ = std::move(interceptor); }

void ApiServer::set_http_interceptor(HttpInterceptor interceptor) {
  http_interceptor_ = std::move(interceptor);
}

const ResourceType* ApiServer::find_type(std::string_view group, std::string_view version,
                                         std::string_view plural) const {
  for (const ResourceType* type : types())
    if (type->plural == plural && type->group == group && type->version == version) return type;
  return nullptr;
}

View& ApiServer::view(const ResourceType& type) {
  if (type.index >= views_.size()) views_.resize(type.index + 1);
  std::unique_ptr<View>& view = views_[type.index];
  if (view != nullptr) return *view;
  view = std::make_unique<View>(store(), env_, type, started_at_);
  if (options_.cache_lag > Duration::zero()) {
    const uint64_t drawn = env_.draw("kubernetes cache lag", type.index);
    view->set_lag(Duration(drawn % static_cast<uint64_t>(options_.cache_lag.count())));
  }
  return *view;
}

void ApiServer::set_lag(const ResourceType& type, Duration lag) {
  view(type).set_lag(lag);
  streams_.wake_all();
}

void ApiServer::freeze(const ResourceType& type) { view(type).freeze(); }

void ApiServer::thaw(const ResourceType& type) {
  view(type).thaw();
  streams_.wake_all();
}

void ApiServer::restart(Duration initialising) {
  started_at_ = store().revision();
  ready_at_ = env_.now() + initialising;
  for (const std::unique_ptr<View>& view : views_)
    if (view != nullptr) view->restart();
  streams_.cut({});
}

const std::string& ApiServer::now_text() {
  const WallTime now = std::chrono::floor<seconds>(env_.wall_now());
  if (now_text_.empty() || now != now_text_of_) {
    now_text_ = format_rfc3339(now);
    now_text_of_ = now;
  }
  return now_text_;
}

}  // namespace drydock::fakekube

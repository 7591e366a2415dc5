#include "fakekube/api/api_server.h"

#include <array>

#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/http/http_front.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// A real server waits this long for a revision from the future before it answers 504.
constexpr Duration kFutureRevisionWait = seconds(3);
// Without vowels and look-alikes, so that no words come out.
constexpr std::string_view kNameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

ApiReply not_served() { return failure(503, "ServiceUnavailable", "the server is ending"); }

}  // namespace

std::string_view verb_name(Verb verb) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"};
  return kNames[static_cast<size_t>(verb)];
}

ApiServer::ApiServer(Env& env, ApiServerOptions options)
    : env_(env), options_(options), store_(options.event_history) {}

ApiServer::~ApiServer() = default;

HttpReply ApiServer::handle(const HttpRequest& request) {
  std::variant<ApiCall, ApiReply> decoded = decode_request(*this, request);
  if (ApiReply* answer = std::get_if<ApiReply>(&decoded)) return encode_reply(std::move(*answer));
  const ApiCall& call = std::get<ApiCall>(decoded);
  if (!env_.sleep_for(call.is_write() ? options_.write_time : options_.read_time).ok())
    return encode_reply(not_served());
  ApiReply reply = execute(call);
  if (reply.code == 504 && !env_.sleep_for(kFutureRevisionWait).ok())
    return encode_reply(not_served());
  HttpReply answer = encode_reply(std::move(reply));
  if (request.method == "HEAD") answer.response.body = Body();
  return answer;
}

ApiReply ApiServer::execute(const ApiCall& call) {
  if (!interceptor_) return dispatch(call);
  return interceptor_(call, [this, &call] { return dispatch(call); });
}

ApiReply ApiServer::dispatch(const ApiCall& call) {
  DRYDOCK_CHECK(call.type != nullptr, "a call needs a type");
  const bool status =
      call.subresource == "status" && call.type->has_status &&
      (call.verb == Verb::kGet || call.verb == Verb::kUpdate || call.verb == Verb::kPatch);
  if (!call.subresource.empty() && !status) return subresource_call(*this, call);
  switch (call.verb) {
    case Verb::kGet: return get_object(*this, call);
    case Verb::kList: return list_objects(*this, call);
    case Verb::kWatch: return watch_objects(*this, call);
    case Verb::kCreate: return create_object(*this, call);
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

const ResourceType* ApiServer::find_type(std::string_view group, std::string_view version,
                                         std::string_view plural) const {
  for (const ResourceType* type : types_)
    if (type->plural == plural && type->group == group && type->version == version) return type;
  return nullptr;
}

std::string ApiServer::new_uid() {
  static constexpr char kHex[] = "0123456789abcdef";
  const uint64_t high = env_.draw("kubernetes uid", uids_drawn_++);
  const uint64_t low = env_.draw("kubernetes uid", uids_drawn_++);
  std::string uid = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";  // the form of a random UUID
  size_t digit = 0;
  for (char& c : uid) {
    if (c != 'x' && c != 'y') continue;
    const uint64_t half = digit < 16 ? high : low;
    const uint64_t value = half >> (4 * (digit % 16)) & 15;
    c = kHex[c == 'x' ? value : (value & 3) | 8];
    ++digit;
  }
  return uid;
}

std::string ApiServer::new_name_suffix() {
  uint64_t bits = env_.draw("kubernetes name", names_drawn_++);
  std::string suffix;
  for (int i = 0; i < 5; ++i) {
    suffix += kNameAlphabet[bits % kNameAlphabet.size()];
    bits /= kNameAlphabet.size();
  }
  return suffix;
}

std::string ApiServer::next_service_ip() {
  const uint64_t number = ++service_ips_ + 10;  // below are the cluster's own
  return "10.96." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1);
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

// The fake Kubernetes API server: storage, rules and answers of kube-apiserver as recorded from
// real ones (docs/facts/kubernetes.md says what was measured and what is left out).
//
//   ApiServer server(env);
//   server.create_namespace("ns");
//   auto listener = wire.serve(443, [&](const HttpRequest& r) { return server.handle(r); });
//
// Nothing asynchronous happens in a call: collecting, scheduling, binding and finishing namespaces
// are actors of their own that use a LocalClient. What it does *not* do: authentication and RBAC
// (every caller may do everything), server-side apply and strategic merge patch (415), discovery,
// Table and protobuf answers, CRDs created at run time, exec.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "fakekube/actors/log_source.h"
#include "fakekube/api/admission.h"
#include "fakekube/api/api_call.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {

struct ApiServerOptions {
  // What one request costs the server; measured p50 of a real one: write 1.5 ms, read 1 ms, about
  // half of it spent in the client and on loopback.
  Duration write_time = milliseconds(1);
  Duration read_time = microseconds(500);
  // Events kept per kind for watches; older ones are answered with 410 Expired.
  size_t event_history = 10'000;
  // A watch without timeoutSeconds ends after this (a real server: 30 to 60 minutes).
  Duration watch_timeout = minutes(45);
};

class ApiServer {
 public:
  using Proceed = std::function<ApiReply()>;
  // Stands around every call, over HTTP and local. Calling `proceed` executes (and commits) it; not
  // calling it refuses; changing its answer afterwards loses it. May suspend on the caller's Env.
  using Interceptor = std::function<ApiReply(const ApiCall&, const Proceed& proceed)>;

  explicit ApiServer(Env& env, ApiServerOptions options = {});
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  // An HttpHandler. Suspends for the service time; then acts at one instant, except that a watch's
  // stream function waits for events until its time-out, the client's end or cancellation.
  HttpReply handle(const HttpRequest& request);

  // Executes a decoded call at this instant: neither service time nor suspension (but for an
  // interceptor that suspends). What handle() and LocalClient are made of.
  ApiReply execute(const ApiCall& call);

  // A namespace in phase Active, for setting up a world; CHECKs that it is new.
  void create_namespace(std::string_view name);

  void set_interceptor(Interceptor interceptor);  // empty: none
  Admission& admission() { return admission_; }
  // Not owned; must outlive its use. Null: no container has any log.
  void set_log_source(LogSource* source) { log_source_ = source; }
  LogSource* log_source() const { return log_source_; }

  // The kinds that this server serves: all built-in ones, and those added.
  const std::vector<const ResourceType*>& types() const { return types_; }
  // `type` must outlive the server and have an index of its own.
  void add_type(const ResourceType& type) { types_.push_back(&type); }
  const ResourceType* find_type(std::string_view group, std::string_view version,
                                std::string_view plural) const;

  // For the code behind the API (strategies, verbs).
  std::string new_uid();
  // Five characters of generateName's alphabet.
  std::string new_name_suffix();
  std::string next_service_ip();
  // The wall clock as metav1.Time; valid until the next call.
  const std::string& now_text();

  Store& store() { return store_; }
  Env& env() { return env_; }
  const ApiServerOptions& options() const { return options_; }

 private:
  ApiReply dispatch(const ApiCall& call);

  Env& env_;
  ApiServerOptions options_;
  Store store_;
  Admission admission_;
  Interceptor interceptor_;
  LogSource* log_source_ = nullptr;
  std::vector<const ResourceType*> types_ = all_resource_types();
  uint64_t names_drawn_ = 0;
  uint64_t uids_drawn_ = 0;
  uint64_t service_ips_ = 0;
  std::string now_text_;
  WallTime now_text_of_{};
};

}  // namespace drydock::fakekube

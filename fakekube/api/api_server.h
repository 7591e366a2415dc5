// The fake Kubernetes API server: storage, rules and answers of kube-apiserver as recorded from
// real ones (docs/facts/kubernetes.md says what was measured and what is left out).
//
//   ApiServer server(env);
//   server.create_namespace("ns");
//   auto listener = wire.serve(443, [&](const HttpRequest& r) { return server.handle(r); });
//
// Several servers may stand over one Storage (storage.h). Each has a cache of every kind, its view:
// what a read with resourceVersion=0 shows and what watches are fed from. A view may lag behind
// storage, or be frozen, so that what a client sees depends on the server that it asks.
//
// Nothing asynchronous happens in a call: collecting, scheduling, binding and finishing namespaces
// are actors of their own that use a LocalClient; CRDs are established and removed by a task of the
// Storage. What it does *not* do: protobuf answers, exec, conversion webhooks, other API servers
// behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "fakekube/access/access.h"
#include "fakekube/actors/log_source.h"
#include "fakekube/api/admission.h"
#include "fakekube/api/api_call.h"
#include "fakekube/api/storage.h"
#include "fakekube/api/stream_control.h"
#include "fakekube/store/store.h"
#include "fakekube/store/view.h"

namespace drydock::fakekube {

struct ApiServerOptions {
  // What one request costs the server; measured p50 of a real one: write 1.5 ms, read 1 ms, about
  // half of it spent in the client and on loopback.
  Duration write_time = milliseconds(1);
  Duration read_time = microseconds(500);
  // Whether objects carry metadata.managedFields. Off, an apply finds every field owned by
  // "before-first-apply", as on a real server after they were cleared.
  bool managed_fields = true;
  // Of 100 writes, after how many watchers hear of the change before the writer has its answer. A
  // real server: 54 to 69. The answer then comes up to half of write_time after the commit.
  uint64_t late_answers_percent = 60;
  // Of the storage that a server makes for itself.
  StoreOptions history = {};
  // How long after a write a kind's cache shows it: drawn for each kind once, from nothing to this.
  Duration cache_lag = Duration::zero();
  // Whether Backup, Restore and Infinispan are served from the beginning (crd_types.h). False: not
  // until somebody creates their CRDs.
  bool product_crds = true;
  // A watch without timeoutSeconds ends after this (a real server: 30 to 60 minutes).
  Duration watch_timeout = minutes(45);
  // For clients outside of this process: JSON bodies are text that ends in a newline, and answers
  // carry Date, Audit-Id and the X-Kubernetes-Pf-* headers, which no client here reads.
  bool complete_answers = false;
  // A watch over HTTP whose client left more changes than this unread is ended.
  size_t watch_buffer = 1000;
  // Feature gate WatchList: sendInitialEvents, and the mark at the end of a watch's first events.
  // Off by default in 1.33, on in 1.32.
  bool watch_list = false;
};

class ApiServer {
 public:
  using Proceed = std::function<ApiReply()>;
  // Stands around every call, over HTTP and local. Calling `proceed` executes (and commits) it; not
  // calling it refuses; changing its answer afterwards loses it. May suspend on the caller's Env.
  using Interceptor = std::function<ApiReply(const ApiCall&, const Proceed& proceed)>;

  // With a storage of its own.
  explicit ApiServer(Env& env, ApiServerOptions options = {});
  // Beside others over one storage. `env` is this server's process.
  ApiServer(Env& env, std::shared_ptr<Storage> storage, ApiServerOptions options = {});
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  // An HttpHandler. Suspends for the service time; then acts at one instant, except that a watch's
  // stream function waits for events until its time-out, the client's end or cancellation.
  HttpReply handle(const HttpRequest& request);

  // Executes a decoded call as it is served: takes the service time in the calling task, which is
  // one of `caller`, and waits for storage and cache where a real server does. kCancelled when the
  // task is to end; a write may then have happened.
  Result<ApiReply> perform(Env& caller, const ApiCall& call);

  // Executes a decoded call at this instant: neither service time nor suspension (but for an
  // interceptor that suspends). What perform() is made of.
  ApiReply execute(const ApiCall& call);

  // A namespace in phase Active, for setting up a world; CHECKs that it is new.
  void create_namespace(std::string_view name);

  void set_interceptor(Interceptor interceptor);  // empty: none
  // As an Interceptor, but around the answer to a call that came over HTTP: `proceed` takes the
  // service time, executes and encodes. In a task of the server's process; may suspend.
  using HttpInterceptor =
      std::function<HttpReply(const ApiCall&, const std::function<HttpReply()>& proceed)>;
  void set_http_interceptor(HttpInterceptor interceptor);  // empty: none
  Admission& admission() { return storage_->admission(); }
  Access& access() { return access_; }
  const Access& access() const { return access_; }
  // Not owned; must outlive its use. Null: no container has any log.
  void set_log_source(LogSource* source) { log_source_ = source; }
  LogSource* log_source() const { return log_source_; }
  // Asked instead of the LogSource. Not owned; must outlive its use.
  void set_kubelet_connection(KubeletConnection* kubelets) { kubelets_ = kubelets; }
  KubeletConnection* kubelet_connection() const { return kubelets_; }

  // The kinds that this server serves: all built-in ones, and those added.
  const std::vector<const ResourceType*>& types() const { return storage_->types(); }
  // `type` must outlive the server and have an index of its own (first_free_index()).
  void add_type(const ResourceType& type) { storage_->add_type(type); }
  const ResourceType* find_type(std::string_view group, std::string_view version,
                                std::string_view plural) const;

  // This server's cache of the kind. Tell streams() when its lag or freezing changed, or use
  // set_lag(), freeze() and thaw() here.
  View& view(const ResourceType& type);
  void set_lag(const ResourceType& type, Duration lag);
  void freeze(const ResourceType& type);
  void thaw(const ResourceType& type);
  StreamControl& streams() { return streams_; }
  // As if the server's process started anew: its caches begin with what storage holds now, without
  // any history, and watches end. While they initialise, what needs them is refused with 429.
  void restart(Duration initialising = Duration::zero());
  bool initialising() const { return env_.now() < ready_at_; }

  // For the code behind the API (strategies, verbs).
  std::string new_uid() { return storage_->new_uid(); }
  // Five characters of generateName's alphabet.
  std::string new_name_suffix() { return storage_->new_name_suffix(); }
  std::string next_service_ip() { return storage_->next_service_ip(); }
  // The wall clock as metav1.Time; valid until the next call.
  const std::string& now_text();

  Storage& storage() { return *storage_; }
  Store& store() { return storage_->store(); }
  Env& env() { return env_; }
  const ApiServerOptions& options() const { return options_; }
  // Counts the requests of clients that want complete answers.
  uint64_t next_audit_number() { return audit_numbers_++; }

 private:
  HttpReply answer(const HttpRequest& request, const ApiCall& call);
  ApiReply dispatch(const ApiCall& call);
  ApiReply dispatch_to_verb(const ApiCall& call);
  ApiReply without_space(const ApiCall& call);
  Status wait_for_data(Env& caller, const ApiCall& call);
  Duration draw_answer_time(const ApiCall& call);

  Env& env_;
  ApiServerOptions options_;
  std::shared_ptr<Storage> storage_;
  std::vector<std::unique_ptr<View>> views_;  // by ResourceType::index; made at first use
  StreamControl streams_;
  Access access_{*this};
  Interceptor interceptor_;
  HttpInterceptor http_interceptor_;
  LogSource* log_source_ = nullptr;
  KubeletConnection* kubelets_ = nullptr;
  uint64_t started_at_;  // the revision with which the caches began
  SteadyTime ready_at_{};
  uint64_t answers_drawn_ = 0;
  uint64_t audit_numbers_ = 0;
  std::string now_text_;
  WallTime now_text_of_{};
};

}  // namespace drydock::fakekube

#include "fakekube/actors/informers.h"

#include <algorithm>
#include <set>

#include "core/base/log.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

Informers::Key key_of(const json::value& object) {
  return {json_string(object, {"metadata", "namespace"}),
          json_string(object, {"metadata", "name"})};
}

bool same_version(const json::value& a, const json::value& b) {
  return json_string(a, {"metadata", "resourceVersion"}) ==
             json_string(b, {"metadata", "resourceVersion"}) &&
         json_string(a, {"metadata", "uid"}) == json_string(b, {"metadata", "uid"});
}

}  // namespace

// One kind: its copy, and the list and watch that keep it.
class Reflector {
 public:
  Reflector(const ResourceType& t, ListOptions o) : type(t), options(std::move(o)) {}

  // Lists if need be, then opens a watch. May suspend.
  Status connect(ApiClient& client) {
    if (!listed_position) {
      DRYDOCK_ASSIGN(const ListResult list, client.list(type, options));
      replace(list);
      listed_position = true;
      synced = true;
    }
    WatchOptions watch_options{.namespace_name = options.namespace_name,
                               .label_selector = options.label_selector,
                               .field_selector = options.field_selector,
                               .revision = revision};
    DRYDOCK_ASSIGN(watch, client.watch(type, watch_options));
    failures = 0;
    return ok_status();
  }

  void apply(const WatchEvent& event) {
    revision = std::max(revision, event.revision);
    const bool gone = event.type == WatchEventType::kDeleted;
    set(key_of(*event.object), gone ? nullptr : event.object);
  }

  // What an error of list, watch or next means for the next attempt.
  void fail(const Status& status, SteadyTime now) {
    watch.reset();
    if (status.code() == Code::kExpired) listed_position = false;
    if (status.code() == Code::kNotFound) return;  // ended in order: resume at once
    const int doublings = std::min(failures++, 10);
    retry_at = now + std::min(timings::kReflectorBackoffBase * (1 << doublings),
                              timings::kReflectorBackoffMax);
  }

  const ResourceType& type;
  ListOptions options;
  Informers::Objects objects;
  std::vector<Informers::Handler> handlers;
  std::unique_ptr<ApiWatch> watch;
  TaskHandle task;  // when it has one of its own
  SteadyTime retry_at{};
  uint64_t revision = 0;
  int failures = 0;
  bool listed_position = false;
  bool synced = false;
  bool late = false;  // added after start()
  bool dirty = false;

 private:
  void replace(const ListResult& list) {
    revision = list.revision;
    std::set<Informers::Key> present;
    for (const JsonPtr& object : list.items) {
      const Informers::Key key = key_of(*object);
      present.insert(key);
      set(key, object);
    }
    std::vector<Informers::Key> absent;
    for (const auto& [key, object] : objects)
      if (!present.contains(key)) absent.push_back(key);
    for (const Informers::Key& key : absent) set(key, nullptr);
  }

  void set(const Informers::Key& key, const JsonPtr& after) {
    JsonPtr before;
    const auto found = objects.find(key);
    if (found != objects.end()) before = found->second;
    if (before == after || (before && after && same_version(*before, *after))) return;
    if (after) {
      objects.insert_or_assign(key, after);
    } else {
      objects.erase(found);
    }
    for (const Informers::Handler& handler : handlers) handler(before, after);
  }
};

Informers::Informers(Env& env, std::string name, std::shared_ptr<ApiClient> client)
    : Actor(env, std::move(name)), client_(std::move(client)), wake_(env.make_gate()) {}

Informers::~Informers() = default;

void Informers::want(const ResourceType& type, const ListOptions& options) {
  for (const auto& kind : reflectors_) {
    if (&kind->type != &type) continue;
    DRYDOCK_CHECK(kind->options.field_selector == options.field_selector &&
                      kind->options.label_selector == options.label_selector &&
                      kind->options.namespace_name == options.namespace_name,
                  "one informer per kind: its options can't differ");
    return;
  }
  reflectors_.push_back(std::make_unique<Reflector>(type, options));
}

void Informers::on_change(const ResourceType& type, Handler handler) {
  reflector(type).handlers.push_back(std::move(handler));
}

void Informers::add(const ResourceType& type, Handler handler) {
  if (keeps(type)) return;
  reflectors_.push_back(std::make_unique<Reflector>(type, ListOptions{}));
  reflectors_.back()->late = true;
  reflectors_.back()->handlers.push_back(std::move(handler));
  woken_ = true;
  wake_->notify_all();
}

bool Informers::keeps(const ResourceType& type) const {
  return std::any_of(reflectors_.begin(), reflectors_.end(),
                     [&](const auto& kind) { return &kind->type == &type; });
}

void Informers::on_synced(std::function<void()> callback) {
  synced_callbacks_.push_back(std::move(callback));
}

bool Informers::synced() const {
  return std::all_of(reflectors_.begin(), reflectors_.end(),
                     [](const auto& kind) { return kind->synced || kind->late; });
}

const Informers::Objects& Informers::objects(const ResourceType& type) const {
  return reflector(type).objects;
}

JsonPtr Informers::get(const ResourceType& type, std::string_view namespace_name,
                       std::string_view name) const {
  const Objects& all = objects(type);
  const auto found = all.find(Store::KeyLess::View(namespace_name, name));
  return found == all.end() ? nullptr : found->second;
}

void Informers::resync() {
  for (const auto& kind : reflectors_) {
    kind->listed_position = false;
    kind->retry_at = SteadyTime{};
    kind->failures = 0;
    if (kind->task.done()) {
      kind->watch.reset();
      continue;
    }
    // Its task may hang in the old watch: a new one takes over.
    kind->task.cancel();
    start_alone(*kind);
  }
  woken_ = true;
  wake_->notify_all();
}

Reflector& Informers::reflector(const ResourceType& type) const {
  for (const auto& kind : reflectors_)
    if (&kind->type == &type) return *kind;
  check_failed(__FILE__, __LINE__, "want(type)",
               "a kind that nobody wanted: " + std::string(type.plural));
}

void Informers::check_synced() {
  if (reported_synced_ || !synced()) return;
  reported_synced_ = true;
  for (const auto& callback : synced_callbacks_) callback();
}

void Informers::run() {
  while (!env_.cancelled()) {
    woken_ = false;
    const SteadyTime next = advance_all();
    check_synced();
    if (woken_) continue;
    if (wake_->wait(next).code() == Code::kCancelled) return;
  }
}

// Brings every kind without a task of its own up to date; when to look again at the latest.
SteadyTime Informers::advance_all() {
  SteadyTime next = kForever;
  for (size_t i = 0; i < reflectors_.size(); ++i) {  // connect() suspends: more may come meanwhile
    Reflector& kind = *reflectors_[i];
    if (!kind.task.done()) continue;
    if (!kind.watch && kind.retry_at <= env_.now()) connect(kind);
    if (kind.dirty && kind.watch) drain(kind);
    if (env_.cancelled()) return kForever;
    if (!kind.watch) next = std::min(next, kind.retry_at);
  }
  return next;
}

// A watch that can't wake this task gets a task of its own.
void Informers::connect(Reflector& kind) {
  const Status connected = kind.connect(*client_);
  if (!connected.ok()) {
    log_debug(env_, "{}: {}: {}", name(), kind.type.plural, connected.to_string());
    return kind.fail(connected, env_.now());
  }
  kind.dirty = kind.watch->wake_with([this, &kind] {
    kind.dirty = true;
    woken_ = true;
    wake_->notify_all();
  });
  if (!kind.dirty) start_alone(kind);
}

void Informers::drain(Reflector& kind) {
  kind.dirty = false;
  bool any = false;
  while (std::optional<WatchEvent> event = kind.watch->try_next()) {
    kind.apply(*event);
    any = true;
  }
  if (any) return;
  // Woken for nothing: the watch may have failed, which only next() tells.
  const Result<WatchEvent> event = kind.watch->next(env_.now());
  if (event.code() == Code::kDeadlineExceeded || event.code() == Code::kCancelled) return;
  woken_ = true;
  kind.dirty = true;
  if (event.ok()) {
    kind.apply(*event);
  } else {
    kind.fail(event.status(), env_.now());
  }
}

void Informers::start_alone(Reflector& kind) {
  // The task before it (cancelled by resync) must have left the old watch.
  kind.task =
      spawn(name() + "/" + std::string(kind.type.plural), [this, &kind, before = kind.task] {
        if (before.join(env_.now() + timings::kApiCallDeadline).ok()) run_alone(kind);
      });
}

void Informers::run_alone(Reflector& one) {
  while (!env_.cancelled()) {
    if (!one.watch) {
      if (!env_.sleep_until(one.retry_at).ok()) return;
      const Status connected = one.connect(*client_);
      if (connected.code() == Code::kCancelled) return;
      if (!connected.ok()) {
        log_debug(env_, "{}: {}: {}", name(), one.type.plural, connected.to_string());
        one.fail(connected, env_.now());
        continue;
      }
      check_synced();
    }
    const Result<WatchEvent> event =
        one.watch->next(env_.now() + timings::kWatchTimeout + seconds(30));
    if (event.code() == Code::kCancelled) return;
    if (event.ok()) {
      one.apply(*event);
    } else {
      one.fail(event.status(), env_.now());
    }
  }
}

}  // namespace drydock::fakekube

#include "core/control/informer.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/base/resources.h"

namespace drydock::control {
namespace {

std::string name_of(const json::value& object) { return json_string(object, {"metadata", "name"}); }
std::string version_of(const json::value& object) {
  return json_string(object, {"metadata", "resourceVersion"});
}

}  // namespace

Informer::Informer(Env& env, KubeClient& kube, const KubeResource& resource,
                   InformerOptions options)
    : env_(env), kube_(kube), resource_(resource), options_(options), synced_(env) {}

Status Informer::run() {
  Duration backoff = options_.backoff_base;
  while (!env_.cancelled()) {
    progressed_ = false;
    const Status status = list_and_watch();
    if (status.code() == Code::kCancelled) break;
    if (progressed_) backoff = options_.backoff_base;
    if (status.ok() && progressed_) continue;  // the server ended a watch that worked
    log_debug(env_, "watch of {} ended: {}", resource_.plural, status.to_string());
    if (!env_.sleep_for(backoff).ok()) break;
    backoff = std::min(backoff * 2, options_.backoff_max);
  }
  return cancelled();
}

Status Informer::list_and_watch() {
  if (resource_version_.empty()) DRYDOCK_RETURN_IF_ERROR(relist());
  const Status status = watch_from_here();
  // The place in history is gone: list again, next time.
  if (status.code() == Code::kExpired) resource_version_.clear();
  return status;
}

Status Informer::relist() {
  DRYDOCK_ASSIGN(KubeList list, kube_.list(resource_));
  std::map<std::string, JsonPtr, std::less<>> gone = objects_;
  for (JsonPtr& item : list.items) {
    gone.erase(name_of(*item));
    store(std::move(item));
  }
  for (const auto& [name, object] : gone) erase(name, object);
  resource_version_ = std::move(list.resource_version);
  progressed_ = true;
  synced_.set();
  return ok_status();
}

Status Informer::watch_from_here() {
  DRYDOCK_ASSIGN(std::unique_ptr<ResponseStream> stream,
                 kube_.watch(resource_, resource_version_, options_.watch_timeout));
  partial_line_.clear();
  const SteadyTime opened = env_.now();
  const Status status = read_stream(*stream);
  if (env_.now() - opened >= options_.backoff_max) progressed_ = true;
  return status;
}

Status Informer::read_stream(ResponseStream& stream) {
  const SteadyTime dead_after = env_.now() + options_.watch_timeout + options_.idle_grace;
  while (true) {
    DRYDOCK_ASSIGN(const std::optional<Body> chunk, stream.next(dead_after));
    if (!chunk) return ok_status();
    DRYDOCK_RETURN_IF_ERROR(apply_chunk(*chunk));
  }
}

// A chunk is one event, or text in which events are lines that chunks may cut anywhere.
Status Informer::apply_chunk(const Body& chunk) {
  if (chunk.is_json()) {
    DRYDOCK_ASSIGN(const JsonPtr event, chunk.json());
    return apply_event(event);
  }
  partial_line_ += chunk.text();
  for (size_t end = partial_line_.find('\n'); end != std::string::npos;
       end = partial_line_.find('\n')) {
    const std::string line = partial_line_.substr(0, end);
    partial_line_.erase(0, end + 1);
    if (line.empty()) continue;
    DRYDOCK_ASSIGN(json::value event, json_parse(line));
    DRYDOCK_RETURN_IF_ERROR(apply_event(make_json(std::move(event))));
  }
  // A transport that keeps chunks apart needs no line ends.
  Result<json::value> whole = json_parse(partial_line_);
  if (!whole.ok()) return ok_status();
  partial_line_.clear();
  return apply_event(make_json(*std::move(whole)));
}

Status Informer::apply_event(const JsonPtr& event) {
  const std::string type = json_string(*event, {"type"});
  // Shares the event's memory: objects are not copied on their way into the copy.
  const JsonPtr object(event, json_find(*event, {"object"}));
  if (object == nullptr) return Status(Code::kInvalid, "a watch event without object");
  if (type == "ERROR") return kube_error(*object);
  progressed_ = true;
  resource_version_ = version_of(*object);
  if (type == "BOOKMARK") return ok_status();
  if (type == "DELETED") {
    erase(name_of(*object), object);
  } else {
    store(object);
  }
  return ok_status();
}

void Informer::store(JsonPtr object) {
  const std::string name = name_of(*object);
  if (is_superseded(name, version_of(*object))) return;
  superseded_.erase(name);
  JsonPtr& slot = objects_[name];
  const JsonPtr before = std::exchange(slot, object);
  notify(before, object);
}

void Informer::erase(const std::string& name, const JsonPtr& last_state) {
  superseded_.erase(name);
  objects_.erase(name);
  notify(last_state, nullptr);
}

bool Informer::is_superseded(const std::string& name, std::string_view version) const {
  const auto found = superseded_.find(name);
  if (found == superseded_.end()) return false;
  return std::find(found->second.begin(), found->second.end(), version) != found->second.end();
}

void Informer::notify(const JsonPtr& before, const JsonPtr& after) {
  for (const Handler& handler : handlers_) handler(before, after);
}

JsonPtr Informer::get(std::string_view name) const {
  const auto found = objects_.find(name);
  return found == objects_.end() ? nullptr : found->second;
}

void Informer::note_write(std::string_view replaced_version, JsonPtr written) {
  const auto found = objects_.find(name_of(*written));
  if (found == objects_.end()) return;
  const std::string known = version_of(*found->second);
  if (known != replaced_version || known == version_of(*written)) return;
  superseded_[found->first].push_back(known);
  found->second = std::move(written);
}

}  // namespace drydock::control

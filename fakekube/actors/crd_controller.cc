#include "fakekube/actors/crd_controller.h"

#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "fakekube/actors/timings.h"
#include "fakekube/api/api_server.h"
#include "fakekube/schema/crd_strategy.h"
#include "fakekube/schema/custom_kinds.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kManager = "apiserver";

bool deleting(const json::value& crd) { return !metadata_string(crd, "deletionTimestamp").empty(); }

std::string_view condition_status(const json::value& crd, std::string_view type) {
  for (const json::value& condition : json_array(crd, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == type) return string_at(condition, {"status"});
  return "";
}

ApiCall call_of(Verb verb, const ResourceType& type, std::string_view name) {
  ApiCall call;
  call.verb = verb;
  call.type = &type;
  call.name = std::string(name);
  call.field_manager = std::string(kManager);
  call.user_agent = std::string(kManager);
  return call;
}

// Another CRD of the group that has the plural, the kind or a short name already; "" when none.
std::string conflict_of(const Store::Objects& crds, const json::value& crd) {
  for (const auto& [key, object] : crds) {
    const json::value& other = *object.value;
    if (key.second == metadata_string(crd, "name") ||
        string_at(other, {"spec", "group"}) != string_at(crd, {"spec", "group"}))
      continue;
    for (std::string_view part : {"kind", "listKind", "plural", "singular"})
      if (string_at(other, {"status", "acceptedNames", part}) ==
          string_at(crd, {"spec", "names", part}))
        return std::string(string_at(crd, {"spec", "names", part})) + " is already in use";
  }
  return "";
}

}  // namespace

// Shared with the task, which may see its cancellation after the storage is gone.
struct CrdController::Work {
  Env& env;
  Storage& storage;
  std::set<std::string> names = {};  // CRDs that changed
  bool running = false;
  std::map<std::string, int64_t> served_generation = {};
  std::set<std::string> announced = {};  // whose deletion is said to be in progress

  const Object* find(const std::string& name) const {
    return storage.store().find(kCustomResourceDefinitions, "", name);
  }

  void run() {
    while (!names.empty()) {
      const std::string name = *names.begin();
      names.erase(names.begin());
      if (!reconcile(name)) return;  // cancelled: nothing may be touched any more
    }
    running = false;
  }

  std::string now_text() const {
    return format_rfc3339(std::chrono::floor<seconds>(env.wall_now()));
  }

  // What doesn't work is tried again when the other writer's event comes.
  void execute(const ApiCall& call) {
    if (ApiServer* server = storage.any_server()) (void)server->execute(call);
  }

  bool wait(Duration time) { return env.sleep_for(time).ok(); }

  // False: cancelled.
  bool reconcile(const std::string& name) {
    const Object* found = find(name);
    if (found == nullptr) {
      storage.custom_kinds().withdraw(name);
      return true;
    }
    if (deleting(*found->value)) return finish(name);
    if (condition_status(*found->value, "Established") == "True") {
      serve(*found);
      return true;
    }
    return accept(name);
  }

  void serve(const Object& crd) {
    const std::string name(metadata_string(*crd.value, "name"));
    const int64_t generation = json_int(*crd.value, {"metadata", "generation"});
    int64_t& seen = served_generation[name];
    if (storage.custom_kinds().serves(name) && (seen == generation || seen == 0)) {
      seen = generation;
      return;
    }
    seen = generation;
    storage.custom_kinds().serve(crd.value);
  }

  // Names first, then established, then served, each a moment later.
  bool accept(const std::string& name) {
    if (!wait(timings::kCrdNames)) return false;
    const Object* found = find(name);
    if (found == nullptr || deleting(*found->value)) return true;
    json::value crd = *found->value;
    const std::string conflict =
        conflict_of(storage.store().objects(kCustomResourceDefinitions), crd);
    const std::string now = now_text();
    if (!conflict.empty()) {
      set_crd_condition(crd, "NamesAccepted", false, "MultipleNamesInUse", conflict, now);
      set_crd_condition(crd, "Established", false, "NotAccepted", "not all names are accepted",
                        now);
      write_status(name, std::move(crd));
      return true;
    }
    const json::value names_now = *json_find(crd, {"spec", "names"});
    object_member(crd.get_object(), "status")["acceptedNames"] = names_now;
    set_crd_condition(crd, "NamesAccepted", true, "NoConflicts", "no conflicts found", now);
    set_crd_condition(crd, "Established", false, "Installing",
                      "the initial names have been accepted", now);
    write_status(name, std::move(crd));
    if (!wait(timings::kCrdEstablished)) return false;
    found = find(name);
    if (found == nullptr || deleting(*found->value)) return true;
    crd = *found->value;
    set_crd_condition(crd, "Established", true, "InitialNamesAccepted",
                      "the initial names have been accepted", now);
    write_status(name, std::move(crd));
    if (!wait(timings::kCrdServed)) return false;
    found = find(name);
    if (found != nullptr && !deleting(*found->value)) serve(*found);
    return true;
  }

  void write_status(const std::string& name, json::value crd) {
    ApiCall call = call_of(Verb::kUpdate, kCustomResourceDefinitions, name);
    call.subresource = "status";
    call.body = make_json(std::move(crd));
    execute(call);
  }

  bool finish(const std::string& name) {
    if (!wait(timings::kCrdCleanup)) return false;
    const Object* found = find(name);
    if (found == nullptr || !deleting(*found->value)) return true;
    if (announced.insert(name).second) {
      json::value crd = *found->value;
      set_crd_condition(crd, "Terminating", true, "InstanceDeletionInProgress",
                        "CustomResource deletion is in progress", now_text());
      write_status(name, std::move(crd));
      if (env.cancelled()) return false;
    }
    const std::optional<bool> empty = remove_objects(name);
    if (!empty) return false;
    if (!*empty) {
      names.insert(name);  // some are held by finalizers
      return wait(timings::kCrdCleanupRetry);
    }
    if (!wait(timings::kCrdRemoval)) return false;
    announced.erase(name);
    served_generation.erase(name);
    storage.custom_kinds().withdraw(name);
    drop_finalizer(name);
    return true;
  }

  // Whether none is left; nullopt: cancelled.
  std::optional<bool> remove_objects(const std::string& name) {
    const ResourceType* type = storage.custom_kinds().storage_row(name);
    if (type == nullptr) return true;
    std::vector<Store::Key> keys;
    for (const auto& [key, object] : storage.store().objects(*type)) keys.push_back(key);
    for (const Store::Key& key : keys) {
      ApiCall call = call_of(Verb::kDelete, *type, key.second);
      call.namespace_name = key.first;
      execute(call);
      if (env.cancelled()) return std::nullopt;
    }
    return storage.store().objects(*type).empty();
  }

  void drop_finalizer(const std::string& name) {
    const Object* found = find(name);
    if (found == nullptr) return;
    json::value crd = *found->value;
    json::array kept;
    for (const json::value& finalizer : json_array(crd, {"metadata", "finalizers"}))
      if (finalizer != json::value(text_value(kCrdFinalizer))) kept.push_back(finalizer);
    if (!kept.empty()) {
      set_member(mutable_metadata(crd), "finalizers", std::move(kept));
      set_revision(crd, storage.store().next_revision_text());
      storage.store().put(kCustomResourceDefinitions, "", name, std::move(crd));
      return;
    }
    storage.store().erase(kCustomResourceDefinitions, "", name,
                          with_revision(*found->value, storage.store().next_revision()));
  }
};

CrdController::CrdController(Env& env, Storage& storage)
    : work_(std::make_shared<Work>(Work{.env = env, .storage = storage})) {
  subscription_ =
      storage.store().subscribe(kCustomResourceDefinitions, [this, &env](const StoreEvent& event) {
        work_->names.insert(std::string(metadata_string(*event.object, "name")));
        if (std::exchange(work_->running, true)) return;
        task_ = env.spawn("crd-controller", [work = work_] { work->run(); });
      });
}

CrdController::~CrdController() { task_.cancel(); }

}  // namespace drydock::fakekube

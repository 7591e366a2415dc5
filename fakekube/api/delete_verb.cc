#include <algorithm>

#include "fakekube/api/served_version.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/verbs.h"
#include "fakekube/api/write_rules.h"
#include "fakekube/http/query_options.h"
#include "fakekube/schema/crd_strategy.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

struct Options {
  std::optional<int64_t> grace_seconds;
  bool asks_cascade = false;  // by the old option orphanDependents
  std::string policy;         // "", "Background", "Foreground", "Orphan"
  std::string uid;
  std::string revision;
};

// The DeleteOptions of the body; only without one does the query count.
std::optional<ApiReply> read_given_options(const ApiCall& call, json::value& given) {
  if (call.body != nullptr) {
    given = *call.body;
    return std::nullopt;
  }
  json::object& options = given.emplace_object();
  for (const auto& [key, value] : call.other_parameters) {
    if (key == "propagationPolicy") options[key] = text_value(value);
    if (key == "orphanDependents") options[key] = option_is_true(value);
    if (key != "gracePeriodSeconds") continue;
    std::optional<int64_t> number;
    if (auto refused = read_number(value, number)) return refused;
    options[key] = number.value_or(0);
  }
  return std::nullopt;
}

std::optional<ApiReply> read_options(const ApiCall& call, Options& options) {
  if (auto refused = unreadable_options(call)) return refused;
  json::value body;
  if (auto refused = read_given_options(call, body)) return refused;
  if (const json::value* grace = json_find(body, {"gracePeriodSeconds"});
      grace != nullptr && grace->is_int64())
    options.grace_seconds = grace->get_int64();
  options.policy = json_string(body, {"propagationPolicy"});
  options.uid = json_string(body, {"preconditions", "uid"});
  options.revision = json_string(body, {"preconditions", "resourceVersion"});
  // A negative one counts as a second.
  if (options.grace_seconds && *options.grace_seconds < 0) options.grace_seconds = 1;
  const json::value* orphan = json_find(body, {"orphanDependents"});
  const bool has_orphan = orphan != nullptr && orphan->is_bool();
  if (has_orphan && !options.policy.empty())
    return invalid_options(
        "DeleteOptions",
        {invalid_value("propagationPolicy", quoted(options.policy),
                       "orphanDependents and deletionPropagation cannot be both set")});
  if (has_orphan) options.policy = orphan->get_bool() ? "Orphan" : "Background";
  options.asks_cascade = has_orphan && !orphan->get_bool();
  if (options.policy.empty() || options.policy == "Background" || options.policy == "Foreground" ||
      options.policy == "Orphan")
    return std::nullopt;
  return invalid_options("DeleteOptions",
                         {not_supported("propagationPolicy", quoted(options.policy),
                                        "\"Foreground\", \"Background\", \"Orphan\", \"nil\"")});
}

// Namespaces check for themselves, in words of their own.
std::string namespace_mismatch(const Options& options, std::string_view uid,
                               std::string_view revision) {
  const auto text = [](std::string_view what, const std::string& asked, std::string_view stored) {
    return "Precondition failed: " + std::string(what) + " in precondition: " + asked + ", " +
           std::string(what) + " in object meta: " + std::string(stored);
  };
  if (!options.uid.empty() && options.uid != uid) return text("UID", options.uid, uid);
  if (!options.revision.empty() && options.revision != revision)
    return text("ResourceVersion", options.revision, revision);
  return "";
}

std::optional<ApiReply> check_preconditions(const ApiCall& call, const Options& options,
                                            const Object& stored) {
  std::string why;
  const std::string_view uid = metadata_string(*stored.value, "uid");
  const std::string_view revision = metadata_string(*stored.value, "resourceVersion");
  if (call.type == &kNamespaces) {
    why = namespace_mismatch(options, uid, revision);
    if (why.empty()) return std::nullopt;
    return conflict(kNamespaces, call.name, why);
  }
  if (!options.uid.empty() && options.uid != uid)
    why = "the UID in the precondition (" + options.uid + ") does not match the UID in record (" +
          std::string(uid) + "). The object might have been deleted and then recreated";
  else if (!options.revision.empty() && options.revision != revision)
    why = "the ResourceVersion in the precondition (" + options.revision +
          ") does not match the ResourceVersion in record (" + std::string(revision) +
          "). The object might have been modified";
  if (why.empty()) return std::nullopt;
  // A quirk: here the Kind is named, not the plural.
  const ResourceType& type = *call.type;
  return failure(409, "Conflict",
                 "Operation cannot be fulfilled on " + std::string(type.qualified_kind) + " " +
                     quoted(call.name) + ": " + why,
                 StatusDetails{.name = call.name, .group = type.group, .kind = type.kind});
}

// The finalizers that the propagation policy asks for.
std::vector<std::string> wanted_finalizers(const json::value& object, const std::string& policy) {
  std::vector<std::string> names = json_strings(object, {"metadata", "finalizers"});
  if (policy.empty()) return names;
  std::erase_if(names, [&](const std::string& name) {
    if (name == kOrphan) return policy != "Orphan";
    return name == kForeground && policy != "Foreground";
  });
  const std::string_view needed = policy == "Orphan"       ? kOrphan
                                  : policy == "Foreground" ? kForeground
                                                           : std::string_view();
  if (!needed.empty() && std::find(names.begin(), names.end(), needed) == names.end())
    names.emplace_back(needed);
  return names;
}

void set_finalizers(json::value& object, const std::vector<std::string>& names) {
  json::array list;
  for (const std::string& name : names) list.emplace_back(name);
  set_member(mutable_metadata(object), "finalizers", std::move(list));
}

// Namespaces that every cluster needs.
std::optional<ApiReply> check_mortal(const ApiCall& call) {
  const bool needed =
      call.name == "default" || call.name == "kube-system" || call.name == "kube-public";
  if (call.type != &kNamespaces || !needed) return std::nullopt;
  return failure(
      403, "Forbidden",
      "namespaces " + quoted(call.name) + " is forbidden: this namespace may not be deleted",
      StatusDetails{.name = call.name, .kind = call.type->plural});
}

// One deletion of one object: `next` is the version that will be stored, if any.
class Deletion {
 public:
  Deletion(ApiServer& server, const ApiCall& call, const Options& options, const Object& stored,
           std::vector<std::string> warnings)
      : server_(server),
        call_(call),
        options_(options),
        stored_(stored.value),
        next_(*stored.value),
        warnings_(std::move(warnings)) {}

  ApiReply run() {
    const bool graceful = mark_graceful();
    if (pending_) return kept_answer(stored_);
    const std::vector<std::string> names = wanted_finalizers(*stored_, options_.policy);
    set_finalizers(next_, names);
    const bool held = !may_vanish(*call_.type, next_);
    if (!graceful && held) mark_deleting();
    if (!graceful && !held) return vanish(*stored_);
    JsonPtr written = write();
    const bool keep = held || json_int(*written, {"metadata", "deletionGracePeriodSeconds"}) > 0;
    return keep ? kept_answer(written) : vanish(*written);
  }

 private:
  bool deleting() const { return !metadata_string(*stored_, "deletionTimestamp").empty(); }

  void set_deletion(WallTime time, int64_t grace) {
    json::object& metadata = mutable_metadata(next_);
    set_member(metadata, "deletionTimestamp", text_value(format_rfc3339(time)));
    set_member(metadata, "deletionGracePeriodSeconds", grace);
  }

  void count_generation() {
    const int64_t generation = json_int(*stored_, {"metadata", "generation"});
    if (generation > 0) set_member(mutable_metadata(next_), "generation", generation + 1);
  }

  // Kinds with a grace period (pods). True when the deletion goes by it; sets pending_ when it is
  // under way already and not shortened.
  bool mark_graceful() {
    const Strategy* strategy = call_.type->strategy;
    if (strategy == nullptr || strategy->grace_seconds == nullptr) return false;
    if (!deleting()) {
      const int64_t grace = strategy->grace_seconds(*stored_, options_.grace_seconds);
      set_deletion(server_.env().wall_now() + seconds(grace), grace);
      count_generation();
      return true;
    }
    const int64_t current = json_int(*stored_, {"metadata", "deletionGracePeriodSeconds"});
    pending_ = !options_.grace_seconds || *options_.grace_seconds >= current;
    if (pending_) return false;
    const auto ends = parse_rfc3339(metadata_string(*stored_, "deletionTimestamp"));
    const int64_t grace = std::max<int64_t>(*options_.grace_seconds, 0);
    set_deletion(ends.value_or(server_.env().wall_now()) - seconds(current) + seconds(grace),
                 grace);
    return true;
  }

  // Finalizers hold it: deleted now, without grace. A namespace has none to speak of.
  void mark_deleting() {
    if (!deleting()) {
      set_deletion(server_.env().wall_now(), 0);
      count_generation();
    }
    if (call_.type != &kNamespaces) return;
    object_member(next_.get_object(), "status")["phase"] = "Terminating";
    remove_member(mutable_metadata(next_), "deletionGracePeriodSeconds");
  }

  JsonPtr write() {
    const ResourceType& type = *call_.type;
    order_members(type.stored_as == nullptr ? type : *type.stored_as, next_);
    if (next_ == *stored_) return stored_;
    if (call_.dry_run) return make_json(std::move(next_));
    Store& store = server_.store();
    set_revision(next_, store.next_revision_text());
    return store.put(*call_.type, call_.namespace_name, call_.name, std::move(next_)).value;
  }

  ApiReply vanish(const json::value& last) {
    Store& store = server_.store();
    json::value gone = with_revision(last, store.next_revision());
    if (call_.dry_run) return gone_answer(stored_);
    JsonPtr body = call_.type->delete_answers_object ? make_json(gone) : stored_;
    store.erase(*call_.type, call_.namespace_name, call_.name, std::move(gone));
    return gone_answer(std::move(body));
  }

  ApiReply gone_answer(JsonPtr body) {
    if (call_.type->delete_answers_object) return answer(std::move(body));
    ApiReply reply = success(200, StatusDetails{.name = call_.name,
                                                .group = call_.type->group,
                                                .kind = call_.type->plural,
                                                .uid = metadata_string(*stored_, "uid")});
    reply.warnings = std::move(warnings_);
    return reply;
  }

  // Only that option makes a difference of "deleted" and "will be".
  ApiReply kept_answer(const JsonPtr& body) {
    ApiReply reply = answer(body);
    if (options_.asks_cascade) reply.code = 202;
    return reply;
  }

  ApiReply answer(const JsonPtr& body) {
    ApiReply reply;
    reply.body = served_view(*call_.type, body);
    reply.warnings = std::move(warnings_);
    return reply;
  }

  ApiServer& server_;
  const ApiCall& call_;
  const Options& options_;
  JsonPtr stored_;
  json::value next_;
  std::vector<std::string> warnings_;
  bool pending_ = false;
};

}  // namespace

ApiReply delete_object(ApiServer& server, const ApiCall& call) {
  Options options;
  if (auto refused = read_options(call, options)) return *std::move(refused);
  const ResourceType& type = *call.type;
  for (int tries = 0; tries < kWriteTries; ++tries) {
    const Object* found = server.store().find(type, call.namespace_name, call.name);
    if (found == nullptr) return not_found(type, call.name);
    const Object stored = *found;
    if (auto refused = check_preconditions(call, options, stored)) return *std::move(refused);
    if (auto refused = check_mortal(call)) return *std::move(refused);
    std::vector<std::string> warnings;
    if (server.admission().any(server, type, call.subresource)) {
      const JsonPtr current = served_view(type, stored.value);
      if (auto denied = server.admission().review(server, AdmissionKind::kValidating, call,
                                                  Verb::kDelete, nullptr, current.get(), &warnings))
        return *std::move(denied);
      found = server.store().find(type, call.namespace_name, call.name);
      if (found == nullptr || found->revision != stored.revision) continue;
    }
    if (&type == &kCustomResourceDefinitions)
      return begin_crd_deletion(server, call, *stored.value);
    return Deletion(server, call, options, stored, std::move(warnings)).run();
  }
  return modified_conflict(type, call.name);
}

ApiReply delete_collection(ApiServer& server, const ApiCall& call) {
  ApiCall listing = call;
  listing.verb = Verb::kList;
  listing.body = nullptr;
  ApiReply list = list_objects(server, listing);
  if (!list.ok()) return list;
  listing.items_only = true;
  const ApiReply selected = list_objects(server, listing);
  for (const JsonPtr& object : selected.items) {
    ApiCall one = call;
    one.verb = Verb::kDelete;
    one.namespace_name = std::string(metadata_string(*object, "namespace"));
    one.name = std::string(metadata_string(*object, "name"));
    ApiReply reply = delete_object(server, one);
    if (!reply.ok() && reply.code != 404) return reply;
  }
  return list;
}

}  // namespace drydock::fakekube

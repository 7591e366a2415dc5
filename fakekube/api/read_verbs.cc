#include <algorithm>

#include "fakekube/api/served_version.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/store/continue_token.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

namespace drydock::fakekube {
namespace {

// What a list reads: the live objects, or a copy as of an older revision.
struct Snapshot {
  const Store::Objects* objects = nullptr;
  std::optional<Store::Objects> past;
  uint64_t revision = 0;
  std::optional<ContinueToken> after;
  bool ignore_limit = false;
};

ApiReply expired_token(const ContinueToken& token) {
  ApiReply reply = failure(
      410, "Expired",
      "The provided continue parameter is too old to display a consistent list result. You can "
      "start a new list without the continue parameter, or use the continue token in this response "
      "to retrieve the remainder of the results. Continuing with the provided token results in an "
      "inconsistent list - objects that were created, modified, or deleted between the time the "
      "first chunk was returned and now may show up in the list.");
  json::value status = *reply.body;
  ContinueToken fresh = token;
  fresh.revision = -1;
  set_member(mutable_metadata(status), "continue", text_value(encode_continue(fresh)));
  reply.body = make_json(std::move(status));
  return reply;
}

std::optional<ApiReply> check_match(const ApiCall& call) {
  const std::string& match = call.resource_version_match;
  const std::string revision = call.resource_version.value_or("");
  FieldErrors errors;
  const auto forbid = [&errors](std::string field, std::string_view why) {
    errors.push_back(forbidden_value(std::move(field), why));
  };
  if (!match.empty() && revision.empty())
    forbid("resourceVersionMatch",
           "resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (!match.empty() && !call.continue_token.empty())
    forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
  if (!match.empty() && match != "Exact" && match != "NotOlderThan")
    errors.push_back(
        not_supported("resourceVersionMatch", quoted(match), "\"Exact\", \"NotOlderThan\", \"\""));
  if (match == "Exact" && revision == "0")
    forbid("resourceVersionMatch",
           "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
  if (call.send_initial_events)
    forbid("sendInitialEvents", "sendInitialEvents is forbidden for list");
  if (errors.empty()) return std::nullopt;
  return invalid_options("ListOptions", errors);
}

// Whether a list is of one past state, given its resourceVersion.
bool is_exact(const ApiCall& call, uint64_t revision) {
  if (!call.resource_version_match.empty()) return call.resource_version_match == "Exact";
  return revision > 0 && call.limit > 0;
}

// Fixes the snapshot at `revision`. False: the history does not reach back.
bool read_at(ApiServer& server, const ResourceType& type, uint64_t revision, Snapshot& snapshot) {
  const Store& store = server.store();
  snapshot.revision = revision;
  if (revision < store.storage_floor(type)) return false;
  if (revision >= store.last_revision(type)) {
    snapshot.objects = &store.objects(type);
    return true;
  }
  snapshot.past = store.objects_at(type, revision);
  snapshot.objects = snapshot.past ? &*snapshot.past : nullptr;
  return snapshot.past.has_value();
}

std::optional<ApiReply> continued(ApiServer& server, const ApiCall& call, Snapshot& snapshot) {
  if (!call.resource_version.value_or("").empty())
    return bad_request("specifying resource version is not allowed when using continue");
  Result<ContinueToken> token = decode_continue(call.continue_token);
  if (!token.ok()) return bad_request(token.status().message());
  snapshot.after = *token;
  const uint64_t revision =
      token->revision < 0 ? server.store().revision() : static_cast<uint64_t>(token->revision);
  if (read_at(server, *call.type, revision, snapshot)) return std::nullopt;
  return expired_token(*token);
}

// A cache that is not there yet answers nothing but what it would leave to storage anyway.
bool left_to_storage(const ApiCall& call) {
  return call.limit > 0 && call.resource_version.value_or("") != "0" &&
         call.label_selector.empty() && call.field_selector.empty();
}

std::optional<ApiReply> read_cache(ApiServer& server, const ApiCall& call, uint64_t wanted,
                                   Snapshot& snapshot) {
  View& view = server.view(*call.type);
  if (!has_reached(server, *call.type, wanted)) return too_large_revision(wanted, view.revision());
  snapshot.ignore_limit = wanted == 0;
  snapshot.objects = &view.objects();
  snapshot.revision = std::max(view.revision(), wanted);
  return std::nullopt;
}

std::optional<ApiReply> open_snapshot(ApiServer& server, const ApiCall& call, Snapshot& snapshot) {
  if (auto refused = check_match(call)) return refused;
  if (!call.continue_token.empty()) return continued(server, call, snapshot);
  const uint64_t current = server.store().revision();
  const std::string text = call.resource_version.value_or("");
  const std::optional<uint64_t> wanted = parse_revision(text);
  if (!wanted) return bad_request("invalid resource version: " + bad_revision_text(text));
  const bool exact = is_exact(call, *wanted);
  if (exact && *wanted > current)
    return failure(500, "", "etcdserver: mvcc: required revision is a future revision");
  if (!exact && server.initialising() && !left_to_storage(call)) return initialising_reply();
  if (!exact && !text.empty()) return read_cache(server, call, *wanted, snapshot);
  if (read_at(server, *call.type, exact ? *wanted : current, snapshot)) return std::nullopt;
  return failure(410, "Expired", "The resourceVersion for the provided list is too old.");
}

struct Page {
  std::vector<JsonPtr> items;
  std::string continue_token;
  std::optional<int64_t> remaining;
};

Store::Objects::const_iterator first_of(const ApiCall& call, const Snapshot& snapshot) {
  using View = Store::KeyLess::View;
  if (const auto& after = snapshot.after)
    return snapshot.objects->upper_bound(View(
        call.namespace_name.empty() ? after->namespace_name : call.namespace_name, after->name));
  return snapshot.objects->lower_bound(View(call.namespace_name, ""));
}

Page collect(const ApiCall& call, const Snapshot& snapshot, const Selector& selector) {
  Page page;
  const bool limited = call.limit > 0 && !snapshot.ignore_limit;
  const auto in_scope = [&](const auto& entry) {
    return call.namespace_name.empty() || entry.first.first == call.namespace_name;
  };
  auto at = first_of(call, snapshot);
  const Store::Key* last = nullptr;
  for (; at != snapshot.objects->end() && in_scope(*at); ++at) {
    JsonPtr object = served_view(*call.type, at->second.value);
    if (!selector.matches(*object)) continue;
    if (limited && page.items.size() == static_cast<size_t>(call.limit)) break;
    page.items.push_back(std::move(object));
    last = &at->first;
  }
  if (at == snapshot.objects->end() || !in_scope(*at) || last == nullptr) return page;
  page.continue_token = encode_continue({.revision = static_cast<int64_t>(snapshot.revision),
                                         .namespace_name = last->first,
                                         .name = last->second});
  int64_t remaining = 0;
  for (; at != snapshot.objects->end() && in_scope(*at); ++at) ++remaining;
  if (selector.everything()) page.remaining = remaining;
  return page;
}

json::value list_item(const ResourceType& type, const json::value& object) {
  if (type.custom) return object;
  json::object item;
  item.reserve(object.get_object().size());
  for (const auto& member : object.get_object())
    if (member.key() != "kind" && member.key() != "apiVersion")
      item.emplace(member.key(), member.value());
  return item;
}

JsonPtr list_body(const ResourceType& type, const Page& page, uint64_t revision) {
  json::object metadata;
  if (type.custom) metadata.emplace("continue", page.continue_token);
  metadata.emplace("resourceVersion", std::to_string(revision));
  if (!type.custom && !page.continue_token.empty())
    metadata.emplace("continue", page.continue_token);
  if (page.remaining) metadata.emplace("remainingItemCount", *page.remaining);
  json::array items;
  items.reserve(page.items.size());
  for (const JsonPtr& object : page.items) items.push_back(list_item(type, *object));
  const std::string kind = std::string(type.kind) + "List";
  json::object list;
  if (type.custom) {
    list = {{"apiVersion", text_value(type.api_version)},
            {"items", std::move(items)},
            {"kind", kind},
            {"metadata", std::move(metadata)}};
  } else {
    list = {{"kind", kind},
            {"apiVersion", text_value(type.api_version)},
            {"metadata", std::move(metadata)},
            {"items", std::move(items)}};
  }
  return make_json(std::move(list));
}

}  // namespace

bool needs_storage(const ApiCall& call) {
  if (call.is_write()) return true;
  const std::string text = call.resource_version.value_or("");
  if (call.verb == Verb::kGet) return text.empty();
  if (call.verb != Verb::kList) return false;
  return text.empty() || !call.continue_token.empty() ||
         is_exact(call, parse_revision(text).value_or(0));
}

std::optional<uint64_t> wanted_revision(const ApiCall& call) {
  if (!call.resource_version || needs_storage(call)) return std::nullopt;
  const bool initial = call.verb == Verb::kWatch && call.send_initial_events.value_or(false);
  if (call.verb != Verb::kGet && call.verb != Verb::kList && !initial) return std::nullopt;
  const std::optional<uint64_t> wanted = parse_revision(*call.resource_version);
  return wanted && *wanted > 0 ? wanted : std::nullopt;
}

bool has_reached(ApiServer& server, const ResourceType& type, uint64_t revision) {
  if (revision > server.store().revision()) return false;
  return server.view(type).reaches(revision) <= server.env().now();
}

ApiReply initialising_reply() {
  ApiReply reply = failure(429, "TooManyRequests", "storage is (re)initializing",
                           StatusDetails{.retry_after_s = 1});
  reply.retry_after_s = 1;
  return reply;
}

ApiReply get_object(ApiServer& server, const ApiCall& call) {
  const std::string text = call.resource_version.value_or("");
  const Object* found = nullptr;
  if (text.empty() || server.initialising()) {
    found = server.store().find(*call.type, call.namespace_name, call.name);
  } else {
    const std::optional<uint64_t> wanted = parse_revision(text);
    if (!wanted) return failure(500, "", bad_revision_text(text));
    View& view = server.view(*call.type);
    if (!has_reached(server, *call.type, *wanted))
      return too_large_revision(*wanted, view.revision());
    found = view.find(call.namespace_name, call.name);
  }
  if (found == nullptr) return not_found(*call.type, call.name);
  ApiReply reply;
  reply.body = served_view(*call.type, found->value);
  return reply;
}

ApiReply list_objects(ApiServer& server, const ApiCall& call) {
  Result<Selector> selector = parse_selector(*call.type, call.label_selector, call.field_selector);
  if (!selector.ok()) return bad_request(selector.status().message());
  Snapshot snapshot;
  if (auto refused = open_snapshot(server, call, snapshot)) return *std::move(refused);
  Page page = collect(call, snapshot, *selector);
  ApiReply reply;
  reply.revision = snapshot.revision;
  if (call.items_only)
    reply.items = std::move(page.items);
  else
    reply.body = list_body(*call.type, page, snapshot.revision);
  return reply;
}

}  // namespace drydock::fakekube

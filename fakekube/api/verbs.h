// What the API's verbs do, one function each; the ApiServer dispatches to them. None suspends.
#pragma once

#include <string>
#include <vector>

#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"
#include "fakekube/api/decode.h"

namespace drydock::fakekube {

ApiReply get_object(ApiServer& server, const ApiCall& call);
ApiReply list_objects(ApiServer& server, const ApiCall& call);
ApiReply watch_objects(ApiServer& server, const ApiCall& call);
ApiReply create_object(ApiServer& server, const ApiCall& call);
ApiReply update_object(ApiServer& server, const ApiCall& call);
ApiReply patch_object(ApiServer& server, const ApiCall& call);
ApiReply delete_object(ApiServer& server, const ApiCall& call);
ApiReply delete_collection(ApiServer& server, const ApiCall& call);

// scale, binding, eviction, log, finalize; status is a part of the verbs above.
ApiReply subresource_call(ApiServer& server, const ApiCall& call);

// The end of every change of an existing object: isolates the subresource, restores what clients
// may not change, asks the hooks, validates, counts the generation, ends a deletion whose last
// finalizer went, and stores unless nothing changed. `stored` is the current version.
ApiReply commit_update(ApiServer& server, const ApiCall& call, const Object& stored, Draft draft);
// Whether nothing holds a deleted object any more.
bool may_vanish(const ResourceType& type, const json::value& object);
// Parses a resourceVersion; nullopt when it is no number. "" counts as 0.
std::optional<uint64_t> parse_revision(std::string_view text);
// The 500 (or 400) that a bad resourceVersion in a query gets.
std::string bad_revision_text(std::string_view text);

}  // namespace drydock::fakekube

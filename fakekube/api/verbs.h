// What the API's verbs do, one function each; the ApiServer dispatches to them. Those that write
// may suspend while admission asks a webhook or a slow hook; what they then store they check anew.
#pragma once

#include <functional>
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

// scale, binding, eviction, log, finalize, token; status is a part of the verbs above. Only a log
// that is read from a KubeletConnection suspends.
ApiReply subresource_call(ApiServer& server, const ApiCall& call);
// POST of kinds that are answered and never stored (VerbSet::kCreate): reviews and Bindings.
ApiReply create_unstored(ApiServer& server, const ApiCall& call);

// The end of every create: stamps what the server sets, asks admission, validates, stores.
ApiReply create_from(ApiServer& server, const ApiCall& call, Draft draft);

// What a client makes of the current version, which is in the version that the call names. A reply
// refuses. May not suspend.
using MakeDraft = std::function<std::optional<ApiReply>(const JsonPtr& current, Draft& draft)>;
// Every change of an existing object: tracks ownership, isolates the subresource, restores what
// clients may not change, asks admission, validates, counts the generation, ends a deletion whose
// last finalizer went, and stores unless nothing changed. `make` is called again, a few times, when
// somebody else wrote while admission was asked. 404 when there is no such object.
ApiReply update_stored(ApiServer& server, const ApiCall& call, const MakeDraft& make);
// As above for a draft that is made already of `stored`; 409 when somebody else wrote meanwhile.
ApiReply commit_update(ApiServer& server, const ApiCall& call, const Object& stored, Draft draft);
// Whether nothing holds a deleted object any more.
bool may_vanish(const ResourceType& type, const json::value& object);
// Whether a read is answered by storage, as every write is; else by the server's cache.
bool needs_storage(const ApiCall& call);
// The revision up to which the server's cache must be before it can answer a read; nullopt: any.
std::optional<uint64_t> wanted_revision(const ApiCall& call);
// Whether the server's cache of the kind is as far as `revision`.
bool has_reached(ApiServer& server, const ResourceType& type, uint64_t revision);
// 429: the server's cache of the kind is not there yet.
ApiReply initialising_reply();
// Parses a resourceVersion; nullopt when it is no number. "" counts as 0.
std::optional<uint64_t> parse_revision(std::string_view text);
// The 500 (or 400) that a bad resourceVersion in a query gets.
std::string bad_revision_text(std::string_view text);

}  // namespace drydock::fakekube

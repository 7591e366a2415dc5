// Ownership of fields in the verbs: who is the writer, and what does a write do to
// metadata.managedFields (schema/managed_fields.h). Free when the server does not track.
//
//   track_create(server, call, draft.object);                    // before admission
//   track_update(server, call, *current, draft.object);
//
// Nothing suspends.
#pragma once

#include <string>

#include "core/base/json.h"
#include "fakekube/api/api_call.h"
#include "fakekube/schema/managed_fields.h"

namespace drydock::fakekube {

class ApiServer;

// fieldManager, else the user agent up to its first slash, else "unknown".
std::string manager_name(const ApiCall& call);
// The write as it is tracked; `apply`: a server-side apply.
TrackedWrite tracked_write(ApiServer& server, const ApiCall& call, bool apply);
// `old_object` and `new_object` in any version in which their kind is served. Both must outlive it.
ObjectsOfVersion objects_of_version(ApiServer& server, const ApiCall& call,
                                    const json::value& old_object, const json::value& new_object);
// What a create starts from: all that is there when nothing was set.
json::value unset_object(const ResourceType& type);

void track_create(ApiServer& server, const ApiCall& call, json::value& object);
// `current` is the stored object as `call` sees it, `object` what the client made of it.
void track_update(ApiServer& server, const ApiCall& call, const json::value& current,
                  json::value& object);
// After everything else changed `object`: when nothing but times of managedFields differs from
// `current`, they are its times again.
void keep_times(const json::value& current, json::value& object);

}  // namespace drydock::fakekube

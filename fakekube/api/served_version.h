// Between the form in which objects are stored and the version that a call names: where a kind is
// served in several versions (CRDs; core/v1 and events.k8s.io/v1 Events), verbs read through
// served_view() and write through to_stored_form(). Other kinds pass through untouched, at the cost
// of one comparison.
//
//   const JsonPtr object = served_view(*call.type, found->value);   // as the client shall see it
//   to_stored_form(*call.type, draft.object);                       // just before Store::put()
#pragma once

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

// `stored` itself when nothing differs, else a converted copy.
JsonPtr served_view(const ResourceType& type, const JsonPtr& stored);
// The same for an event as a watch sends it, {"type","object"}.
JsonPtr served_envelope(const ResourceType& type, const JsonPtr& envelope);
// In place.
void to_stored_form(const ResourceType& type, json::value& object);

}  // namespace drydock::fakekube

// The two views of an Event: core/v1, in which it is stored, and events.k8s.io/v1. Only names of
// fields differ (note and message, regarding and involvedObject, deprecated...); the newer view is
// strict about what it accepts.
#pragma once

#include <vector>

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"
#include "fakekube/api/strategy.h"

namespace drydock::fakekube {

// In place; the whole object.
void event_to_core(json::value& object);
void event_from_core(json::value& object);

// Rules of an event as core/v1 has it, where only one with an eventTime needs its names.
void validate_core_event(const json::value& event, FieldErrors& errors);

// What a fieldSelector may name in events.k8s.io.
std::vector<SelectableField> events_v1_fields();

extern const Strategy kEventsV1Strategy;

}  // namespace drydock::fakekube

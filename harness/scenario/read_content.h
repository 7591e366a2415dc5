// Readers of what clusters and archives hold: `caches:`, `counters:`, … of a cluster or of a
// `create` step, and the `holds:` and `lacks:` of an expectation.
#pragma once

#include "harness/scenario/content.h"
#include "harness/scenario/fields.h"

namespace drydock::harness::scenario {

// The fields caches, templates, counters, schemas, tasks and data.
void read_content(Fields& fields, Content& out);

// One of the fields `entries` and `generate` with `cache`, `lifespan`, `max_idle`.
std::variant<InlineEntries, GeneratedEntries> read_entries(Fields& fields);

Holds read_holds(const YamlNode& node, Context& context);
Lacks read_lacks(const YamlNode& node, Context& context);

}  // namespace drydock::harness::scenario

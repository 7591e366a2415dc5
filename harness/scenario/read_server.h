// What a cluster's pods run: image, version, quirks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/scenario/fields.h"
#include "harness/scenario/scenario.h"

namespace drydock::harness::scenario {

// "15.0.21.Final" of "quay.io/infinispan/server:15.0.21.Final". nullopt: no image of a real server.
std::optional<std::string> server_tag(std::string_view image);

// The keys image, version, quirks and log_level. The version of a real server is its tag, and its
// quirks are those of the release unless it is said otherwise.
void read_server(Fields& fields, Cluster& out);

// `known_losses`: quirks and the oracles that they turn red.
void read_known_losses(Fields& fields, Scenario& out);

}  // namespace drydock::harness::scenario

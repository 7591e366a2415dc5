// Which objects an answer shows.
#pragma once

#include <optional>
#include <vector>

#include "harness/conformance/path.h"
#include "harness/conformance/recording.h"

namespace drydock::harness::conformance {

struct Sight {
  ApiPath path;
  json::value object;
  bool whole = false;  // not only its metadata
};

// By record: objects, items of lists, rows of tables, events of watches. Questions to webhooks show
// nothing.
std::vector<std::vector<Sight>> all_sights(const std::vector<Record>& records);

// A pod that only its logs show: the containers that were asked for or named, on a node "knode".
std::optional<json::value> pod_of_logs(const std::vector<Record>& records, const ApiPath& pod);

}  // namespace drydock::harness::conformance

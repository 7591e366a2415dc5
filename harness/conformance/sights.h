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

// Objects, items of lists, rows of tables, events of watches. `path` is the record's.
std::vector<Sight> sights(const Record& record, const ApiPath& path);

// A pod that only its logs show: the containers that were asked for or named, on a node "knode".
std::optional<json::value> pod_of_logs(const std::vector<Record>& records, const ApiPath& pod);

}  // namespace drydock::harness::conformance

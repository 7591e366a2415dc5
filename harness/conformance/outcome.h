// What became of one record of a recording when it was replayed.
#pragma once

#include <string>

namespace drydock::harness::conformance {

struct Outcome {
  std::string id;
  std::string group;
  std::string note;
  std::string request;     // "GET /api/v1/..."
  std::string difference;  // "" = as recorded
};

}  // namespace drydock::harness::conformance

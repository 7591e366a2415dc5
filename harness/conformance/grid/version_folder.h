// What was recorded of one release of a real cluster: the files of its folder.
//
//   DRYDOCK_ASSIGN(std::vector<json::value> lines, read_lines(folder, "transcripts.jsonl"));
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"

namespace drydock::harness::conformance::grid {

struct VersionFolder {
  std::string version;  // its name, "15.0.21.Final"
  // By name: transcripts.jsonl and the like, archives (all.zip) and what is in them (all.json).
  std::map<std::string, std::string, std::less<>> files;

  const std::string* find(std::string_view name) const {
    const auto found = files.find(name);
    return found == files.end() ? nullptr : &found->second;
  }
};

// The JSON objects of a file, one a line. kNotFound: no such file; kInvalid: "<version>/<file>:
// <line>: what is wrong".
Result<std::vector<json::value>> read_lines(const VersionFolder& folder, std::string_view file);

}  // namespace drydock::harness::conformance::grid

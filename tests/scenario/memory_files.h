// A FileReader over texts, for tests.
#pragma once

#include <map>
#include <string>

#include "harness/scenario/parse.h"

namespace drydock::harness::scenario {

inline FileReader memory_files(std::map<std::string, std::string> files) {
  return [files = std::move(files)](const std::string& path, size_t limit) -> Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return Status(Code::kNotFound, "no such file");
    return found->second.substr(0, limit);
  };
}

inline Parsed parse_text(const std::string& text, std::map<std::string, std::string> others = {}) {
  others["s/x.yaml"] = text;
  return parse_scenario("s/x.yaml", memory_files(std::move(others)));
}

}  // namespace drydock::harness::scenario

#include "harness/conformance/grid/version_folder.h"

#include <fmt/format.h>

#include "harness/conformance/texts.h"

namespace drydock::harness::conformance::grid {

Result<std::vector<json::value>> read_lines(const VersionFolder& folder, std::string_view file) {
  const std::string* text = folder.find(file);
  if (text == nullptr)
    return Status(Code::kNotFound, fmt::format("{}/{}: no such file", folder.version, file));
  std::vector<json::value> lines;
  int number = 0;
  for (const std::string& line : lines_of(*text)) {
    ++number;
    Result<json::value> value = json_parse(line);
    if (!value.ok())
      return Status(Code::kInvalid, fmt::format("{}/{}:{}: {}", folder.version, file, number,
                                                value.status().message()));
    lines.push_back(std::move(*value));
  }
  return lines;
}

}  // namespace drydock::harness::conformance::grid

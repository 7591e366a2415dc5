// JSON values as YAML, the way a real API server answers "Accept: application/yaml": block style,
// members sorted, strings quoted only where they would be read as something else.
//
//   response.body = Body(yaml_text(*widget));
#pragma once

#include <string>

#include "core/base/json.h"

namespace drydock::fakekube {

// Ends in a newline.
std::string yaml_text(const json::value& value);
// JSON indented by two blanks, members as they are, without newline at the end; as a real server
// writes what a person may look at (?pretty=true, curl) and answers that nobody could negotiate.
std::string indented_json(const json::value& value);

}  // namespace drydock::fakekube

// The JSONPath of a CRD's additionalPrinterColumns: ".spec.color", ".status.items[0].x",
// ".metadata.labels['app\.kubernetes\.io/name']",
// ".status.conditions[?(@.type==\"Ready\")].status".
//
//   const json::value* found = first_at_path(*widget, ".spec.color");
//
// Left out: "..", slices, unions, and other comparisons than == and !=.
#pragma once

#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

// The first value that the path leads to; nullptr when it leads nowhere or is none of the above.
const json::value* first_at_path(const json::value& root, std::string_view path);

}  // namespace drydock::fakekube

// An object against its built-in type, as Go's decoding and printing would leave it: types are
// checked, unknown members dropped, members put into the struct's order, and zeros kept, dropped or
// added as omitempty has it.
//
//   ApiFindings findings = conform(*api_type_of(kPods), object);
//   findings.type_error;   // json: cannot unmarshal string into Go struct field
//                          // PodSpec.spec.hostNetwork of type bool
//   findings.unknown;      // {"spec.zzz"}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/schema/api_types.h"

namespace drydock::fakekube {

struct ApiFindings {
  std::string type_error;            // Go's text; empty: `value` is conform
  std::vector<std::string> unknown;  // paths of members that the type hasn't, in document order
};

// `value` must be an object. Quantities, times and the like get their canonical text. An object
// that is conform already isn't touched. Never suspends.
ApiFindings conform(const ApiType& type, json::value& value);

// As conform(), but no member is dropped, added or moved. `path` stands before the paths of unknown
// members ("metadata" for an ObjectMeta decoded on its own), never in type errors.
ApiFindings check_types(const ApiType& type, json::value& value, std::string_view path);

// Only puts the members into the struct's order, at every depth; unknown ones go last.
void order_by_type(const ApiType& type, json::value& value);

}  // namespace drydock::fakekube

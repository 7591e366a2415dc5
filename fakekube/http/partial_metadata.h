// PartialObjectMetadata(List): objects of any kind reduced to their metadata.
//
//   reply.body = make_json(partial_metadata(*pod, "v1"));
//
// Members come in the order of the Go structs, also for custom resources.
#pragma once

#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

// `version` of meta.k8s.io: "v1" or "v1beta1".
json::value partial_metadata(const json::value& object, std::string_view version);
// Of a list object; `items` is null when there is none, as recorded.
json::value partial_metadata_list(const json::value& list, std::string_view version);

// The metadata of a list, or of an object, as a Table or another list has it: resourceVersion,
// continue, remainingItemCount.
json::object list_metadata(const json::value& answer);

}  // namespace drydock::fakekube

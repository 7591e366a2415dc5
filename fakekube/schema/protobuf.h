// Kubernetes' protobuf bodies to JSON, by the table of api_types.h. Only reading: answers are JSON.
//
//   DecodedProtobuf decoded = decode_protobuf(bytes, api_type_of(kPods));
//   if (decoded.error.empty()) use(decoded.value);   // {"kind":"Pod","apiVersion":"v1",...}
//
// Bytes are "k8s\0", then runtime.Unknown {1: {1: apiVersion, 2: kind}, 2: the object's message}.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/schema/api_types.h"

namespace drydock::fakekube {

struct DecodedProtobuf {
  json::value value;  // also after an error: kind and apiVersion if the envelope was readable
  std::string error;  // Go's text; empty: `value` holds the object
};

// `expected`: what the object is when the envelope names no kind; nullptr: a custom resource, which
// has no protobuf form. Memory is bounded by a small multiple of `bytes`. Members stand as they
// came. Never suspends.
DecodedProtobuf decode_protobuf(std::string_view bytes, const ApiType* expected);

}  // namespace drydock::fakekube

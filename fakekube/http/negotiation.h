// Which form of an answer a request's Accept header asks for.
//
//   const std::optional<AcceptedForm> form = negotiate(request, Transforms::kTableAndMetadata);
//   if (!form) return not_acceptable();                     // 406
//
// Rules of a real API server: media types by quality, then by how specific they are, then as
// written; `as` only where the endpoint can transform. Protobuf is decoded but never written here,
// so a client that also takes JSON gets JSON, and one that does not gets 406 (a real server answers
// built-in kinds in protobuf).
#pragma once

#include <optional>
#include <string_view>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

struct AcceptedForm {
  bool yaml = false;
  bool pretty = false;  // indented JSON without newline at the end
  Rendering rendering = Rendering::kObject;
  std::string_view version = "v1";  // of meta.k8s.io, when `rendering` is not kObject
};

// Whether the endpoint's answer can be shown as a Table or as metadata alone.
enum class Transforms { kNone, kMetadata, kTableAndMetadata };

// nullopt: nothing that the client accepts can be made.
std::optional<AcceptedForm> negotiate(const HttpRequest& request, Transforms transforms);

// The 406 itself.
ApiReply not_acceptable();

}  // namespace drydock::fakekube

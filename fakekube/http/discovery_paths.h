// The answers of discovery that do not depend on kinds: the root's list of paths and /version.
#pragma once

#include <string>
#include <vector>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

// `group_paths`: /apis/... of every group and version.
ApiReply root_answer(const std::vector<std::string>& group_paths);
ApiReply version_answer();

// Adds the tag of the reply's content; a 304 when the request has it already.
ApiReply with_etag(ApiReply reply, const HttpRequest& request);

}  // namespace drydock::fakekube

// OpenAPI documents, made from the kinds that are served: what kubectl validates and explains with.
// /openapi/v3 is an index of one document per group and version; /openapi/v2 holds all definitions
// in one. Fields of built-in kinds come from api_types.h, those of CRDs from their schemas, whose
// descriptions are kept; Kubernetes' own descriptions are left out.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

class ApiServer;

// `path` begins with "/openapi/". nullopt: no document of that name. Doesn't suspend.
std::optional<ApiReply> openapi_answer(const ApiServer& server, const HttpRequest& request,
                                       std::string_view path);

}  // namespace drydock::fakekube

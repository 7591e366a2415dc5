// Server-side apply: a PATCH that says what its manager wants of an object.
//
//   ApiReply reply = apply_object(server, call);   // call.patch_type is kApply
//
// 201 creates; 409 names every field that another manager owns with another value, unless `force`;
// fields that the manager applied before and does not any more go, unless somebody else owns them.
// May suspend, as every write. Facts: k8s.io/apimachinery/pkg/util/managedfields of 1.33.
#pragma once

#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

class ApiServer;

ApiReply apply_object(ApiServer& server, const ApiCall& call);

}  // namespace drydock::fakekube

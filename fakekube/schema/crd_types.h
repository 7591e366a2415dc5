// The schemas of the custom resources: Backup, Restore, Infinispan, written by us from what the
// operator's CRDs accept (field names, types, required members; no defaults), with printer columns
// that the operator's do not have.
#pragma once

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

const StructuralSchema* backup_schema();
const StructuralSchema* restore_schema();
const StructuralSchema* infinispan_schema();

// The CustomResourceDefinition that a server with these kinds shows: metadata has only a name,
// there is no status. CHECKs that `type` is one of the three.
json::value product_crd(const ResourceType& type);

}  // namespace drydock::fakekube

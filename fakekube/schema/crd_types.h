// The schemas of the custom resources: Backup, Restore, Infinispan, written by us from what the
// operator's CRDs accept (field names, types, required members; no defaults).
#pragma once

namespace drydock::fakekube {

class StructuralSchema;

const StructuralSchema* backup_schema();
const StructuralSchema* restore_schema();
const StructuralSchema* infinispan_schema();

}  // namespace drydock::fakekube

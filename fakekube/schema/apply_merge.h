// What server-side apply and managedFields do with values: compare two, list the fields of one,
// merge one into another, cut fields out. Rules of sigs.k8s.io/structured-merge-diff (typed).
//
//   FieldChanges changes = compare_fields(schema, old_object, new_object);
//   FieldSet owned = changes.added.united(changes.modified);
//   json::value merged = merge_fields(schema, live, configuration);
//   merged = remove_fields(schema, merged, dropped);
//
// Values that don't fit the schema are taken as owned whole. Nothing suspends.
#pragma once

#include <string>
#include <vector>

#include "core/base/json.h"
#include "fakekube/schema/apply_schema.h"
#include "fakekube/schema/field_set.h"

namespace drydock::fakekube {

struct FieldChanges {
  FieldSet added;
  FieldSet modified;
  FieldSet removed;
};

FieldChanges compare_fields(const ApplySchema& schema, const json::value& old_value,
                            const json::value& new_value);
// The fields that an apply of `value` claims.
FieldSet fields_of(const ApplySchema& schema, const json::value& value);
// `live` with everything that `applied` says.
json::value merge_fields(const ApplySchema& schema, const json::value& live,
                         const json::value& applied);
// `value` without the members of `fields` and all that is below them; what became empty is null.
json::value remove_fields(const ApplySchema& schema, const json::value& value,
                          const FieldSet& fields);
// With the declared fields on the way to each member: {a.b.c} also has a if it is no map's entry.
FieldSet with_named_fields(const ApplySchema& schema, const FieldSet& fields);
// What an apply of `value` is refused for: ".spec.oops: field not declared in schema".
std::vector<std::string> apply_errors(const ApplySchema& schema, const json::value& value);

}  // namespace drydock::fakekube

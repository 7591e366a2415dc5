// A kind's schema as merging and field ownership see it: which values are owned whole, which
// lists are sets or are keyed, and which fields are declared. One view over the two sources,
// api_types.h (built-in kinds) and crd_schema.h (custom resources).
//
//   ApplySchema pod = ApplySchema::of(kPods);
//   ApplySchema containers = pod.member("spec").member("containers");
//   containers.shape();                      // kKeyedList
//   containers.keys();                       // {"name"}
//
// A cheap handle, valid as long as the ResourceType. Nothing suspends.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

struct ApiField;
struct ApiType;

class ApplySchema {
 public:
  enum class Shape {
    kUnknown,    // nothing declared: objects are merged, all else is owned whole
    kWhole,      // a scalar, or declared atomic
    kObject,     // merged member by member
    kSet,        // a list of distinct scalars
    kKeyedList,  // a list of objects told apart by keys()
  };
  // Of values, as far as an apply complains of them.
  enum class Type { kAny, kObject, kList, kString, kNumber, kBoolean };

  // The whole object.
  static ApplySchema of(const ResourceType& type);

  Shape shape() const;
  Type type() const;
  // A field of its own, not an entry of a map: it exists as soon as something in it does.
  bool declares(std::string_view name) const;
  // Whether an object here may have members that are not declared.
  bool open() const;
  // Of an object: the field's or the entry's.
  ApplySchema member(std::string_view name) const;
  ApplySchema item() const;                    // of a list
  std::vector<std::string_view> keys() const;  // sorted
  // What an absent key counts as; null: it may not be absent.
  json::value key_default(std::string_view key) const;
  // Of a built-in kind: what an object without any field is printed as ({"spec":{}}); else null.
  json::value zero_value() const;

 private:
  static ApplySchema of_struct(const ApiType* type);
  static ApplySchema of_node(const StructuralSchema* node);

  const ApiType* struct_ = nullptr;           // built-in: a struct
  const ApiField* field_ = nullptr;           // built-in: a list or a map, or a scalar
  const StructuralSchema* custom_ = nullptr;  // a CRD's node
  bool item_ = false;                         // of field_: an item, not the list or map itself
  bool custom_root_ = false;                  // kind, apiVersion and metadata are declared as well
};

}  // namespace drydock::fakekube

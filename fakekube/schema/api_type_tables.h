// The text of the table behind api_types.h. Only api_types.cc reads it.
//
//   [apps]                                     the group of what follows; nothing: core and meta
//                                              [autoscaling/v2]: another version than v1
//   StatefulSetSpec = replicas:1:i template:3:PodTemplateSpec!
//     volumeClaimTemplates:4:[]PersistentVolumeClaim
//
// A line that begins with a blank goes on with the type above. A type of a kind begins with
// +TypeMeta. Type and field are
//
//   Name ["~" owned as one value] "=" fields          a name that two groups use: "events.Event"
//   json:number:[shape]value[:GoName][flags]          number: protobuf's, 0 for none
//   "+" Type [":" number]                             embedded: its members are this type's
//
//   shape   "" one, [] list, {} map
//   value   s string, i int32, l int64, d double, b bool, y bytes, q Quantity, x IntOrString,
//           t Time, u MicroTime, r raw JSON, S list of strings, else a type of this table
//   GoName  of the value in Go, when it is a named string: PullPolicy; package v1 is left out
//   flags   in this order
//     =Name     the whole field's Go type, when it has a name: ResourceList
//     !         always printed
//     ?         a pointer to a scalar: zero is a value
//     @key      patchStrategy merge; @ alone: of scalars or of a struct
//     ^         $retainKeys
//     #set, #key,key   list type of server-side apply; none: atomic
//     ~         map or struct owned as one value
//     %text     what an absent list key counts as
#pragma once

#include <string_view>

namespace drydock::fakekube {

extern const std::string_view kCoreApiTypes;   // core/v1 and meta/v1
extern const std::string_view kGroupApiTypes;  // the others

}  // namespace drydock::fakekube

// The built-in API types, field by field: what decoding, protobuf, strategic merge, server-side
// apply and OpenAPI need to know of them. Facts of Kubernetes 1.33: k8s.io/api's struct tags and
// markers, in our own compact text (api_types_*.cc, read once at first use).
//
//   const ApiType* pod = api_type_of(kPods);
//   const ApiField* spec = pod->field("spec");                      // kOne, kStruct
//   const ApiField* containers = spec->type->field("containers");   // kList, kStruct
//   containers->merge_key;                                          // "name"
//   containers->list_type; containers->list_keys;                   // kMap, {"name"}
//
// Everything lives for the whole program; a type is compared by its address. Never suspends.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

struct ApiType;

enum class ApiShape : uint8_t { kOne, kList, kMap };  // of a map the keys are strings

// What one value (a list's item, a map's value) is.
enum class ApiKind : uint8_t {
  kString,
  kInt32,
  kInt64,
  kDouble,
  kBool,
  kBytes,        // base64 text
  kQuantity,     // text or number; protobuf {1: text}
  kIntOrString,  // protobuf {1: 0 number or 1 text, 2: number, 3: text}
  kTime,         // RFC 3339; protobuf {1: seconds, 2: nanoseconds}
  kMicroTime,    // as kTime with six digits
  kRaw,          // any JSON: FieldsV1, RawExtension, JSONSchemaProps; protobuf {1: the JSON text}
  kStruct,
  kStrings,  // a list of strings, as a map's value: ExtraValue
};

// How server-side apply sees a list: one value, a set of scalars, or items known by keys.
enum class ApiListType : uint8_t { kAtomic, kSet, kMap };

struct ApiField {
  std::string_view name;  // in JSON
  ApiShape shape = ApiShape::kOne;
  ApiKind kind = ApiKind::kString;
  const ApiType* type = nullptr;  // of kStruct
  int number = 0;                 // in protobuf; 0: JSON only
  // As Go's error texts name the field's type and one value's: "[]v1.Container", "v1.Container".
  std::string_view go_type;
  std::string_view go_item_type;
  bool always_printed = false;  // an absent value is printed as zero, {} or null
  bool pointer = false;         // a scalar whose zero counts as given: 0, false, ""

  // Strategic merge patch. Lists: replaced unless `merges`; of structs by `merge_key`.
  bool merges = false;
  bool retains_keys = false;  // $retainKeys may be used
  std::string_view merge_key;

  // Server-side apply.
  ApiListType list_type = ApiListType::kAtomic;
  std::vector<std::string_view> list_keys;
  bool atomic = false;           // a map or struct that is owned as one value
  std::string_view key_default;  // what an absent key counts as: "TCP" of a port's protocol
};

// A struct that Go embeds: in JSON its members are the outer type's, in protobuf a message.
struct ApiEmbedded {
  const ApiType* type = nullptr;
  int number = 0;
};

struct ApiType {
  std::string_view name;   // "PodSpec"
  std::string_view group;  // "apps"
  std::string_view version;
  std::string_view key;  // "PodSpec"; unlike `name` unique: "events.Event"
  bool atomic = false;   // wherever it is used
  // In the order of the Go struct, which is the order in which a real server prints them.
  std::vector<ApiField> fields;
  std::vector<ApiEmbedded> embedded;  // whose fields, among `fields`, have number 0

  // nullptr: no such field. Names are case-sensitive.
  const ApiField* field(std::string_view name) const;
  // As above by the protobuf number.
  const ApiField* numbered(int number) const;
};

// The whole object of a built-in kind, with kind, apiVersion and metadata. nullptr: a custom
// resource, or no kind or version of the table.
const ApiType* api_type_of(const ResourceType& type);
// As above for kinds that are no resource of their own: "DeleteOptions", "Scale", "Eviction".
const ApiType* api_type_of_kind(std::string_view group, std::string_view kind);
// A struct by its key: "ObjectMeta", "PodSpec". nullptr: none of that name.
const ApiType* find_api_type(std::string_view key);

}  // namespace drydock::fakekube

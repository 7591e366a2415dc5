// The schemas of an OpenAPI document: one per kind and per struct that kinds are made of.
//
//   OpenApiSchemas schemas("#/components/schemas/");
//   json::object reference = schemas.of(kPods);       // {"$ref": ".../io.k8s.api.core.v1.Pod"}
//   json::object all = std::move(schemas).take();     // by name, with all that they refer to
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"
#include "fakekube/schema/api_types.h"

namespace drydock::fakekube {

class OpenApiSchemas {
 public:
  // `prefix` of references: where the document keeps its schemas.
  explicit OpenApiSchemas(std::string prefix) : prefix_(std::move(prefix)) {}

  // A reference to the schema of the kind's objects, or of its lists.
  json::object of(const ResourceType& type);
  json::object list_of(const ResourceType& type);
  // A reference to a struct by its key in api_types.h: "DeleteOptions", "Scale"; or
  // of openapi_meta.h: "Status". CHECKs that there is one.
  json::object of_struct(std::string_view key);

  json::object take() &&;

 private:
  json::object reference(std::string_view name) const;
  json::object of_api_type(const ApiType& type, const ResourceType* kind);
  json::object field_schema(const ApiField& field);
  json::object value_schema(const ApiField& field, bool inside);
  void complete_references(json::value& schema);

  std::string prefix_;
  std::map<std::string, json::value, std::less<>> schemas_;
};

// {"group","kind","version"} of a kind, as x-kubernetes-group-version-kind says it.
json::object group_version_kind(const ResourceType& type, std::string_view kind);

}  // namespace drydock::fakekube

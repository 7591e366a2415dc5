// An API server with a kind of its own, "Part", whose lists are merged, and shortcuts for applies.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fakekube/api/status_error.h"
#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {

inline const StructuralSchema* part_schema() {
  static const std::unique_ptr<StructuralSchema> schema = StructuralSchema::parse(*json_parse(R"({
    "type": "object",
    "properties": {
      "spec": {"type": "object", "properties": {
        "color": {"type": "string"},
        "size": {"type": "integer", "default": 1},
        "names": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "order": {"type": "array", "items": {"type": "string"}},
        "bolts": {"type": "array", "x-kubernetes-list-type": "map",
                  "x-kubernetes-list-map-keys": ["id"],
                  "items": {"type": "object", "required": ["id"], "properties": {
                    "id": {"type": "string"}, "length": {"type": "integer"}}}},
        "whole": {"type": "object", "x-kubernetes-map-type": "atomic",
                  "additionalProperties": {"type": "string"}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}},
      "status": {"type": "object", "properties": {"phase": {"type": "string"}}}}})"));
  return schema.get();
}

inline const ResourceType kParts = with_names({.index = 900,
                                               .group = "test.x",
                                               .version = "v1",
                                               .kind = "Part",
                                               .plural = "parts",
                                               .custom = true,
                                               .has_status = true,
                                               .has_generation = true,
                                               .unconditional_update = false,
                                               .schema = part_schema});

class ApplyTest : public ApiTest {
 protected:
  ApplyTest() { server_.add_type(kParts); }

  static ApiCall call_of(Verb verb, const ResourceType& type, std::string_view body) {
    ApiCall call;
    call.verb = verb;
    call.type = &type;
    call.namespace_name = "ns";
    call.name = "a";
    if (!body.empty()) call.body = make_json(parse(body));
    return call;
  }

  // `spec` is the JSON text of the Part's spec.
  ApiReply apply(const std::string& manager, std::string_view spec, bool force = false) {
    return apply_body(manager, part(R"("spec":)" + std::string(spec)), force);
  }
  ApiReply apply_body(const std::string& manager, std::string_view body, bool force = false) {
    ApiCall call = call_of(Verb::kPatch, kParts, body);
    call.patch_type = PatchType::kApply;
    call.field_manager = manager;
    call.force = force;
    return server_.execute(call);
  }
  ApiReply patch(const std::string& manager, std::string_view body,
                 PatchType type = PatchType::kMerge, const std::string& subresource = "") {
    ApiCall call = call_of(Verb::kPatch, kParts, body);
    call.patch_type = type;
    call.field_manager = manager;
    call.subresource = subresource;
    return server_.execute(call);
  }
  ApiReply create(const std::string& manager, std::string_view body) {
    ApiCall call = call_of(Verb::kCreate, kParts, body);
    call.field_manager = manager;
    return server_.execute(call);
  }
  // A Part named "a" with more members, given as JSON text.
  static std::string part(std::string_view members) {
    return R"({"apiVersion":"test.x/v1","kind":"Part","metadata":{"name":"a"},)" +
           std::string(members) + "}";
  }

  JsonPtr stored() { return server_.store().find(kParts, "ns", "a")->value; }
  std::string spec() { return json_text(*json_find(*stored(), {"spec"})); }
  // What the manager owns, "" when it is not listed. `operation`: "Apply" or "Update".
  std::string owned_by(std::string_view manager, std::string_view operation) {
    for (const json::value& entry : json_array(*stored(), {"metadata", "managedFields"}))
      if (json_string(entry, {"manager"}) == manager &&
          json_string(entry, {"operation"}) == operation)
        return json_text(*json_find(entry, {"fieldsV1"}));
    return "";
  }
  uint64_t revision() { return server_.store().find(kParts, "ns", "a")->revision; }
};

}  // namespace drydock::fakekube

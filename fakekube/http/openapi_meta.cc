#include "fakekube/http/openapi_meta.h"

#include <array>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/text.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

using Named = std::pair<std::string_view, std::string_view>;

constexpr std::array<Named, 10> kSchemas = {{
    {"FieldsV1", R"({"description":"Fields as a set of paths.","type":"object"})"},
    {"Patch", R"({"description":"A patch of any of the accepted types.","type":"object"})"},
    {"Time", R"({"description":"A time as RFC 3339.","type":"string","format":"date-time"})"},
    {"MicroTime",
     R"({"description":"A time with microseconds.","type":"string","format":"date-time"})"},
    {"Quantity", R"({"description":"A number with a unit.",
        "oneOf":[{"type":"string"},{"type":"number"}]})"},
    {"IntOrString", R"({"description":"A number, or the name of one.","format":"int-or-string",
        "oneOf":[{"type":"integer"},{"type":"string"}]})"},
    {"ListMeta", R"({"description":"Metadata of lists.","type":"object","properties":{
        "continue":{"description":"Where the next page begins.","type":"string"},
        "remainingItemCount":{"description":"Items after this page.","type":"integer",
                              "format":"int64"},
        "resourceVersion":{"description":"The revision of the list.","type":"string"},
        "selfLink":{"description":"Not set any more.","type":"string"}}})"},
    {"Status", R"({"description":"An answer that is no object.","type":"object","properties":{
        "apiVersion":{"description":"v1","type":"string"},
        "code":{"description":"The HTTP status.","type":"integer","format":"int32"},
        "details":{"description":"More about the reason.",
                   "allOf":[{"$ref":"#ref/StatusDetails"}],"x-kubernetes-list-type":"atomic"},
        "kind":{"description":"Status","type":"string"},
        "message":{"description":"The reason for people.","type":"string"},
        "metadata":{"description":"Metadata of lists.","default":{},
                    "allOf":[{"$ref":"#ref/ListMeta"}]},
        "reason":{"description":"The reason for programs.","type":"string"},
        "status":{"description":"Success or Failure.","type":"string"}},
        "x-kubernetes-group-version-kind":[{"group":"","kind":"Status","version":"v1"}]})"},
    {"StatusDetails", R"({"description":"Details of a Status.","type":"object","properties":{
        "causes":{"description":"Each thing that is wrong.","type":"array",
                  "items":{"default":{},"allOf":[{"$ref":"#ref/StatusCause"}]},
                  "x-kubernetes-list-type":"atomic"},
        "group":{"description":"The group of the kind.","type":"string"},
        "kind":{"description":"The kind or resource.","type":"string"},
        "name":{"description":"The name of the object.","type":"string"},
        "retryAfterSeconds":{"description":"When to ask again.","type":"integer",
                             "format":"int32"},
        "uid":{"description":"The uid of the object.","type":"string"}}})"},
    {"StatusCause", R"({"description":"One cause of a Status.","type":"object","properties":{
        "field":{"description":"The field that is wrong.","type":"string"},
        "message":{"description":"The cause for people.","type":"string"},
        "reason":{"description":"The cause for programs.","type":"string"}}})"},
}};

// Each line a group and its versions.
constexpr std::string_view kGroupVersions =
    " v1\nadmissionregistration.k8s.io v1 v1alpha1 v1beta1\napps v1 v1beta1 v1beta2\n"
    "authentication.k8s.io v1 v1alpha1 v1beta1\nauthorization.k8s.io v1 v1beta1\n"
    "autoscaling v1 v2 v2beta1 v2beta2\nbatch v1 v1beta1\n"
    "certificates.k8s.io v1 v1alpha1 v1beta1\ncoordination.k8s.io v1 v1alpha2 v1beta1\n"
    "discovery.k8s.io v1 v1beta1\nevents.k8s.io v1 v1beta1\nextensions v1beta1\n"
    "flowcontrol.apiserver.k8s.io v1 v1beta1 v1beta2 v1beta3\n"
    "internal.apiserver.k8s.io v1alpha1\nnetworking.k8s.io v1 v1alpha1 v1beta1\n"
    "node.k8s.io v1 v1alpha1 v1beta1\npolicy v1 v1beta1\n"
    "rbac.authorization.k8s.io v1 v1alpha1 v1beta1\nresource.k8s.io v1alpha3 v1beta1 v1beta2\n"
    "scheduling.k8s.io v1 v1alpha1 v1beta1\nstorage.k8s.io v1 v1alpha1 v1beta1\n"
    "storagemigration.k8s.io v1alpha1";

}  // namespace

json::value shared_schema(std::string_view name) {
  for (const auto& [known, text] : kSchemas) {
    if (known != name) continue;
    Result<json::value> schema = json_parse(text);
    DRYDOCK_CHECK(schema.ok(), "a shared schema is no JSON: " + std::string(name));
    return *std::move(schema);
  }
  return nullptr;
}

json::array delete_options_kinds() {
  json::array kinds;
  for (std::string_view line : split(kGroupVersions, '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    for (size_t i = 1; i < words.size(); ++i)
      kinds.push_back(json::object{{"group", text_value(words.front())},
                                   {"kind", "DeleteOptions"},
                                   {"version", text_value(words[i])}});
  }
  return kinds;
}

}  // namespace drydock::fakekube

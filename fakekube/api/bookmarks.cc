#include "fakekube/api/bookmarks.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kEndMark = "k8s.io/initial-events-end";
constexpr std::string_view kBlueprint = "kubernetes.io/initial-events-list-blueprint";

// What follows the metadata of a struct of a kind with nothing set: fields that are printed empty.
struct EmptyKind {
  std::string_view plural;
  std::string_view members;
};

constexpr std::string_view kTemplate =
    R"({"metadata":{"creationTimestamp":null},"spec":{"containers":null}})";

constexpr std::array<EmptyKind, 18> kEmptyKinds = {{
    {"namespaces", R"({"spec":{},"status":{}})"},
    {"nodes", R"({"spec":{},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":0}},)"
              R"("nodeInfo":{"machineID":"","systemUUID":"","bootID":"","kernelVersion":"",)"
              R"("osImage":"","containerRuntimeVersion":"","kubeletVersion":"",)"
              R"("kubeProxyVersion":"","operatingSystem":"","architecture":""}}})"},
    {"pods", R"({"spec":{"containers":null},"status":{}})"},
    {"persistentvolumeclaims", R"({"spec":{"resources":{}},"status":{}})"},
    {"persistentvolumes", R"({"spec":{},"status":{}})"},
    {"services", R"({"spec":{},"status":{"loadBalancer":{}}})"},
    {"resourcequotas", R"({"spec":{},"status":{}})"},
    {"limitranges", R"({"spec":{"limits":null}})"},
    {"storageclasses", R"({"provisioner":""})"},
    {"leases", R"({"spec":{}})"},
    {"controllerrevisions", R"({"revision":0})"},
    {"networkpolicies", R"({"spec":{"podSelector":{}}})"},
    {"poddisruptionbudgets",
     R"({"spec":{},"status":{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,)"
     R"("expectedPods":0}})"},
    {"priorityclasses", R"({"value":0})"},
    {"roles", R"({"rules":null})"},
    {"clusterroles", R"({"rules":null})"},
    {"rolebindings", R"({"roleRef":{"apiGroup":"","kind":"","name":""}})"},
    {"clusterrolebindings", R"({"roleRef":{"apiGroup":"","kind":"","name":""}})"},
}};

std::string empty_members(const ResourceType& type) {
  if (type.plural == "statefulsets")
    return R"({"spec":{"selector":null,"template":)" + std::string(kTemplate) +
           R"(,"serviceName":"","updateStrategy":{}},"status":{"replicas":0,)"
           R"("availableReplicas":0}})";
  if (type.plural == "deployments")
    return R"({"spec":{"selector":null,"template":)" + std::string(kTemplate) +
           R"(,"strategy":{}},"status":{}})";
  if (type.plural == "replicasets") return R"({"spec":{"selector":null},"status":{"replicas":0}})";
  if (type.plural == "events" && type.group.empty())
    return R"({"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,)"
           R"("eventTime":null,"reportingComponent":"","reportingInstance":""})";
  if (type.plural == "events")
    return R"({"eventTime":null,"regarding":{},"deprecatedSource":{},)"
           R"("deprecatedFirstTimestamp":null,"deprecatedLastTimestamp":null})";
  if (type.plural == "customresourcedefinitions")
    return R"({"spec":{"group":"","names":{"plural":"","kind":""},"scope":"","versions":null},)"
           R"("status":{"conditions":null,"acceptedNames":{"plural":"","kind":""},)"
           R"("storedVersions":null}})";
  for (const EmptyKind& kind : kEmptyKinds)
    if (kind.plural == type.plural) return std::string(kind.members);
  return "{}";
}

// As an encoder of lists prints it, newline included.
std::string empty_list(const ResourceType& type) {
  const std::string kind = std::string(type.list_kind);
  const std::string version = std::string(type.api_version);
  if (type.custom)
    return R"({"apiVersion":")" + version + R"(","items":[],"kind":")" + kind + "\"}\n";
  return R"({"kind":")" + kind + R"(","apiVersion":")" + version +
         R"(","metadata":{},"items":null})" + "\n";
}

json::object annotations_of_end(const ResourceType& type) {
  json::object annotations;
  annotations.emplace(kEndMark, "true");
  annotations.emplace(kBlueprint, text_value(base64_encode(empty_list(type))));
  return annotations;
}

}  // namespace

void set_metadata_blueprint(json::object& metadata, std::string_view version) {
  json::value* annotations = metadata.if_contains("annotations");
  json::value* blueprint = annotations == nullptr || !annotations->is_object()
                               ? nullptr
                               : annotations->get_object().if_contains(kBlueprint);
  if (blueprint == nullptr) return;
  *blueprint = text_value(
      base64_encode(std::string(R"({"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/)")
                        .append(version)
                        .append(R"(","metadata":{},"items":null})")
                        .append("\n")));
}

JsonPtr bookmark_line(const ResourceType& type, uint64_t revision, bool ends_initial) {
  json::object metadata;
  if (type.custom && ends_initial) metadata.emplace("annotations", annotations_of_end(type));
  metadata.emplace("resourceVersion", std::to_string(revision));
  if (!type.custom) metadata.emplace("creationTimestamp", nullptr);
  if (!type.custom && ends_initial) metadata.emplace("annotations", annotations_of_end(type));
  json::object object;
  object.emplace(type.custom ? "apiVersion" : "kind",
                 text_value(type.custom ? type.api_version : type.kind));
  object.emplace(type.custom ? "kind" : "apiVersion",
                 text_value(type.custom ? type.kind : type.api_version));
  object.emplace("metadata", std::move(metadata));
  if (!type.custom) {
    const Result<json::value> members = json_parse(empty_members(type));
    DRYDOCK_CHECK(members.ok(), "the table of empty kinds holds JSON");
    for (const auto& member : members->get_object()) object.emplace(member.key(), member.value());
  }
  return make_json(json::object{{"type", "BOOKMARK"}, {"object", std::move(object)}});
}

}  // namespace drydock::fakekube

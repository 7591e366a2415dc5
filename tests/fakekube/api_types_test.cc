#include "fakekube/schema/api_types.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/base/json.h"
#include "fakekube/schema/api_types_decode.h"
#include "fakekube/schema/api_types_scalars.h"

namespace drydock::fakekube {
namespace {

const ApiField& field_at(const ApiType& type, std::initializer_list<std::string_view> path) {
  const ApiType* current = &type;
  const ApiField* found = nullptr;
  for (std::string_view name : path) {
    found = current->field(name);
    if (found == nullptr) ADD_FAILURE() << "no field " << name;
    current = found->type;
  }
  return *found;
}

// The object as printed after conform(), or the error's text.
std::string conformed(std::string_view kind, std::string_view text) {
  json::value value = *json_parse(text);
  const ApiFindings findings = conform(*find_api_type(kind), value);
  return findings.type_error.empty() ? json_text(value) : findings.type_error;
}

TEST(ApiTypes, HaveEveryFieldWithItsShapeAndNumber) {
  const ApiType& pod = *api_type_of(kPods);
  EXPECT_EQ(pod.name, "Pod");
  const ApiField& containers = field_at(pod, {"spec", "containers"});
  EXPECT_EQ(containers.shape, ApiShape::kList);
  EXPECT_EQ(containers.kind, ApiKind::kStruct);
  EXPECT_EQ(containers.number, 2);
  EXPECT_EQ(containers.go_type, "[]v1.Container");
  EXPECT_EQ(field_at(pod, {"spec", "restartPolicy"}).go_type, "v1.RestartPolicy");
  EXPECT_EQ(field_at(pod, {"spec", "containers", "resources", "limits"}).go_type,
            "v1.ResourceList");
  EXPECT_EQ(field_at(pod, {"spec", "volumes", "emptyDir"}).number, 0);  // embedded
}

TEST(ApiTypes, HaveMergeKeysAndListTypes) {
  const ApiType& pod = *api_type_of(kPods);
  const ApiField& containers = field_at(pod, {"spec", "containers"});
  EXPECT_TRUE(containers.merges);
  EXPECT_EQ(containers.merge_key, "name");
  EXPECT_EQ(containers.list_keys, std::vector<std::string_view>{"name"});
  const ApiField& ports = field_at(pod, {"spec", "containers", "ports"});
  EXPECT_EQ(ports.merge_key, "containerPort");
  EXPECT_EQ(ports.list_keys, (std::vector<std::string_view>{"containerPort", "protocol"}));
  EXPECT_EQ(field_at(pod, {"spec", "containers", "ports", "protocol"}).key_default, "TCP");
  EXPECT_EQ(field_at(pod, {"spec", "tolerations"}).list_type, ApiListType::kAtomic);
  EXPECT_EQ(field_at(pod, {"metadata", "finalizers"}).list_type, ApiListType::kSet);
  EXPECT_TRUE(field_at(pod, {"spec", "nodeSelector"}).atomic);
  EXPECT_TRUE(field_at(pod, {"spec", "volumes"}).retains_keys);
  EXPECT_TRUE(find_api_type("LabelSelector")->atomic);
}

TEST(ApiTypes, AreFoundByGroupAndVersion) {
  EXPECT_EQ(api_type_of_kind("events.k8s.io", "Event")->key, "events.Event");
  EXPECT_EQ(api_type_of_kind("", "Event")->key, "Event");
  EXPECT_EQ(api_type_of(kBackups), nullptr);
  EXPECT_EQ(find_api_type("Nothing"), nullptr);
}

TEST(ApiTypes, CoverEveryServedBuiltInKindOfVersionOne) {
  for (const ResourceType* type : all_resource_types()) {
    if (type->custom || type->version != "v1" || type->kind == "HorizontalPodAutoscaler") continue;
    EXPECT_NE(api_type_of(*type), nullptr) << type->qualified_kind;
  }
}

TEST(Conform, PrintsMembersInTheStructsOrderWithItsZeros) {
  EXPECT_EQ(conformed("Container", R"({"tty":false,"image":"i","name":"c"})"),
            R"({"name":"c","image":"i","resources":{}})");
  EXPECT_EQ(conformed("PodCondition", R"({"status":"True","type":"Ready"})"),
            R"({"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":null})");
  EXPECT_EQ(conformed("StatefulSetSpec", R"({"replicas":0})").substr(0, 14), R"({"replicas":0,)");
}

TEST(Conform, LeavesAnObjectThatIsConformAlone) {
  const std::string text = R"({"name":"c","image":"i","resources":{"limits":{"cpu":"1"}}})";
  EXPECT_EQ(conformed("Container", text), text);
}

TEST(Conform, MakesQuantitiesAndTimesCanonical) {
  EXPECT_EQ(conformed("ResourceRequirements", R"({"limits":{"cpu":"1000m","memory":0.5}})"),
            R"({"limits":{"cpu":"1","memory":"500m"}})");
  EXPECT_EQ(conformed("ContainerStateRunning", R"({"startedAt":"2026-01-01T02:00:00.5+02:00"})"),
            R"({"startedAt":"2026-01-01T00:00:00Z"})");
}

TEST(Conform, NamesUnknownMembersByTheirPath) {
  json::value pod = *json_parse(
      R"({"spec":{"zzz":1,"containers":[{"name":"c"},{"yyy":2,"name":"d"}]},"Spec":{}})");
  const ApiFindings findings = conform(*find_api_type("Pod"), pod);
  EXPECT_EQ(findings.unknown,
            (std::vector<std::string>{"spec.zzz", "spec.containers[1].yyy", "Spec"}));
  EXPECT_EQ(json_find(pod, {"spec", "zzz"}), nullptr);
}

TEST(Conform, RefusesWrongTypesInGosWords) {
  const std::string begin = "json: cannot unmarshal ";
  EXPECT_EQ(conformed("Pod", R"({"spec":{"hostNetwork":"yes"}})"),
            begin + "string into Go struct field PodSpec.spec.hostNetwork of type bool");
  EXPECT_EQ(conformed("Pod", R"({"spec":{"containers":{}}})"),
            begin + "object into Go struct field PodSpec.spec.containers of type []v1.Container");
  EXPECT_EQ(conformed("Pod", R"({"metadata":{"labels":{"a":5}}})"),
            begin + "number into Go struct field ObjectMeta.metadata.labels of type string");
  EXPECT_EQ(conformed("Pod", R"({"spec":{"terminationGracePeriodSeconds":1.0}})"),
            begin +
                "number 1.0 into Go struct field "
                "PodSpec.spec.terminationGracePeriodSeconds of type int64");
  EXPECT_EQ(conformed("Pod", R"({"spec":{"priority":3000000000}})"),
            begin + "number 3000000000 into Go struct field PodSpec.spec.priority of type int32");
  EXPECT_EQ(conformed("Pod", R"({"spec":{"restartPolicy":[]}})"),
            begin +
                "array into Go struct field PodSpec.spec.restartPolicy of type "
                "v1.RestartPolicy");
}

TEST(Conform, GivesTheFirstWrongTypeButAnUnreadableTimeAtOnce) {
  EXPECT_EQ(conformed("Pod", R"({"spec":{"hostPID":1,"hostIPC":2}})"),
            "json: cannot unmarshal number into Go struct field PodSpec.spec.hostPID of type bool");
  EXPECT_EQ(conformed("Pod", R"({"spec":{"hostPID":1},"status":{"startTime":"soon"}})"),
            R"(parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006")");
}

TEST(Scalars, AreRefusedInGosWords) {
  json::value quantity = "1mm";
  EXPECT_EQ(settle_quantity(quantity), "unable to parse quantity's suffix");
  quantity = "lots";
  EXPECT_EQ(settle_quantity(quantity),
            "quantities must match the regular expression "
            "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  json::value time = "2026-13-01T00:00:00Z";
  EXPECT_EQ(settle_time(time, false), R"(parsing time "2026-13-01T00:00:00Z": month out of range)");
  time = "2026-01-01T00:00:00Z";
  EXPECT_EQ(settle_time(time, true),
            R"(parsing time "2026-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": )"
            R"(cannot parse "Z" as ".000000")");
  EXPECT_EQ(check_base64("YQ=="), "");
  EXPECT_EQ(check_base64("Y!=="), "illegal base64 data at input byte 1");
  EXPECT_EQ(check_base64("abc"), "illegal base64 data at input byte 0");
}

}  // namespace
}  // namespace drydock::fakekube

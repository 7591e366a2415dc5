// Tables as kubectl asks for them: cells of the printers, columns of CRDs, lists, single objects,
// watches.
#include "fakekube/http/table.h"

#include "core/base/text.h"
#include "fakekube/api/bookmarks.h"
#include "fakekube/http/table_cells.h"
#include "fakekube/http/table_paths.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kTable = "application/json;as=Table;v=v1;g=meta.k8s.io";

json::array row_of(const ResourceType& type, std::string_view object, std::string_view now) {
  json::array cells;
  const json::value value = *json_parse(object);
  find_table_kind(type).print(value, *parse_rfc3339(now), cells);
  return cells;
}

std::string state_of(std::string_view pod) {
  const json::array cells = row_of(kPods, pod, "2026-01-01T01:00:00Z");
  return std::string(cells[1].as_string()) + " " + std::string(cells[2].as_string()) + " " +
         std::string(cells[3].as_string());
}

class TableTest : public ApiTest {
 protected:
  json::value table(const std::string& target, const std::string& accept = kTable) {
    const Answer answer = ask("GET", target, "", "application/json", accept);
    EXPECT_EQ(answer.code, 200);
    return *answer.body;
  }
  static std::vector<std::string> column_names(const json::value& table) {
    std::vector<std::string> names;
    for (const json::value& column : json_array(table, {"columnDefinitions"}))
      names.push_back(json_string(column, {"name"}));
    return names;
  }
};

TEST(HumanDuration, IsExactForMinutesAndCoarserTheLongerItIs) {
  EXPECT_EQ(human_duration(seconds(-2)), "<invalid>");
  EXPECT_EQ(human_duration(seconds(-1)), "0s");
  EXPECT_EQ(human_duration(seconds(119)), "119s");
  EXPECT_EQ(human_duration(seconds(120)), "2m");
  EXPECT_EQ(human_duration(seconds(121)), "2m1s");
  EXPECT_EQ(human_duration(minutes(10) + seconds(5)), "10m");
  EXPECT_EQ(human_duration(hours(3)), "3h");
  EXPECT_EQ(human_duration(hours(7) + minutes(59)), "7h59m");
  EXPECT_EQ(human_duration(hours(47)), "47h");
  EXPECT_EQ(human_duration(hours(49)), "2d1h");
  EXPECT_EQ(human_duration(hours(24 * 8 + 5)), "8d");
  EXPECT_EQ(human_duration(hours(24 * 731)), "2y1d");
  EXPECT_EQ(human_duration(hours(24 * 365 * 9)), "9y");
}

TEST(PodRow, NamesTheFirstContainerThatIsNotRunning) {
  EXPECT_EQ(state_of(R"({"spec":{"containers":[{},{}]},"status":{"phase":"Pending"}})"),
            "0/2 Pending 0");
  EXPECT_EQ(state_of(R"({"spec":{"containers":[{}]},"status":{"phase":"Running",
      "containerStatuses":[{"ready":true,"restartCount":0,"state":{"running":{}}}]}})"),
            "1/1 Running 0");
  EXPECT_EQ(state_of(R"({"spec":{"containers":[{}]},"status":{"phase":"Running",
      "containerStatuses":[{"restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}},
      "lastState":{"terminated":{"finishedAt":"2026-01-01T00:59:50Z"}}}]}})"),
            "0/1 CrashLoopBackOff 3 (10s ago)");
  EXPECT_EQ(state_of(R"({"spec":{"containers":[{}]},"status":{"phase":"Failed",
      "containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}})"),
            "0/1 ExitCode:3 0");
  EXPECT_EQ(state_of(R"({"spec":{"containers":[{}]},"status":{"phase":"Failed",
      "reason":"Evicted"}})"),
            "0/1 Evicted 0");
}

TEST(PodRow, IsNotCompletedWhileAContainerRuns) {
  const std::string statuses = R"("containerStatuses":[
      {"state":{"terminated":{"exitCode":0,"reason":"Completed"}}},
      {"ready":true,"state":{"running":{}}}]}})";
  EXPECT_EQ(state_of(R"({"spec":{"containers":[{},{}]},"status":{"phase":"Running",)" + statuses),
            "1/2 NotReady 0");
  EXPECT_EQ(state_of(R"({"spec":{"containers":[{},{}]},"status":{"phase":"Running",
      "conditions":[{"type":"Ready","status":"True"}],)" +
                     statuses),
            "1/2 Running 0");
}

TEST(PodRow, CountsInitContainersUntilAllAreDone) {
  EXPECT_EQ(state_of(R"({"spec":{"initContainers":[{"name":"a"},{"name":"b"}],"containers":[{}]},
      "status":{"phase":"Pending","initContainerStatuses":[
      {"name":"a","state":{"terminated":{"exitCode":0}}},
      {"name":"b","state":{"running":{}}}]}})"),
            "0/1 Init:1/2 0");
  EXPECT_EQ(state_of(R"({"spec":{"initContainers":[{"name":"a"}],"containers":[{}]},
      "status":{"phase":"Pending","initContainerStatuses":[
      {"name":"a","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}})"),
            "0/1 Init:Error 0");
  EXPECT_EQ(state_of(R"({"spec":{"initContainers":[{"name":"s","restartPolicy":"Always"}],
      "containers":[{}]},"status":{"phase":"Running","initContainerStatuses":[
      {"name":"s","started":true,"ready":true,"state":{"running":{}}}],"containerStatuses":[
      {"ready":true,"state":{"running":{}}}]}})"),
            "2/2 Running 0");
}

TEST(PodRow, SaysTerminatingOnlyWhileThePodHasNotEnded) {
  EXPECT_EQ(state_of(R"({"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},
      "spec":{"containers":[{}]},"status":{"phase":"Running"}})"),
            "0/1 Terminating 0");
  EXPECT_EQ(state_of(R"({"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},
      "spec":{"containers":[{}]},"status":{"phase":"Succeeded","containerStatuses":[
      {"state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}})"),
            "0/1 Completed 0");
  EXPECT_EQ(state_of(R"({"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},
      "spec":{"containers":[{}]},"status":{"phase":"Running","reason":"NodeLost"}})"),
            "0/1 Unknown 0");
}

TEST(ClaimRow, ShowsTheVolumeOnceItIsBound) {
  const std::string bound = R"({"metadata":{"name":"c","creationTimestamp":"2026-01-01T00:00:00Z"},
      "spec":{"volumeName":"v","volumeMode":"Filesystem","storageClassName":"fast"},
      "status":{"phase":"Bound","capacity":{"storage":"1Gi"},
      "accessModes":["ReadWriteMany","ReadWriteOnce"]}})";
  EXPECT_EQ(json_text(row_of(kPersistentVolumeClaims, bound, "2026-01-01T00:00:05Z")),
            R"(["c","Bound","v","1Gi","RWO,RWX","fast","<unset>","5s","Filesystem"])");
  const std::string pending = R"({"metadata":{"name":"c","creationTimestamp":null},
      "spec":{"resources":{"requests":{"storage":"1Gi"}}},"status":{"phase":"Pending"}})";
  EXPECT_EQ(json_text(row_of(kPersistentVolumeClaims, pending, "2026-01-01T00:00:05Z")),
            R"(["c","Pending","","","","","<unset>","<unknown>","<unset>"])");
}

TEST(ServiceRow, ListsPortsAndWaitsForItsBalancer) {
  EXPECT_EQ(json_text(row_of(kServices, R"({"metadata":{"name":"s"},"spec":{"type":"LoadBalancer",
      "clusterIP":"10.0.0.1","selector":{"b":"2","a":"1"},"ports":[
      {"port":80,"nodePort":30080,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]}})",
                             "2026-01-01T00:00:00Z")),
            R"(["s","LoadBalancer","10.0.0.1","<pending>","80:30080/TCP,53/UDP","<unknown>",)"
            R"("a=1,b=2"])");
}

TEST(EventRow, FallsBackToTheNewerFields) {
  EXPECT_EQ(json_text(row_of(kEvents, R"({"metadata":{"name":"e"},"type":"Normal","reason":"R",
      "involvedObject":{"kind":"Backup","name":"b"},"reportingComponent":"op",
      "reportingInstance":"op-1","message":" m\n","eventTime":"2026-01-01T00:00:00.000000Z"})",
                             "2026-01-01T00:00:07Z")),
            R"(["7s","Normal","R","backup/b","","op, op-1","m","7s",1,"e"])");
}

TEST(ClusterRow, OfEachKindSaysWhatIsMissing) {
  const auto cells = [](std::string_view group, std::string_view plural, std::string_view object) {
    const ResourceType* type = find_resource_type(group, "v1", plural);
    return type == nullptr ? "" : json_text(row_of(*type, object, "2026-01-01T00:00:00Z"));
  };
  const std::string_view networking = "networking.k8s.io";
  const std::string_view flow = "flowcontrol.apiserver.k8s.io";
  EXPECT_EQ(cells(networking, "ingressclasses", R"({"metadata":{"name":"i"},"spec":{
      "controller":"x.y/z","parameters":{"apiGroup":"g.h","kind":"K","name":"n"}}})"),
            R"(["i","x.y/z","K.g.h/n","<unknown>"])");
  EXPECT_EQ(cells(networking, "ipaddresses", R"({"metadata":{"name":"10.0.0.1"},"spec":{
      "parentRef":{"resource":"services","namespace":"default","name":"kubernetes"}}})"),
            R"(["10.0.0.1","services/default/kubernetes","<unknown>"])");
  EXPECT_EQ(cells(networking, "servicecidrs",
                  R"({"metadata":{"name":"s"},"spec":{"cidrs":["10.0.0.0/24","fd00::/112"]}})"),
            R"(["s","10.0.0.0/24,fd00::/112","<unknown>"])");
  EXPECT_EQ(cells(flow, "flowschemas", R"({"metadata":{"name":"f"},"spec":{
      "priorityLevelConfiguration":{"name":"exempt"},"matchingPrecedence":1},
      "status":{"conditions":[{"type":"Dangling","status":"False"}]}})"),
            R"(["f","exempt",1,"<none>","<unknown>","False"])");
  EXPECT_EQ(cells(flow, "prioritylevelconfigurations", R"({"metadata":{"name":"p"},"spec":{
      "type":"Limited","limited":{"nominalConcurrencyShares":30,"limitResponse":{"queuing":{
      "queues":64,"handSize":6,"queueLengthLimit":50}}}}})"),
            R"(["p","Limited",30,64,6,50,"<unknown>"])");
  EXPECT_EQ(cells(flow, "prioritylevelconfigurations",
                  R"({"metadata":{"name":"e"},"spec":{"type":"Exempt"}})"),
            R"(["e","Exempt","<none>","<none>","<none>","<none>","<unknown>"])");
  EXPECT_EQ(cells("admissionregistration.k8s.io", "validatingadmissionpolicies",
                  R"({"metadata":{"name":"v"},"spec":{"validations":[{},{}]}})"),
            R"(["v",2,"<unset>","<unknown>"])");
  EXPECT_EQ(cells("certificates.k8s.io", "certificatesigningrequests",
                  R"({"metadata":{"name":"c"},"spec":{"signerName":"x/y","username":"u",
      "expirationSeconds":3600},"status":{"certificate":"eA==","conditions":[
      {"type":"Approved","status":"True"}]}})"),
            R"(["c","<unknown>","x/y","u","60m","Approved,Issued"])");
}

TEST(ColumnPath, FollowsFieldsIndexesAndFilters) {
  const json::value root = *json_parse(R"({"a":{"b.c":1,"l":[{"t":"x","v":1},{"t":"y","v":2}]}})");
  const auto at = [&](std::string_view path) {
    const json::value* found = first_at_path(root, path);
    return found == nullptr ? "-" : json_text(*found);
  };
  EXPECT_EQ(at(".a['b.c']"), "1");
  EXPECT_EQ(at(".a.b\\.c"), "1");
  EXPECT_EQ(at(".a.l[1].v"), "2");
  EXPECT_EQ(at(".a.l[-1].t"), "\"y\"");
  EXPECT_EQ(at(".a.l[*].v"), "1");
  EXPECT_EQ(at(R"(.a.l[?(@.t=="y")].v)"), "2");
  EXPECT_EQ(at(R"(.a.l[?(@.v!=1)].t)"), "\"y\"");
  EXPECT_EQ(at(".a.l[5].v"), "-");
  EXPECT_EQ(at(".a.none.v"), "-");
  EXPECT_EQ(at(".a.l[?(@.t==\"z\")].v"), "-");
}

TEST_F(TableTest, OfOneObjectHasItsRevisionAndMetadata) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"m"},"data":{"a":"1","b":"2"}})");
    const json::value shown = table(std::string(kMapsPath) + "/m");
    EXPECT_EQ(column_names(shown), (std::vector<std::string>{"Name", "Data", "Age"}));
    EXPECT_EQ(json_text(*json_find(shown.at("rows").at(0), {"cells"})), R"(["m",2,"0s"])");
    EXPECT_EQ(json_string(shown, {"metadata", "resourceVersion"}),
              json_string(shown.at("rows").at(0), {"object", "metadata", "resourceVersion"}));
    EXPECT_EQ(json_string(shown.at("rows").at(0), {"object", "kind"}), "PartialObjectMetadata");
  });
}

TEST_F(TableTest, OfAListPagesAsTheListDoes) {
  run([&] {
    for (const char* name : {"m1", "m2", "m3"})
      ask("POST", kMapsPath, json_text(config_map(name, "x")));
    const json::value shown = table(std::string(kMapsPath) + "?limit=1&includeObject=None");
    EXPECT_EQ(json_array(shown, {"rows"}).size(), 1U);
    EXPECT_TRUE(shown.at("rows").at(0).at("object").is_null());
    EXPECT_EQ(json_int(shown, {"metadata", "remainingItemCount"}), 2);
    EXPECT_NE(json_string(shown, {"metadata", "continue"}), "");
    const json::value whole = table(std::string(kMapsPath) + "?includeObject=Object");
    EXPECT_EQ(json_string(whole.at("rows").at(0), {"object", "kind"}), "ConfigMap");
    EXPECT_EQ(json_string(whole.at("rows").at(0), {"object", "data", "a"}), "x");
    const json::value none = table("/api/v1/namespaces/other/configmaps");
    EXPECT_EQ(json_text(none.at("rows")), "[]");
  });
}

TEST_F(TableTest, WithABadIncludeObjectIsRefused) {
  run([&] {
    const Answer answer =
        ask("GET", std::string(kMapsPath) + "?includeObject=Some", "", "application/json", kTable);
    EXPECT_EQ(answer.code, 400);
    // A client that takes nothing but a Table gets errors as text for people.
    EXPECT_NE(answer.text.find("Unable to convert to Table as requested: includeObject: Invalid "
                               "value: \\\"Some\\\": must be 'Metadata', 'Object', 'None', or "
                               "empty"),
              std::string::npos);
    EXPECT_TRUE(answer.text.starts_with("{\n  \"kind\": \"Status\""));
  });
}

TEST_F(TableTest, OfACustomResourceHasTheColumnsOfItsDefinition) {
  run([&] {
    ask("POST", kBackupsPath,
        R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"b"},)"
        R"("spec":{"cluster":"c"}})");
    const json::value shown = table(kBackupsPath);
    EXPECT_EQ(column_names(shown),
              (std::vector<std::string>{"Name", "Phase", "Cluster", "Claim", "Age"}));
    EXPECT_EQ(json_text(shown.at("rows").at(0).at("cells")), R"(["b",null,"c",null,"0s"])");
  });
}

TEST_F(TableTest, OfACustomResourceWithoutColumnsIsNameAndAge) {
  run([&] {
    ResourceType bare = kBackups;
    bare.columns.clear();
    ApiCall call;
    call.type = &bare;
    call.rendering = Rendering::kTable;
    const JsonPtr event = make_json(
        *json_parse(R"({"type":"ADDED","object":{"kind":"Backup","metadata":{"name":"b"}}})"));
    const JsonPtr shown = EventRenderer(server_, call).render(event);
    EXPECT_EQ(column_names(shown->at("object")), (std::vector<std::string>{"Name", "Age"}));
    EXPECT_EQ(json_string(shown->at("object").at("columnDefinitions").at(1), {"type"}), "date");
  });
}

TEST_F(TableTest, OfAWatchDefinesColumnsOnlyOnce) {
  run([&] {
    ApiCall call;
    call.type = &kConfigMaps;
    call.rendering = Rendering::kTable;
    EventRenderer renderer(server_, call);
    const JsonPtr event =
        make_json(json::object{{"type", "ADDED"}, {"object", config_map("m", "x")}});
    EXPECT_EQ(json_array(*renderer.render(event), {"object", "columnDefinitions"}).size(), 3U);
    const JsonPtr second = renderer.render(event);
    EXPECT_TRUE(second->at("object").at("columnDefinitions").is_null());
    EXPECT_EQ(json_array(*second, {"object", "rows"}).size(), 1U);
    const JsonPtr error = make_json(json::object{{"type", "ERROR"}, {"object", json::object()}});
    EXPECT_EQ(renderer.render(error), error);
    call.rendering = Rendering::kMetadataList;
    EXPECT_EQ(EventRenderer(server_, call).render(event), nullptr);
  });
}

TEST_F(TableTest, HasNullRowsOnlyForKindsWithoutAPrinterOfTheirOwn) {
  run([&] {
    const std::string roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/roles";
    EXPECT_TRUE(table(roles).at("rows").is_null());
    EXPECT_TRUE(table(kMapsPath).at("rows").is_array());
    EXPECT_TRUE(table(kBackupsPath).at("rows").is_array());
    ask("POST", roles, R"({"metadata":{"name":"r"}})");
    EXPECT_EQ(table(roles).at("rows").as_array().size(), 1U);
  });
}

TEST_F(TableTest, OfAWatchRefusesAnUnknownIncludeObject) {
  run([&] {
    const Answer refused = ask("GET", std::string(kMapsPath) + "?watch=1&includeObject=Junk", "",
                               "application/json", kTable);
    EXPECT_EQ(refused.code, 400);
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "?watch=1&includeObject=Junk").code, 200);
  });
}

TEST_F(TableTest, MetadataOfTheEndOfTheFirstEventsHasAListOfMetadataAsBlueprint) {
  run([&] {
    ApiCall call;
    call.type = &kConfigMaps;
    call.rendering = Rendering::kMetadata;
    const JsonPtr shown = EventRenderer(server_, call).render(bookmark_line(kConfigMaps, 7, true));
    const std::string blueprint = json_string(
        *shown,
        {"object", "metadata", "annotations", "kubernetes.io/initial-events-list-blueprint"});
    EXPECT_EQ(base64_decode(blueprint).value_or(""),
              R"({"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1",)"
              R"("metadata":{},"items":null})"
              "\n");
  });
}

TEST_F(TableTest, MetadataAloneMustBeAskedForAsWhatItIs) {
  run([&] {
    ask("POST", kMapsPath, json_text(config_map("m", "x")));
    const std::string one = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    const std::string list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    const json::value object = table(std::string(kMapsPath) + "/m", one);
    EXPECT_EQ(json_string(object, {"kind"}), "PartialObjectMetadata");
    EXPECT_EQ(json_find(object, {"data"}), nullptr);
    EXPECT_EQ(json_string(table(kMapsPath, list), {"kind"}), "PartialObjectMetadataList");
    EXPECT_TRUE(table("/api/v1/namespaces/other/configmaps", list).at("items").is_null());
    const Answer wrong = ask("GET", kMapsPath, "", "application/json", one + ",application/json");
    EXPECT_EQ(wrong.code, 406);
    EXPECT_EQ(wrong.message(),
              "you requested PartialObjectMetadata, but the requested object is a list "
              "(*core.ConfigMapList)");
  });
}

}  // namespace
}  // namespace drydock::fakekube

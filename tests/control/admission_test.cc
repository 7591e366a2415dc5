#include "core/control/admission.h"

#include <gtest/gtest.h>

namespace drydock::control {
namespace {

json::value parse(std::string_view text) {
  Result<json::value> value = json_parse(text);
  EXPECT_TRUE(value.ok()) << value.status().to_string();
  return *value;
}

TEST(Defaults, MemoryIsOneGibibyte) {
  json::value backup = parse(R"({"spec":{"cluster":"c"}})");
  EXPECT_TRUE(apply_defaults("Backup", backup));
  EXPECT_EQ(json_text(backup), R"({"spec":{"cluster":"c","container":{"memory":"1Gi"}}})");
  EXPECT_FALSE(apply_defaults("Backup", backup));
}

TEST(Defaults, DeprecatedListsReplaceTheNewOnes) {
  json::value restore = parse(R"({"spec":{"container":{"memory":"2Gi"},"resources":{
      "templates":["t"],"cacheConfigs":["old"],"scripts":["s"],"caches":["c"]}}})");
  EXPECT_TRUE(apply_defaults("Restore", restore));
  EXPECT_EQ(json_text(*json_find(restore, {"spec", "resources"})),
            R"({"templates":["old"],"caches":["c"],"tasks":["s"]})");
}

TEST(Defaults, AnInfinispanIsOfTypeDataGrid) {
  json::value cluster = parse(R"({"spec":{"replicas":2}})");
  EXPECT_TRUE(apply_defaults("Infinispan", cluster));
  EXPECT_EQ(json_string(cluster, {"spec", "service", "type"}), "DataGrid");
  json::value cache = parse(R"({"spec":{"service":{"type":"Cache"}}})");
  EXPECT_FALSE(apply_defaults("Infinispan", cache));
}

TEST(Validation, ABackupNeedsACluster) {
  const auto error = validate_create("Backup", parse(R"({"metadata":{"name":"b"},"spec":{}})"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, 422);
  EXPECT_EQ(error->reason, "Invalid");
  EXPECT_EQ(error->message,
            "Backup.infinispan.org \"b\" is invalid: spec.cluster: Required value: 'spec.cluster' "
            "must be configured");
  ASSERT_EQ(error->causes.size(), 1u);
  EXPECT_EQ(error->causes[0].reason, "FieldValueRequired");
  EXPECT_EQ(error->causes[0].field, "spec.cluster");
  EXPECT_EQ(error->causes[0].message, "Required value: 'spec.cluster' must be configured");
}

TEST(Validation, ARestoreNeedsClusterAndBackup) {
  const auto error = validate_create("Restore", parse(R"({"metadata":{"name":"r"}})"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message,
            "Restore.infinispan.org \"r\" is invalid: [spec.cluster: Required value: "
            "'spec.cluster' must be configured, spec.backup: Required value: 'spec.backup' must be "
            "configured]");
  EXPECT_EQ(error->causes.size(), 2u);
}

TEST(Validation, TheSpecIsImmutable) {
  const json::value old = parse(R"({"metadata":{"name":"b"},"spec":{"cluster":"c"}})");
  json::value edited = old;
  json_at(edited, {"metadata", "labels", "team"}) = "a";
  EXPECT_FALSE(validate_update("Backup", edited, old));
  json_at(edited, {"spec", "cluster"}) = "d";
  const auto error = validate_update("Backup", edited, old);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, 422);
  EXPECT_EQ(error->message,
            "Backup.infinispan.org \"b\" is invalid: spec: Forbidden: The Backup spec is immutable "
            "and cannot be updated after initial Backup creation");
  EXPECT_EQ(error->causes[0].reason, "FieldValueForbidden");
  EXPECT_EQ(error->causes[0].field, "spec");
}

TEST(Validation, QuantitiesThatDoNotParseAreRefused) {
  const auto error = validate_create("Backup", parse(R"({"metadata":{"name":"b"},"spec":{
      "cluster":"c","volume":{"storage":"lots"},"container":{"memory":"1G!","cpu":"2"}}})"));
  ASSERT_TRUE(error);
  ASSERT_EQ(error->causes.size(), 2u);
  EXPECT_EQ(error->causes[0].field, "spec.volume.storage");
  EXPECT_EQ(error->causes[1].field, "spec.container.memory");
  EXPECT_EQ(error->causes[1].reason, "FieldValueInvalid");
}

TEST(Validation, AStorageClassInTheWrongPlaceIsAnsweredWithTheRightField) {
  const json::value backup = parse(R"({"metadata":{"name":"b"},"spec":{"cluster":"c",
      "volume":{"storage":{"storageClassName":"fast"}}}})");
  const auto error = check_field_names("Backup", backup);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->causes[0].field, "spec.volume.storage.storageClassName");
  EXPECT_NE(error->message.find("'spec.volume.storageClassName'"), std::string::npos);
  EXPECT_TRUE(validate_create("Backup", backup));
}

TEST(Validation, OtherKindsPass) {
  EXPECT_FALSE(validate_create("Infinispan", parse("{}")));
  EXPECT_FALSE(validate_create("Pod", parse("{}")));
}

}  // namespace
}  // namespace drydock::control

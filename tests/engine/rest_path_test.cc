#include "core/engine/rest_path.h"

#include <gtest/gtest.h>

#include "core/engine/mounts.h"

namespace drydock::engine {
namespace {

RestResource resource(std::string_view target) { return parse_rest_path(target).resource; }

TEST(RestPath, BothContainersHaveTheSameResources) {
  for (const std::string container : {"/rest/v2/container", "/rest/v2/cache-managers/default"}) {
    EXPECT_EQ(resource(container), RestResource::kContainer);
    EXPECT_EQ(resource(container + "/health"), RestResource::kHealth);
    EXPECT_EQ(resource(container + "/health/status"), RestResource::kHealthStatus);
    EXPECT_EQ(resource(container + "/backups"), RestResource::kBackups);
    EXPECT_EQ(resource(container + "/backups/b"), RestResource::kBackup);
    EXPECT_EQ(resource(container + "/restores"), RestResource::kRestores);
    EXPECT_EQ(resource(container + "/restores/r"), RestResource::kRestore);
  }
}

TEST(RestPath, OtherPathsAreUnknown) {
  for (const char* target : {"", "/", "/rest", "/rest/v2", "/rest/v3/container",
                             "/rest/v2/cache-managers/other/backups/b", "/rest/v2/cache-managers",
                             "/rest/v2/container/backups/a/b", "/rest/v2/container/caches",
                             "/rest/v2/container/health/other", "/health", "/health/live/x"})
    EXPECT_EQ(resource(target), RestResource::kUnknown) << target;
}

TEST(RestPath, NamesAreDecodedPartByPart) {
  EXPECT_EQ(parse_rest_path("/rest/v2/container/backups/with%20space").name, "with space");
  EXPECT_EQ(parse_rest_path("/rest/v2/container/backups/sl%2Fash").name, "sl/ash");
  EXPECT_EQ(parse_rest_path("/rest/v2/container/restores/uml%C3%BC").name, "uml\xC3\xBC");
  EXPECT_EQ(parse_rest_path("/rest/v2/container/backups/100%").name, "100%");
  EXPECT_EQ(parse_rest_path("/rest/v2/container/backups/%zz").name, "%zz");
}

TEST(RestPath, TheActionIsReadFromTheQuery) {
  EXPECT_EQ(parse_rest_path("/rest/v2/server?action=stop").action, "stop");
  EXPECT_EQ(parse_rest_path("/rest/v2/server?x=1&action=st%6Fp").action, "stop");
  EXPECT_EQ(parse_rest_path("/rest/v2/server").action, "");
}

TEST(Mounts, TheDeepestMountHoldsAPath) {
  const std::vector<AgentMount> mounts = {{"/opt", nullptr}, {"/opt/infinispan/backups", nullptr}};
  EXPECT_EQ(find_place(mounts, "/opt/infinispan/backups/b/b.zip")->path, "b/b.zip");
  EXPECT_EQ(find_place(mounts, "/opt/infinispan/backups/")->path, "");
  EXPECT_EQ(find_place(mounts, "/opt//infinispan//other/x")->path, "infinispan/other/x");
}

TEST(Mounts, APathOnNoMountHasNoPlace) {
  const std::vector<AgentMount> mounts = {{"/opt/infinispan/backups", nullptr}};
  for (const char* path : {"/opt/infinispan", "/opt/infinispan/backups2", "opt/infinispan/backups",
                           "/opt/infinispan/backups/../x", "/opt/infinispan/backups/./x", ""})
    EXPECT_FALSE(find_place(mounts, path).has_value()) << path;
}

}  // namespace
}  // namespace drydock::engine

#include "fakekube/actors/control_plane.h"
#include "fakekube/actors/controllers.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

class QuotaStatus : public ApiTest {
 protected:
  std::string used_;
  std::string hard_;
};

TEST_F(QuotaStatus, FollowsWhatTheNamespaceUses) {
  run([&] {
    Env& env = simulation_.harness();
    auto controllers = start_controllers(server_, env, {"resourcequota-controller"});
    const std::string path = "/api/v1/namespaces/ns/resourcequotas";
    ask("POST", path, R"({"metadata":{"name":"q"},"spec":{"hard":{"configmaps":"3","pods":"1"}}})");
    const auto used = [&] {
      ASSERT_TRUE(env.sleep_for(seconds(1)).ok());
      const Answer quota = ask("GET", path + "/q");
      used_ = json_text(json_object(*quota.body, {"status", "used"}));
      hard_ = json_text(json_object(*quota.body, {"status", "hard"}));
    };
    used();
    EXPECT_EQ(used_, R"({"configmaps":"0","pods":"0"})");
    EXPECT_EQ(hard_, R"({"configmaps":"3","pods":"1"})");
    ask("POST", kMapsPath, R"({"metadata":{"name":"a"}})");
    used();
    EXPECT_EQ(used_, R"({"configmaps":"1","pods":"0"})");
    ask("DELETE", std::string(kMapsPath) + "/a");
    used();
    EXPECT_EQ(used_, R"({"configmaps":"0","pods":"0"})");
    controllers->stop();
  });
}

}  // namespace
}  // namespace drydock::fakekube

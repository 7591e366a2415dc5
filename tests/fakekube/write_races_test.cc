// Writes during which somebody else writes: admission takes a second here.
#include "fakekube/store/object.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kBackup =
    R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"b"},)"
    R"("spec":{"cluster":"source"}})";

class WriteRaces : public ApiTest {
 protected:
  WriteRaces() {
    server_.admission().add({.name = "slow.test.x",
                             .type = &kBackups,
                             .operations = {Verb::kCreate, Verb::kUpdate, Verb::kDelete},
                             .review = [this](const AdmissionReview&) {
                               ++asked_;
                               return AdmissionAnswer{};
                             }});
  }

  static std::string path() { return std::string(kBackupsPath) + "/b"; }
  void set_slow(bool slow) {
    server_.admission().set_delay("slow.test.x", slow ? seconds(1) : Duration::zero());
  }
  // Runs `other` while a write asks the slow hook.
  void meanwhile(const std::function<void()>& other) {
    set_slow(true);
    simulation_.harness().spawn("other writer", [this, other] {
      ASSERT_TRUE(simulation_.harness().sleep_for(milliseconds(500)).ok());
      other();
    });
  }
  // Through the status path, which no hook sees.
  void write_status(const std::string& phase) {
    EXPECT_EQ(merge(path() + "/status", R"({"status":{"phase":")" + phase + R"("}})").code, 200);
  }

  int asked_ = 0;
};

TEST_F(WriteRaces, APatchBeginsAnewAndLosesNothing) {
  run([&] {
    ask("POST", kBackupsPath, kBackup);
    asked_ = 0;
    meanwhile([&] { write_status("Running"); });
    const Answer answer = merge(path(), R"({"metadata":{"labels":{"l":"1"}}})");
    EXPECT_EQ(answer.code, 200);
    EXPECT_EQ(json_string(*answer.body, {"status", "phase"}), "Running");
    EXPECT_EQ(json_string(*answer.body, {"metadata", "labels", "l"}), "1");
    EXPECT_EQ(asked_, 2);
  });
}

TEST_F(WriteRaces, APutOfAVersionThatIsGoneIsAConflict) {
  run([&] {
    const Answer created = ask("POST", kBackupsPath, kBackup);
    meanwhile([&] { write_status("Running"); });
    const Answer answer = ask("PUT", path(), json_text(*created.body));
    EXPECT_EQ(answer.code, 409);
    EXPECT_EQ(answer.message(),
              "Operation cannot be fulfilled on backups.infinispan.org \"b\": the object has been "
              "modified; please apply your changes to the latest version and try again");
  });
}

TEST_F(WriteRaces, APatchThatNeverGetsThroughIsAConflict) {
  run([&] {
    ask("POST", kBackupsPath, kBackup);
    asked_ = 0;
    meanwhile([&] {
      for (int i = 0; i < 10; ++i) {
        write_status("p" + std::to_string(i));
        if (!simulation_.harness().sleep_for(seconds(1)).ok()) return;
      }
    });
    EXPECT_EQ(merge(path(), R"({"metadata":{"labels":{"l":"1"}}})").code, 409);
    EXPECT_EQ(asked_, 6);
  });
}

TEST_F(WriteRaces, OfTwoCreatesTheSecondToStoreFindsTheFirst) {
  run([&] {
    meanwhile([&] {
      set_slow(false);
      EXPECT_EQ(ask("POST", kBackupsPath, kBackup).code, 201);
    });
    const Answer answer = ask("POST", kBackupsPath, kBackup);
    EXPECT_EQ(answer.code, 409);
    EXPECT_EQ(answer.message(), "backups.infinispan.org \"b\" already exists");
  });
}

TEST_F(WriteRaces, ADeletionSeesWhatWasWrittenMeanwhile) {
  run([&] {
    const Answer created = ask("POST", kBackupsPath, kBackup);
    const std::string options = R"({"preconditions":{"resourceVersion":")" +
                                json_string(*created.body, {"metadata", "resourceVersion"}) +
                                R"("}})";
    meanwhile([&] { write_status("Running"); });
    EXPECT_EQ(ask("DELETE", path(), options).code, 409);
    EXPECT_EQ(ask("GET", path()).code, 200);
  });
}

TEST_F(WriteRaces, OfTwoDeletionsTheSecondFindsNothing) {
  run([&] {
    ask("POST", kBackupsPath, kBackup);
    meanwhile([&] {
      set_slow(false);
      EXPECT_EQ(ask("DELETE", path()).code, 200);
    });
    EXPECT_EQ(ask("DELETE", path()).code, 404);
  });
}

}  // namespace
}  // namespace drydock::fakekube

#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kBackup =
    R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"b"},)"
    R"("spec":{"cluster":"source"}})";
constexpr const char* kImmutable =
    "The Backup spec is immutable and cannot be updated after initial Backup creation";

class AdmissionHooks : public ApiTest {
 protected:
  AdmissionHooks() {
    server_.admission().add({.name = "mbackup.kb.io",
                             .kind = AdmissionKind::kMutating,
                             .type = &kBackups,
                             .review = [](const AdmissionReview& review) {
                               json::value changed = *review.object;
                               json_at(changed, {"spec", "container", "memory"}) = "1Gi";
                               return AdmissionAnswer{.denial = {}, .mutated = std::move(changed)};
                             }});
    server_.admission().add({.name = "vbackup.kb.io", .type = &kBackups, .review = refuse_edits});
  }

  static AdmissionAnswer refuse_edits(const AdmissionReview& review) {
    const bool same = review.old_object == nullptr || *json_find(*review.object, {"spec"}) ==
                                                          *json_find(*review.old_object, {"spec"});
    if (same) return {};
    AdmissionDenial denial{
        .code = 422,
        .reason = "Invalid",
        .message =
            "Backup.infinispan.org \"b\" is invalid: spec: Forbidden: " + std::string(kImmutable),
        .name = std::string(review.name),
        .causes = {{"FieldValueForbidden", "Forbidden: " + std::string(kImmutable), "spec"}}};
    return {.denial = std::move(denial), .mutated = {}};
  }
  std::string path() const { return std::string(kBackupsPath) + "/b"; }
};

TEST_F(AdmissionHooks, AMutationIsStored) {
  run([&] {
    const Answer answer = ask("POST", kBackupsPath, kBackup);
    EXPECT_EQ(json_string(*answer.body, {"spec", "container", "memory"}), "1Gi");
  });
}

TEST_F(AdmissionHooks, ADenialPassesItsStatusThroughWithAPrefix) {
  run([&] {
    ask("POST", kBackupsPath, kBackup);
    const Answer answer = merge(path(), R"({"spec":{"cluster":"other"}})");
    EXPECT_EQ(answer.code, 422);
    EXPECT_EQ(answer.reason(), "Invalid");
    EXPECT_EQ(answer.message(),
              "admission webhook \"vbackup.kb.io\" denied the request: Backup.infinispan.org \"b\" "
              "is invalid: spec: Forbidden: " +
                  std::string(kImmutable));
    EXPECT_EQ(json_string(*answer.body, {"details", "kind"}), "Backup");
    EXPECT_EQ(json_string(json_array(*answer.body, {"details", "causes"})[0], {"field"}), "spec");
  });
}

TEST_F(AdmissionHooks, StatusWritesAndDeletionsAreNotAsked) {
  run([&] {
    ask("POST", kBackupsPath, kBackup);
    server_.admission().set_broken("vbackup.kb.io", "no");
    server_.admission().set_broken("mbackup.kb.io", "no");
    EXPECT_EQ(merge(path() + "/status", R"({"status":{"phase":"Running"}})").code, 200);
    EXPECT_EQ(ask("DELETE", path()).code, 200);
  });
}

TEST_F(AdmissionHooks, ABrokenHookFailsTheWriteOrIsIgnored) {
  run([&] {
    server_.admission().set_broken("vbackup.kb.io", "failed to call webhook: refused");
    const Answer answer = ask("POST", kBackupsPath, kBackup);
    EXPECT_EQ(answer.code, 500);
    EXPECT_EQ(answer.reason(), "InternalError");
    EXPECT_EQ(answer.message(),
              "Internal error occurred: failed calling webhook \"vbackup.kb.io\": failed to call "
              "webhook: refused");
    EXPECT_EQ(ask("GET", path()).code, 404);
  });
}

TEST_F(AdmissionHooks, SwitchedOffNobodyIsAsked) {
  run([&] {
    server_.admission().set_enabled(false);
    const Answer created = ask("POST", kBackupsPath, kBackup);
    EXPECT_EQ(json_find(*created.body, {"spec", "container"}), nullptr);
    EXPECT_EQ(merge(path(), R"({"spec":{"cluster":"other"}})").code, 200);
  });
}

TEST_F(AdmissionHooks, TheSchemaIsCheckedAfterTheMutation) {
  run([&] {
    const Answer answer =
        ask("POST", kBackupsPath,
            R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"b"},)"
            R"("spec":{}})");
    EXPECT_EQ(answer.message(),
              "Backup.infinispan.org \"b\" is invalid: spec.cluster: Required value");
  });
}

}  // namespace
}  // namespace drydock::fakekube

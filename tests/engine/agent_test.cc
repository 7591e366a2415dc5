// The agent as its callers see it: answers, log lines, its end.
#include "core/engine/agent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "core/base/json.h"
#include "tests/engine/engine_world.h"

namespace drydock::engine {
namespace {

using Names = std::vector<std::string>;

constexpr char kBackups[] = "/rest/v2/container/backups";
constexpr char kRestores[] = "/rest/v2/container/restores";
constexpr char kEverything[] = R"({"directory":"/opt/infinispan/backups","resources":{}})";

struct Exit {
  int code = -1;
  std::string message;
};

class AgentTest : public testing::Test {
 protected:
  AgentTest() { start({}); }

  void start(const Credentials& credentials) {
    agent_.emplace(world_.pod, world_.pod.wire(), world_.member,
                   AgentOptions{.mounts = {{"/opt/infinispan/backups", world_.volume}},
                                .credentials = credentials,
                                .exit = [this](int code, std::string message) {
                                  exit_ = Exit{code, std::move(message)};
                                }});
    world_.pod.on_log([this](auto, std::string_view line) { log_.emplace_back(line); });
    ASSERT_TRUE(agent_->start().ok());
  }

  // Calls as a client on another machine; a broken connection is status 0.
  HttpResponse call(const std::string& method, const std::string& target, std::string body = "",
                    Headers headers = {{"Content-Type", "application/json"}}) {
    HttpRequest request{.method = method, .target = target, .headers = std::move(headers)};
    if (!body.empty()) request.body = Body(std::move(body));
    Wire& wire = client_.wire();
    Result<HttpResponse> response =
        wire.call({"10.0.0.1", 11223}, std::move(request), client_.now() + seconds(5));
    return response.ok() ? std::move(*response) : HttpResponse{};
  }
  int status(const std::string& method, const std::string& target, std::string body = "") {
    return call(method, target, std::move(body)).status;
  }
  // HEAD until the answer isn't 202.
  int await(const std::string& target) {
    for (;;) {
      const int now = status("HEAD", target);
      if (now != 202) return now;
      EXPECT_TRUE(client_.sleep_for(milliseconds(10)).ok());
    }
  }
  int backup(const std::string& name, const std::string& body = kEverything) {
    EXPECT_EQ(status("POST", std::string(kBackups) + "/" + name, body), 202);
    return await(std::string(kBackups) + "/" + name);
  }

  void run(const std::function<void()>& body) {
    const sim::RunEnd end = world_.simulation.run(
        [&] { EXPECT_TRUE(client_.spawn("test", body).join(kForever).ok()); }, hours(1));
    EXPECT_EQ(end, sim::RunEnd::kDone) << world_.simulation.waiting_report();
  }
  void settle(Duration time = seconds(5)) {
    run([&] { EXPECT_TRUE(client_.sleep_for(time).ok()); });
  }

  bool logged(std::string_view text) const {
    return std::any_of(log_.begin(), log_.end(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  }

  void hold(std::string_view held) {
    world_.member.fault = [this, held](std::string_view call, std::string_view) {
      return call == held ? world_.pod.sleep_for(seconds(20)) : ok_status();
    };
  }

  EngineWorld world_;
  sim::Process& client_ = world_.simulation.add_process("client", "elsewhere", "10.0.0.9");
  Names log_;
  std::optional<Exit> exit_;
  std::optional<Agent> agent_;
};

TEST_F(AgentTest, ABackupIsAcceptedRunsAndIsThere) {
  world_.member.define_cache("a").put("k", "v");
  hold("batch");
  run([&] {
    EXPECT_EQ(status("HEAD", std::string(kBackups) + "/my-backup"), 404);
    EXPECT_EQ(status("POST", std::string(kBackups) + "/my-backup", kEverything), 202);
    EXPECT_EQ(status("HEAD", std::string(kBackups) + "/my-backup"), 202);
    EXPECT_EQ(status("POST", std::string(kBackups) + "/my-backup", kEverything), 409);
    EXPECT_EQ(await(std::string(kBackups) + "/my-backup"), 200);
    const HttpResponse head = call("HEAD", std::string(kBackups) + "/my-backup");
    EXPECT_EQ(*find_header(head.headers, "content-disposition"),
              "attachment; filename=my-backup.zip");
    EXPECT_EQ(*find_header(head.headers, "Content-Type"), "application/zip");
    EXPECT_EQ(*find_header(head.headers, "content-length"), "0");
    EXPECT_EQ(call("GET", kBackups).body.text(), R"(["my-backup"])");
  });
  EXPECT_EQ(world_.files(), Names{"my-backup/my-backup.zip"});
  EXPECT_TRUE(logged("ISPN005043: Starting backup 'my-backup'"));
  EXPECT_TRUE(logged("Cache a backed up 1 entries"));
  EXPECT_TRUE(logged("ISPN005044: Backup file created 'my-backup.zip'"));
}

TEST_F(AgentTest, TheArchiveCanBeDownloaded) {
  world_.member.define_cache("a").put("k", "v");
  run([&] {
    ASSERT_EQ(backup("b"), 200);
    const HttpResponse zip = call("GET", std::string(kBackups) + "/b");
    EXPECT_EQ(zip.status, 200);
    EXPECT_EQ(zip.body.text(), *world_.disk.get_file("b/b.zip"));
  });
}

TEST_F(AgentTest, ARestoreIsAcceptedRunsAndPrintsTheNameOfItsBackup) {
  world_.member.define_cache("a").put("k", "v");
  const MemoryGrid before = world_.member.grid;
  run([&] {
    ASSERT_EQ(backup("my-backup"), 200);
    world_.member.grid = {};
    const std::string target = std::string(kRestores) + "/my-restore";
    EXPECT_EQ(status("HEAD", target), 404);
    EXPECT_EQ(
        status("POST", target, R"({"location":"/opt/infinispan/backups/my-backup/my-backup.zip"})"),
        202);
    EXPECT_EQ(await(target), 201);
    EXPECT_EQ(call("GET", kRestores).body.text(), R"(["my-restore"])");
  });
  EXPECT_EQ(world_.member.grid, before);
  EXPECT_TRUE(logged("ISPN005045: Restore 'my-backup' complete"));
  EXPECT_TRUE(logged("Cache a restored 1 entries"));
}

TEST_F(AgentTest, AFailedBackupSaysWhyAndKeepsItsNameUntilItIsDeleted) {
  run([&] {
    const std::string target = std::string(kBackups) + "/b";
    EXPECT_EQ(backup("b", R"({"directory":"/opt/infinispan/backups",
                              "resources":{"caches":["nope"]}})"),
              500);
    const HttpResponse head = call("HEAD", target);
    EXPECT_EQ(head.body.text(), "");
    EXPECT_EQ(*find_header(head.headers, "content-length"), "0");
    EXPECT_EQ(call("GET", target).body.text(),
              "ISPN012042: Backup failed\n    ISPN005048: caches 'nope' does not exist");
    EXPECT_EQ(status("POST", target, kEverything), 409);
    EXPECT_EQ(status("DELETE", target), 204);
    EXPECT_EQ(status("HEAD", target), 404);
    EXPECT_EQ(backup("b"), 200);
  });
  EXPECT_TRUE(logged("ISPN005039: Cannot create cluster backup: ISPN005048: caches 'nope'"));
}

TEST_F(AgentTest, ARestoreOfAnAbsentArchiveFailsAndSaysWhy) {
  run([&] {
    const std::string target = std::string(kRestores) + "/r";
    EXPECT_EQ(status("POST", target, R"({"location":"/opt/infinispan/backups/x/x.zip"})"), 202);
    EXPECT_EQ(await(target), 500);
    EXPECT_NE(call("GET", target).body.text().find("x/x.zip"), std::string::npos);
    EXPECT_EQ(status("POST", std::string(kRestores) + "/q", R"({"location":"/etc/passwd"})"), 202);
    EXPECT_EQ(await(std::string(kRestores) + "/q"), 500);
    EXPECT_EQ(status("DELETE", target), 204);
    EXPECT_EQ(status("HEAD", target), 404);
  });
  EXPECT_TRUE(
      logged("ISPN005040: Cannot restore cluster backup '/opt/infinispan/backups/x/x.zip':"));
}

TEST_F(AgentTest, ASecondOperationIsAcceptedAndFailsAndAThirdToo) {
  world_.member.define_cache("a").put("k", "v");
  hold("batch");
  run([&] {
    EXPECT_EQ(status("POST", std::string(kBackups) + "/a", kEverything), 202);
    EXPECT_EQ(backup("b"), 500);
    EXPECT_NE(call("GET", std::string(kBackups) + "/b").body.text().find("ISPN005041"),
              std::string::npos);
    EXPECT_EQ(backup("c"), 500);
    EXPECT_EQ(status("POST", std::string(kRestores) + "/r", R"({"location":"/x"})"), 202);
    EXPECT_EQ(status("HEAD", std::string(kRestores) + "/r"), 500);
    EXPECT_EQ(await(std::string(kBackups) + "/a"), 200);
    EXPECT_EQ(backup("d"), 200);
  });
  EXPECT_EQ(world_.files(), (Names{"a/a.zip", "d/d.zip"}));
}

TEST_F(AgentTest, DeletingABackupRemovesItsArchive) {
  run([&] {
    const std::string target = std::string(kBackups) + "/b";
    EXPECT_EQ(status("DELETE", target), 404);
    ASSERT_EQ(backup("b"), 200);
    EXPECT_EQ(status("DELETE", target), 204);
    EXPECT_EQ(status("HEAD", target), 404);
  });
  EXPECT_EQ(world_.files(), Names{});
  EXPECT_TRUE(logged("ISPN005050: Deleted backup 'b'"));
}

TEST_F(AgentTest, DeletingARunningBackupHappensAtItsEnd) {
  world_.member.define_cache("a").put("k", "v");
  hold("batch");
  run([&] {
    const std::string target = std::string(kBackups) + "/b";
    EXPECT_EQ(status("POST", target, kEverything), 202);
    EXPECT_EQ(status("DELETE", target), 202);
    EXPECT_EQ(status("HEAD", target), 202);
    EXPECT_EQ(await(target), 404);
  });
  EXPECT_EQ(world_.files(), Names{});
}

TEST_F(AgentTest, DeletingABackupThatFailedBecauseOneExistsKeepsTheOlderArchive) {
  ASSERT_TRUE(world_.disk.put_file("b/b.zip", "older").ok());
  run([&] {
    EXPECT_EQ(backup("b"), 500);
    EXPECT_EQ(status("DELETE", std::string(kBackups) + "/b"), 204);
  });
  EXPECT_EQ(*world_.disk.get_file("b/b.zip"), "older");
}

struct BadRequest {
  const char* method;
  const char* target;
  const char* body;
  int status;
  const char* text;
};

TEST_F(AgentTest, WrongRequestsGetTheServersAnswers) {
  ASSERT_TRUE(world_.disk.put_file("file", "").ok());
  const BadRequest kRequests[] = {
      {"POST", "/rest/v2/container/backups/x", R"({"resources":{"foo":["*"]}})", 400,
       "Type with name 'foo' does not exist"},
      {"POST", "/rest/v2/container/backups/x", R"({"directory":"/opt/infinispan/backups/absent"})",
       400, "ISPN012038: '/opt/infinispan/backups/absent' must be a directory"},
      {"POST", "/rest/v2/container/backups/x", R"({"directory":"/opt/infinispan/backups/file"})",
       400, "ISPN012038: '/opt/infinispan/backups/file' must be a directory"},
      {"POST", "/rest/v2/container/backups/x", R"({"directory":"/elsewhere"})", 400,
       "ISPN012038: '/elsewhere' must be a directory"},
      {"POST", "/rest/v2/container/backups/x", R"({"directory":5})", 400,
       "ISPN012038: '5' must be a directory"},
      {"POST", "/rest/v2/container/restores/x", "{}", 400,
       "ISPN012040: Missing required argument 'backup-location'"},
      {"POST", "/rest/v2/container/restores/x", R"({"location":"/x","resources":{"foo":[]}})", 400,
       "Type with name 'foo' does not exist"},
      {"POST", "/rest/v2/container/backups", "{}", 405, "Not allowed"},
      {"PUT", "/rest/v2/container/backups/x", "{}", 405, "Not allowed"},
      {"PATCH", "/rest/v2/container/backups/x", "{}", 403, ""},
      {"GET", "/rest/v2/container/backups/x?action=foo", "", 400,
       "Invalid 'action' parameter supplied"},
      {"POST", "/rest/v2/server?action=foo", "", 400, "Invalid 'action' parameter supplied"},
      {"GET", "/rest/v2/container/backups/x", "", 404, ""},
      {"GET", "/rest/v2/nothing", "", 404, ""},
      {"HEAD", "/rest/v2/container/backups", "", 405, ""},
  };
  run([&] {
    for (const BadRequest& bad : kRequests) {
      const HttpResponse response = call(bad.method, bad.target, bad.body);
      EXPECT_EQ(response.status, bad.status) << bad.target << bad.body;
      EXPECT_EQ(response.body.text(), bad.text) << bad.target << bad.body;
    }
    EXPECT_EQ(status("POST", std::string(kBackups) + "/x", "{oops"), 400);
    EXPECT_EQ(status("POST", std::string(kBackups) + "/x", "[1]"), 400);
    EXPECT_EQ(
        call("POST", std::string(kRestores) + "/x", "{}", {{"Content-Type", "text/plain"}}).status,
        415);
    EXPECT_EQ(call("GET", kBackups).body.text(), "[]");
  });
}

TEST_F(AgentTest, TheOlderContainerPathIsTheSame) {
  run([&] {
    ASSERT_EQ(backup("b"), 200);
    EXPECT_EQ(status("HEAD", "/rest/v2/cache-managers/default/backups/b"), 200);
    EXPECT_EQ(call("GET", "/rest/v2/cache-managers/default/health/status").body.text(), "HEALTHY");
  });
}

TEST_F(AgentTest, HealthShowsTheMembersOwnView) {
  run([&] {
    const Result<JsonPtr> health = call("GET", "/rest/v2/container/health").body.json();
    ASSERT_TRUE(health.ok());
    EXPECT_EQ(json_strings(**health, {"cluster_health", "node_names"}), world_.member.members);
    EXPECT_EQ(json_int(**health, {"cluster_health", "number_of_nodes"}), 3);
    EXPECT_EQ(json_string(**health, {"cluster_health", "health_status"}), "HEALTHY");
    const Result<JsonPtr> container = call("GET", "/rest/v2/container").body.json();
    ASSERT_TRUE(container.ok());
    EXPECT_EQ(json_strings(**container, {"cluster_members"}), world_.member.members);
    EXPECT_EQ(json_string(**container, {"version"}), "15.0.21.Final");
  });
}

TEST_F(AgentTest, IsReadyOnlyAsAMemberOfItsView) {
  world_.member.members = {};
  run([&] {
    EXPECT_EQ(status("GET", "/health/live"), 200);
    for (const char* target : {"/health/ready", "/rest/v2/container/health/status",
                               "/rest/v2/container/health", "/rest/v2/container/backups/b"})
      EXPECT_EQ(status("GET", target), 503) << target;
    world_.member.members = {"node-0", "zero"};
    EXPECT_EQ(status("GET", "/health/ready"), 200);
    EXPECT_EQ(status("GET", "/rest/v2/container/health/status"), 200);
  });
}

TEST_F(AgentTest, OnlyHealthIsAnonymous) {
  agent_.reset();
  start({"operator", "secret"});
  run([&] {
    for (const char* target : {"/rest/v2/container/health/status", "/health/live", "/health/ready"})
      EXPECT_EQ(status("GET", target), 200) << target;
    for (const char* target : {"/rest/v2/container/backups", "/rest/v2/container/backups/b",
                               "/rest/v2/container/restores/r", "/rest/v2/server?action=stop",
                               "/rest/v2/container", "/rest/v2/nothing"})
      EXPECT_EQ(status("POST", target), 401) << target;
    DigestClient digest({"operator", "secret"}, [] { return "0123456789abcdef"; });
    ASSERT_TRUE(digest.accept(call("GET", kBackups).headers).ok());
    EXPECT_EQ(call("GET", kBackups, "", {{"Authorization", digest.authorization("GET", kBackups)}})
                  .status,
              200);
    DigestClient wrong({"operator", "guess"}, [] { return "0123456789abcdef"; });
    ASSERT_TRUE(wrong.accept(call("GET", kBackups).headers).ok());
    EXPECT_EQ(
        call("GET", kBackups, "", {{"Authorization", wrong.authorization("GET", kBackups)}}).status,
        401);
  });
  for (const std::string& line : log_) EXPECT_EQ(line.find("secret"), std::string::npos) << line;
}

TEST_F(AgentTest, StoppedAfterABackupItLeavesAndReportsTheOutcome) {
  run([&] {
    ASSERT_EQ(backup("b"), 200);
    EXPECT_EQ(status("POST", "/rest/v2/server?action=stop"), 204);
  });
  settle();
  ASSERT_TRUE(exit_.has_value());
  EXPECT_EQ(exit_->code, 0);
  EXPECT_EQ(exit_->message,
            R"({"operation":"backup","name":"b","outcome":"Succeeded","reason":""})");
  EXPECT_EQ(world_.member.calls.back(), "leave");
  EXPECT_TRUE(logged("ISPN080002"));
  run([&] { EXPECT_EQ(status("GET", "/health/live"), 0); });
}

TEST_F(AgentTest, StoppedInMidBackupItFailsItAndLeavesNoFile) {
  world_.member.define_cache("a").put("k", "v");
  hold("batch");
  run([&] {
    EXPECT_EQ(status("POST", std::string(kBackups) + "/b", kEverything), 202);
    EXPECT_TRUE(client_.sleep_for(seconds(1)).ok());
    EXPECT_FALSE(world_.files().empty());
    EXPECT_EQ(status("POST", "/rest/v2/server?action=stop"), 204);
    EXPECT_EQ(status("POST", "/rest/v2/server?action=stop"), 204);
  });
  settle();
  ASSERT_TRUE(exit_.has_value());
  EXPECT_EQ(exit_->message, R"({"operation":"backup","name":"b","outcome":"Failed",)"
                            R"("reason":"the server was stopped while it ran"})");
  EXPECT_EQ(world_.files(), Names{});
  EXPECT_EQ(std::count(world_.member.calls.begin(), world_.member.calls.end(), "leave"), 1);
}

TEST_F(AgentTest, TerminateIsStop) {
  agent_->terminate();
  agent_->terminate();
  settle();
  ASSERT_TRUE(exit_.has_value());
  EXPECT_EQ(exit_->code, 0);
  EXPECT_EQ(exit_->message, "");
  EXPECT_EQ(std::count(world_.member.calls.begin(), world_.member.calls.end(), "leave"), 1);
}

TEST_F(AgentTest, ExitsThoughTheClusterDoesNotLetItLeave) {
  world_.member.fault = [](std::string_view call, std::string_view) {
    return call == "leave" ? Status(Code::kUnavailable, "no coordinator") : ok_status();
  };
  agent_->terminate();
  settle();
  ASSERT_TRUE(exit_.has_value());
  EXPECT_EQ(exit_->code, 0);
}

TEST_F(AgentTest, KilledInMidBackupItTellsNobody) {
  world_.member.define_cache("a").put("k", "v");
  hold("batch");
  run([&] {
    EXPECT_EQ(status("POST", std::string(kBackups) + "/b", kEverything), 202);
    EXPECT_TRUE(client_.sleep_for(seconds(1)).ok());
    world_.simulation.kill(world_.pod);
  });
  settle();
  EXPECT_FALSE(exit_.has_value());
  EXPECT_FALSE(world_.disk.get_file("b/b.zip").ok());
}

TEST_F(AgentTest, ALongReasonFitsIntoATerminationMessage) {
  world_.member.define_cache("a").put("k", "v");
  world_.member.fault = [](std::string_view call, std::string_view) {
    return call == "batch" ? Status(Code::kInternal, std::string(10'000, '"')) : ok_status();
  };
  run([&] { EXPECT_EQ(backup("b"), 500); });
  agent_->terminate();
  settle();
  ASSERT_TRUE(exit_.has_value());
  EXPECT_LE(exit_->message.size(), limits::kMaxTerminationMessageBytes);
  EXPECT_TRUE(json_parse(exit_->message).ok());
}

TEST_F(AgentTest, LeavesNoTaskBehindWhenItIsDestroyedInMidBackup) {
  world_.member.define_cache("a").put("k", "v");
  hold("batch");
  run([&] {
    EXPECT_EQ(status("POST", std::string(kBackups) + "/b", kEverything), 202);
    EXPECT_TRUE(client_.sleep_for(seconds(1)).ok());
    agent_.reset();
    EXPECT_TRUE(client_.sleep_for(seconds(1)).ok());
    EXPECT_EQ(status("GET", "/health/live"), 0);
  });
  EXPECT_FALSE(logged("ISPN005044"));
}

}  // namespace
}  // namespace drydock::engine

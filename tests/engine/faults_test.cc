// A backup that is broken at every possible point: by the volume, by cancellation, by death.
#include <gtest/gtest.h>

#include "tests/engine/engine_world.h"

namespace drydock::engine {
namespace {

using Names = std::vector<std::string>;

void fill(MemoryMember& member) {
  MemoryCache& cache = member.define_cache("a");
  for (int i = 0; i < 1200; ++i) cache.put("k" + std::to_string(i), std::string(300, 'v'));
  member.define_cache("b").put("x", "y");
  member.define_counter("n", 7);
  member.grid.schemas["p.proto"] = "message P {}";
}

// Calls `act` at the `at`-th call that the backup makes to the grid or the volume.
struct At {
  size_t at;
  std::function<Status()> act;
  size_t calls = 0;

  Status operator()() { return calls++ == at ? act() : ok_status(); }
  bool fired() const { return calls > at; }
};

void watch(EngineWorld& world, At& at) {
  world.disk.set_fault([&](std::string_view, std::string_view) { return at(); });
  world.member.fault = [&](std::string_view, std::string_view) { return at(); };
}

void unwatch(EngineWorld& world) {
  world.disk.set_fault(nullptr);
  world.member.fault = nullptr;
}

// What lies under the final name is a whole archive of the grid.
void expect_whole(EngineWorld& world) {
  const MemoryGrid before = world.member.grid;
  world.member.grid = {};
  EXPECT_TRUE(world.restore().ok());
  EXPECT_EQ(world.member.grid, before);
}

TEST(BackupFaults, AnErrorOfAnyVolumeCallFailsTheBackupAndLeavesNoFile) {
  for (size_t n = 0;; ++n) {
    EngineWorld world;
    fill(world.member);
    At at{n, [] { return Status(Code::kNoSpace, "injected"); }};
    world.disk.set_fault([&](std::string_view, std::string_view) { return at(); });
    Result<BackupReport> report = cancelled();
    world.run([&] { report = world.backup(); });
    if (!at.fired()) {
      EXPECT_TRUE(report.ok());
      EXPECT_GT(n, 15U);
      break;
    }
    EXPECT_EQ(report.code(), Code::kNoSpace) << n << ": " << report.status().to_string();
    EXPECT_EQ(world.files(), Names{}) << n;
    unwatch(world);
    world.run([&] {
      EXPECT_TRUE(world.backup().ok()) << n;
      expect_whole(world);
    });
  }
}

TEST(BackupFaults, BytesThatChangedOnTheVolumeAreSeenBeforeTheArchiveGetsItsName) {
  EngineWorld world;
  fill(world.member);
  size_t opened = 0;
  world.disk.set_fault([&](std::string_view operation, std::string_view path) {
    if (operation != "open" || ++opened != 2) return ok_status();
    std::string content = *world.disk.get_file(std::string(path));
    content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
    return world.disk.put_file(std::string(path), std::move(content));
  });
  world.run([&] { EXPECT_EQ(world.backup().code(), Code::kDataLoss); });
  EXPECT_EQ(opened, 2U);
  EXPECT_EQ(world.files(), Names{});
}

TEST(BackupFaults, AVolumeThatFailsForGoodNeverShowsAPartUnderTheFinalName) {
  for (size_t n = 0;; ++n) {
    EngineWorld world;
    fill(world.member);
    size_t calls = 0;
    world.disk.set_fault([&](std::string_view, std::string_view) {
      return calls++ >= n ? Status(Code::kInternal, "gone") : ok_status();
    });
    bool succeeded = false;
    world.run([&] { succeeded = world.backup().ok(); });
    unwatch(world);
    world.run([&] {
      if (world.disk.get_file("b/b.zip").ok()) expect_whole(world);
    });
    if (succeeded) break;
  }
}

TEST(BackupFaults, AFullVolumeFailsForWantOfSpace) {
  EngineWorld world;
  world.disk.set_options({.capacity_bytes = 100'000});
  fill(world.member);
  world.run([&] { EXPECT_EQ(world.backup().code(), Code::kNoSpace); });
  EXPECT_EQ(world.files(), Names{});
}

TEST(BackupFaults, AReadOnlyVolumeFails) {
  EngineWorld world;
  world.volume = world.disk.mount(world.pod, /*read_only=*/true);
  world.run([&] { EXPECT_EQ(world.backup().code(), Code::kReadOnly); });
}

TEST(BackupFaults, CancelledAnywhereItEndsItsTasksAndLeavesNoPartUnderTheFinalName) {
  for (size_t n = 0;; ++n) {
    EngineWorld world;
    fill(world.member);
    TaskHandle backup;
    At at{n, [&] {
            backup.cancel();
            return ok_status();
          }};
    watch(world, at);
    world.run([&] {
      Result<BackupReport> report = Status(Code::kInternal, "did not end");
      backup = world.pod.spawn("backup", [&] { report = world.backup(); });
      ASSERT_TRUE(backup.join(world.pod.now() + minutes(1)).ok()) << n;
      ASSERT_TRUE(world.tasks.join(world.pod.now() + minutes(1)).ok()) << n;
      // The last call may have been over already.
      const bool done = world.files() == Names{"b/b.zip"} && report.ok();
      EXPECT_EQ(report.code(), done ? Code::kOk : Code::kCancelled) << n;
    });
    unwatch(world);
    world.run([&] {
      EXPECT_TRUE(remove_temporaries(*world.volume, "", "b").ok());
      if (world.disk.get_file("b/b.zip").ok()) {
        expect_whole(world);
      } else {
        EXPECT_EQ(world.files(), Names{}) << n;
        EXPECT_TRUE(world.backup().ok()) << n;
      }
    });
    if (!at.fired()) break;
  }
}

// The process dies at the n-th call, the machine too if `with_machine`. False: there was none.
bool die_at(size_t n, bool with_machine) {
  EngineWorld world;
  fill(world.member);
  At at{n, [&] {
          world.simulation.kill(world.pod);
          if (with_machine) world.disk.crash();
          return cancelled();
        }};
  watch(world, at);
  world.simulation.run(
      [&] {
        TaskHandle backup = world.pod.spawn("backup", [&] { (void)world.backup(); });
        (void)backup.join(kForever);
        (void)world.tasks.join(kForever);
      },
      hours(1));
  unwatch(world);
  sim::Process& next = world.simulation.add_process("next", "host", "10.0.0.2");
  const std::shared_ptr<Volume> volume = world.disk.mount(next, false);
  MemoryMember member(next);
  member.grid = world.member.grid;
  TaskGroup tasks(next);
  world.simulation.run(
      [&] {
        TaskHandle run = next.spawn("next", [&] {
          const bool whole = world.disk.get_file("b/b.zip").ok();
          const Result<BackupReport> again = run_backup(next, tasks, member, *volume, {"b"});
          EXPECT_EQ(again.code(), whole ? Code::kAlreadyExists : Code::kOk) << n;
          const MemoryGrid before = std::exchange(member.grid, {});
          EXPECT_TRUE(run_restore(next, member, *volume, {"b/b.zip"}).ok()) << n;
          EXPECT_EQ(member.grid, before) << n;
        });
        EXPECT_TRUE(run.join(kForever).ok());
      },
      hours(1));
  EXPECT_EQ(world.files(), Names{"b/b.zip"}) << n;
  return at.fired();
}

TEST(BackupFaults, KilledAnywhereTheNextRunFindsNothingOrAWholeArchive) {
  size_t n = 0;
  while (die_at(n, false)) ++n;
  EXPECT_GT(n, 20U);
}

TEST(BackupFaults, APowerLossAnywhereLeavesNothingOrAWholeArchive) {
  size_t n = 0;
  while (die_at(n, true)) ++n;
  EXPECT_GT(n, 20U);
}

TEST(RestoreFaults, CancelledAnywhereItEnds) {
  for (size_t n = 0;; ++n) {
    EngineWorld world;
    fill(world.member);
    world.run([&] { ASSERT_TRUE(world.backup().ok()); });
    TaskHandle restore;
    At at{n, [&] {
            restore.cancel();
            return ok_status();
          }};
    watch(world, at);
    world.run([&] {
      Result<RestoreReport> report = Status(Code::kInternal, "did not end");
      restore = world.pod.spawn("restore", [&] { report = world.restore(); });
      ASSERT_TRUE(restore.join(world.pod.now() + minutes(1)).ok()) << n;
      EXPECT_EQ(report.code(), at.fired() ? Code::kCancelled : Code::kOk) << n;
    });
    if (!at.fired()) break;
  }
}

TEST(RestoreFaults, AnErrorOfAnyCallFailsTheRestoreWithItsCode) {
  for (size_t n = 0;; ++n) {
    EngineWorld world;
    fill(world.member);
    world.run([&] { ASSERT_TRUE(world.backup().ok()); });
    At at{n, [] { return Status(Code::kInternal, "injected"); }};
    watch(world, at);
    Result<RestoreReport> report = cancelled();
    world.run([&] { report = world.restore(); });
    EXPECT_EQ(report.code(), at.fired() ? Code::kInternal : Code::kOk) << n;
    if (!at.fired()) break;
  }
}

}  // namespace
}  // namespace drydock::engine

// A simulated pod for engine tests: one process with a disk and a member of an in-memory grid.
//
//   EngineWorld world;
//   world.run([&] { ... may suspend, as a task of the pod's process ... });
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "core/engine/backup_engine.h"
#include "core/engine/restore_engine.h"
#include "core/engine/task_group.h"
#include "sim/disk.h"
#include "sim/process.h"
#include "sim/simulation.h"
#include "tests/support/memory_member.h"

namespace drydock::engine {

struct EngineWorld {
  sim::Simulation simulation{{.seed = 1}};
  sim::Process& pod = simulation.add_process("pod", "host", "10.0.0.1");
  sim::Disk disk{simulation, "pv", {}};
  std::shared_ptr<Volume> volume = disk.mount(pod, /*read_only=*/false);
  MemoryMember member{pod};
  TaskGroup tasks{pod};

  // Runs `body` as a task of the pod; returns its handle's end.
  void run(const std::function<void()>& body) {
    const sim::RunEnd end =
        simulation.run([&] { EXPECT_TRUE(pod.spawn("test", body).join(kForever).ok()); }, hours(1));
    EXPECT_EQ(end, sim::RunEnd::kDone) << simulation.waiting_report();
  }

  Result<BackupReport> backup(const BackupRequest& request = {.name = "b"}) {
    return run_backup(pod, tasks, member, *volume, request);
  }
  Result<RestoreReport> restore(const RestoreRequest& request = {.archive = "b/b.zip"}) {
    return run_restore(pod, member, *volume, request);
  }
  // Of everything that lies on the disk.
  std::vector<std::string> files() const { return disk.paths(); }
};

inline ResourceSelection selection(std::string_view resources) {
  const Result<json::value> value = json_parse(resources);
  EXPECT_TRUE(value.ok());
  Result<ResourceSelection> parsed = ResourceSelection::parse(&*value);
  EXPECT_TRUE(parsed.ok()) << parsed.status().to_string();
  return std::move(*parsed);
}

}  // namespace drydock::engine

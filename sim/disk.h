// Simulated storage: what a persistent volume holds, how fast it is, and what survives a crash.
//
//   Disk disk(simulation, "pv-1", {.capacity_bytes = 1 << 30});
//   std::shared_ptr<Volume> mounted = disk.mount(process, /*read_only=*/false);
//
// A process that is killed loses nothing it wrote (the machine's page cache has it). crash() keeps
// only what was synced: file contents as of sync(), names as of sync_directory().
//
// With Pace::kByCaller a file's reads and writes take no time and leave no trace: only pace() does,
// so that runs do not depend on how well a compressor works. Its size for stat() and free space is
// what was paced.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/volume.h"
#include "sim/process.h"

namespace drydock::sim {

struct DiskOptions {
  uint64_t capacity_bytes = uint64_t{1} << 30;
  Duration operation_latency = microseconds(100);
  Duration sync_latency = milliseconds(2);
  // The speed anchor: what a real backup or restore moved per second, disk and processor together.
  uint64_t write_bytes_per_second = 35'000'000;
  uint64_t read_bytes_per_second = 40'000'000;
};

// Asked before each operation ("open", "read", "write", "sync", "rename", ...); an error is what
// the caller gets. Paths are relative to the volume.
using DiskFault = std::function<Status(std::string_view operation, std::string_view path)>;

class Disk {
 public:
  Disk(Simulation& simulation, std::string name, const DiskOptions& options);
  ~Disk();

  // A view for one process; inert once the process is killed. Must not outlive the disk's tasks.
  std::shared_ptr<Volume> mount(Process& process, bool read_only);

  // The machine died: what was not synced is gone.
  void crash();
  void set_fault(DiskFault fault) { fault_ = std::move(fault); }
  void set_options(const DiskOptions& options) { options_ = options; }

  // For tests, oracles and set-up: takes no time, leaves no trace.
  Status put_file(const std::string& path, std::string content);
  Result<std::string> get_file(const std::string& path) const;
  std::vector<std::string> paths() const;  // files only, sorted
  uint64_t used_bytes() const;

 private:
  friend class DiskVolume;
  friend class DiskFile;

  struct Node {
    bool is_directory = false;
    std::string content;
    uint64_t paced_bytes = 0;  // counts for space and stat when paced by the caller
    bool by_caller = false;
    // What survives a crash: a prefix of `content` as long as nothing before it was overwritten,
    // else a copy of its own.
    size_t durable_prefix = 0;
    std::unique_ptr<std::string> durable_copy;

    uint64_t counted_bytes() const { return by_caller ? paced_bytes : content.size(); }
    void before_overwrite(size_t offset);
    void mark_durable();
    void lose_unsynced();
  };
  using Tree = std::map<std::string, std::shared_ptr<Node>, std::less<>>;

  // Suspends the calling task for the operation's time, and traces it.
  Status operate(Process& process, std::string_view operation, std::string_view path,
                 Duration latency, uint64_t bytes, uint64_t bytes_per_second);
  Status parent_exists(std::string_view path) const;

  Simulation& simulation_;
  std::string name_;
  DiskOptions options_;
  DiskFault fault_;
  Tree live_;
  Tree durable_;
  SteadyTime free_at_{};  // when the device has done all that was asked of it
};

}  // namespace drydock::sim

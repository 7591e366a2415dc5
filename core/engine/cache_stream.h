// CacheStream: the records of one cache as a .dat entry's bytes, read ahead by a task of its own.
// The grid pushes batches, a zip writer pulls chunks: a bounded queue lies between, so that memory
// does not depend on the cache's size.
//
//   CacheStream stream(env, tasks, member, "a");
//   zip->add_stream(cache_dat_entry("a"), [&](std::string& chunk) { return stream.pull(chunk); });
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/env.h"
#include "core/engine/grid_member.h"
#include "core/engine/task_group.h"

namespace drydock::engine {

class CacheStream {
 public:
  // Does nothing yet: the cache is read from the first pull() on. The task belongs to `tasks` and
  // uses `member` until it is done.
  CacheStream(Env& env, TaskGroup& tasks, GridMember& member, std::string cache);
  // Cancels the reading task; does not wait for it.
  ~CacheStream();
  CacheStream(const CacheStream&) = delete;
  CacheStream& operator=(const CacheStream&) = delete;

  // Makes `chunk` the next bytes. False: the stream has ended. May suspend, at most twice
  // limits::kGridIdleDeadline. Errors, naming the cache: what the grid said; kInvalid when a record
  // is larger than an archive can hold.
  Result<bool> pull(std::string& chunk);

  // Ends the reading task early and waits for it. Ok when there is none. May suspend.
  Status stop(SteadyTime deadline);

  const std::string& cache() const;
  // Records given out so far by the grid; all of them once pull() said false.
  uint64_t records() const;

 private:
  struct State;
  static void read(State& state);

  Env& env_;
  TaskGroup& tasks_;
  std::shared_ptr<State> state_;
  TaskHandle reader_;
  bool started_ = false;
};

}  // namespace drydock::engine

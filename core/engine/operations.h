// Operations: the backups and restores of one agent: their names, states and outcomes, in memory,
// and the one that runs.
//
//   if (!operations->start_backup("b", place, selection)) return 409;
//   const Operation* backup = operations->find(OperationKind::kBackup, "b");
//
// One runs at a time. One that is started while another runs fails at once, as on real servers
// (ISPN005041, ISPN005042), and leaves the other alone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/env.h"
#include "core/engine/grid_member.h"
#include "core/engine/mounts.h"
#include "core/engine/resources.h"
#include "core/engine/task_group.h"

namespace drydock::engine {

enum class OperationKind { kBackup, kRestore };
enum class OperationState { kRunning, kSucceeded, kFailed };

struct Operation {
  OperationKind kind = OperationKind::kBackup;
  std::string name;
  ResourceSelection selection;
  // Backup: the directory that was asked for. Restore: the archive; no volume when its path is on
  // no mount.
  Place place;
  std::string location;  // of the archive of a restore, as asked
  OperationState state = OperationState::kRunning;
  Status failure;       // why, once it failed
  std::string archive;  // of a backup that succeeded: its path in the volume
  bool remove_at_end = false;
};

enum class Removal { kUnknown, kRemoved, kQueued, kFailed };

class Operations : public std::enable_shared_from_this<Operations> {
 public:
  // `env` and `member` must outlive every task of `env`.
  Operations(Env& env, GridMember& member, int zip_level)
      : env_(env), member_(member), zip_level_(zip_level), tasks_(env) {}
  // Ends the running one without a trace; its task keeps this object until it has unwound.
  void abandon() { tasks_.cancel(); }

  // False: the name is known already. Never suspends; the work runs in a task of its own.
  bool start_backup(std::string name, Place directory, ResourceSelection selection);
  bool start_restore(std::string name, Place archive, std::string location,
                     ResourceSelection selection);

  // Null when unknown; valid until the next call that may suspend or change anything.
  const Operation* find(OperationKind kind, const std::string& name) const;
  std::vector<std::string> names(OperationKind kind) const;

  // Forgets it, and removes the archive of a backup that succeeded; queued while it runs. May
  // suspend. kFailed: the archive could not be removed; the name stays known.
  Removal remove(OperationKind kind, const std::string& name);

  // Ends the running operation, which then has failed and has left no file, and refuses new ones.
  // May suspend, up to limits::kLeaveDeadline.
  void stop();

  // Of the last operation that ran; "" when there was none. See AgentOptions::exit.
  std::string termination_message() const;

 private:
  using Key = std::pair<OperationKind, std::string>;
  using OperationPtr = std::shared_ptr<Operation>;

  bool start(Operation operation);
  void run(Operation& operation);
  Status run_backup_of(Operation& operation);
  Status run_restore_of(Operation& operation);
  void finish(Operation& operation, const Status& status);
  Status remove_archive(const Operation& operation);
  void log_failure(const Operation& operation);

  Env& env_;
  GridMember& member_;
  int zip_level_;
  std::map<Key, OperationPtr> known_;
  OperationPtr running_;
  OperationPtr last_;
  bool stopping_ = false;
  TaskGroup tasks_;
};

}  // namespace drydock::engine

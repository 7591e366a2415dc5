// BackupRoutes' operations: what runs after the answer 202.
#include <utility>

#include "core/base/log.h"
#include "core/base/messages.h"
#include "fakegrid/server/backup_failure.h"
#include "fakegrid/server/backup_routes.h"
#include "fakegrid/server/backup_writer.h"
#include "fakegrid/server/restore_reader.h"
#include "fakegrid/server/timings.h"

namespace drydock::fakegrid {
namespace {

Status in_progress(const Status& taken, std::string_view text) {
  if (taken.ok() || taken.code() == Code::kCancelled) return taken;
  return cache_exception(taken.code() == Code::kAlreadyExists ? text : taken.message());
}

}  // namespace

void BackupRoutes::run_backup(const std::string& name, const std::string& directory,
                              const Selection& resources, const OperationPtr& operation) {
  Status made = in_progress(backup_lock_.take(name),
                            "ISPN005041: Cannot perform backup, backup currently in progress");
  const bool locked = made.ok();
  if (locked) {
    log_info(env_, "{}{}", kBackupManager, messages::starting_backup(name));
    made = std::make_shared<BackupWriter>(env_, node_, disk_, options_)
               ->run(name, directory, resources);
  }
  if (made.code() == Code::kCancelled) return;
  if (locked) backup_lock_.release(name);
  if (made.ok())
    log_info(env_, "{}{}", kBackupManager, messages::backup_file_created(name));
  else if (options_.version.at_least(13))
    log_error(env_, "{}", logged_with(kBackupManager, messages::cannot_create_backup(), made));
  operation->state = made.ok() ? State::kDone : State::kFailed;
  if (operation->deleted) remove_files(name, *operation);
}

void BackupRoutes::run_restore(const std::string& name, const RestoreRequest& request,
                               const OperationPtr& operation) {
  Status restored =
      in_progress(restore_lock_.take(name),
                  "ISPN005042: Cannot restore content, restore currently in progress");
  const bool locked = restored.ok();
  if (locked) {
    log_info(env_, "{}{}", kBackupManager, messages::starting_restore(name, request.location));
    const auto busy = [this](int change) {
      busy_ += change;
      threads_free_->notify_all();
    };
    restored = std::make_shared<RestoreReader>(env_, node_, disk_, options_, busy)
                   ->run(request.location, request.resources);
  }
  if (restored.code() == Code::kCancelled) return;
  if (locked) restore_lock_.release(name);
  operation->state = restored.ok() ? State::kDone : State::kFailed;
  if (restored.ok())
    return log_info(env_, "{}{}", kBackupManager, messages::restore_complete(name));
  const std::string what = messages::cannot_restore(request.location);
  if (options_.version.at_least(13))
    log_error(env_, "{}", logged_with(kBackupManager, what, restored));
  log_error(env_,
            "{}java.util.concurrent.CompletionException: org.infinispan.commons.CacheException: "
            "{}\nCaused by: {}",
            kBackupResource, what.substr(0, what.size() - 1), restored.message());
}

void BackupRoutes::report_missing(const std::string& location) {
  std::string what = messages::cannot_restore(location);
  const std::string thrown =
      "org.infinispan.commons.CacheException: " + what.substr(0, what.size() - 1);
  const std::string cause = "java.io.FileNotFoundException: " + location;
  if (options_.version.at_least(13))
    log_error(env_, "{}{}\n{}", kBackupManager, what, cause);
  else
    log_error(env_, "{}{}\nCaused by: {}", kBackupManager, thrown, cause);
  log_error(env_, "{}{}\nCaused by: {}", kBackupResource, thrown, cause);
}

}  // namespace drydock::fakegrid

#include "core/engine/operations.h"

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/messages.h"
#include "core/engine/backup_engine.h"
#include "core/engine/restore_engine.h"

namespace drydock::engine {
namespace {

// The category under which real servers print these lines.
constexpr std::string_view kCategory = "[o.i.s.c.b.BackupManagerImpl]";

// At most `bytes`, never in the middle of a UTF-8 character.
std::string_view shortened(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

// "b" of "/opt/infinispan/backups/b/b.zip".
std::string backup_of(std::string_view location) {
  std::string_view file = location.substr(location.rfind('/') + 1);
  if (file.ends_with(".zip")) file.remove_suffix(4);
  return std::string(file);
}

template <class Report>
void log_counts(Env& env, const Report& report, std::string_view verb) {
  for (const CacheCount& cache : report.caches)
    log_info(env, "{} Cache {} {} {} entries", kCategory, cache.name, verb, cache.records);
  log_info(env, "{} {} templates, {} counters, {} proto-schemas, {} tasks {}", kCategory,
           report.templates, report.counters, report.schemas, report.tasks, verb);
}

}  // namespace

bool Operations::start_backup(std::string name, Place directory, ResourceSelection selection) {
  return start({.kind = OperationKind::kBackup,
                .name = std::move(name),
                .selection = std::move(selection),
                .place = std::move(directory)});
}

bool Operations::start_restore(std::string name, Place archive, std::string location,
                               ResourceSelection selection) {
  return start({.kind = OperationKind::kRestore,
                .name = std::move(name),
                .selection = std::move(selection),
                .place = std::move(archive),
                .location = std::move(location)});
}

bool Operations::start(Operation operation) {
  const Key key{operation.kind, operation.name};
  if (known_.contains(key)) return false;
  const OperationPtr started = known_[key] = std::make_shared<Operation>(std::move(operation));
  if (running_ != nullptr || stopping_) {
    const bool backup = running_ != nullptr && running_->kind == OperationKind::kBackup;
    started->state = OperationState::kFailed;
    started->failure =
        Status(Code::kFailedPrecondition, stopping_ ? "the server is stopping"
                                          : backup  ? messages::backup_in_progress()
                                                    : messages::restore_in_progress());
    log_failure(*started);
    return true;
  }
  running_ = last_ = started;
  tasks_.spawn("operation", [self = shared_from_this(), started] { self->run(*started); });
  return true;
}

const Operation* Operations::find(OperationKind kind, const std::string& name) const {
  const auto found = known_.find({kind, name});
  return found == known_.end() ? nullptr : found->second.get();
}

std::vector<std::string> Operations::names(OperationKind kind) const {
  std::vector<std::string> names;
  for (const auto& [key, operation] : known_)
    if (key.first == kind) names.push_back(key.second);
  return names;
}

void Operations::run(Operation& operation) {
  const Status status = operation.kind == OperationKind::kBackup ? run_backup_of(operation)
                                                                 : run_restore_of(operation);
  // An operation that was cancelled before its end is finished by stop(), or by nobody when the
  // process is killed.
  if (env_.cancelled() && !status.ok()) return;
  finish(operation, status);
  if (operation.remove_at_end) (void)remove(operation.kind, operation.name);
}

Status Operations::run_backup_of(Operation& operation) {
  log_info(env_, "{} {}", kCategory, messages::starting_backup(operation.name));
  const BackupRequest request{.name = operation.name,
                              .directory = operation.place.path,
                              .selection = operation.selection,
                              .zip_level = zip_level_};
  DRYDOCK_ASSIGN(const BackupReport report,
                 run_backup(env_, tasks_, member_, *operation.place.volume, request));
  operation.archive = report.path;
  log_counts(env_, report, "backed up");
  log_info(env_, "{} {}", kCategory, messages::backup_file_created(operation.name));
  return ok_status();
}

Status Operations::run_restore_of(Operation& operation) {
  log_info(env_, "{} Starting restore '{}' of '{}'", kCategory, operation.name, operation.location);
  if (operation.place.volume == nullptr)
    return Status(Code::kNotFound, messages::unable_to_read_archive(operation.location) +
                                       ": the path is on no mounted volume");
  const RestoreRequest request{.archive = operation.place.path, .selection = operation.selection};
  DRYDOCK_ASSIGN(const RestoreReport report,
                 run_restore(env_, member_, *operation.place.volume, request));
  log_counts(env_, report, "restored");
  log_info(env_, "{} {}", kCategory,
           messages::restore_complete_documented(backup_of(operation.location)));
  return ok_status();
}

void Operations::finish(Operation& operation, const Status& status) {
  operation.state = status.ok() ? OperationState::kSucceeded : OperationState::kFailed;
  operation.failure = status;
  if (!status.ok()) log_failure(operation);
  running_ = nullptr;
}

void Operations::log_failure(const Operation& operation) {
  const std::string text = operation.kind == OperationKind::kBackup
                               ? messages::cannot_create_backup()
                               : messages::cannot_restore(operation.location);
  log_error(env_, "{} {} {}", kCategory, text, operation.failure.message());
}

Removal Operations::remove(OperationKind kind, const std::string& name) {
  const auto found = known_.find({kind, name});
  if (found == known_.end()) return Removal::kUnknown;
  const OperationPtr operation = found->second;
  if (operation->state == OperationState::kRunning) {
    operation->remove_at_end = true;
    return Removal::kQueued;
  }
  if (const Status status = remove_archive(*operation); !status.ok()) {
    log_error(env_, "{} {} {}", kCategory, messages::backup_delete_failed(), status.message());
    return Removal::kFailed;
  }
  known_.erase({kind, name});
  if (kind == OperationKind::kBackup)
    log_info(env_, "{} {}", kCategory, messages::deleted_backup(name));
  return Removal::kRemoved;
}

Status Operations::remove_archive(const Operation& operation) {
  if (operation.archive.empty()) return ok_status();
  Volume& volume = *operation.place.volume;
  const Status removed = volume.remove(operation.archive);
  if (!removed.ok() && removed.code() != Code::kNotFound) return removed;
  return remove_temporaries(volume, operation.place.path, operation.name);
}

void Operations::stop() {
  stopping_ = true;
  const OperationPtr stopped = running_;
  if (stopped == nullptr) return;
  tasks_.cancel();
  Status left = tasks_.join(env_.now() + limits::kLeaveDeadline);
  if (stopped->kind == OperationKind::kBackup && left.ok())
    left = remove_temporaries(*stopped->place.volume, stopped->place.path, stopped->name);
  if (!left.ok()) log_warn(env_, "{} ending '{}': {}", kCategory, stopped->name, left.message());
  if (stopped->state == OperationState::kRunning)
    finish(*stopped, Status(Code::kCancelled, "the server was stopped while it ran"));
}

std::string Operations::termination_message() const {
  if (last_ == nullptr) return "";
  const bool backup = last_->kind == OperationKind::kBackup;
  const bool succeeded = last_->state == OperationState::kSucceeded;
  // Escapes make a text longer than its bytes: shorten until the whole message fits.
  for (size_t bytes = limits::kMaxTerminationMessageBytes;; bytes /= 2) {
    std::string message = json_text(json::object{
        {"operation", backup ? "backup" : "restore"},
        {"name", shortened(last_->name, bytes)},
        {"outcome", succeeded ? "Succeeded" : "Failed"},
        {"reason", shortened(last_->failure.message(), bytes)},
    });
    if (message.size() <= limits::kMaxTerminationMessageBytes) return message;
  }
}

}  // namespace drydock::engine

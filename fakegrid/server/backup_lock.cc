#include "fakegrid/server/backup_lock.h"

#include <utility>

#include "core/base/record.h"
#include "fakegrid/data/operations.h"
#include "fakegrid/node/core.h"

namespace drydock::fakegrid {
namespace {

constexpr Duration kTurnInterval = milliseconds(100);

std::string key_of(const std::string& kind) { return "lock/" + kind; }

}  // namespace

// "<address> <operation>": addresses hold no blanks.
std::string BackupLock::holder_of(std::string_view operation) const {
  return node_.address() + " " + std::string(operation);
}

Result<bool> BackupLock::try_take(const std::string& holder) {
  NodeCore& core = *node_.core();
  CacheRecord record;
  record.key = key_of(kind_);
  record.value = holder;
  record.metadata = encode_metadata({});
  DRYDOCK_ASSIGN(EntryPtr entry, make_entry(std::move(record), core.now_ms()));
  WriteRequest write{.kind = WriteKind::kPutIfAbsent, .entries = {std::move(entry)}};
  DRYDOCK_ASSIGN(const DataReply reply,
                 ask_owner(core, std::string(kConfigCache), key_of(kind_), std::move(write),
                           env_.now() + timings::kRemoteTimeout));
  return !reply.existed;
}

Result<std::string> BackupLock::current_holder() {
  DRYDOCK_ASSIGN(const auto record,
                 node_.get(kConfigCache, key_of(kind_), env_.now() + timings::kRemoteTimeout));
  return record ? record->value : std::string();
}

bool BackupLock::left_behind(std::string_view holder) const {
  const std::string_view address = holder.substr(0, holder.find(' '));
  for (const Member& member : node_.members())
    if (member.address == address) return false;
  return !holder.empty();
}

Status BackupLock::clear() {
  return node_.remove(kConfigCache, key_of(kind_), env_.now() + timings::kRemoteTimeout).status();
}

Status BackupLock::take(std::string_view operation) {
  const std::string holder = holder_of(operation);
  for (;;) {
    DRYDOCK_ASSIGN(const bool taken, try_take(holder));
    if (taken) return ok_status();
    if (!has(Quirk::kLockOutlivesOwner)) {
      DRYDOCK_ASSIGN(const std::string other, current_holder());
      if (left_behind(other)) {
        DRYDOCK_RETURN_IF_ERROR(clear());
        continue;
      }
    }
    if (has(Quirk::kRefusedAfterAccepted)) break;
    DRYDOCK_RETURN_IF_ERROR(env_.sleep_for(kTurnInterval));
  }
  DRYDOCK_ASSIGN(const bool frees, frees_others());
  if (frees) DRYDOCK_RETURN_IF_ERROR(clear());
  return Status(Code::kAlreadyExists, "another " + kind_ + " runs");
}

Result<bool> BackupLock::frees_others() {
  if (!has(Quirk::kLockFreedByRefused)) return false;
  if (options_.version.at_least(15, 0, 4)) return true;
  DRYDOCK_ASSIGN(const std::string holder, current_holder());
  return holder.starts_with(node_.address() + " ");
}

void BackupLock::release(std::string_view operation) {
  const Result<bool> frees = frees_others();
  if (!frees.ok()) return;
  if (!*frees) {
    const Result<std::string> holder = current_holder();
    if (!holder.ok() || *holder != holder_of(operation)) return;
  }
  (void)clear().ok();  // no answer: the lock stays, as that of a node that died
}

}  // namespace drydock::fakegrid

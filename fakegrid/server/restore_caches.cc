// RestoreReader's caches: configuration first, then the entries, in batches.
#include <memory>
#include <utility>

#include "core/base/log.h"
#include "core/base/sync.h"
#include "fakegrid/server/backup_failure.h"
#include "fakegrid/server/config_element.h"
#include "fakegrid/server/restore_configuration.h"
#include "fakegrid/server/restore_reader.h"
#include "fakegrid/server/restore_records.h"
#include "fakegrid/server/timings.h"

namespace drydock::fakegrid {
namespace {

constexpr size_t kPutsInFlight = 512;

std::string entry_of(const std::string& cache, std::string_view extension) {
  return "containers/default/caches/" + cache + "/" + cache + std::string(extension);
}

// The endpoints of 15 and later have local caches of these names.
bool is_endpoint_cache(std::string_view name, const ServerVersion& version) {
  return version.at_least(15) && (name == "respCache" || name == "memcachedCache");
}

}  // namespace

// From 15 on the first name without a configuration ends the loop that starts the caches.
Status RestoreReader::restore_caches(const std::vector<std::string>& names) {
  struct Shared {
    explicit Shared(Env& env) : running(env) {}
    WaitGroup running;
    Status failure;
  };
  const auto shared = std::make_shared<Shared>(env_);
  Status missing;
  for (const std::string& name : names) {
    const bool present = archive_.has(entry_of(name, ".xml"));
    if (!present && missing.ok()) missing = entry(entry_of(name, ".xml")).status();
    if (!present && options_.version.at_least(15)) break;
    if (!present) continue;
    shared->running.add();
    env_.spawn("restore-cache", [self = shared_from_this(), shared, name] {
      const Status restored = self->restore_cache(name);
      if (!restored.ok() && shared->failure.ok()) shared->failure = restored;
      shared->running.done();
    });
  }
  DRYDOCK_RETURN_IF_ERROR(shared->running.wait(kForever));
  return missing.ok() ? shared->failure : missing;
}

Status RestoreReader::restore_cache(const std::string& name) {
  DRYDOCK_ASSIGN(const std::string text, entry(entry_of(name, ".xml")));
  DRYDOCK_RETURN_IF_ERROR(create_cache(name, text));
  if (!archive_.has(entry_of(name, ".dat"))) return ok_status();
  DRYDOCK_ASSIGN(const std::string bytes, entry(entry_of(name, ".dat")));
  return restore_records(name, bytes);
}

Status RestoreReader::create_cache(const std::string& name, const std::string& text) {
  DRYDOCK_ASSIGN(const std::string element, archived_element(name, text, options_.version));
  if (is_endpoint_cache(name, options_.version) && !element.starts_with("<local-cache"))
    return java_exception(
        "org.infinispan.commons.CacheListenerException: ISPN000280: Caught exception "
        "[org.infinispan.commons.CacheConfigurationException] while invoking method on listener\n"
        "Caused by: org.infinispan.commons.CacheConfigurationException: ISPN000500: Cannot create "
        "clustered configuration for cache '" +
        name + "' because configuration is not clustered");
  DRYDOCK_RETURN_IF_ERROR(pool_.spend(timings::kRestoreOfCache));
  if (!node_.has_cache(name)) DRYDOCK_RETURN_IF_ERROR(pool_.spend(timings::kCreationOfCache));
  const Result<bool> created = node_.create_cache({name, element}, deadline());
  return created.ok() ? ok_status() : cache_exception(created.status().message());
}

Status RestoreReader::restore_records(const std::string& name, const std::string& bytes) {
  RecordFrames frames(bytes, has(Quirk::kLengthInOneByte), options_.heap_bytes);
  std::vector<CacheRecord> pending;
  uint64_t count = 0;
  bool busy = false;
  Status failure;
  while (failure.ok() && !frames.at_end()) {
    const Result<std::string_view> message = frames.next();
    if (message.code() == Code::kNoSpace && options_.version.at_least(15))
      return env_.sleep_until(kForever);
    const Result<CacheRecord> record =
        message.ok() ? read_cache_record(*message) : Result<CacheRecord>(message.status());
    if (!record.ok()) {
      failure = record.status();
      break;
    }
    pending.push_back(*record);
    ++count;
    if (pending.size() < kPutsInFlight) continue;
    if (!busy && has(Quirk::kRestoreBlocksRest)) {
      busy = true;
      busy_(+1);
    }
    failure = put(name, pending);
  }
  const Status rest = put(name, pending);
  if (busy) busy_(-1);
  if (!rest.ok()) return rest;
  if (failure.ok())
    log_at(env_, spdlog::level::debug, "{}Cache {} restored {} entries", kContainerResource, name,
           has(Quirk::kRestoredCountIsZero) ? 0 : count);
  return failure.ok() ? failure : reading_failed(name, failure);
}

// Ends of file and corrupt messages are wrapped, and from 15 on logged.
Status RestoreReader::reading_failed(const std::string& name, const Status& failure) {
  const bool wrapped = failure.message().starts_with("java.io.EOFException") ||
                       failure.message().starts_with("org.infinispan.protostream");
  if (!wrapped) return failure;
  if (!options_.version.at_least(15)) return cache_exception(failure.message(), failure);
  log_error(env_, "{}Failed reading entry to recover {}\n{}", kContainerResource, name,
            failure.message());
  return cache_exception("", failure);
}

Status RestoreReader::put(const std::string& cache, std::vector<CacheRecord>& records) {
  if (records.empty()) return ok_status();
  if (has(Quirk::kMetadataLost))
    for (CacheRecord& record : records) {
      record.metadata = encode_metadata({});
      record.created_ms = record.last_used_ms = -1;
    }
  const Status stored = node_.put(cache, records, deadline());
  records.clear();
  return stored.ok() ? stored : cache_exception(stored.message());
}

}  // namespace drydock::fakegrid

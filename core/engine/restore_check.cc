#include "core/engine/restore_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/archive/dat.h"
#include "core/archive/layout.h"
#include "core/base/limits.h"

namespace drydock::engine {
namespace {

Status lost(std::string_view what, std::string_view name) {
  return Status(
      Code::kDataLoss,
      fmt::format("the cluster's view changed during the restore, and {} '{}' is not as it "
                  "was restored; restore again",
                  what, name));
}

// FNV-1a over key and value, with the key's length between.
uint64_t fingerprint(const CacheRecord& record) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](std::string_view bytes) {
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  };
  add(record.key);
  add(std::to_string(record.key.size()));
  add(record.value);
  return hash;
}

bool is_expired(const CacheRecord& record, int64_t now_ms) {
  const Result<EntryMetadata> metadata = decode_metadata(record.metadata);
  if (!metadata.ok()) return false;
  const bool old = metadata->lifespan_ms >= 0 && record.created_ms >= 0 &&
                   record.created_ms + metadata->lifespan_ms <= now_ms;
  const bool idle = metadata->max_idle_ms >= 0 && record.last_used_ms >= 0 &&
                    record.last_used_ms + metadata->max_idle_ms <= now_ms;
  return old || idle;
}

Status check_view(const MemberHealth& before, const MemberHealth& now) {
  if (now.merged_views != before.merged_views)
    return Status(Code::kDataLoss,
                  "the cluster was split during the restore and its parts met again: what was "
                  "restored may be lost, or differ between members; restore again");
  size_t others = 0;
  size_t seen = 0;
  for (const std::string& name : before.members) {
    if (name == before.self) continue;
    ++others;
    if (std::find(now.members.begin(), now.members.end(), name) != now.members.end()) ++seen;
  }
  if (2 * seen > others) return ok_status();
  return Status(Code::kUnavailable,
                fmt::format("only {} of {} other members are left in this member's view: what was "
                            "restored may be lost when they meet again",
                            seen, others));
}

// Reads back through the member what a plan applied.
class ReadBack {
 public:
  ReadBack(Env& env, GridMember& member, archive::ZipReader& zip, const RestorePlan& plan)
      : env_(env), member_(member), zip_(zip), plan_(plan) {}

  Status check() {
    DRYDOCK_ASSIGN(const auto templates, member_.templates(deadline()));
    DRYDOCK_RETURN_IF_ERROR(check_names("template", plan_.templates, templates));
    DRYDOCK_ASSIGN(const auto caches, member_.caches(deadline()));
    DRYDOCK_RETURN_IF_ERROR(check_names("cache", plan_.caches, caches));
    DRYDOCK_ASSIGN(const auto schemas, member_.schemas(deadline()));
    for (const std::string& name : plan_.schemas)
      DRYDOCK_RETURN_IF_ERROR(
          check_text("proto-schema", name, archive::schema_entry(name), schemas));
    DRYDOCK_ASSIGN(const auto tasks, member_.tasks(deadline()));
    for (const std::string& name : plan_.tasks)
      DRYDOCK_RETURN_IF_ERROR(check_text("task", name, archive::task_entry(name), tasks));
    DRYDOCK_RETURN_IF_ERROR(check_counters());
    for (const CacheDefinition& cache : plan_.caches)
      DRYDOCK_RETURN_IF_ERROR(check_entries(cache.name));
    return ok_status();
  }

 private:
  SteadyTime deadline() const { return env_.now() + limits::kGridIdleDeadline; }

  static Status check_names(std::string_view what, const std::vector<CacheDefinition>& wanted,
                            const std::vector<CacheDefinition>& there) {
    for (const CacheDefinition& one : wanted) {
      const bool found = std::any_of(there.begin(), there.end(), [&](const CacheDefinition& other) {
        return other.name == one.name;
      });
      if (!found) return lost(what, one.name);
    }
    return ok_status();
  }

  Status check_text(std::string_view what, const std::string& name, const std::string& entry,
                    const std::map<std::string, std::string>& there) {
    DRYDOCK_ASSIGN(const std::string text, zip_.read_text(entry));
    const auto found = there.find(name);
    return found != there.end() && found->second == text ? ok_status() : lost(what, name);
  }

  Status check_counters() {
    DRYDOCK_ASSIGN(const std::vector<CounterRecord> counters, member_.counters(deadline()));
    std::map<std::string_view, int64_t> values;
    for (const CounterRecord& counter : counters) values[counter.name] = counter.value;
    for (const CounterRecord& counter : plan_.counters) {
      const auto found = values.find(counter.name);
      if (found == values.end() || found->second != counter.value)
        return lost("counter", counter.name);
    }
    return ok_status();
  }

  Status check_entries(const std::string& cache) {
    std::vector<uint64_t> there;
    DRYDOCK_RETURN_IF_ERROR(member_.iterate(
        cache,
        [&there](std::span<const CacheRecord> records) {
          for (const CacheRecord& record : records) there.push_back(fingerprint(record));
          return ok_status();
        },
        limits::kGridIdleDeadline));
    std::sort(there.begin(), there.end());
    const int64_t now_ms = to_epoch_ms(env_.wall_now());
    return archive::read_records(
        zip_, archive::cache_dat_entry(cache), [&](std::string_view message) -> Status {
          DRYDOCK_ASSIGN(const CacheRecord record, decode_cache_record(message));
          const bool found = std::binary_search(there.begin(), there.end(), fingerprint(record));
          return found || is_expired(record, now_ms) ? ok_status()
                                                     : lost("an entry of cache", cache);
        });
  }

  Env& env_;
  GridMember& member_;
  archive::ZipReader& zip_;
  const RestorePlan& plan_;
};

}  // namespace

Status check_restored(Env& env, GridMember& member, archive::ZipReader& zip,
                      const RestorePlan& plan, const MemberHealth& before) {
  const MemberHealth now = member.health();
  if (now.view_id == before.view_id) return ok_status();
  DRYDOCK_RETURN_IF_ERROR(check_view(before, now));
  DRYDOCK_RETURN_IF_ERROR(ReadBack(env, member, zip, plan).check());
  // Another change meanwhile: what was read may be one part's again.
  return check_view(before, member.health());
}

}  // namespace drydock::engine

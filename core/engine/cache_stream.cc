#include "core/engine/cache_stream.h"

#include <span>
#include <utility>

#include "core/base/limits.h"
#include "core/base/sync.h"
#include "core/engine/resources.h"

namespace drydock::engine {
namespace {

constexpr Duration kChunkDeadline = 2 * limits::kGridIdleDeadline;

}  // namespace

// Shared with the reading task, which may outlive the stream when it has to be cancelled.
struct CacheStream::State {
  State(Env& e, GridMember& m, std::string name)
      : env(e), member(m), cache(std::move(name)), chunks(e, limits::kReadAheadChunks) {}

  Status take(std::span<const CacheRecord> batch) {
    for (const CacheRecord& record : batch) {
      if (encoded_size(record) > limits::kMaxRecordBytes)
        return Status(Code::kInvalid, "an entry is larger than an archive can hold");
      append_framed(chunk, encode(record));
      ++records;
      if (chunk.size() >= limits::kArchiveChunkBytes) DRYDOCK_RETURN_IF_ERROR(flush());
    }
    return ok_status();
  }
  Status flush() {
    if (chunk.empty()) return ok_status();
    return chunks.push(std::exchange(chunk, {}), env.now() + kChunkDeadline);
  }

  Env& env;
  GridMember& member;
  std::string cache;
  Queue<std::string> chunks;
  std::string chunk;
  uint64_t records = 0;
  Status outcome;  // valid once `chunks` is closed
};

CacheStream::CacheStream(Env& env, TaskGroup& tasks, GridMember& member, std::string cache)
    : env_(env), tasks_(tasks), state_(std::make_shared<State>(env, member, std::move(cache))) {}

CacheStream::~CacheStream() { reader_.cancel(); }

const std::string& CacheStream::cache() const { return state_->cache; }
uint64_t CacheStream::records() const { return state_->records; }

void CacheStream::read(State& state) {
  Status outcome = state.member.iterate(
      state.cache, [&](std::span<const CacheRecord> batch) { return state.take(batch); },
      limits::kGridIdleDeadline);
  if (outcome.ok()) outcome = state.flush();
  state.outcome = std::move(outcome);
  state.chunks.close();
}

Result<bool> CacheStream::pull(std::string& chunk) {
  if (!started_) {
    started_ = true;
    reader_ = tasks_.spawn("backup.read", [state = state_] { read(*state); });
  }
  Result<std::string> next = state_->chunks.pop(env_.now() + kChunkDeadline);
  if (next.ok()) {
    chunk = std::move(*next);
    return true;
  }
  const bool ended = next.code() == Code::kNotFound;
  if (ended && state_->outcome.ok()) return false;
  const Status& status = ended ? state_->outcome : next.status();
  return status.with_context(resource_label(ResourceType::kCaches, state_->cache));
}

Status CacheStream::stop(SteadyTime deadline) {
  reader_.cancel();
  return reader_.join(deadline);
}

}  // namespace drydock::engine

#include "sim/trace.h"

#include <xxhash.h>

namespace drydock::sim {
namespace {

int64_t to_ns(SteadyTime time) { return time.time_since_epoch().count(); }

}  // namespace

std::string_view trace_kind_name(TraceKind kind) {
  switch (kind) {
    case TraceKind::kSpawn: return "spawn";
    case TraceKind::kSend: return "send";
    case TraceKind::kDeliver: return "deliver";
    case TraceKind::kRefuse: return "refuse";
    case TraceKind::kVolume: return "volume";
    case TraceKind::kLog: return "log";
    case TraceKind::kProcess: return "process";
    case TraceKind::kNetwork: return "network";
    case TraceKind::kFault: return "fault";
    case TraceKind::kNote: return "note";
  }
  return "?";
}

void Trace::add(SteadyTime now, TraceKind kind, uint32_t subject, uint32_t object,
                uint64_t number) {
  mix(to_ns(now), kind, subject, object, number, 0);
  if (keep_) records_.push_back({to_ns(now), number, subject, object, kind, {}});
}

void Trace::add_text(SteadyTime now, TraceKind kind, uint32_t subject, std::string_view text,
                     uint64_t number) {
  mix(to_ns(now), kind, subject, 0, number, XXH3_64bits(text.data(), text.size()));
  if (keep_) records_.push_back({to_ns(now), number, subject, 0, kind, std::string(text)});
}

void Trace::mix(int64_t time_ns, TraceKind kind, uint32_t subject, uint32_t object, uint64_t number,
                uint64_t text_hash) {
  const uint64_t words[] = {static_cast<uint64_t>(time_ns), static_cast<uint64_t>(kind),
                            (static_cast<uint64_t>(subject) << 32) | object, number, text_hash};
  hash_ = XXH3_64bits_withSeed(words, sizeof words, hash_);
  ++count_;
}

}  // namespace drydock::sim

// The trace: every event of a run in order, and a rolling hash over it. Equal hashes mean equal
// runs; the first differing record says where two runs part.
//
//   trace.add(now, TraceKind::kSend, from.id(), to.id(), bytes);
//   trace.add_text(now, TraceKind::kLog, process.id(), line);
//
// Records are binary; text is made only when a trace is printed. Nothing that depends on the
// machine (addresses, compressed sizes, wall time) goes in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace drydock::sim {

enum class TraceKind : uint8_t {
  kSpawn,    // subject: process; text: task name
  kSend,     // subject: process; object: process; number: bytes
  kDeliver,  // the same, on arrival
  kRefuse,   // nobody listened
  kVolume,   // subject: process; text: operation and path; number: bytes
  kLog,      // subject: process; text: the line
  kProcess,  // subject: process; text: started, killed, paused, resumed, ended
  kNetwork,  // text: cut, healed
  kFault,    // text: what the fault plan did
  kNote,     // subject: process or 0; text: what a layer above wants to be seen
};

std::string_view trace_kind_name(TraceKind kind);

struct TraceRecord {
  int64_t time_ns = 0;
  uint64_t number = 0;
  uint32_t subject = 0;
  uint32_t object = 0;
  TraceKind kind = TraceKind::kNote;
  std::string text;

  friend bool operator==(const TraceRecord&, const TraceRecord&) = default;
};

class Trace {
 public:
  // `keep`: records are kept for printing and comparison, not only hashed.
  explicit Trace(bool keep) : keep_(keep) {}

  void add(SteadyTime now, TraceKind kind, uint32_t subject, uint32_t object, uint64_t number);
  void add_text(SteadyTime now, TraceKind kind, uint32_t subject, std::string_view text,
                uint64_t number = 0);

  uint64_t hash() const { return hash_; }
  uint64_t count() const { return count_; }
  const std::vector<TraceRecord>& records() const { return records_; }

 private:
  void mix(int64_t time_ns, TraceKind kind, uint32_t subject, uint32_t object, uint64_t number,
           uint64_t text_hash);

  bool keep_;
  uint64_t hash_ = 0x64727964'6f636b00;
  uint64_t count_ = 0;
  std::vector<TraceRecord> records_;
};

}  // namespace drydock::sim

// A watch's stream that a fault can end: stands between the server's stream function and the
// transport, and hands everything on until then.
#pragma once

#include <functional>
#include <optional>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

// How an open stream breaks (stream_control.h has the ends in order).
enum class StreamCut {
  kReset,    // now
  kMidLine,  // with the next event, in the middle of it; then a reset
};

class TappedStream {
 public:
  // `call` is what opened it.
  explicit TappedStream(const ApiCall& call) : call_(call) {}

  const ApiCall& call() const { return call_; }

  // Ends it, at most once. Before run(): as soon as there is something to end.
  void cut(StreamCut how);

  // Runs the server's stream function on `writer`; returns when it ends.
  void run(const std::function<void(StreamWriter&)>& stream, StreamWriter& writer);

 private:
  class Writer;

  ApiCall call_;
  std::optional<StreamCut> cut_;
  Writer* writer_ = nullptr;  // while it runs
};

}  // namespace drydock::fakekube

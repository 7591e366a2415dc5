// Where the API server gets container logs from. The kubelets implement it; until they are set,
// every container looks as if it had not started.
#pragma once

#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/base/time.h"

namespace drydock::fakekube {

struct LogLine {
  WallTime time;
  std::string text;  // without newline
};

class LogSource {
 public:
  virtual ~LogSource() = default;
  // The lines of the pod's container so far, or of the one that ran before it (`previous`). The
  // pointer stays valid until the next suspension. Never suspends.
  // kNotFound: that container has not run (yet). kUnavailable: the node can't be reached (the
  // client sees a 500 that says so).
  virtual Result<const std::vector<LogLine>*> lines(const std::string& pod_uid,
                                                    const std::string& container,
                                                    bool previous) = 0;
};

}  // namespace drydock::fakekube

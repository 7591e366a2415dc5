// Where the API server gets container logs from: the kubelets of this process (LogSource), or
// kubelets that are asked over HTTP (KubeletConnection). Until one of them is set, every container
// looks as if it had not started.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/base/time.h"
#include "core/base/wire.h"

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
  // Whether the container runs and may write more; a follower is done when it doesn't.
  virtual bool running(const std::string& /*pod_uid*/, const std::string& /*container*/) {
    return false;
  }
};

// The way from the API server to kubelets that serve HTTP.
class KubeletConnection {
 public:
  virtual ~KubeletConnection() = default;
  // GET `target` ("/containerLogs/<namespace>/<pod>/<container>?tailLines=2") from the kubelet at
  // `address` (host and port as the Node's status names them). May suspend. Any answer, also a
  // refusal, is ok; an error of the way becomes the client's 500.
  virtual Result<HttpReply> get(const Address& address, std::string_view target) = 0;
};

}  // namespace drydock::fakekube

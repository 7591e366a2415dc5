// The watches that one API server has open, and what may be done to their delivery. Each server has
// its own (ApiServer::streams()); all effects are synchronous and deterministic.
//
//   StreamControl& streams = server.streams();
//   streams.hold({.type = &kPods, .user_agent = "drydock-operator"});  // also those opened later
//   ...
//   streams.release({.type = &kPods, .user_agent = "drydock-operator"});
//   streams.cut({.type = &kBackups});                       // as a lost connection would
//   streams.cut({.type = &kPods}, StreamEnd::kExpired);     // the client must list again, and so
//                                                           // misses every intermediate state
// What a client was promised is kept: an open watch never skips, doubles or reorders a change.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

// Every member that is set must fit.
struct StreamSelector {
  const ResourceType* type = nullptr;  // null: any kind
  std::string user_agent = {};         // the client's begins with this; empty: any
  uint64_t id = 0;                     // one stream; 0: any

  friend bool operator==(const StreamSelector&, const StreamSelector&) = default;
};

enum class StreamEnd {
  kClean,    // the stream ends in order: the client resumes where it was
  kExpired,  // an ERROR event 410: the client lists again
  kError,    // an ERROR event 500, as of a decoder or proxy that broke
};

struct StreamInfo {
  uint64_t id = 0;  // counted from 1 by its server
  const ResourceType* type = nullptr;
  std::string user_agent;
  uint64_t revision = 0;  // up to where it has delivered
  bool held = false;
};

class WatchFeed;

class StreamControl {
 public:
  StreamControl() = default;
  StreamControl(const StreamControl&) = delete;
  StreamControl& operator=(const StreamControl&) = delete;

  // Ends every open watch that fits; how many. Held and delayed ones end at once, too.
  size_t cut(const StreamSelector& selector, StreamEnd how = StreamEnd::kClean);
  // Until release(): watches that fit, also later ones, deliver nothing after what is on its way.
  void hold(const StreamSelector& selector);
  // Until release(): each change reaches watches that fit only `duration` after it was written.
  void delay(const StreamSelector& selector, Duration duration);
  // Takes back hold() and delay() of an equal selector; all that waited is delivered.
  void release(const StreamSelector& selector);
  void release_all();

  std::vector<StreamInfo> streams() const;
  // Lets every open watch look again: after a cache's lag or freezing changed.
  void wake_all();

 private:
  friend class WatchFeed;

  struct Rule {
    StreamSelector selector;
    bool hold = false;
    Duration delay{};
  };

  uint64_t open(WatchFeed& feed);
  void close(WatchFeed& feed);
  void apply_rules(WatchFeed& feed) const;
  void changed();

  std::vector<Rule> rules_;
  std::vector<WatchFeed*> feeds_;  // by id
  uint64_t ids_ = 0;
};

}  // namespace drydock::fakekube

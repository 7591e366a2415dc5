// What a watch with a namespace and selectors sees of the store's events: an object that begins to
// match is ADDED, one that ceases to match is DELETED (its old content, the change's revision).
//
//   WatchFilter filter{.namespace_name = "ns", .selector = selector};
//   if (std::optional<WatchEvent> event = filter.translate(*store_event)) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/store/selectors.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {

enum class WatchEventType { kAdded, kModified, kDeleted };
// "ADDED", ...
std::string_view watch_event_name(WatchEventType type);

struct WatchEvent {
  WatchEventType type = WatchEventType::kAdded;
  JsonPtr object;  // of a deletion: the last state, with the deletion's resourceVersion
  uint64_t revision = 0;
  JsonPtr envelope;  // {"type","object"} when the store has it already; else null
};

struct WatchFilter {
  std::string namespace_name = {};  // empty: all
  Selector selector = {};

  // nullopt: this watch does not see the event.
  std::optional<WatchEvent> translate(const StoreEvent& event) const;
  // Whether translate() would answer; cheap, for deciding whether to wake a watcher.
  bool concerns(const StoreEvent& event) const;
};

// {"type":..., "object":...} as a line of a watch's stream.
JsonPtr watch_envelope(const WatchEvent& event);

}  // namespace drydock::fakekube

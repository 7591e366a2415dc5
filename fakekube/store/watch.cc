#include "fakekube/store/watch.h"

#include "fakekube/store/object.h"

namespace drydock::fakekube {

std::string_view watch_event_name(WatchEventType type) {
  switch (type) {
    case WatchEventType::kAdded: return "ADDED";
    case WatchEventType::kModified: return "MODIFIED";
    case WatchEventType::kDeleted: return "DELETED";
  }
  return "";
}

bool WatchFilter::concerns(const StoreEvent& event) const {
  if (!namespace_name.empty() && *event.namespace_name != namespace_name) return false;
  if (selector.everything() || selector.matches(*event.object)) return true;
  return event.previous != nullptr && selector.matches(*event.previous);
}

std::optional<WatchEvent> WatchFilter::translate(const StoreEvent& event) const {
  if (!namespace_name.empty() && *event.namespace_name != namespace_name) return std::nullopt;
  const bool all = selector.everything();
  const bool before = event.previous != nullptr && (all || selector.matches(*event.previous));
  const bool after = event.type == StoreEventType::kPut && (all || selector.matches(*event.object));
  if (!before && !after) return std::nullopt;
  WatchEvent seen{.type = !before  ? WatchEventType::kAdded
                          : !after ? WatchEventType::kDeleted
                                   : WatchEventType::kModified,
                  .object = event.object,
                  .revision = event.revision,
                  .envelope = event.envelope};
  const bool as_stored =
      event.type == StoreEventType::kDelete || (event.previous == nullptr) == !before;
  if (!after && event.type == StoreEventType::kPut) {
    seen.object = make_json(with_revision(*event.previous, event.revision));
    seen.envelope = nullptr;
  } else if (!as_stored) {
    seen.envelope = nullptr;
  }
  return seen;
}

JsonPtr watch_envelope(const WatchEvent& event) {
  if (event.envelope != nullptr) return event.envelope;
  json::object line;
  line.reserve(2);
  line.emplace("type", text_value(watch_event_name(event.type)));
  line.emplace("object", *event.object);
  return make_json(std::move(line));
}

}  // namespace drydock::fakekube

#include "sim/event_heap.h"

#include <algorithm>

#include "core/base/check.h"

namespace drydock::sim {

// A slot is freed only when its entry leaves the heap, so an entry always means its own slot.
fibers::TimerId EventHeap::arm(SteadyTime at, std::function<void()> callback) {
  uint32_t index;
  if (free_slots_.empty()) {
    index = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_slots_.back();
    free_slots_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.callback = std::move(callback);
  slot.live = true;
  const int64_t at_ns = std::max(at, now_).time_since_epoch().count();
  heap_.push_back({at_ns, ++sequence_, index});
  std::push_heap(heap_.begin(), heap_.end(), later);
  return (static_cast<fibers::TimerId>(slot.generation) << 32) | index;
}

void EventHeap::cancel(fibers::TimerId id) {
  const auto index = static_cast<uint32_t>(id);
  const auto generation = static_cast<uint32_t>(id >> 32);
  if (id == 0 || index >= slots_.size()) return;
  Slot& slot = slots_[index];
  if (slot.generation != generation || !slot.live) return;
  slot.live = false;
  slot.callback = nullptr;
}

SteadyTime EventHeap::next_time() {
  drop_cancelled();
  return heap_.empty() ? kForever : SteadyTime(Duration(heap_.front().at_ns));
}

void EventHeap::run_next() {
  drop_cancelled();
  DRYDOCK_CHECK(!heap_.empty(), "no event left");
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const Entry entry = heap_.back();
  heap_.pop_back();
  now_ = SteadyTime(Duration(entry.at_ns));
  const std::function<void()> callback = std::move(slots_[entry.slot].callback);
  release(entry.slot);
  ++fired_;
  callback();
}

void EventHeap::drop_cancelled() {
  while (!heap_.empty() && !slots_[heap_.front().slot].live) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    release(heap_.back().slot);
    heap_.pop_back();
  }
}

void EventHeap::release(uint32_t index) {
  Slot& slot = slots_[index];
  slot.callback = nullptr;
  slot.live = false;
  ++slot.generation;
  free_slots_.push_back(index);
}

}  // namespace drydock::sim

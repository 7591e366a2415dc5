#include "fakekube/schema/list_places.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace drydock::fakekube {

Places::Places(const json::array& list, std::string_view key) : key_(key) {
  for (const json::value& item : list) add(item);
}

void Places::add(const json::value& item) {
  if (std::optional<std::string> identity = identity_of(item))
    places_.emplace(*std::move(identity), size_);
  ++size_;
}

size_t Places::of(const json::value& item) const {
  const std::optional<std::string> identity = identity_of(item);
  const auto found = identity ? places_.find(*identity) : places_.end();
  return found == places_.end() ? size_ : found->second;
}

std::optional<std::string> Places::identity_of(const json::value& item) const {
  if (key_.empty()) return json_text(item);
  const json::value* value = json_find(item, {key_});
  return value == nullptr ? std::nullopt : std::optional(json_text(*value));
}

json::array without_items(json::array list, const Places& items) {
  json::array kept;
  for (json::value& item : list)
    if (!items.has(item)) kept.push_back(std::move(item));
  return kept;
}

json::array with_items(const json::array& list, const json::array& items) {
  json::array all;
  Places places(all, "");
  for (const json::array* part : {&list, &items}) {
    for (const json::value& item : *part) {
      if (places.has(item)) continue;
      places.add(item);
      all.push_back(item);
    }
  }
  return all;
}

void sort_by_place(json::array& items, const Places& order) {
  std::vector<std::pair<size_t, size_t>> placed;  // place in the order, index in the list
  for (size_t i = 0; i < items.size(); ++i) placed.emplace_back(order.of(items[i]), i);
  std::sort(placed.begin(), placed.end());
  json::array sorted;
  sorted.reserve(items.size());
  for (const auto& [place, i] : placed) sorted.push_back(std::move(items[i]));
  items = std::move(sorted);
}

json::array interleaved(json::array server, json::array patch, const Places& server_order) {
  json::array all;
  size_t i = 0;
  size_t j = 0;
  while (i < server.size() || j < patch.size()) {
    bool take_server = j == patch.size();
    if (i < server.size() && j < patch.size()) {
      const size_t a = server_order.of(server[i]);
      const size_t b = server_order.of(patch[j]);
      take_server = a < b && b < server_order.size();
    }
    all.push_back(take_server ? std::move(server[i++]) : std::move(patch[j++]));
  }
  return all;
}

}  // namespace drydock::fakekube

// Where the items of a list stand, for merges of lists as Kubernetes' strategic merge patch has
// them: in one pass over each list, however long.
//
//   const Places places(containers, "name");
//   places.of(json::object{{"name", "c"}});   // the index of the container "c"
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

// An item is known by its whole value, or by that of its member `key` unless that is empty. An item
// without that member is nowhere.
class Places {
 public:
  Places(const json::array& list, std::string_view key);

  // As the list's next item.
  void add(const json::value& item);
  // Of the first such item; the list's size when there is none.
  size_t of(const json::value& item) const;
  bool has(const json::value& item) const { return of(item) < size_; }
  size_t size() const { return size_; }

 private:
  std::optional<std::string> identity_of(const json::value& item) const;

  std::string key_;
  std::map<std::string, size_t> places_;
  size_t size_ = 0;
};

json::array without_items(json::array list, const Places& items);
// Both lists, each item once, by its whole value.
json::array with_items(const json::array& list, const json::array& items);
// Those that stand nowhere come last, as they were.
void sort_by_place(json::array& items, const Places& order);
// Interleaves both, each in its own order, a server's item before the first of the patch's items
// that the server has behind it.
json::array interleaved(json::array server, json::array patch, const Places& server_order);

}  // namespace drydock::fakekube

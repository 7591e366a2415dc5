// Items that are told apart by a key: `- apply: cr/x.yaml`, `- kill_container: Pod/x`. Each kind is
// one row: the key, and the function that reads its value and the item's other fields.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/scenario/fields.h"

namespace drydock::harness::scenario {

template <class T>
struct Kind {
  const char* key;
  T (*read)(Fields& item, const YamlNode& subject);
};

template <class T>
std::vector<std::string> keys_of(std::span<const Kind<T>> kinds) {
  std::vector<std::string> keys;
  for (const Kind<T>& kind : kinds) keys.emplace_back(kind.key);
  return keys;
}

// The member whose key looks most like one of `keys`; `node` has members.
const YamlMember& nearest_member(const YamlNode& node, const std::vector<std::string>& keys);

// The first key of the item that is a kind's decides; nullopt, and an error, when none is. Unknown
// keys are left to item.finish(), which is silent when the kind isn't known.
template <class T>
std::optional<T> read_kind(Fields& item, std::span<const Kind<T>> kinds) {
  for (const YamlMember& member : item.node().members) {
    for (const Kind<T>& kind : kinds) {
      if (member.key != kind.key) continue;
      return kind.read(item, *item.find(kind.key));
    }
  }
  item.give_up();
  if (item.node().members.empty()) {
    item.wrong(fmt::format("empty item where {} is expected", item.what()),
               suggest("", keys_of(kinds), "kind", "kinds"));
    return std::nullopt;
  }
  const std::vector<std::string> keys = keys_of(kinds);
  const YamlMember& typo = nearest_member(item.node(), keys);
  item.context().errors.add(typo.position,
                            fmt::format("'{}' is no kind of {}", typo.key, item.what()),
                            suggest(typo.key, keys, "kind", "kinds"));
  return std::nullopt;
}

}  // namespace drydock::harness::scenario

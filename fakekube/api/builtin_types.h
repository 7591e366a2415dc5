// The built-in kinds of a real API server that the actors and the product don't use: stored,
// listed and watched as any other, so that discovery says nothing that isn't so.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

// Of both views of Events, which are set up before either row may be read.
inline constexpr size_t kEventsIndex = 11;

inline constexpr size_t kLastPlainIndex = 61;

// Rows of builtin_types.cc, in its order.
const std::vector<const ResourceType*>& plain_resource_types();

// A subresource besides status and scale, as discovery lists it.
struct BuiltinSubresource {
  std::string_view name;
  std::string_view kind;
  std::string_view group;  // of the kind; "" with version "": the resource's own
  std::string_view version;
  std::vector<std::string_view> verbs;
};
// By name; empty for most kinds.
const std::vector<BuiltinSubresource>& builtin_subresources(const ResourceType& type);

}  // namespace drydock::fakekube

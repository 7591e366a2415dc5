// The members of metadata in the order in which a real server prints them: of a core kind as its Go
// struct has them, of a custom resource sorted. Whoever makes metadata anew makes it in this order,
// and order_members() (object.h) has nothing to move.
//
//   for (std::string_view key : metadata_order(type)) ...
#pragma once

#include <span>
#include <string_view>

#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

// Lives for the whole program. There are no other members.
std::span<const std::string_view> metadata_order(const ResourceType& type);

}  // namespace drydock::fakekube

// What a path of the API names.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"

namespace drydock::harness::conformance {

struct ApiPath {
  std::string group;  // "" for core
  std::string version;
  std::string namespace_name;
  std::string plural;
  std::string name;
  std::string subresource;

  bool is_resource() const { return !plural.empty(); }
  // "group/plural/namespace/name": names an object whatever the version.
  // Both groups of Events show the same ones.
  std::string key() const {
    return (group == "events.k8s.io" ? "" : group) + "/" + plural + "/" + namespace_name + "/" +
           name;
  }
};

// Without query; a path that is no resource's has no plural.
ApiPath parse_path(std::string_view target);

}  // namespace drydock::harness::conformance

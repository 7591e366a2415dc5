// Who sends a request.
#pragma once

#include <string>
#include <vector>

namespace drydock::fakekube {

// An empty name is a component beside the API server (LocalClient): it may do everything.
struct UserInfo {
  std::string name = {};
  std::string uid = {};
  std::vector<std::string> groups = {};
};

}  // namespace drydock::fakekube

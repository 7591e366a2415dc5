// The comparison of two JSON bodies: see compare.h for what counts as equal.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"
#include "harness/conformance/names.h"

namespace drydock::harness::conformance {

class JsonComparison {
 public:
  explicit JsonComparison(Names& names) : names_(names) {}
  // "" when equal, else where and what.
  std::string difference(const json::value& recorded, const json::value& ours);

 private:
  std::string any(const json::value& recorded, const json::value& ours, const std::string& path);
  std::string objects(const json::object& recorded, const json::object& ours,
                      const std::string& path);
  void learn_name(const json::object& recorded, const json::object& ours);
  std::string arrays(const json::array& recorded, const json::array& ours, const std::string& path);
  std::string member(std::string_view key, const json::value& recorded, const json::value& ours,
                     const std::string& path);
  std::string strings(std::string_view key, const std::string& recorded, const std::string& ours,
                      const std::string& path);
  std::string causes(const json::value& recorded, const json::value& ours, const std::string& path);

  Names& names_;
  std::string uid_;  // of our object that is being compared
};

}  // namespace drydock::harness::conformance

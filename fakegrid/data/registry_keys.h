// Keys of org.infinispan.CONFIG: cache and template definitions by name.
#pragma once

#include <string>
#include <string_view>

namespace drydock::fakegrid {

inline constexpr std::string_view kCacheKeyPrefix = "cache/";
inline constexpr std::string_view kTemplateKeyPrefix = "template/";

inline std::string cache_key(std::string_view name) {
  return std::string(kCacheKeyPrefix) + std::string(name);
}
inline std::string template_key(std::string_view name) {
  return std::string(kTemplateKeyPrefix) + std::string(name);
}

}  // namespace drydock::fakegrid

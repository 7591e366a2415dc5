// What a cache's configuration element means to the grid. The text itself is kept byte for byte.
//
//   DRYDOCK_ASSIGN(auto config, parse_cache_config("a", R"(<distributed-cache name="a"/>)", 256));
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace drydock::fakegrid {

// Invalidation and scattered caches behave as local ones here.
enum class CacheMode { kLocal, kReplicated, kDistributed };

struct CacheConfig {
  std::string name;
  std::string xml;
  CacheMode mode = CacheMode::kLocal;
  int owners = 2;  // of distributed caches
  int segments = 256;
  bool partition_handling = false;  // when-split is DENY_READ_WRITES or ALLOW_READS
  bool internal = false;
  // Configuration caches are copied to zero-capacity members too (docs/facts/grid.md).
  bool copied_to_all = false;
};

using CacheConfigPtr = std::shared_ptr<const CacheConfig>;

// Owners per segment that the cache asks for: every member for a replicated one.
int owners_of(const CacheConfig& config);

inline constexpr std::string_view kConfigCache = "org.infinispan.CONFIG";
inline constexpr std::string_view kCounterCache = "org.infinispan.COUNTER";
inline constexpr std::string_view kSchemaCache = "___protobuf_metadata";
inline constexpr std::string_view kTaskCache = "___script_cache";

// kInvalid: no XML, or no cache element. A `-configuration` suffix (templates) is understood, and
// an element inside a whole `<infinispan>` document is found.
Result<CacheConfigPtr> parse_cache_config(std::string_view name, std::string_view xml,
                                          int default_segments);

// The four internal caches that every node has. All but org.infinispan.COUNTER are copied to
// zero-capacity members too, as from 15 on (before that only org.infinispan.CONFIG was).
std::vector<CacheConfigPtr> internal_caches(int segments);

}  // namespace drydock::fakegrid

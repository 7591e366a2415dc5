// What a cache's configuration element means to the grid. The text itself is kept byte for byte.
//
//   DRYDOCK_ASSIGN(auto config, parse_cache_config("a", R"(<distributed-cache name="a"/>)", 256));
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "fakegrid/server/version.h"
#include "fakegrid/topology/hashing.h"

namespace drydock::fakegrid {

// Scattered caches (before 15) are taken for distributed ones with two owners.
enum class CacheMode { kLocal, kInvalidation, kReplicated, kDistributed };

// partition-handling when-split: what callers may do in a part of a split that lacks owners.
enum class WhenSplit { kAllowReadWrites, kDenyReadWrites, kAllowReads };

struct CacheConfig {
  std::string name;
  std::string xml;
  CacheMode mode = CacheMode::kLocal;
  int owners = 2;  // of distributed caches
  int segments = 256;
  int capacity = kFullCapacity;  // capacity-factor of distributed caches, thousandths
  WhenSplit when_split = WhenSplit::kAllowReadWrites;
  bool indexed = false;
  bool internal = false;
  // Configuration caches are copied to zero-capacity members too (docs/facts/grid.md).
  bool copied_to_all = false;
};

using CacheConfigPtr = std::shared_ptr<const CacheConfig>;

// Owners per segment that the cache asks for; kEveryMember for replicated and invalidation caches.
int owners_of(const CacheConfig& config);

inline constexpr std::string_view kConfigCache = "org.infinispan.CONFIG";
inline constexpr std::string_view kLockCache = "org.infinispan.LOCKS";  // before 15
inline constexpr std::string_view kCounterCache = "org.infinispan.COUNTER";
inline constexpr std::string_view kSchemaCache = "___protobuf_metadata";
inline constexpr std::string_view kTaskCache = "___script_cache";

// kInvalid: no XML, or no cache element. A `-configuration` suffix (templates) is understood, and
// an element inside a whole `<infinispan>` document is found.
Result<CacheConfigPtr> parse_cache_config(std::string_view name, std::string_view xml,
                                          int default_segments);

// The internal caches of a node, which do not appear among the user's. Worlds need four of them:
// configuration, counters, schemas, tasks; `all` gives those of the servers' endpoints too, which
// hold nothing that the grid looks at.
struct InternalCaches {
  ServerVersion version;
  int segments = 256;
  bool all = false;
  // Schemas and tasks are copied to zero-capacity members, as from 15.0.1 on (quirk F47);
  // org.infinispan.CONFIG always is.
  bool texts_to_zero_capacity = true;
};
std::vector<CacheConfigPtr> internal_caches(const InternalCaches& wanted);

}  // namespace drydock::fakegrid

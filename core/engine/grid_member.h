// GridMember: the port between the backup and restore engines and the grid, as seen by one member
// that owns no data (a zero-capacity member). harness/world adapts a simulated node to it; a live
// member would implement it too.
//
// Every call may suspend and takes a deadline; kCancelled when the process ends, kUnavailable /
// kDeadlineExceeded / kConnectionReset when the grid can't answer now, kFailedPrecondition when a
// cache is degraded, kDataLoss when entries were lost with their last owner.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/record.h"
#include "core/base/status.h"
#include "core/base/time.h"

namespace drydock::engine {

// A cache or a template: its name and its configuration element (XML text without the surrounding
// document, e.g. `<distributed-cache name="a" owners="2"/>`), returned byte for byte as created.
struct CacheDefinition {
  std::string name;
  std::string configuration_xml;
};

struct MemberHealth {
  std::vector<std::string> members;  // this member's own view, itself included, view order
  std::string status;                // HEALTHY, HEALTHY_REBALANCING, DEGRADED, FAILED
  std::string coordinator;
  std::string self;
  int64_t view_id = 0;  // another one with every change of the view
  // Views made of several ones after a split that this member has installed.
  uint64_t merged_views = 0;
};

class GridMember {
 public:
  virtual ~GridMember() = default;

  virtual MemberHealth health() = 0;  // never suspends: what this member believes now

  // User caches and user templates known cluster-wide, sorted by name; internal ones left out.
  virtual Result<std::vector<CacheDefinition>> caches(SteadyTime deadline) = 0;
  virtual Result<std::vector<CacheDefinition>> templates(SteadyTime deadline) = 0;
  // Created cluster-wide; an existing one keeps its configuration (false = existed).
  virtual Result<bool> create_cache(const CacheDefinition& definition, SteadyTime deadline) = 0;
  virtual Result<bool> create_template(const CacheDefinition& definition, SteadyTime deadline) = 0;

  // Calls `visit` with batches until every live entry of the cache was given exactly once, across
  // topology changes. Expired entries are left out. An error of `visit` ends the iteration and is
  // returned. `idle_deadline` bounds the time without any progress, not the whole.
  // kDataLoss, naming the cache, when a segment lost its last owner meanwhile or before.
  virtual Status iterate(std::string_view cache,
                         const std::function<Status(std::span<const CacheRecord>)>& visit,
                         Duration idle_deadline) = 0;
  // Writes the records with their metadata and times; existing keys are overwritten. Records whose
  // life is over are not stored. Batches: one suspension for many records.
  virtual Status put(std::string_view cache, std::span<const CacheRecord> records,
                     SteadyTime deadline) = 0;

  // Counters, sorted by name.
  virtual Result<std::vector<CounterRecord>> counters(SteadyTime deadline) = 0;
  // Defines the counter if it is absent and sets its value, whatever it was. An existing counter
  // keeps its configuration; kFailedPrecondition when the value does not fit its bounds.
  virtual Status set_counter(const CounterRecord& counter, SteadyTime deadline) = 0;

  // Proto schemas (`.errors` companions left out) and tasks: name -> text, byte for byte.
  virtual Result<std::map<std::string, std::string>> schemas(SteadyTime deadline) = 0;
  virtual Status put_schema(std::string_view name, std::string_view text, SteadyTime deadline) = 0;
  virtual Result<std::map<std::string, std::string>> tasks(SteadyTime deadline) = 0;
  virtual Status put_task(std::string_view name, std::string_view text, SteadyTime deadline) = 0;

  // Version of the grid, e.g. "15.0.21.Final": goes into the archive's manifest.
  virtual std::string version() const = 0;
  // The container's global configuration document, for global.xml; holds no secrets.
  virtual std::string global_configuration_xml() const = 0;

  // Leaves the cluster in order: the others install a view without this member.
  virtual Status leave(SteadyTime deadline) = 0;
};

}  // namespace drydock::engine

// core/engine's GridMember on a simulated zero-capacity node: what joins the two without either
// knowing the other.
#pragma once

#include <functional>
#include <string>

#include "core/engine/grid_member.h"
#include "fakegrid/node/node.h"

namespace drydock::harness {

// Tells the world how far an operation got, for faults and marks that wait for it.
struct IterationObserver {
  std::function<void(size_t records)> on_records;             // read from the grid
  std::function<void(std::string_view cache)> on_cache_read;  // its last record was read
};

class GridMemberAdapter final : public engine::GridMember {
 public:
  // `node` must outlive it.
  GridMemberAdapter(fakegrid::Node& node, IterationObserver observer)
      : node_(node), observer_(std::move(observer)) {}

  engine::MemberHealth health() override;
  Result<std::vector<engine::CacheDefinition>> caches(SteadyTime deadline) override;
  Result<std::vector<engine::CacheDefinition>> templates(SteadyTime deadline) override;
  Result<bool> create_cache(const engine::CacheDefinition& definition,
                            SteadyTime deadline) override;
  Result<bool> create_template(const engine::CacheDefinition& definition,
                               SteadyTime deadline) override;
  Status iterate(std::string_view cache,
                 const std::function<Status(std::span<const CacheRecord>)>& visit,
                 Duration idle_deadline) override;
  Status put(std::string_view cache, std::span<const CacheRecord> records,
             SteadyTime deadline) override;
  Result<std::vector<CounterRecord>> counters(SteadyTime deadline) override;
  Status set_counter(const CounterRecord& counter, SteadyTime deadline) override;
  Result<std::map<std::string, std::string>> schemas(SteadyTime deadline) override;
  Status put_schema(std::string_view name, std::string_view text, SteadyTime deadline) override;
  Result<std::map<std::string, std::string>> tasks(SteadyTime deadline) override;
  Status put_task(std::string_view name, std::string_view text, SteadyTime deadline) override;
  std::string version() const override { return node_.config().version; }
  std::string global_configuration_xml() const override;
  Status leave(SteadyTime deadline) override { return node_.leave(deadline); }

 private:
  fakegrid::Node& node_;
  IterationObserver observer_;
};

}  // namespace drydock::harness

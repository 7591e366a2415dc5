#include "harness/conformance/removals.h"

#include <algorithm>
#include <optional>

#include "harness/conformance/sights.h"

namespace drydock::harness::conformance {
namespace {

// A whole collection, read without conditions.
bool lists_all_of(const Record& record, const ApiPath& path, const ApiPath& object) {
  const bool plain = record.path.find('?') == std::string::npos;
  const bool in_scope = path.namespace_name.empty() || path.namespace_name == object.namespace_name;
  return record.method == "GET" && record.code == 200 && plain && path.name.empty() &&
         path.group == object.group && path.plural == object.plural && in_scope;
}

bool shows(const std::vector<Sight>& sights, const ApiPath& object) {
  return std::any_of(sights.begin(), sights.end(),
                     [&](const Sight& sight) { return sight.path.key() == object.key(); });
}

// `shown`: among what the answer shows, as one of many.
bool deletes(const Record& record, const ApiPath& path, const ApiPath& object, bool shown) {
  if (record.method != "DELETE") return false;
  if (path.plural == "namespaces") return path.name == object.namespace_name;
  return shown || path.key() == object.key();
}

std::optional<Removal> removal_of(const std::vector<Record>& records,
                                  const std::vector<std::vector<Sight>>& sights,
                                  const Fixture& fixture) {
  size_t group_start = 0;
  size_t last_seen = fixture.before;
  for (size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    if (i > 0 && record.group != records[i - 1].group) group_start = i;
    const ApiPath path = parse_path(record.path);
    if (i < fixture.before || record.asked || !path.is_resource()) continue;
    const bool shown = shows(sights[i], fixture.path);
    if (deletes(record, path, fixture.path, shown)) return std::nullopt;
    if (shown || path.key() == fixture.path.key())
      last_seen = i;
    else if (lists_all_of(record, path, fixture.path))
      return Removal{fixture.path, last_seen < group_start ? group_start : last_seen + 1};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Removal> unrecorded_removals(const std::vector<Record>& records,
                                         const std::vector<Fixture>& fixtures) {
  const std::vector<std::vector<Sight>> sights = all_sights(records);
  std::vector<Removal> removals;
  for (const Fixture& fixture : fixtures)
    if (std::optional<Removal> removal = removal_of(records, sights, fixture))
      removals.push_back(*std::move(removal));
  return removals;
}

}  // namespace drydock::harness::conformance

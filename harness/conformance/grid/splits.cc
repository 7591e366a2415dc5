#include "harness/conformance/grid/splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/base/sync.h"
#include "core/base/text.h"
#include "harness/conformance/grid/split_case.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr const char* kFile = "splits.jsonl";

std::string part_of(const json::value& record) {
  if (json_string(record, {"case"}).starts_with('D')) return "restarts";
  const std::string kind = json_string(record, {"kind"});
  const std::string op = json_string(record, {"op"});
  if (kind == "head" || op.starts_with("backup")) return "backups";
  return kind;
}

std::string described(const json::value& record) {
  const std::string op = json_string(record, {"op"});
  return fmt::format("{} at {} ms: {}{}{} {}", json_string(record, {"node"}),
                     json_int(record, {"t_ms"}, 0), json_string(record, {"kind"}),
                     op.empty() ? "" : " ", op, json_string(record, {"cache"}));
}

}  // namespace

Result<std::vector<Outcome>> replay_splits(const VersionFolder& folder) {
  DRYDOCK_ASSIGN(const std::vector<json::value> records, read_lines(folder, kFile));
  std::vector<Outcome> outcomes;
  std::map<std::string, std::vector<size_t>> cases;
  for (const json::value& record : records) {
    const std::string name = json_string(record, {"case"});
    outcomes.push_back({.id = fmt::format("{}/splits/{}", folder.version, outcomes.size() + 1),
                        .group = fmt::format("{}/splits/{}", folder.version, part_of(record)),
                        .note = "case " + name,
                        .request = described(record),
                        .difference = ""});
    cases[name].push_back(outcomes.size() - 1);
  }
  for (const auto& [name, places] : cases) {
    std::vector<json::value> of_case;
    for (const size_t place : places) of_case.push_back(records[place]);
    DRYDOCK_ASSIGN(const std::vector<std::string> differences,
                   SplitCase(folder.version, std::move(of_case)).replay());
    for (size_t i = 0; i < places.size(); ++i) outcomes[places[i]].difference = differences[i];
  }
  return outcomes;
}

}  // namespace drydock::harness::conformance::grid

#include "cli/quirks.h"

#include <fmt/format.h>

#include <ostream>
#include <string>

#include "cli/exit_codes.h"
#include "core/base/json.h"
#include "fakegrid/server/quirks.h"

namespace drydock::cli {
namespace {

using fakegrid::QuirkInfo;

// "14.0.10 to before 16.0.6", "before 12.1.3", "from 15.0.4", "all", "when asked for".
std::string releases(const QuirkInfo& info) {
  if (info.by_chance) return "when asked for";
  if (info.since.empty() && info.fixed.empty()) return "all";
  if (info.since.empty()) return fmt::format("before {}", info.fixed);
  if (info.fixed.empty()) return fmt::format("from {}", info.since);
  return fmt::format("{} to before {}", info.since, info.fixed);
}

json::value as_json(const QuirkInfo& info) {
  return {{"id", info.id},
          {"name", info.name},
          {"what", info.what},
          {"since", info.since},
          {"fixed", info.fixed},
          {"effect", info.effect},
          {"by_chance", info.by_chance}};
}

}  // namespace

int list_quirks(const QuirksArguments& arguments, std::ostream& out, std::ostream& err) {
  fakegrid::Quirks shown;
  for (const QuirkInfo& info : fakegrid::all_quirks()) shown.set(info.quirk, true);
  if (!arguments.version.empty()) {
    const auto version = fakegrid::parse_version(arguments.version);
    if (!version.ok()) {
      err << "--version " << arguments.version << ": " << version.status().message()
          << "; write it as 15.0.21 or 15.0.21.Final\n";
      return kBadInput;
    }
    shown = fakegrid::quirks_of(*version);
  }
  json::array list;
  if (!arguments.json)
    out << fmt::format("{:<4} {:<29} {:<25} {}\n", "id", "name", "releases", "what; effect");
  for (const QuirkInfo& info : fakegrid::all_quirks()) {
    if (!shown.has(info.quirk)) continue;
    list.push_back(as_json(info));
    if (!arguments.json)
      out << fmt::format("{:<4} {:<29} {:<25} {}; {}\n", info.id, info.name, releases(info),
                         info.what, info.effect);
  }
  if (arguments.json) out << json_text(list) << '\n';
  return kHeld;
}

}  // namespace drydock::cli

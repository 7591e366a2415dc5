#include "harness/conformance/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "harness/conformance/texts.h"

namespace drydock::harness::conformance {
namespace {

constexpr size_t kNarrowest = 16;  // column of groups

// One decimal, rounded down: 98.0 means that it was reached.
std::string percent(size_t part, size_t whole) {
  const size_t tenths = whole == 0 ? 0 : part * 1000 / whole;
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

json::value to_json(const Outcome& outcome) {
  return json::object{{"id", outcome.id},
                      {"group", outcome.group},
                      {"note", outcome.note},
                      {"request", outcome.request},
                      {"difference", outcome.difference}};
}

}  // namespace

Result<std::map<std::string, std::string>> read_waived(std::string_view text,
                                                       const std::string& file) {
  std::map<std::string, std::string> waived;
  int number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const size_t colon = line.find(": ");
    if (colon == std::string::npos || colon + 2 >= line.size())
      return Status(Code::kInvalid,
                    fmt::format("{}:{}: no reason; write 'record-001: why'", file, number));
    waived.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  return waived;
}

Score::Score(std::vector<Outcome> outcomes, const std::map<std::string, std::string>& reasons) {
  for (Outcome& outcome : outcomes) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Group& g) { return g.name == outcome.group; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{.name = outcome.group});
    ++group->all;
    ++all;
    if (outcome.difference.empty()) {
      ++group->passed;
      ++passed;
    } else if (const auto reason = reasons.find(outcome.id); reason != reasons.end()) {
      waived.emplace_back(std::move(outcome), reason->second);
    } else {
      failed.push_back(std::move(outcome));
    }
  }
}

std::string Score::line() const {
  return fmt::format("score {}/{} ({} %)", passed, all, percent(passed, all));
}

void print_text(const Score& score, std::ostream& out) {
  for (const Outcome& outcome : score.failed)
    out << fmt::format("{} {}\n  {}\n  {}\n", outcome.id, outcome.note, outcome.request,
                       outcome.difference);
  if (!score.failed.empty()) out << '\n';
  for (const auto& [outcome, reason] : score.waived)
    out << fmt::format("waived {}: {}\n", outcome.id, reason);
  for (const NotCompared& group : score.not_compared)
    out << fmt::format("not compared {} ({} records): {}\n", group.group, group.records,
                       group.reason);
  size_t width = kNarrowest;
  for (const Score::Group& group : score.groups) width = std::max(width, group.name.size());
  out << fmt::format("{:<{}} {:>8} {:>8}\n", "group", width, "passed", "all");
  for (const Score::Group& group : score.groups)
    out << fmt::format("{:<{}} {:>8} {:>8}\n", group.name, width, group.passed, group.all);
  out << score.line() << '\n';
}

void print_json(const Score& score, std::ostream& out) {
  json::array groups;
  for (const Score::Group& group : score.groups)
    groups.push_back(
        json::object{{"name", group.name}, {"passed", group.passed}, {"all", group.all}});
  json::array failed;
  for (const Outcome& outcome : score.failed) failed.push_back(to_json(outcome));
  json::array waived;
  for (const auto& [outcome, reason] : score.waived) {
    json::value item = to_json(outcome);
    item.get_object()["reason"] = reason;
    waived.push_back(std::move(item));
  }
  json::array not_compared;
  for (const NotCompared& group : score.not_compared)
    not_compared.push_back(
        json::object{{"name", group.group}, {"reason", group.reason}, {"records", group.records}});
  out << json_text(json::object{{"passed", score.passed},
                                {"all", score.all},
                                {"groups", std::move(groups)},
                                {"failed", std::move(failed)},
                                {"waived", std::move(waived)},
                                {"not_compared", std::move(not_compared)}})
      << '\n';
}

}  // namespace drydock::harness::conformance

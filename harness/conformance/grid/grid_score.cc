#include "harness/conformance/grid/grid_score.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/grid/group_replay.h"

namespace drydock::harness::conformance::grid {
namespace {

// "15.0.21.Final/transcripts" of version and transcripts.jsonl.
std::string file_group(const VersionFolder& folder, std::string_view file) {
  return folder.version + "/" + std::string(file.substr(0, file.rfind('.')));
}

bool begins_alike(std::string_view a, std::string_view b) {
  return a.starts_with(b) || b.starts_with(a);
}

bool is_wanted(const std::string& group, const std::string& wanted) {
  return wanted.find('/') == std::string::npos ? group.find(wanted) != std::string::npos
                                               : group.starts_with(wanted);
}

// Whether a file can hold records of the wanted group.
bool may_hold(const std::string& file_group, const std::string& wanted) {
  return wanted.find('/') == std::string::npos || begins_alike(file_group, wanted);
}

// "transcripts/backup" of "15.0.21.Final/transcripts/backup".
std::string without_version(const std::string& group) { return group.substr(group.find('/') + 1); }

const std::string* reason_for(const std::string& group, const Reasons& reasons) {
  for (const auto& [prefix, reason] : reasons)
    if (without_version(group).starts_with(prefix)) return &reason;
  return nullptr;
}

Result<std::vector<Outcome>> unknown_file(const VersionFolder& folder, const std::string& file) {
  DRYDOCK_ASSIGN(const std::vector<json::value> lines, read_lines(folder, file));
  std::vector<Outcome> outcomes;
  for (size_t i = 0; i < lines.size(); ++i)
    outcomes.push_back({.id = fmt::format("{}/{}", file_group(folder, file), i + 1),
                        .group = file_group(folder, file),
                        .difference = "nothing replays this file"});
  return outcomes;
}

Result<std::vector<Outcome>> replay_file(const VersionFolder& folder, const std::string& file) {
  for (const GroupReplay& replay : group_replays())
    if (replay.file == file) return replay.run(folder);
  return unknown_file(folder, file);
}

// With the archives of all releases as "<version>/all.zip".
VersionFolder with_archives(const VersionFolder& folder, const std::vector<VersionFolder>& folders,
                            const GridOptions& options) {
  VersionFolder out = folder;
  for (const std::vector<VersionFolder>* all : {&options.others, &folders})
    for (const VersionFolder& other : *all)
      if (const std::string* archive = other.find("all.zip"))
        out.files[other.version + "/all.zip"] = *archive;
  return out;
}

}  // namespace

Result<Score> replay_folders(const std::vector<VersionFolder>& folders,
                             const GridOptions& options) {
  std::vector<Outcome> compared;
  std::map<std::string, NotCompared> not_compared;
  for (const VersionFolder& plain : folders) {
    const VersionFolder folder = with_archives(plain, folders, options);
    for (const auto& [file, content] : folder.files) {
      if (!file.ends_with(".jsonl") || !may_hold(file_group(folder, file), options.group)) continue;
      DRYDOCK_ASSIGN(std::vector<Outcome> outcomes, replay_file(folder, file));
      for (Outcome& outcome : outcomes) {
        if (!is_wanted(outcome.group, options.group)) continue;
        if (const std::string* reason = reason_for(outcome.group, options.not_compared)) {
          NotCompared& group = not_compared[outcome.group];
          group = {outcome.group, *reason, group.records + 1};
        } else {
          compared.push_back(std::move(outcome));
        }
      }
    }
  }
  if (compared.empty() && not_compared.empty())
    return Status(Code::kInvalid, "no record of group '" + options.group + "'");
  Score score(std::move(compared), options.waived);
  for (auto& [group, item] : not_compared) score.not_compared.push_back(std::move(item));
  return score;
}

}  // namespace drydock::harness::conformance::grid

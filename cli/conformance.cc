#include "cli/conformance.h"

#include <ostream>

#include "cli/exit_codes.h"
#include "cli/recordings.h"
#include "harness/conformance/grid/grid_score.h"
#include "harness/conformance/replay.h"
#include "harness/conformance/score.h"

namespace drydock::cli {
namespace {

namespace conformance = harness::conformance;

const std::string kKubeData = DRYDOCK_SOURCE_DIR "/tests/data/kube/";
const std::string kGridData = DRYDOCK_SOURCE_DIR "/tests/data/grid/";

Result<std::map<std::string, std::string>> read_reasons(const std::string& path) {
  DRYDOCK_ASSIGN(const std::string text, read_recording_file(path));
  return conformance::read_waived(text, path);
}

Result<conformance::Score> replay_kube(const ConformanceArguments& arguments) {
  const std::string path =
      arguments.recordings.empty() ? kKubeData + "transcripts.jsonl" : arguments.recordings;
  DRYDOCK_ASSIGN(const std::string text, read_recording_file(path));
  DRYDOCK_ASSIGN(std::vector<conformance::Record> records, conformance::read_recording(text, path));
  if (!arguments.group.empty()) {
    std::erase_if(records, [&](const auto& record) { return record.group != arguments.group; });
    if (records.empty())
      return Status(Code::kInvalid, "--group " + arguments.group + ": no record of that group");
  }
  std::vector<std::string> crds;
  for (const char* name : {"crds/infinispan.yaml", "crds/conf.yaml"}) {
    DRYDOCK_ASSIGN(std::string yaml, read_recording_file(kKubeData + name));
    crds.push_back(std::move(yaml));
  }
  DRYDOCK_ASSIGN(const auto waived, read_reasons(kKubeData + "waived.txt"));
  DRYDOCK_ASSIGN(std::vector<conformance::Outcome> outcomes, conformance::replay(records, crds));
  return conformance::Score(std::move(outcomes), waived);
}

Result<conformance::Score> replay_grid(const ConformanceArguments& arguments) {
  DRYDOCK_ASSIGN(
      const auto folders,
      read_version_folders(arguments.recordings.empty() ? kGridData : arguments.recordings));
  conformance::grid::GridOptions options{.group = arguments.group};
  if (!arguments.recordings.empty()) {
    DRYDOCK_ASSIGN(options.others, read_version_folders(kGridData));
  }
  DRYDOCK_ASSIGN(options.waived, read_reasons(kGridData + "waived.txt"));
  DRYDOCK_ASSIGN(options.not_compared, read_reasons(kGridData + "not_compared.txt"));
  return conformance::grid::replay_folders(folders, options);
}

}  // namespace

int run_conformance(const ConformanceArguments& arguments, std::ostream& out, std::ostream& err) {
  const Result<conformance::Score> score =
      arguments.of_grid ? replay_grid(arguments) : replay_kube(arguments);
  if (!score.ok()) {
    err << score.status().message() << '\n';
    return score.status().code() == Code::kInternal ? kLiveness : kBadInput;
  }
  if (arguments.json)
    conformance::print_json(*score, out);
  else
    conformance::print_text(*score, out);
  return score->failed.empty() ? kHeld : kFailed;
}

}  // namespace drydock::cli

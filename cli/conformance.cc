#include "cli/conformance.h"

#include <array>
#include <ostream>

#include "cli/exit_codes.h"
#include "harness/conformance/replay.h"
#include "harness/conformance/score.h"
#include "harness/scenario/parse.h"

namespace drydock::cli {
namespace {

namespace conformance = harness::conformance;

constexpr size_t kRecordingBytes = 64 << 20;
const std::string kData = DRYDOCK_SOURCE_DIR "/tests/data/kube/";

Result<std::string> read(const std::string& path) {
  Result<std::string> text = harness::scenario::read_file(path, kRecordingBytes);
  if (text.ok()) return text;
  return Status(text.status().code(),
                path + ": " + text.status().message() + "; name a file that can be read");
}

Result<conformance::Score> replay_file(const ConformanceArguments& arguments) {
  const std::string path =
      arguments.recordings.empty() ? kData + "transcripts.jsonl" : arguments.recordings;
  DRYDOCK_ASSIGN(const std::string text, read(path));
  DRYDOCK_ASSIGN(std::vector<conformance::Record> records, conformance::read_recording(text, path));
  if (!arguments.group.empty()) {
    std::erase_if(records, [&](const auto& record) { return record.group != arguments.group; });
    if (records.empty())
      return Status(Code::kInvalid, "--group " + arguments.group + ": no record of that group");
  }
  std::vector<std::string> crds;
  for (const char* name : {"crds/infinispan.yaml", "crds/conf.yaml"}) {
    DRYDOCK_ASSIGN(std::string yaml, read(kData + name));
    crds.push_back(std::move(yaml));
  }
  DRYDOCK_ASSIGN(const std::string reasons, read(kData + "waived.txt"));
  DRYDOCK_ASSIGN(const auto waived, conformance::read_waived(reasons, kData + "waived.txt"));
  DRYDOCK_ASSIGN(std::vector<conformance::Outcome> outcomes, conformance::replay(records, crds));
  return conformance::Score(std::move(outcomes), waived);
}

}  // namespace

int run_conformance(const ConformanceArguments& arguments, std::ostream& out, std::ostream& err) {
  const Result<conformance::Score> score = replay_file(arguments);
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

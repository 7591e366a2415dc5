#include "cli/select.h"

#include <algorithm>
#include <filesystem>

#include "harness/scenario/parse.h"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
namespace scenario = harness::scenario;

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

// Scenario files below the folder, sorted by path; an unreadable folder has none.
std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->is_directory() && it->path().filename() == "cr") it.disable_recursion_pending();
    if (!it->is_regular_file() || !is_yaml(it->path())) continue;
    const std::string path = it->path().string();
    const auto text = scenario::read_file(path, scenario::kMaxYamlBytes + 1);
    if (text.ok() && scenario::is_scenario(*text)) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

void add_file(const std::string& path, Selection& out) {
  scenario::Parsed parsed = scenario::parse_scenario(path, scenario::read_file);
  out.errors.insert(out.errors.end(), parsed.errors.begin(), parsed.errors.end());
  if (parsed.scenario) out.scenarios.push_back(std::move(*parsed.scenario));
}

}  // namespace

Selection select_scenarios(const std::vector<std::string>& paths) {
  Selection selection;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      add_file(path, selection);
      continue;
    }
    const std::vector<std::string> files = files_below(path);
    if (files.empty()) {
      selection.errors.push_back(path +
                                 ": no scenario below this folder; a scenario is a YAML "
                                 "file with a top-level 'expect'");
    }
    for (const std::string& file : files) add_file(file, selection);
  }
  return selection;
}

}  // namespace drydock::cli

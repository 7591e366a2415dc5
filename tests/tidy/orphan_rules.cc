#include "tests/tidy/orphan_rules.h"

#include <set>

namespace drydock::tidy {
namespace {

std::set<std::string> paths_of(const std::vector<SourceFile>& files) {
  std::set<std::string> paths;
  for (const SourceFile& file : files) paths.insert(file.path);
  return paths;
}

bool has_test_macro(const SourceFile& file) {
  for (const Line& line : code_lines(file.text))
    for (std::string_view macro : {"TEST(", "TEST_F(", "TEST_P(", "TYPED_TEST(", "RC_GTEST_PROP("})
      if (has_name(line.text, macro)) return true;
  return false;
}

bool is_scenario_folder(const std::string& path) {
  return starts_with(path, "scenarios/") && path.find("/cr/") == std::string::npos &&
         path.find("/data/") == std::string::npos;
}

bool has_top_level_expect(const SourceFile& file) {
  for (const Line& line : lines_of(file.text))
    if (starts_with(line.text, "expect:")) return true;
  return false;
}

}  // namespace

std::vector<Finding> check_compiled(const std::vector<SourceFile>& files, const std::string& root,
                                    const std::string& compile_commands) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!ends_with(file.path, ".cc")) continue;
    const std::string entry = "\"file\": \"" + root + "/" + file.path + "\"";
    if (compile_commands.find(entry) == std::string::npos)
      findings.push_back({file.path, 0, "no target of CMake compiles it"});
  }
  return findings;
}

std::vector<Finding> check_included(const std::vector<SourceFile>& files) {
  std::set<std::string> included;
  for (const SourceFile& file : files) {
    if (!ends_with(file.path, ".h") && !ends_with(file.path, ".cc")) continue;
    for (const Line& line : code_lines(file.text)) {
      const size_t open = line.text.find('"');
      if (!starts_with(trimmed(line.text), "#include") || open == std::string::npos) continue;
      const std::string path = line.text.substr(open + 1, line.text.rfind('"') - open - 1);
      if (path != file.path) included.insert(path);
    }
  }
  std::vector<Finding> findings;
  for (const SourceFile& file : files)
    if (ends_with(file.path, ".h") && !included.contains(file.path))
      findings.push_back({file.path, 0, "nothing includes it"});
  return findings;
}

std::vector<Finding> check_test_names(const std::vector<SourceFile>& files) {
  const std::set<std::string> paths = paths_of(files);
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!starts_with(file.path, "tests/") || !ends_with(file.path, ".cc")) continue;
    if (ends_with(file.path, "_test.cc") || starts_with(file.path, "tests/link/")) continue;
    if (!paths.contains(file.path.substr(0, file.path.size() - 3) + ".h"))
      findings.push_back({file.path, 0, "neither *_test.cc nor a helper with a header"});
    if (has_test_macro(file)) findings.push_back({file.path, 0, "tests belong in *_test.cc"});
  }
  return findings;
}

std::vector<Finding> check_scenarios(const std::vector<SourceFile>& files,
                                     const std::string& ctest) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!ends_with(file.path, ".yaml") || !is_scenario_folder(file.path)) continue;
    const std::string name = "scenario." + file.path.substr(std::string_view("scenarios/").size());
    if (!has_top_level_expect(file))
      findings.push_back({file.path, 0, "no top-level `expect`, and not in cr/ or data/"});
    else if (ctest.find("[=[" + name + "]=]") == std::string::npos &&
             ctest.find("(" + name + " ") == std::string::npos)
      findings.push_back({file.path, 0, "not registered with ctest as " + name});
  }
  return findings;
}

}  // namespace drydock::tidy

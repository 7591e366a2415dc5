// The rules held against the repository itself and what this build registered.
#include "tests/tidy/tree.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/tidy/format_rules.h"
#include "tests/tidy/include_rules.h"
#include "tests/tidy/name_rules.h"
#include "tests/tidy/orphan_rules.h"

namespace drydock::tidy {
namespace {

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_tree(DRYDOCK_SOURCE_DIR);
  return files;
}

bool is_cpp(const SourceFile& file) {
  return ends_with(file.path, ".h") || ends_with(file.path, ".cc");
}

void expect_none(const std::vector<Finding>& findings) {
  if (!findings.empty()) ADD_FAILURE() << findings.size() << " findings\n" << to_text(findings);
}

using Rule = std::function<std::vector<Finding>(const SourceFile&)>;

// Applies a rule to each file (to each C++ file if `only_cpp`).
void expect_none_in_tree(const Rule& rule, bool only_cpp) {
  std::vector<Finding> all;
  for (const SourceFile& file : tree()) {
    if (only_cpp && !is_cpp(file)) continue;
    const std::vector<Finding> findings = rule(file);
    all.insert(all.end(), findings.begin(), findings.end());
  }
  expect_none(all);
}

TEST(Tree, IsFound) { EXPECT_GT(tree().size(), 50u) << DRYDOCK_SOURCE_DIR; }

TEST(Tree, IncludesPointDownOnly) { expect_none_in_tree(check_includes, true); }

TEST(Tree, UsesNoBannedName) { expect_none_in_tree(check_names, true); }

TEST(Tree, IteratesOnlyInAStableOrder) {
  std::map<std::string, std::string> headers;
  for (const SourceFile& file : tree())
    if (ends_with(file.path, ".h")) headers[file.path] = file.text;
  expect_none_in_tree(
      [&](const SourceFile& file) {
        const std::string header = file.path.substr(0, file.path.rfind('.')) + ".h";
        return check_iteration(file, header == file.path ? "" : headers[header]);
      },
      true);
}

TEST(Tree, FilesAreSmall) { expect_none_in_tree(check_length, true); }

TEST(Tree, LinesAreClean) { expect_none_in_tree(check_layout, false); }

TEST(Tree, HeadersSayWhatTheyAreFor) { expect_none_in_tree(check_header, true); }

TEST(Tree, StandsAlone) { expect_none_in_tree(check_references, false); }

TEST(Tree, EverySourceIsCompiled) {
  const std::string commands = read_text(DRYDOCK_BINARY_DIR "/compile_commands.json");
  expect_none(check_compiled(tree(), DRYDOCK_SOURCE_DIR, commands));
}

TEST(Tree, EveryHeaderIsIncluded) { expect_none(check_included(tree())); }

TEST(Tree, EveryTestFileIsNamedSo) { expect_none(check_test_names(tree())); }

TEST(Tree, EveryScenarioIsATest) {
  expect_none(check_scenarios(tree(), read_text(DRYDOCK_BINARY_DIR "/tests/CTestTestfile.cmake")));
}

}  // namespace
}  // namespace drydock::tidy

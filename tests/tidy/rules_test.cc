// Every rule with an example that it must find and one that it must leave alone, so that no rule
// can silently never fire.
#include <gtest/gtest.h>

#include "tests/tidy/format_rules.h"
#include "tests/tidy/include_rules.h"
#include "tests/tidy/name_rules.h"
#include "tests/tidy/orphan_rules.h"

namespace drydock::tidy {
namespace {

std::vector<Finding> includes(const std::string& path, const std::string& include) {
  return check_includes({path, "#include " + include + "\n"});
}

std::vector<Finding> names(const std::string& path, const std::string& code) {
  return check_names({path, code + "\n"});
}

// Whether the code is a finding whose message names the replacement.
void expect_banned(const std::string& path, const std::string& code,
                   const std::string& replacement) {
  const std::vector<Finding> findings = names(path, code);
  ASSERT_FALSE(findings.empty()) << path << ": " << code;
  EXPECT_NE(findings.front().message.find(replacement), std::string::npos) << to_text(findings);
}

TEST(CodeLines, HaveNoCommentsAndNoLiterals) {
  const auto lines = code_lines("a; // b\n/* c\nd */ e; \"f\\\"g\" 'h' R\"x(i\n)\" j)x\" k;\n");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(trimmed(lines[0].text), "a;");
  EXPECT_EQ(trimmed(lines[1].text), "");
  for (char c : std::string("fghij"))
    EXPECT_EQ((lines[2].text + lines[3].text).find(c), std::string::npos);
  EXPECT_NE(lines[2].text.find("e;"), std::string::npos);
  EXPECT_NE(lines[3].text.find("k;"), std::string::npos);
}

TEST(CodeLines, KeepDigitSeparatorsAndIncludes) {
  EXPECT_EQ(code_lines("int a = 1'000; int b;")[0].text, "int a = 1'000; int b;");
  EXPECT_EQ(code_lines("#include \"core/base/env.h\"")[0].text, "#include \"core/base/env.h\"");
}

TEST(HasName, SeesWholeWordsOnly) {
  EXPECT_TRUE(has_name("x = getenv(y);", "getenv"));
  EXPECT_FALSE(has_name("my_getenv(y)", "getenv"));
  EXPECT_FALSE(has_name("getenvironment", "getenv"));
  EXPECT_TRUE(has_name("std::printf(\"x\")", "printf("));
  EXPECT_FALSE(has_name("fprintf(", "printf("));
  EXPECT_FALSE(has_name("static_assert(x)", "assert("));
  EXPECT_FALSE(has_name("dice.rand(6)", "rand("));
  EXPECT_FALSE(has_name("dice->rand(6)", "rand("));
}

TEST(Includes, PointDownOnly) {
  EXPECT_FALSE(includes("core/base/x.h", "\"core/control/y.h\"").empty());
  EXPECT_FALSE(includes("core/control/x.cc", "\"core/engine/y.h\"").empty());
  EXPECT_FALSE(includes("core/archive/x.cc", "\"fibers/y.h\"").empty());
  EXPECT_FALSE(includes("fakekube/x.cc", "\"fakegrid/y.h\"").empty());
  EXPECT_FALSE(includes("fakegrid/x.cc", "\"core/engine/y.h\"").empty());
  EXPECT_FALSE(includes("sim/x.cc", "\"fakekube/y.h\"").empty());
  EXPECT_FALSE(includes("harness/world/x.cc", "\"cli/y.h\"").empty());
  EXPECT_FALSE(includes("fibers/x.cc", "\"tests/support/y.h\"").empty());
  EXPECT_TRUE(includes("core/engine/x.cc", "\"core/archive/y.h\"").empty());
  EXPECT_TRUE(includes("sim/x.cc", "\"fibers/y.h\"").empty());
  EXPECT_TRUE(includes("harness/world/x.cc", "\"fakegrid/y.h\"").empty());
  EXPECT_TRUE(includes("tests/harness/x.cc", "\"harness/world/y.h\"").empty());
}

TEST(Includes, AreByPath) { EXPECT_FALSE(includes("sim/x.cc", "\"y.h\"").empty()); }

TEST(Includes, NeedARowForEachFolder) { EXPECT_FALSE(includes("newcomer/x.cc", "<map>").empty()); }

TEST(Includes, UseOnlyTheLibrariesOfTheirLayer) {
  EXPECT_FALSE(includes("core/control/x.cc", "<zip.h>").empty());
  EXPECT_FALSE(includes("core/base/x.cc", "<boost/fiber/all.hpp>").empty());
  EXPECT_FALSE(includes("fakekube/api/x.cc", "<yaml-cpp/yaml.h>").empty());
  EXPECT_TRUE(includes("fakekube/http/x.cc", "<yaml-cpp/yaml.h>").empty());
  EXPECT_FALSE(includes("sim/x.cc", "<unistd.h>").empty());
  EXPECT_FALSE(includes("harness/world/x.cc", "<gtest/gtest.h>").empty());
  EXPECT_TRUE(includes("core/archive/x.cc", "<zip.h>").empty());
  EXPECT_TRUE(includes("core/control/x.cc", "<boost/json.hpp>").empty());
  EXPECT_TRUE(includes("core/control/x.cc", "<cstdint>").empty());
}

TEST(Includes, OfThreadsClocksAndStreamsNameTheReplacement) {
  for (const char* header : {"<thread>", "<mutex>", "<shared_mutex>", "<condition_variable>",
                             "<future>", "<semaphore>", "<random>", "<iostream>", "<cassert>"})
    EXPECT_FALSE(includes("fakegrid/x.cc", header).empty()) << header;
  EXPECT_NE(includes("sim/x.cc", "<random>").front().message.find("Env::draw"), std::string::npos);
  EXPECT_TRUE(includes("cli/x.cc", "<iostream>").empty());
}

TEST(Includes, OfQuirksAreHiddenFromOracles) {
  EXPECT_FALSE(includes("harness/oracles/x.cc", "\"fakegrid/server/quirks.h\"").empty());
  EXPECT_FALSE(includes("harness/oracles/x.cc", "\"fakegrid/server/y.h\"").empty());
  EXPECT_TRUE(includes("harness/world/x.cc", "\"fakegrid/server/y.h\"").empty());
}

TEST(Names, OfClocksAndZones) {
  for (const char* code : {"auto t = std::chrono::system_clock::now();", "steady_clock::now()",
                           "high_resolution_clock::now()", "clock_gettime(0, &t)",
                           "gettimeofday(&t, 0)", "time(nullptr)", "time(NULL)", "std::time(0)"})
    expect_banned("core/control/x.cc", code, "Env::now()");
  for (const char* code : {"localtime(&t)", "localtime_r(&t, &m)", "mktime(&m)"})
    expect_banned("fakegrid/x.cc", code, "core/base/time.h");
  EXPECT_TRUE(names("cli/host.cc", "steady_clock::now()").empty());
  EXPECT_TRUE(names("fibers/x.cc", "steady_clock::now()").empty());
  EXPECT_TRUE(names("core/base/x.cc", "std::chrono::system_clock::time_point t;").empty());
}

TEST(Names, OfThreadsAndTheirWaits) {
  for (const char* code : {"std::thread t;", "std::jthread t;", "std::async(f)", "pthread_create("})
    expect_banned("fakekube/x.cc", code, "Env::spawn()");
  for (const char* code : {"std::this_thread::sleep_for(d)", "usleep(1)", "nanosleep(&t, 0)"})
    expect_banned("tests/sim/x_test.cc", code, "Env::sleep_for()");
  for (const char* code : {"std::mutex m;", "std::condition_variable c;", "std::promise<int> p;",
                           "std::future<int> f;"})
    expect_banned("fibers/x.cc", code, "core/base/sync.h");
  EXPECT_TRUE(names("core/control/x.cc", "env.sleep_for(seconds(1));").empty());
}

TEST(Names, OfBoostWaitsOutsideFibers) {
  expect_banned("sim/x.cc", "boost::this_fiber::yield();", "fibers/");
  expect_banned("core/control/x.cc", "boost::fibers::mutex m;", "fibers/");
  EXPECT_TRUE(names("fibers/x.cc", "boost::fibers::context* c;").empty());
}

TEST(Names, OfChance) {
  for (const char* code :
       {"std::random_device d;", "std::mt19937 g;", "std::mt19937_64 g;",
        "std::default_random_engine e;", "std::shuffle(a, b, g);", "rand()", "srand(1)",
        "std::uniform_int_distribution<int> d;", "std::normal_distribution<> d;"})
    expect_banned("harness/world/x.cc", code, "Env::draw()");
  expect_banned("fakegrid/x.cc", "std::hash<std::string>{}(key)", "xxhash");
  EXPECT_TRUE(names("fakegrid/x.cc", "key_distribution();").empty());
}

TEST(Names, OfTheEnvironmentOutputAndFiles) {
  for (const char* code : {"getenv(\"TZ\")", "secure_getenv(\"TZ\")"})
    expect_banned("harness/report/x.cc", code, "option");
  for (const char* code : {"std::cout << x;", "std::clog << x;", "std::printf(\"x\");", "puts(x)"})
    expect_banned("core/archive/x.cc", code, "core/base/log.h");
  for (const char* code : {"std::ifstream in;", "std::ofstream out;", "std::fstream both;",
                           "std::filesystem::path p;", "fopen(p, m)"})
    expect_banned("core/archive/x.cc", code, "Volume");
  EXPECT_TRUE(names("cli/x.cc", "std::cout << x;").empty());
  EXPECT_TRUE(names("core/base/x.cc", "std::fprintf(stderr, x);").empty());
}

TEST(Names, OfExceptionsAndAssertions) {
  expect_banned("core/engine/x.cc", "throw std::runtime_error(x);", "Status");
  expect_banned("fakegrid/x.cc", "assert(x);", "DRYDOCK_CHECK");
  EXPECT_TRUE(names("core/engine/x.cc", "static_assert(x); new (std::nothrow) int;").empty());
}

TEST(Names, InCommentsAndLiteralsDontCount) {
  EXPECT_TRUE(names("core/base/x.cc", "// getenv\nauto s = \"std::thread\"; /* rand() */").empty());
}

TEST(Iteration, OverHashesOrAddressesIsFound) {
  const std::string map = "std::unordered_map<std::string, std::vector<int>> things_;\n";
  EXPECT_EQ(check_iteration({"sim/x.cc", map + "for (auto& [k, v] : things_) {}\n"}, "").size(),
            1u);
  EXPECT_EQ(check_iteration({"sim/x.cc", "for (auto& x : this->things_) {}\n"}, map).size(), 1u);
  EXPECT_EQ(check_iteration({"sim/x.cc", map + "auto i = things_.begin();\n"}, "").size(), 1u);
  const std::string set = "std::set<Node*> nodes;\n";
  EXPECT_EQ(check_iteration({"sim/x.cc", set + "for (Node* n : nodes) f(n);\n"}, "").size(), 1u);
  const std::string pairs = "std::map<const Node*, int> ages;\n";
  EXPECT_EQ(check_iteration({"sim/x.cc", pairs + "for (auto& a : ages) f(a);\n"}, "").size(), 1u);
}

TEST(Iteration, OverStableContainersAndLookupsIsFine) {
  const std::string map = "std::unordered_map<int, int> things;\n";
  EXPECT_TRUE(check_iteration({"sim/x.cc", map + "things.find(1) == things.end();\n"}, "").empty());
  EXPECT_TRUE(check_iteration({"sim/x.cc", map + "for (auto& x : other_things) {}\n"}, "").empty());
  const std::string values = "std::map<int, Node*> nodes;\n";
  EXPECT_TRUE(check_iteration({"sim/x.cc", values + "for (auto& n : nodes) {}\n"}, "").empty());
  EXPECT_TRUE(check_iteration({"tests/x.cc", map + "for (auto& x : things) {}\n"}, "").empty());
}

std::string lines(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += "int x;\n";
  return text;
}

TEST(Format, FilesHaveALengthLimit) {
  EXPECT_TRUE(check_length({"sim/x.cc", lines(500)}).empty());
  EXPECT_EQ(check_length({"sim/x.cc", lines(501)}).size(), 1u);
  EXPECT_TRUE(check_length({"tests/sim/x_test.cc", lines(800)}).empty());
  EXPECT_EQ(check_length({"tests/sim/x_test.cc", lines(801)}).size(), 1u);
}

TEST(Format, LinesAreNarrowAndClean) {
  const std::string hundred(100, 'x');
  EXPECT_TRUE(check_layout({"sim/x.cc", hundred + "\n"}).empty());
  EXPECT_EQ(check_layout({"sim/x.cc", hundred + "x\n"}).size(), 1u);
  EXPECT_TRUE(check_layout({"sim/x.cc", std::string(99, 'x') + "\u00e9\n"}).empty());
  EXPECT_EQ(check_layout({"ci/test", "\tx\n"}).size(), 1u);
  EXPECT_EQ(check_layout({"README.md", "x \n"}).size(), 1u);
  EXPECT_EQ(check_layout({"README.md", "x\r\n"}).size(), 1u);
  EXPECT_EQ(check_layout({"README.md", "x"}).size(), 1u);
  EXPECT_TRUE(check_layout({"README.md", hundred + "x\n"}).empty());
  EXPECT_TRUE(check_layout({"tests/data/x.txt", "\tx "}).empty());
  EXPECT_TRUE(check_layout({"scenarios/smoke/cr/x.yaml", "x: \n"}).empty());
}

TEST(Format, HeadersOpenWithAComment) {
  EXPECT_TRUE(check_header({"sim/x.h", "// What.\n#pragma once\n\n#include <map>\n"}).empty());
  EXPECT_EQ(check_header({"sim/x.h", "#pragma once\n"}).size(), 2u);
  EXPECT_EQ(check_header({"sim/x.h", "// What.\n#include <map>\n#pragma once\n"}).size(), 1u);
  EXPECT_EQ(check_header({"sim/x.h", "// What.\nint x;\n"}).size(), 1u);
}

TEST(Format, NothingPointsOutsideTheRepository) {
  for (std::string bad : {"see ../sha"
                          "red/x",
                          "cd /wo"
                          "rk/main",
                          "/ro"
                          "ot/x"})
    EXPECT_EQ(check_references({"README.md", bad + "\n"}).size(), 1u) << bad;
  EXPECT_TRUE(check_references({"README.md", "core/control/work_queue.h\n"}).empty());
}

TEST(Orphans, ASourceThatNoTargetCompilesIsFound) {
  const std::string commands = R"([{"directory": "/b", "file": "/r/sim/x.cc"}])";
  EXPECT_TRUE(check_compiled({{"sim/x.cc", ""}}, "/r", commands).empty());
  EXPECT_EQ(check_compiled({{"sim/y.cc", ""}}, "/r", commands).size(), 1u);
  EXPECT_TRUE(check_compiled({{"sim/y.h", ""}}, "/r", commands).empty());
}

TEST(Orphans, AHeaderThatNothingIncludesIsFound) {
  EXPECT_EQ(check_included({{"sim/x.h", "#include \"sim/x.h\"\n"}}).size(), 1u);
  EXPECT_TRUE(check_included({{"sim/x.h", ""}, {"sim/x.cc", "#include \"sim/x.h\"\n"}}).empty());
}

TEST(Orphans, ATestFileWithAnotherNameIsFound) {
  EXPECT_TRUE(check_test_names({{"tests/sim/x_test.cc", "TEST(A, B) {}\n"}}).empty());
  EXPECT_TRUE(check_test_names({{"tests/sim/x.cc", ""}, {"tests/sim/x.h", ""}}).empty());
  EXPECT_EQ(check_test_names({{"tests/sim/x.cc", ""}}).size(), 1u);
  EXPECT_EQ(check_test_names({{"tests/a/x.cc", "TEST(A, B) {}\n"}, {"tests/a/x.h", ""}}).size(),
            1u);
}

TEST(Orphans, AScenarioThatIsNoTestIsFound) {
  const std::string ctest = "add_test([=[scenario.smoke/a.yaml]=] \"drydock\")\n";
  const std::string text = "name: x\nexpect:\n";
  EXPECT_TRUE(check_scenarios({{"scenarios/smoke/a.yaml", text}}, ctest).empty());
  EXPECT_EQ(check_scenarios({{"scenarios/smoke/b.yaml", text}}, ctest).size(), 1u);
  EXPECT_EQ(check_scenarios({{"scenarios/smoke/a.yaml", "name: x\n"}}, ctest).size(), 1u);
  EXPECT_TRUE(check_scenarios({{"scenarios/smoke/cr/b.yaml", "kind: x\n"}}, ctest).empty());
}

}  // namespace
}  // namespace drydock::tidy

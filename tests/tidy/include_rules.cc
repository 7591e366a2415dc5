#include "tests/tidy/include_rules.h"

#include <array>
#include <optional>

namespace drydock::tidy {
namespace {

using Prefixes = std::vector<std::string_view>;

// A file belongs to the first row whose folder it lies in; every folder may include itself, the
// C++ standard library and the libraries of kCommon.
struct Row {
  std::string_view folder;
  Prefixes folders;
  Prefixes libraries;
};

const Prefixes kCommon = {"boost/json", "fmt/", "spdlog/"};

const Prefixes kBelowHarness = {"core/", "fibers/", "sim/", "fakekube/", "fakegrid/"};

const std::vector<Row>& table() {
  static const std::vector<Row> rows = {
      {"core/base/", {}, {"boost/system/", "openssl/"}},
      {"core/archive/",
       {"core/base/"},
       {"zip.h", "zlib.h", "igzip_lib.h", "libdeflate.h", "pugixml.hpp"}},
      {"core/control/", {"core/base/"}, {}},
      {"core/engine/", {"core/base/", "core/archive/"}, {}},
      {"fibers/",
       {"core/base/"},
       {"boost/fiber/", "boost/context/", "cxxabi.h", "pthread.h", "sanitizer/", "sys/mman.h"}},
      {"sim/", {"core/base/", "fibers/"}, {"xxhash.h"}},
      {"fakekube/http/", {"core/base/", "fakekube/"}, {"yaml-cpp/"}},
      {"fakekube/", {"core/base/"}, {}},
      {"fakegrid/", {"core/base/"}, {"zlib.h", "pugixml.hpp"}},
      {"live/",
       {"core/base/", "fibers/"},
       {"boost/asio", "boost/beast", "boost/system/", "openssl/", "dirent.h", "fcntl.h", "sys/",
        "unistd.h"}},
      {"harness/oracles/", {"core/", "sim/", "fakekube/", "fakegrid/", "harness/"}, {}},
      {"harness/",
       {"core/", "fibers/", "sim/", "live/", "fakekube/", "fakegrid/"},
       {"yaml-cpp/", "sqlite3.h", "xxhash.h"}},
      {"cli/",
       {"core/", "fibers/", "sim/", "live/", "fakekube/", "fakegrid/", "harness/"},
       {"CLI/", "dirent.h", "fcntl.h", "signal.h", "sys/", "unistd.h"}},
      {"bench/", kBelowHarness, {"benchmark/", "malloc.h", "sys/", "unistd.h"}},
      {"fuzz/", kBelowHarness, {}},
      {"tests/",
       kBelowHarness,
       {"gtest/", "gmock/", "rapidcheck", "boost/system/", "boost/fiber/", "dirent.h", "fcntl.h",
        "pugixml.hpp", "signal.h", "sys/", "unistd.h", "xxhash.h", "yaml-cpp/", "zip.h", "zlib.h"}},
  };
  return rows;
}

bool is_below(std::string_view path, const Prefixes& prefixes) {
  for (std::string_view prefix : prefixes)
    if (starts_with(path, prefix)) return true;
  return false;
}

const Row* row_of(std::string_view path) {
  for (const Row& row : table())
    if (starts_with(path, row.folder)) return &row;
  return nullptr;
}

// Tests, benchmarks and fuzzers also see the topmost folders.
bool may_use_folder(const Row& row, std::string_view included) {
  static const Prefixes top = {"harness/", "live/", "cli/", "tests/"};
  const bool sees_top = row.folder == "tests/" || row.folder == "bench/" || row.folder == "fuzz/";
  return starts_with(included, row.folder) || is_below(included, row.folders) ||
         (sees_top && is_below(included, top));
}

// The C++ headers, <cstdint> and the like, are those without dot and folder.
bool may_use_library(const Row& row, std::string_view included) {
  return included.find_first_of("./") == std::string_view::npos || is_below(included, kCommon) ||
         is_below(included, row.libraries);
}

struct Include {
  std::string path;
  bool quoted;
};

std::optional<Include> include_of(std::string_view line) {
  line = trimmed(line);
  if (!starts_with(line, "#include")) return std::nullopt;
  const size_t open = line.find_first_of("\"<");
  if (open == std::string_view::npos) return std::nullopt;
  const size_t close = line.find_first_of("\">", open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  return Include{std::string(line.substr(open + 1, close - open - 1)), line[open] == '"'};
}

std::string_view advice(std::string_view header) {
  static constexpr std::array<std::array<std::string_view, 2>, 10> kAdvice = {{
      {"thread", "one OS thread: Env::spawn"},
      {"mutex", "core/base/sync.h"},
      {"shared_mutex", "core/base/sync.h"},
      {"condition_variable", "core/base/sync.h"},
      {"future", "core/base/sync.h"},
      {"semaphore", "core/base/sync.h"},
      {"random", "Env::draw"},
      {"iostream", "core/base/log.h, or give text to the caller"},
      {"cassert", "core/base/check.h"},
      {"assert.h", "core/base/check.h"},
  }};
  for (const auto& [name, replacement] : kAdvice)
    if (header == name) return replacement;
  return {};
}

bool is_advised(std::string_view path) {
  return !starts_with(path, "cli/") && !starts_with(path, "live/") && !starts_with(path, "bench/");
}

// Oracles judge what is seen; what was switched on may not colour the judgement.
bool is_quirk(std::string_view included) {
  return included.find("quirk") != std::string_view::npos ||
         included.find("switches") != std::string_view::npos ||
         starts_with(included, "fakegrid/server/");
}

std::string complaint(const Row& row, const std::string& path, const Include& include) {
  const std::string name = include.quoted ? "\"" + include.path + "\"" : "<" + include.path + ">";
  const std::string folder(row.folder);
  if (include.quoted && include.path.find('/') == std::string::npos)
    return name + ": include by path from the repository's root";
  if (include.quoted && !may_use_folder(row, include.path))
    return folder + " may not include " + name + ": see the layers in ARCHITECTURE.md";
  if (!include.quoted && !may_use_library(row, include.path))
    return folder + " may not use " + name + ": see the layers in ARCHITECTURE.md";
  if (!include.quoted && is_advised(path) && !advice(include.path).empty())
    return name + ": use instead: " + std::string(advice(include.path));
  if (row.folder == "harness/oracles/" && is_quirk(include.path))
    return "oracles may not see quirks or switches: " + name;
  return {};
}

}  // namespace

std::vector<Finding> check_includes(const SourceFile& file) {
  const Row* row = row_of(file.path);
  if (row == nullptr) return {{file.path, 0, "no row of the include table covers this folder"}};
  std::vector<Finding> findings;
  for (const Line& line : code_lines(file.text)) {
    const std::optional<Include> include = include_of(line.text);
    if (!include) continue;
    const std::string message = complaint(*row, file.path, *include);
    if (!message.empty()) findings.push_back({file.path, line.number, message});
  }
  return findings;
}

}  // namespace drydock::tidy

#include "tests/tidy/name_rules.h"

#include <initializer_list>
#include <utility>

namespace drydock::tidy {
namespace {

bool in_any(std::string_view path, std::initializer_list<std::string_view> folders) {
  for (std::string_view folder : folders)
    if (starts_with(path, folder)) return true;
  return false;
}

// The one file through which a program learns of the machine it runs on.
bool is_host_file(std::string_view path) {
  return ends_with(path, "/host.h") || ends_with(path, "/host.cc");
}

bool is_deterministic(std::string_view path) {
  return in_any(path, {"core/", "fakekube/", "fakegrid/", "harness/", "cli/", "sim/"}) &&
         !is_host_file(path);
}
bool is_single_threaded(std::string_view path) {
  return in_any(path, {"fibers/", "tests/"}) || is_deterministic(path);
}
bool is_above_fibers(std::string_view path) {
  return !in_any(path, {"fibers/", "tests/fibers/", "live/"});
}
bool is_library(std::string_view path) {
  return in_any(path, {"core/", "fakekube/", "fakegrid/", "harness/", "sim/", "fibers/", "live/"});
}
bool is_behind_volume(std::string_view path) {
  return in_any(path, {"core/", "fakekube/", "fakegrid/", "sim/"});
}
// yaml-cpp's parser can't be stopped without one.
bool is_without_exceptions(std::string_view path) {
  if (path == "fakekube/http/body_decode_yaml.cc") return false;
  return in_any(path, {"core/", "fakekube/", "fakegrid/", "sim/"});
}

struct BannedName {
  std::string_view name;
  std::string_view replacement;
  bool (*forbidden_in)(std::string_view path);
};

constexpr std::string_view kTime = "Env::now() or Env::wall_now()";
constexpr std::string_view kTasks = "Env::spawn(): one OS thread a world";
constexpr std::string_view kWaits = "core/base/sync.h, whose waits have deadlines";
constexpr std::string_view kChance = "Env::draw()";
constexpr std::string_view kOutput = "core/base/log.h, or give text to the caller";
constexpr std::string_view kZone = "core/base/time.h, which knows no time zone";
constexpr std::string_view kOptions = "an option given by the caller";
constexpr std::string_view kFiles = "Volume";

constexpr BannedName kBanned[] = {
    {"system_clock::now", kTime, is_deterministic},
    {"steady_clock::now", kTime, is_deterministic},
    {"high_resolution_clock::now", kTime, is_deterministic},
    {"clock_gettime", kTime, is_deterministic},
    {"gettimeofday", kTime, is_deterministic},
    {"time(nullptr)", kTime, is_deterministic},
    {"time(NULL)", kTime, is_deterministic},
    {"time(0)", kTime, is_deterministic},
    {"localtime", kZone, is_deterministic},
    {"localtime_r", kZone, is_deterministic},
    {"mktime", kZone, is_deterministic},
    {"std::thread", kTasks, is_single_threaded},
    {"std::jthread", kTasks, is_single_threaded},
    {"std::async", kTasks, is_single_threaded},
    {"pthread_create", kTasks, is_single_threaded},
    {"std::this_thread", "Env::sleep_for()", is_single_threaded},
    {"usleep(", "Env::sleep_for()", is_single_threaded},
    {"nanosleep(", "Env::sleep_for()", is_single_threaded},
    {"std::mutex", kWaits, is_single_threaded},
    {"std::condition_variable", kWaits, is_single_threaded},
    {"std::promise", kWaits, is_single_threaded},
    {"std::future", kWaits, is_single_threaded},
    {"boost::this_fiber", "Env, or fibers/ for its one suspend()", is_above_fibers},
    {"boost::fibers", "core/base/sync.h, or fibers/", is_above_fibers},
    {"random_device", kChance, is_deterministic},
    {"mt19937", kChance, is_deterministic},
    {"mt19937_64", kChance, is_deterministic},
    {"default_random_engine", kChance, is_deterministic},
    {"std::shuffle", kChance, is_deterministic},
    {"rand(", kChance, is_deterministic},
    {"srand(", kChance, is_deterministic},
    {"std::hash", "xxhash, equal in every standard library", is_deterministic},
    {"getenv", kOptions, is_deterministic},
    {"secure_getenv", kOptions, is_deterministic},
    {"std::cout", kOutput, is_library},
    {"std::clog", kOutput, is_library},
    {"printf(", kOutput, is_library},
    {"puts(", kOutput, is_library},
    {"std::ifstream", kFiles, is_behind_volume},
    {"std::ofstream", kFiles, is_behind_volume},
    {"std::fstream", kFiles, is_behind_volume},
    {"std::filesystem", kFiles, is_behind_volume},
    {"fopen(", kFiles, is_behind_volume},
    {"assert(", "DRYDOCK_CHECK, which is on in every build", is_library},
    {"throw", "Status or Result", is_without_exceptions},
};

// std::uniform_int_distribution and its kin: their results differ between standard libraries.
bool has_distribution(std::string_view code) {
  constexpr std::string_view kStart = "std::";
  for (size_t at = code.find(kStart); at != std::string_view::npos;
       at = code.find(kStart, at + 1)) {
    size_t end = at + kStart.size();
    while (end < code.size() && is_word_character(code[end])) ++end;
    if (ends_with(code.substr(at, end - at), "_distribution")) return true;
  }
  return false;
}

Finding banned(const std::string& path, int line, std::string_view name, std::string_view use) {
  return {path, line, std::string(name) + " is forbidden here; use " + std::string(use)};
}

// The end of a template argument list whose '<' is at `open`; npos if it isn't in the text.
size_t end_of_arguments(std::string_view code, size_t open) {
  int depth = 0;
  for (size_t at = open; at < code.size(); ++at) {
    if (code[at] == '<') ++depth;
    if (code[at] == '>' && --depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

bool has_pointer_key(std::string_view arguments) {
  int depth = 0;
  size_t end = 0;
  for (; end < arguments.size(); ++end) {
    if (arguments[end] == '<') ++depth;
    if (arguments[end] == '>') --depth;
    if (arguments[end] == ',' && depth == 0) break;
  }
  return ends_with(trimmed(arguments.substr(0, end)), "*");
}

std::string word_at(std::string_view code, size_t at) {
  while (at < code.size() && (code[at] == ' ' || code[at] == '\n' || code[at] == '&')) ++at;
  size_t end = at;
  while (end < code.size() && is_word_character(code[end])) ++end;
  return std::string(code.substr(at, end - at));
}

struct Container {
  std::string_view name;
  bool ordered;
};

constexpr Container kContainers[] = {
    {"std::unordered_map<", false},
    {"std::unordered_set<", false},
    {"std::unordered_multimap<", false},
    {"std::unordered_multiset<", false},
    {"std::map<", true},
    {"std::set<", true},
    {"std::multimap<", true},
    {"std::multiset<", true},
};

// Names of variables (and members, and parameters) of such a type.
std::vector<std::string> unstable_names(std::string_view code) {
  std::vector<std::string> names;
  for (const Container& container : kContainers) {
    for (size_t at = code.find(container.name); at != std::string_view::npos;
         at = code.find(container.name, at + 1)) {
      const size_t open = at + container.name.size() - 1;
      const size_t end = end_of_arguments(code, open);
      if (end == std::string_view::npos) continue;
      if (container.ordered && !has_pointer_key(code.substr(open + 1, end - open - 2))) continue;
      if (std::string name = word_at(code, end); !name.empty()) names.push_back(std::move(name));
    }
  }
  return names;
}

// for (auto& x : name), also : this->name, : other.name_; or name.begin().
bool iterates(std::string_view line, const std::string& name) {
  if (has_name(line, name + ".begin()") || has_name(line, name + ".cbegin()")) return true;
  const size_t loop = line.find("for (");
  if (loop == std::string_view::npos) return false;
  const size_t colon = line.find(" : ", loop);
  if (colon == std::string_view::npos) return false;
  const std::string_view range = line.substr(colon + 3);
  const size_t end = range.find(')');
  return ends_with(range.substr(0, end), name) && has_name(range.substr(0, end), name);
}

std::string blanked(std::string_view text) {
  std::string all;
  for (const Line& line : code_lines(text)) all += line.text + "\n";
  return all;
}

}  // namespace

std::vector<Finding> check_names(const SourceFile& file) {
  std::vector<Finding> findings;
  for (const Line& line : code_lines(file.text)) {
    for (const BannedName& entry : kBanned)
      if (entry.forbidden_in(file.path) && has_name(line.text, entry.name))
        findings.push_back(banned(file.path, line.number, entry.name, entry.replacement));
    if (is_deterministic(file.path) && has_distribution(line.text))
      findings.push_back(banned(file.path, line.number, "std::*_distribution", kChance));
  }
  return findings;
}

std::vector<Finding> check_iteration(const SourceFile& file, std::string_view header) {
  if (!is_deterministic(file.path)) return {};
  const std::vector<std::string> names = unstable_names(blanked(header) + blanked(file.text));
  std::vector<Finding> findings;
  for (const Line& line : code_lines(file.text))
    for (const std::string& name : names)
      if (iterates(line.text, name))
        findings.push_back({file.path, line.number,
                            "iteration over " + name + ", whose order depends on hashes or" +
                                " addresses; use std::map with a value as key, or sort first"});
  return findings;
}

}  // namespace drydock::tidy

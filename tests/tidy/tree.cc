#include "tests/tidy/tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace drydock::tidy {
namespace {

namespace fs = std::filesystem;

bool is_foreign(const std::string& folder) {
  return folder == "build" || folder == ".git" || folder == ".ci/cache" || folder == ".cache";
}

}  // namespace

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<SourceFile> read_tree(const std::string& root) {
  std::vector<SourceFile> files;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::end(at); ++at) {
    std::string path = at->path().lexically_relative(root).generic_string();
    if (at->is_directory() && is_foreign(path)) at.disable_recursion_pending();
    if (at->is_regular_file() && !at->is_symlink() && !ends_with(path, ".swp"))
      files.push_back({path, read_text(at->path().string())});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace drydock::tidy

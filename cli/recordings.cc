#include "cli/recordings.h"

#include <algorithm>
#include <filesystem>

#include "harness/scenario/parse.h"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using harness::conformance::grid::VersionFolder;

constexpr size_t kRecordingBytes = 64 << 20;

bool is_part(const fs::path& path) {
  return path.extension() == ".jsonl" || path.extension() == ".json" || path.extension() == ".zip";
}

std::vector<fs::path> sorted_content(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error))
    paths.push_back(it->path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<VersionFolder> read_folder(const fs::path& folder) {
  VersionFolder out{.version = folder.filename().string()};
  for (const fs::path& path : sorted_content(folder)) {
    if (!is_part(path)) continue;
    DRYDOCK_ASSIGN(out.files[path.filename().string()], read_recording_file(path.string()));
  }
  return out;
}

bool holds_recordings(const fs::path& folder) {
  const std::vector<fs::path> content = sorted_content(folder);
  return std::any_of(content.begin(), content.end(),
                     [](const fs::path& path) { return path.extension() == ".jsonl"; });
}

}  // namespace

Result<std::string> read_recording_file(const std::string& path) {
  Result<std::string> text = harness::scenario::read_file(path, kRecordingBytes);
  if (text.ok()) return text;
  return Status(text.status().code(),
                path + ": " + text.status().message() + "; name a file that can be read");
}

Result<std::vector<VersionFolder>> read_version_folders(const std::string& path) {
  std::string plain = path;
  while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
  std::vector<fs::path> folders = sorted_content(plain);
  folders.insert(folders.begin(), plain);
  std::erase_if(folders, [](const fs::path& folder) { return !holds_recordings(folder); });
  if (folders.empty())
    return Status(Code::kInvalid, path + ": no recordings; name a folder whose .jsonl files, or " +
                                      "those of its folders, are recordings of a release");
  std::vector<VersionFolder> out;
  for (const fs::path& folder : folders) {
    DRYDOCK_ASSIGN(VersionFolder read, read_folder(folder));
    out.push_back(std::move(read));
  }
  return out;
}

}  // namespace drydock::cli

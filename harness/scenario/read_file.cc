#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "harness/scenario/parse.h"

namespace drydock::harness::scenario {

Result<std::string> read_file(const std::string& path, size_t limit) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return Status(Code::kNotFound, "no such file");
  if (!S_ISREG(info.st_mode)) return Status(Code::kInvalid, "not a file");
  std::ifstream in(path, std::ios::binary);
  std::string text(std::min(limit, static_cast<size_t>(info.st_size)), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in) return Status(Code::kInvalid, "can't be read");
  return text;
}

}  // namespace drydock::harness::scenario

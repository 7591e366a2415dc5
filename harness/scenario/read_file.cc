#include <algorithm>
#include <filesystem>
#include <fstream>

#include "harness/scenario/parse.h"

namespace drydock::harness::scenario {

Result<std::string> read_file(const std::string& path, size_t limit) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return Status(Code::kNotFound, "no such file");
  if (!std::filesystem::is_regular_file(status)) return Status(Code::kInvalid, "not a file");
  const uintmax_t size = std::filesystem::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in) return Status(Code::kInvalid, "can't be read");
  std::string text(static_cast<size_t>(std::min<uintmax_t>(limit, size)), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in) return Status(Code::kInvalid, "can't be read");
  return text;
}

}  // namespace drydock::harness::scenario

// The archives that real servers wrote (tests/data/infinispan/<version>/*.zip), and what each one's
// sidecar says that a second, independent reader found in it.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace drydock::tests {

inline std::string read_test_data(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct GoldenArchive {
  std::string version;  // "15.0.21.Final"
  std::string name;     // "all"

  std::filesystem::path path(std::string_view extension) const {
    return std::filesystem::path(DRYDOCK_TEST_DATA) / "infinispan" / version /
           (name + std::string(extension));
  }
  std::string zip() const { return read_test_data(path(".zip")); }
  bool has_sidecar() const { return std::filesystem::exists(path(".json")); }
  boost::json::array sidecar_entries() const {
    return boost::json::parse(read_test_data(path(".json"))).at("entries").as_array();
  }

  friend void PrintTo(const GoldenArchive& golden, std::ostream* out) {
    *out << golden.version << "/" << golden.name;
  }
};

// Sorted by version and name.
inline std::vector<GoldenArchive> golden_archives() {
  std::vector<GoldenArchive> archives;
  const auto root = std::filesystem::path(DRYDOCK_TEST_DATA) / "infinispan";
  for (const auto& file : std::filesystem::recursive_directory_iterator(root)) {
    if (file.path().extension() != ".zip") continue;
    archives.push_back({file.path().parent_path().filename(), file.path().stem()});
  }
  std::sort(archives.begin(), archives.end(), [](const auto& a, const auto& b) {
    return std::tie(a.version, a.name) < std::tie(b.version, b.name);
  });
  return archives;
}

// For names of parameterised tests: letters, digits and '_' only.
inline std::string test_name(const GoldenArchive& golden) {
  std::string name = golden.version + "_" + golden.name;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) {
        return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
      },
      '_');
  return name;
}

inline std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

inline std::string from_hex(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  return out;
}

}  // namespace drydock::tests

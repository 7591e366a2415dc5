#include "harness/conformance/grid/home.h"

#include "harness/conformance/names.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr std::string_view kHome = "$PEER_HOME";
constexpr std::string_view kGolden = "$GOLDEN";
constexpr size_t kDefaultLength = 15;

// Of {len, text}: how long the placeholder was, or 0.
size_t length_in(const json::value& body, std::string_view placeholder) {
  const std::string text = json_string(body, {"text"});
  const int64_t length = json_int(body, {"len"}, -1);
  if (length < 0 || text.find(placeholder) == std::string::npos) return 0;
  std::string rest = text;
  replace_all(rest, placeholder, "");
  const size_t times = (text.size() - rest.size()) / placeholder.size();
  return (static_cast<size_t>(length) - rest.size()) / times;
}

std::string path_of(const std::vector<json::value>& lines, std::string_view placeholder,
                    std::string path) {
  size_t length = kDefaultLength;
  for (const json::value& line : lines)
    if (const json::value* body = json_find(line, {"request", "body"}))
      if (const size_t found = length_in(*body, placeholder); found > path.size()) {
        length = found;
        break;
      }
  path.resize(length, '0');
  return path;
}

}  // namespace

Places places_of(const std::vector<json::value>& lines) {
  return {path_of(lines, kHome, "/peer"), path_of(lines, kGolden, "/gold")};
}

VersionFolder with_places(const VersionFolder& folder, const Places& places) {
  VersionFolder out = folder;
  for (auto& [name, content] : out.files) {
    if (!name.ends_with(".json") && !name.ends_with(".jsonl")) continue;
    replace_all(content, kHome, places.home);
    replace_all(content, kGolden, places.golden);
  }
  return out;
}

}  // namespace drydock::harness::conformance::grid

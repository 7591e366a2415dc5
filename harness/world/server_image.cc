#include "harness/world/server_image.h"

#include <sstream>
#include <vector>

#include "core/base/resources.h"

namespace drydock::harness {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// "user create <name> --realm admin -p <password> ..."
Credentials parse_user_line(const std::vector<std::string>& words) {
  Credentials credentials;
  if (words.size() < 3 || words[0] != "user" || words[1] != "create") return credentials;
  for (size_t i = 3; i + 1 < words.size(); ++i)
    if (words[i] == "-p") credentials = {words[2], words[i + 1]};
  return credentials;
}

}  // namespace

std::string server_version(const fakekube::ContainerStart& start) {
  const std::string version = annotation_of(*start.pod, kAnnotationVersion);
  return version.empty() ? std::string(kDefaultVersion) : version;
}

Credentials admin_credentials(const fakekube::ContainerStart& start) {
  for (const fakekube::ProjectedFile& file : start.files) {
    if (file.path != kIdentitiesFile) continue;
    std::istringstream lines(file.content);
    for (std::string line; std::getline(lines, line);) {
      Credentials credentials = parse_user_line(words_of(line));
      if (!credentials.username.empty()) return credentials;
    }
  }
  return {};
}

}  // namespace drydock::harness

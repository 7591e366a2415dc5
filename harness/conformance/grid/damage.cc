#include "harness/conformance/grid/damage.h"

#include <functional>

#include "harness/conformance/names.h"

namespace drydock::harness::conformance::grid {
namespace {

const std::string kManifest = "manifest.properties";
const std::string kContainer = "containers/default/container.properties";
const std::string kDat = "containers/default/caches/dist-text/dist-text.dat";
const std::string kXml = "containers/default/caches/dist-text/dist-text.xml";
const std::string kCounters = "containers/default/counters/counters.dat";

using Change = std::function<void(Entries&)>;

// "version=15.0.21.Final" becomes `line`; "" removes it.
Change version_line(const std::string& line) {
  return [line](Entries& entries) {
    std::string& text = entries[kManifest];
    const size_t begin = text.find("version=");
    const size_t end = text.find('\n', begin);
    text.replace(begin, line.empty() ? end + 1 - begin : end - begin, line);
  };
}

Change containers_line(const std::string& value) {
  return [value](Entries& entries) {
    replace_all(entries[kManifest], "containers=default", "containers=" + value);
  };
}

Change removed(const std::string& name) {
  return [name](Entries& entries) { entries.erase(name); };
}

Change appended(const std::string& bytes) {
  return [bytes](Entries& entries) { entries[kDat] += bytes; };
}

Change cut(const std::string& name, size_t bytes) {
  return [name, bytes](Entries& entries) {
    std::string& content = entries[name];
    content.resize(content.size() - bytes);
  };
}

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out.push_back(static_cast<char>(value));
  return out;
}

const std::map<std::string, Change>& changes() {
  static const std::map<std::string, Change> all = {
      {"intact", [](Entries&) {}},
      {"v11", version_line("version=11.0.9.Final")},
      {"v12", version_line("version=12.1.11.Final")},
      {"v99", version_line("version=99.1.0.Final")},
      {"v-text", version_line("version=abc")},
      {"no-version", version_line("")},
      {"no-manifest", removed(kManifest)},
      {"other-container", containers_line("other")},
      {"two-containers", containers_line("default,other")},
      {"no-container-props", removed(kContainer)},
      {"empty-container-props", [](Entries& entries) { entries[kContainer].clear(); }},
      {"dat-cut-in-record", cut(kDat, 5)},
      {"dat-cut-in-length", appended(bytes({0, 0}))},
      {"dat-garbage-record", appended(bytes({0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff}))},
      {"dat-empty-record", appended(bytes({0, 0, 0, 0}))},
      {"dat-empty", [](Entries& entries) { entries[kDat].clear(); }},
      {"dat-missing", removed(kDat)},
      {"dat-negative-length", appended(bytes({0xff, 0xff, 0xff, 0xff}))},
      {"dat-long-length", appended(bytes({0, 1, 0, 0, 0x0a}))},
      {"dat-huge-length", appended(bytes({0x7f, 0xff, 0xff, 0xff}))},
      {"dat-large-length", appended(bytes({0x20, 0, 0, 0}))},
      {"xml-missing", removed(kXml)},
      {"xml-bad", [](Entries& entries) { entries[kXml] = "<infinispan><cache-container>"; }},
      {"xml-other-name",
       [](Entries& entries) { replace_all(entries[kXml], "\"dist-text\"", "\"other\""); }},
      {"counters-missing", removed(kCounters)},
      {"counters-cut", cut(kCounters, 3)},
  };
  return all;
}

std::string flipped(std::string zip) {
  constexpr size_t kFlipped = 200;
  const size_t middle = zip.size() / 2;
  for (size_t i = 0; i < kFlipped && middle + i < zip.size(); ++i)
    zip[middle + i] = static_cast<char>(~zip[middle + i]);
  return zip;
}

}  // namespace

Result<std::string> damaged(const std::string& name, const DamageSources& sources,
                            Archives& archives) {
  if (sources.small == nullptr || sources.whole == nullptr)
    return Status(Code::kNotFound, "the recording has no archive to damage");
  if (name == "empty-file") return std::string();
  if (name == "not-zip") return std::string("this is not a zip file, whatever its name says\n");
  if (name == "prefixed") return "bytes before the archive" + *sources.whole;
  if (name == "cut-half") return sources.whole->substr(0, sources.whole->size() / 2);
  if (name == "cut-tail") return sources.whole->substr(0, sources.whole->size() - 30);
  if (name == "flipped") return flipped(*sources.whole);
  const auto change = changes().find(name);
  if (change == changes().end()) return Status(Code::kNotFound, "unknown damage '" + name + "'");
  DRYDOCK_ASSIGN(Entries entries, archives.read(*sources.small));
  change->second(entries);
  return archives.make(entries);
}

}  // namespace drydock::harness::conformance::grid

// What a scenario says about the content of clusters and archives: to create it, and to expect it.
// Plain values; names are unique within their list and keep the file's order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/record.h"
#include "core/base/time.h"

namespace drydock::harness::scenario {

// Where in which file something was said; line and column count from 1.
struct Position {
  std::string file;
  int line = 0;
  int column = 0;

  std::string to_string() const;  // "file:line:column"
};

enum class CacheMode { kLocal, kDistributed, kReplicated };

// A cache or a template: either mode and the numbers, or the configuration element as it is.
struct CacheSpec {
  std::string name;
  CacheMode mode = CacheMode::kDistributed;
  int owners = 2;  // distributed only
  int segments = 256;
  std::string media_type;     // "" = the grid's default
  std::string configuration;  // XML element; "" = made from the fields above
  Position position;
};

struct TextFile {  // a proto schema or a task
  std::string name;
  std::string text;
  Position position;
};

struct CounterSpec {
  CounterRecord record;
  Position position;
};

struct InlineEntries {
  std::string cache;
  std::vector<std::pair<std::string, std::string>> entries;  // key, value, as text
  std::optional<Duration> lifespan;
  std::optional<Duration> max_idle;
  Position position;
};

// `entries` records <prefix>0, <prefix>1 and so on, whose values are `value_bytes` long and depend
// only on the key.
struct GeneratedEntries {
  std::string cache;
  int64_t entries = 0;
  int64_t value_bytes = 64;
  std::string prefix = "key-";
  std::optional<Duration> lifespan;
  std::optional<Duration> max_idle;
  Position position;
};

// Everything that an archive file holds, as if it had been restored before the run.
struct ArchiveData {
  std::string file;  // path as given to open(2): already resolved against the scenario's folder
  Position position;
};

using Data = std::variant<InlineEntries, GeneratedEntries, ArchiveData>;

struct Content {
  std::vector<CacheSpec> caches;
  std::vector<CacheSpec> templates;
  std::vector<CounterSpec> counters;
  std::vector<TextFile> schemas;
  std::vector<TextFile> tasks;
  std::vector<Data> data;  // in this order
};

// What is expected of one cache.
struct CacheHolds {
  std::string name;
  std::map<std::string, std::string> entries;                 // these, with these values
  std::optional<std::map<std::string, std::string>> exactly;  // these and no others
  std::vector<std::string> without;                           // none of these keys
  std::optional<int64_t> count;                               // so many live entries
  std::optional<CacheMode> mode;
  std::vector<GeneratedEntries> generated;  // all of these records (cache is empty)
  Position position;
};

// A name that must be there, perhaps with its text.
struct NamedText {
  std::string name;
  std::optional<std::string> text;
};

struct Holds {
  std::vector<CacheHolds> caches;
  std::vector<std::string> templates;
  std::map<std::string, std::optional<int64_t>> counters;  // name -> value, if it matters
  std::vector<NamedText> schemas;
  std::vector<NamedText> tasks;
};

struct Lacks {
  std::vector<std::string> caches;
  std::vector<std::string> templates;
  std::vector<std::string> counters;
  std::vector<std::string> schemas;
  std::vector<std::string> tasks;
};

}  // namespace drydock::harness::scenario

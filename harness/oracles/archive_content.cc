#include "harness/oracles/archive_content.h"

#include <fmt/format.h>

#include <map>

#include "core/archive/cache_document.h"
#include "core/archive/dat.h"
#include "core/archive/layout.h"
#include "core/archive/verify.h"
#include "core/archive/zip_reader.h"
#include "harness/oracles/file_volume.h"

namespace drydock::harness {
namespace {

using archive::ZipReader;
using fakegrid::CacheContent;
using fakegrid::Content;

constexpr char kFile[] = "archive.zip";

Result<CacheContent> read_cache(ZipReader& zip, const std::string& name) {
  CacheContent cache;
  DRYDOCK_ASSIGN(const std::string document, zip.read_text(archive::cache_xml_entry(name)));
  DRYDOCK_ASSIGN(archive::CacheElement element, archive::extract_cache(document, name));
  cache.configuration_xml = std::move(element.xml);
  DRYDOCK_RETURN_IF_ERROR(archive::read_records(
      zip, archive::cache_dat_entry(name), [&](std::string_view message) -> Status {
        DRYDOCK_ASSIGN(CacheRecord record, decode_cache_record(message));
        cache.records.push_back(std::move(record));
        return ok_status();
      }));
  return cache;
}

Status read_counters(ZipReader& zip, Content& content) {
  return archive::read_records(
      zip, archive::kCountersEntry, [&](std::string_view message) -> Status {
        DRYDOCK_ASSIGN(CounterRecord counter, decode_counter_record(message));
        content.counters[counter.name] = std::move(counter);
        return ok_status();
      });
}

// Collects up to a number of lines.
class Differences {
 public:
  explicit Differences(size_t limit) : limit_(limit) {}
  bool full() const { return lines_.size() >= limit_; }
  void add(std::string line) {
    if (!full()) lines_.push_back(std::move(line));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  size_t limit_;
  std::vector<std::string> lines_;
};

// Calls `both` for keys in both maps and reports those that are in one only.
template <class Map, class Both>
void compare_maps(const Map& left, std::string_view a, const Map& right, std::string_view b,
                  std::string_view what, Differences& out, const Both& both) {
  for (const auto& [key, value] : left) {
    if (out.full()) return;
    const auto other = right.find(key);
    if (other == right.end())
      out.add(fmt::format("{} {} is in {} only", what, printable(key), a));
    else
      both(key, value, other->second);
  }
  for (const auto& [key, value] : right)
    if (!left.contains(key)) out.add(fmt::format("{} {} is in {} only", what, printable(key), b));
}

void compare_text(std::string_view what, const std::string& key, const std::string& left,
                  std::string_view a, const std::string& right, std::string_view b,
                  Differences& out) {
  if (left == right) return;
  out.add(fmt::format("{} {} is {} in {}, {} in {}", what, printable(key), printable(left), a,
                      printable(right), b));
}

std::map<std::string, const CacheRecord*> by_key(const CacheContent& cache) {
  std::map<std::string, const CacheRecord*> records;
  for (const CacheRecord& record : cache.records) records[record.key] = &record;
  return records;
}

void compare_cache(const std::string& name, const CacheContent& left, std::string_view a,
                   const CacheContent& right, std::string_view b, Differences& out) {
  compare_text("configuration of cache", name, left.configuration_xml, a, right.configuration_xml,
               b, out);
  const std::string what = fmt::format("cache {}: key", printable(name));
  compare_maps(by_key(left), a, by_key(right), b, what, out,
               [&](const std::string& key, const CacheRecord* one, const CacheRecord* other) {
                 compare_text(what, key, one->value, a, other->value, b, out);
                 if (one->value == other->value && !(*one == *other))
                   out.add(fmt::format("{} {}: metadata or times differ", what, printable(key)));
               });
  for (const auto* side : {&left, &right})
    if (by_key(*side).size() != side->records.size())
      out.add(fmt::format("cache {}: a key occurs twice in {}", printable(name),
                          side == &left ? a : b));
}

}  // namespace

Result<Content> read_archive_content(std::string zip_bytes) {
  const std::unique_ptr<Volume> volume = make_file_volume(kFile, std::move(zip_bytes));
  DRYDOCK_ASSIGN(const std::unique_ptr<ZipReader> zip, ZipReader::open(*volume, kFile));
  DRYDOCK_ASSIGN(const archive::ArchiveIndex index, archive::read_index(*zip));
  Content content;
  for (const std::string& name : index.caches) {
    DRYDOCK_ASSIGN(content.caches[name], read_cache(*zip, name));
  }
  for (const std::string& name : index.templates) {
    DRYDOCK_ASSIGN(const std::string document, zip->read_text(archive::template_entry(name)));
    DRYDOCK_ASSIGN(archive::CacheElement element, archive::extract_cache(document, name));
    content.templates[name] = std::move(element.xml);
  }
  if (index.has_counters) DRYDOCK_RETURN_IF_ERROR(read_counters(*zip, content));
  for (const std::string& name : index.schemas) {
    DRYDOCK_ASSIGN(content.schemas[name], zip->read_text(archive::schema_entry(name)));
  }
  for (const std::string& name : index.tasks) {
    DRYDOCK_ASSIGN(content.tasks[name], zip->read_text(archive::task_entry(name)));
  }
  return content;
}

std::vector<std::string> compare_content(const Content& left, std::string_view a,
                                         const Content& right, std::string_view b, size_t limit) {
  Differences out(limit);
  compare_maps(left.caches, a, right.caches, b, "cache", out,
               [&](const std::string& name, const CacheContent& one, const CacheContent& other) {
                 compare_cache(name, one, a, other, b, out);
               });
  const auto texts = [&](const auto& one, const auto& other, std::string_view what) {
    compare_maps(one, a, other, b, what, out,
                 [&](const std::string& key, const std::string& x, const std::string& y) {
                   compare_text(what, key, x, a, y, b, out);
                 });
  };
  texts(left.templates, right.templates, "template");
  texts(left.schemas, right.schemas, "schema");
  texts(left.tasks, right.tasks, "task");
  compare_maps(
      left.counters, a, right.counters, b, "counter", out,
      [&](const std::string& name, const CounterRecord& x, const CounterRecord& y) {
        if (x == y) return;
        out.add(fmt::format("counter {} is {} in {}, {} in {}{}", printable(name), x.value, a,
                            y.value, b, x.value == y.value ? " (configurations differ)" : ""));
      });
  return out.take();
}

bool is_internal_name(std::string_view name) {
  return name.starts_with("org.infinispan.") || name.starts_with("example.") ||
         name.starts_with("___");
}

std::string printable(std::string_view bytes) {
  constexpr size_t kShown = 80;
  std::string text = "'";
  for (char c : bytes.substr(0, kShown)) {
    if (c >= 0x20 && c < 0x7f)
      text += c;
    else
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  text += "'";
  if (bytes.size() > kShown) text += fmt::format("... ({} bytes)", bytes.size());
  return text;
}

}  // namespace drydock::harness

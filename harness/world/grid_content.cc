#include "harness/world/grid_content.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "fakegrid/server/config_render.h"
#include "harness/oracles/archive_content.h"

namespace drydock::harness {
namespace {

using fakegrid::Content;

std::string xml_escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string_view element_name(scenario::CacheMode mode) {
  switch (mode) {
    case scenario::CacheMode::kLocal: return "local-cache";
    case scenario::CacheMode::kDistributed: return "distributed-cache";
    case scenario::CacheMode::kReplicated: return "replicated-cache";
  }
  return "local-cache";
}

CacheRecord make_record(std::string key, std::string value, const std::optional<Duration>& lifespan,
                        const std::optional<Duration>& max_idle, WallTime now) {
  const auto to_ms = [](const std::optional<Duration>& duration) -> int64_t {
    return duration ? std::chrono::duration_cast<milliseconds>(*duration).count() : -1;
  };
  CacheRecord record;
  record.key = std::move(key);
  record.value = std::move(value);
  record.metadata = encode_metadata({to_ms(lifespan), to_ms(max_idle)});
  if (lifespan) record.created_ms = to_epoch_ms(now);
  if (max_idle) record.last_used_ms = to_epoch_ms(now);
  return record;
}

Status add_records(Content& content, const std::string& cache, std::vector<CacheRecord> records,
                   const scenario::Position& position) {
  const auto found = content.caches.find(cache);
  if (found == content.caches.end())
    return Status(Code::kNotFound, position.to_string() + ": no such cache: " + cache);
  std::move(records.begin(), records.end(), std::back_inserter(found->second.records));
  return ok_status();
}

Status add_archive(Content& content, const scenario::ArchiveData& data) {
  DRYDOCK_ASSIGN(std::string bytes, read_host_file(data.file));
  auto archive = read_archive_content(std::move(bytes));
  if (!archive.ok()) return archive.status().with_context(data.file);
  content.caches.merge(archive->caches);
  content.templates.merge(archive->templates);
  content.counters.merge(archive->counters);
  content.schemas.merge(archive->schemas);
  content.tasks.merge(archive->tasks);
  return ok_status();
}

Status add_data(Content& content, const scenario::Data& data, WallTime now) {
  if (const auto* entries = std::get_if<scenario::InlineEntries>(&data))
    return add_records(content, entries->cache, make_records(*entries, now), entries->position);
  if (const auto* entries = std::get_if<scenario::GeneratedEntries>(&data))
    return add_records(content, entries->cache, make_records(*entries, now), entries->position);
  return add_archive(content, std::get<scenario::ArchiveData>(data));
}

Status rewrite(std::string_view name, bool is_template, const fakegrid::ServerVersion& version,
               std::string& xml) {
  DRYDOCK_ASSIGN(const fakegrid::ConfigElement element,
                 fakegrid::parse_cache_element(xml, fakegrid::ConfigFormat::kXml));
  xml = element_xml(fakegrid::canonical_element(name, element, is_template, version));
  return ok_status();
}

}  // namespace

std::string configuration_element(const scenario::CacheSpec& cache, bool is_template) {
  if (!cache.configuration.empty()) return cache.configuration;
  const std::string element =
      std::string(element_name(cache.mode)) + (is_template ? "-configuration" : "");
  std::string attributes = fmt::format("name=\"{}\"", xml_escape(cache.name));
  if (cache.mode == scenario::CacheMode::kDistributed)
    attributes += fmt::format(" owners=\"{}\"", cache.owners);
  if (cache.mode != scenario::CacheMode::kLocal)
    attributes += fmt::format(" mode=\"SYNC\" segments=\"{}\"", cache.segments);
  attributes += " statistics=\"true\"";
  if (cache.media_type.empty()) return fmt::format("<{} {}/>", element, attributes);
  return fmt::format("<{0} {1}><encoding media-type=\"{2}\"/></{0}>", element, attributes,
                     xml_escape(cache.media_type));
}

std::vector<CacheRecord> make_records(const scenario::InlineEntries& entries, WallTime now) {
  std::vector<CacheRecord> records;
  for (const auto& [key, value] : entries.entries)
    records.push_back(make_record(key, value, entries.lifespan, entries.max_idle, now));
  return records;
}

std::vector<CacheRecord> make_records(const scenario::GeneratedEntries& entries, WallTime now) {
  std::vector<CacheRecord> records;
  records.reserve(static_cast<size_t>(entries.entries));
  for (int64_t i = 0; i < entries.entries; ++i) {
    std::string key = entries.prefix + std::to_string(i);
    std::string value = generated_value(key, entries.value_bytes);
    records.push_back(
        make_record(std::move(key), std::move(value), entries.lifespan, entries.max_idle, now));
  }
  return records;
}

std::string generated_value(std::string_view key, int64_t bytes) {
  static constexpr std::string_view kAlphabet =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  uint64_t state = 0xcbf29ce484222325;
  for (char c : key) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string value(static_cast<size_t>(bytes), ' ');
  for (char& c : value) {
    state = state * 6364136223846793005 + 1442695040888963407;
    c = kAlphabet[state >> 58];
  }
  return value;
}

Result<Content> make_content(const scenario::Content& from, WallTime now) {
  Content content;
  for (const scenario::CacheSpec& cache : from.caches)
    content.caches[cache.name].configuration_xml = configuration_element(cache, false);
  for (const scenario::CacheSpec& one : from.templates)
    content.templates[one.name] = configuration_element(one, true);
  for (const scenario::CounterSpec& counter : from.counters)
    content.counters[counter.record.name] = counter.record;
  for (const scenario::TextFile& schema : from.schemas) content.schemas[schema.name] = schema.text;
  for (const scenario::TextFile& task : from.tasks) content.tasks[task.name] = task.text;
  for (const scenario::Data& data : from.data)
    DRYDOCK_RETURN_IF_ERROR(add_data(content, data, now));
  return content;
}

Status write_as_server(Content& content, const fakegrid::ServerVersion& version) {
  for (auto& [name, cache] : content.caches)
    DRYDOCK_RETURN_IF_ERROR(rewrite(name, false, version, cache.configuration_xml));
  for (auto& [name, xml] : content.templates)
    DRYDOCK_RETURN_IF_ERROR(rewrite(name, true, version, xml));
  return ok_status();
}

Result<std::string> read_host_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Status(Code::kNotFound, "no such file: " + path);
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

}  // namespace drydock::harness

#include "fakegrid/server/rest_entries.h"

#include <algorithm>
#include <charconv>

#include "core/base/json.h"
#include "fakegrid/server/java_text.h"
#include "fakegrid/server/media_type.h"
#include "fakegrid/server/rest_reply.h"
#include "fakegrid/topology/murmur.h"

namespace drydock::fakegrid {
namespace {

constexpr int32_t kEtagSeed = 9001;
constexpr Duration kIdleLimit = timings::kRemoteTimeout;

// What the routes need of a cache. Proto types are read only where something is wrapped.
struct CacheView {
  ServerVersion version;
  ReadConfigurations::Element configuration;
  CacheEncoding encoding;
  ProtoTypes types;

  Transcoding transcoding() const { return {version, types}; }
};

bool is_wrapped(const MediaType& type) {
  return type.kind == MediaKind::kProtostream || type.kind == MediaKind::kObject;
}

Result<CacheView> view_of(const Node& node, ReadConfigurations& configurations,
                          const std::string& cache) {
  const std::optional<std::string> text = node.cache_configuration(cache);
  if (!text) return Status(Code::kNotFound, cache_not_found(cache));
  CacheView out;
  out.version = node.version();
  DRYDOCK_ASSIGN(out.configuration, configurations.read(cache, *text));
  out.encoding = encoding_of(*out.configuration);
  if (is_wrapped(out.encoding.key) || is_wrapped(out.encoding.value))
    out.types = proto_types(node.schemas());
  return out;
}

MediaType header_type(const HttpRequest& request, std::string_view name,
                      std::string_view otherwise) {
  const std::string* text = find_header(request.headers, name);
  return media_type(text == nullptr ? otherwise : std::string_view(*text));
}

Result<std::string> stored_key(const CacheView& view, const HttpRequest& request,
                               const std::string& key) {
  const MediaType type = header_type(request, "Key-Content-Type", "text/plain");
  // 12 and 13 take a path's part in braces for the name of a variable.
  if (!view.version.at_least(14) && key.starts_with("{") && key.ends_with("}"))
    return Status(Code::kInvalid, "No key specified");
  return to_storage(key, type, view.encoding.key, view.transcoding());
}

// Milliseconds of a header in seconds; without it what the configuration says; -1: never.
int64_t life_ms(const CacheView& view, const HttpRequest& request, std::string_view header,
                std::string_view attribute) {
  int64_t seconds = -1;
  if (const std::string* text = find_header(request.headers, header)) {
    std::from_chars(text->data(), text->data() + text->size(), seconds);
    return seconds < 0 ? -1 : seconds * 1000;
  }
  const ConfigElement* expiration = view.configuration->child("expiration");
  const std::string* value = expiration ? expiration->attribute(attribute) : nullptr;
  int64_t milliseconds = -1;
  if (value != nullptr) std::from_chars(value->data(), value->data() + value->size(), milliseconds);
  return milliseconds > 0 ? milliseconds : -1;
}

std::string shown_type(const CacheView& view, const MediaType& wanted) {
  if (wanted.kind != MediaKind::kAny && wanted.kind != MediaKind::kNone) return wanted.name;
  const MediaType& stored = view.encoding.value;
  return stored.kind == MediaKind::kNone ? "application/octet-stream" : stored.name;
}

void add_times(HttpResponse& response, const CacheRecord& record) {
  const Result<EntryMetadata> metadata = decode_metadata(record.metadata);
  if (!metadata.ok()) return;
  const auto add = [&](std::string_view name, int64_t value) {
    if (value >= 0) response.headers.emplace_back(name, std::to_string(value));
  };
  add("timeToLiveSeconds", metadata->lifespan_ms < 0 ? -1 : metadata->lifespan_ms / 1000);
  add("maxIdleTimeSeconds", metadata->max_idle_ms < 0 ? -1 : metadata->max_idle_ms / 1000);
  add("created", record.created_ms);
  add("lastUsed", record.last_used_ms);
}

// 15 throws where it finds nothing in an invalidation cache on a member without capacity.
int status_of_absence(const Node& node, const CacheView& view) {
  const bool throws = view.version.major == 15 && node.config().zero_capacity &&
                      view.configuration->name == "invalidation-cache";
  return throws ? 500 : 404;
}

HttpResponse read_entry(Node& node, const CacheView& view, const HttpRequest& request,
                        const std::string& cache, const std::string& key, SteadyTime deadline) {
  const auto found = node.get(cache, key, deadline);
  if (!found.ok()) return reply_error(found.status());
  if (!*found) return reply(status_of_absence(node, view));
  const MediaType wanted = header_type(request, "Accept", "*/*");
  const Result<std::string> value =
      from_storage((*found)->value, view.encoding.value, wanted, view.transcoding());
  if (!value.ok())
    return reply_text(value.status().code() == Code::kUnsupported ? 406 : 400,
                      value.status().message());
  const std::string etag = etag_of(*value);
  const std::string* known = find_header(request.headers, "If-None-Match");
  if (known != nullptr && *known == etag) return reply(304);
  HttpResponse response = reply_text(200, *value);
  response.headers = {{"Etag", etag}, {"Content-Type", shown_type(view, wanted)}};
  add_times(response, **found);
  return response;
}

HttpResponse write_entry(Node& node, const CacheView& view, const HttpRequest& request,
                         const std::string& cache, std::string key, SteadyTime deadline) {
  const std::string body = request.body.text();
  const MediaType type = header_type(request, "Content-Type", "");
  Result<std::string> value = to_storage(body, type, view.encoding.value, view.transcoding());
  if (!value.ok()) return reply_error(value.status());
  if (request.method == "POST") {
    const auto there = node.get(cache, key, deadline);
    if (!there.ok()) return reply_error(there.status());
    if (*there) return reply_text(409, "An entry already exists");
  }
  CacheRecord record;
  record.key = std::move(key);
  record.value = std::move(*value);
  record.metadata =
      encode_metadata({.lifespan_ms = life_ms(view, request, "timeToLiveSeconds", "lifespan"),
                       .max_idle_ms = life_ms(view, request, "maxIdleTimeSeconds", "max-idle")});
  const Status stored = node.put(cache, {&record, 1}, deadline);
  if (!stored.ok()) return reply_error(stored);
  HttpResponse response = reply(204);
  response.headers = {{"etag", etag_of(body)}};
  return response;
}

// --- lists ---

std::string quoted(std::string_view text) { return json_text(json::value(well_formed(text))); }

// The JSON that 12 to 14 print of a wrapped value: three blanks a level, a line for itself.
std::string old_json(const std::string& text) {
  const Result<json::value> parsed = json_parse(text);
  if (!parsed.ok() || !parsed->is_object()) return text;
  std::string out = "\n{\n";
  bool first = true;
  for (const auto& member : parsed->get_object()) {
    out += (first ? "   " : ",\n   ") + quoted(member.key()) + ": ";
    first = false;
    const json::array* items = member.value().if_array();
    if (items == nullptr) {
      out += json_text(member.value());
      continue;
    }
    out += "[";
    for (size_t i = 0; i < items->size(); ++i) out += (i ? ", " : "") + json_text((*items)[i]);
    out += "]";
  }
  return out + "\n}\n";
}

bool is_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// One key or value in a list of entries: JSON of what is wrapped, text of the rest.
Result<std::string> listed(const CacheView& view, std::string_view bytes, const MediaType& stored) {
  if (stored.kind == MediaKind::kProtostream) {
    DRYDOCK_ASSIGN(const std::string text, protostream_to_json(bytes, view.types));
    return view.version.at_least(15) ? text : old_json(text);
  }
  if (stored.kind == MediaKind::kXml && !view.version.at_least(14))
    return Status(Code::kInternal,
                  "ISPN000492: Cannot find transcoder between 'application/json' to "
                  "'application/xml'");
  DRYDOCK_ASSIGN(const std::string text,
                 from_storage(bytes, stored, media_type("text/plain"), view.transcoding()));
  // 12 and 13 print numbers and nothing without quotes.
  if (!view.version.at_least(14) && (text.empty() || is_number(text))) return text;
  return quoted(text);
}

std::string times_text(const CacheView& view, const CacheRecord& record) {
  EntryMetadata metadata;
  if (const auto decoded = decode_metadata(record.metadata); decoded.ok()) metadata = *decoded;
  int64_t expires = -1;
  const auto ends = [&](int64_t since, int64_t life) {
    if (life >= 0 && (expires < 0 || since + life < expires)) expires = since + life;
  };
  ends(record.created_ms, metadata.lifespan_ms);
  ends(record.last_used_ms, metadata.max_idle_ms);
  const auto seconds = [](int64_t ms) { return ms < 0 ? -1 : ms / 1000; };
  const bool compact = view.version.at_least(15);
  std::string out;
  const auto add = [&](std::string_view name, int64_t value) {
    out += std::string(out.empty() || compact ? "," : ", ") + "\"" + std::string(name) +
           "\":" + (compact ? "" : " ") + std::to_string(value);
  };
  add("timeToLiveSeconds", seconds(metadata.lifespan_ms));
  add("maxIdleTimeSeconds", seconds(metadata.max_idle_ms));
  add("created", record.created_ms);
  add("lastUsed", record.last_used_ms);
  add("expireTime", expires);
  return out;
}

int64_t number_of(const HttpTarget& target, const std::string& name, int64_t otherwise) {
  const auto found = target.query.find(name);
  if (found == target.query.end()) return otherwise;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), otherwise);
  return otherwise;
}

// `[a,b,…]` of what `item` makes of each record, at most ?limit= of them.
template <class Item>
HttpResponse list_route(Node& node, const std::string& cache, const HttpTarget& target, Item item) {
  int64_t left = number_of(target, "limit", -1);
  std::string out = "[";
  const Status listed_all = node.iterate(
      cache,
      [&](std::span<const CacheRecord> records) -> Status {
        for (const CacheRecord& record : records) {
          if (left == 0) return ok_status();
          --left;
          DRYDOCK_ASSIGN(const std::string text, item(record));
          out += (out.size() > 1 ? "," : "") + text;
        }
        return ok_status();
      },
      kIdleLimit);
  if (!listed_all.ok()) return reply_error(listed_all);
  return reply_typed(out + "]", "application/json");
}

}  // namespace

std::string etag_of(std::string_view value) {
  return std::to_string(static_cast<int32_t>(murmur_of_bytes(value, kEtagSeed) >> 32));
}

Result<ReadConfigurations::Element> ReadConfigurations::read(const std::string& cache,
                                                             const std::string& xml) {
  Entry& entry = entries_[cache];
  if (entry.element != nullptr && entry.xml == xml) return entry.element;
  DRYDOCK_ASSIGN(ConfigElement element, parse_cache_element(xml, ConfigFormat::kXml));
  entry = {.xml = xml, .element = std::make_shared<const ConfigElement>(std::move(element))};
  return entry.element;
}

HttpResponse entry_route(Node& node, ReadConfigurations& configurations, const HttpRequest& request,
                         const std::string& cache, const std::string& key, SteadyTime deadline) {
  const Result<CacheView> view = view_of(node, configurations, cache);
  if (!view.ok()) return reply_error(view.status());
  const Result<std::string> stored = stored_key(*view, request, key);
  if (!stored.ok()) return reply_error(stored.status());
  if (request.method == "GET" || request.method == "HEAD")
    return read_entry(node, *view, request, cache, *stored, deadline);
  if (request.method == "PUT" || request.method == "POST")
    return write_entry(node, *view, request, cache, *stored, deadline);
  if (request.method != "DELETE") return not_allowed();
  const auto removed = node.remove(cache, *stored, deadline);
  if (!removed.ok()) return reply_error(removed.status());
  return reply(*removed ? 204 : 404);
}

HttpResponse keys_route(Node& node, const std::string& cache, const HttpTarget& target) {
  ReadConfigurations configurations;
  const Result<CacheView> view = view_of(node, configurations, cache);
  if (!view.ok()) return reply_error(view.status());
  return list_route(node, cache, target, [&](const CacheRecord& record) -> Result<std::string> {
    DRYDOCK_ASSIGN(const std::string text,
                   from_storage(record.key, view->encoding.key, media_type("text/plain"),
                                view->transcoding()));
    return quoted(text);
  });
}

HttpResponse entries_route(Node& node, const std::string& cache, const HttpTarget& target) {
  ReadConfigurations configurations;
  const Result<CacheView> view = view_of(node, configurations, cache);
  if (!view.ok()) return reply_error(view.status());
  const auto metadata = target.query.find("metadata");
  const bool with_times = metadata != target.query.end() && metadata->second == "true";
  return list_route(node, cache, target, [&](const CacheRecord& record) -> Result<std::string> {
    DRYDOCK_ASSIGN(const std::string key, listed(*view, record.key, view->encoding.key));
    DRYDOCK_ASSIGN(const std::string value, listed(*view, record.value, view->encoding.value));
    return "{\"key\":" + key + ",\"value\":" + value +
           (with_times ? times_text(*view, record) : "") + "}";
  });
}

}  // namespace drydock::fakegrid

#include "core/base/json.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/base/limits.h"

namespace drydock {
namespace {

// One walker, two uses: a sink that appends and a sink that only counts.
struct Appender {
  std::string& out;
  void put(std::string_view text) { out.append(text); }
};
struct Counter {
  size_t length = 0;
  void put(std::string_view text) { length += text.size(); }
};

template <class Sink>
void write_string(std::string_view text, Sink& sink) {
  static constexpr char kHex[] = "0123456789abcdef";
  sink.put("\"");
  size_t clean = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    sink.put(text.substr(clean, i - clean));
    clean = i + 1;
    switch (c) {
      case '"': sink.put("\\\""); break;
      case '\\': sink.put("\\\\"); break;
      case '\n': sink.put("\\n"); break;
      case '\r': sink.put("\\r"); break;
      case '\t': sink.put("\\t"); break;
      default: {
        const char escape[] = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
        sink.put(std::string_view(escape, sizeof escape));
      }
    }
  }
  sink.put(text.substr(clean));
  sink.put("\"");
}

// How many characters write_string() makes of each.
constexpr std::array<uint8_t, 256> kPrintedLengths = [] {
  std::array<uint8_t, 256> lengths{};
  lengths.fill(1);
  for (size_t c = 0; c < 0x20; ++c) lengths[c] = 6;
  for (const unsigned char c : {'"', '\\', '\n', '\r', '\t'}) lengths[c] = 2;
  return lengths;
}();

// Strings are most of what is weighed.
void write_string(std::string_view text, Counter& sink) {
  size_t length = 2;
  for (const char c : text) length += kPrintedLengths[static_cast<unsigned char>(c)];
  sink.length += length;
}

template <class Sink, class Number>
void write_number(Number number, Sink& sink) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  sink.put(std::string_view(buffer, static_cast<size_t>(end - buffer)));
}

template <class Sink>
void write_value(const json::value& value, Sink& sink) {
  switch (value.kind()) {
    case json::kind::null: sink.put("null"); return;
    case json::kind::bool_: sink.put(value.get_bool() ? "true" : "false"); return;
    case json::kind::int64: write_number(value.get_int64(), sink); return;
    case json::kind::uint64: write_number(value.get_uint64(), sink); return;
    case json::kind::double_: write_number(value.get_double(), sink); return;
    case json::kind::string: write_string(value.get_string(), sink); return;
    case json::kind::array: {
      sink.put("[");
      bool first = true;
      for (const json::value& item : value.get_array()) {
        if (!first) sink.put(",");
        first = false;
        write_value(item, sink);
      }
      sink.put("]");
      return;
    }
    case json::kind::object: {
      sink.put("{");
      bool first = true;
      for (const auto& member : value.get_object()) {
        if (!first) sink.put(",");
        first = false;
        write_string(member.key(), sink);
        sink.put(":");
        write_value(member.value(), sink);
      }
      sink.put("}");
      return;
    }
  }
}

// Members lie in a row, and one is removed at the cost of all behind it: many are removed at once.
void remove_members(json::object& object, const std::vector<std::string_view>& removed,
                    const json::object& patch) {
  constexpr size_t kFew = 16;
  if (removed.size() <= kFew) {
    for (std::string_view key : removed)
      if (auto found = object.find(key); found != object.end()) object.stable_erase(found);
    return;
  }
  json::object kept;
  kept.reserve(object.size());
  for (auto& member : object) {
    const json::value* change = patch.if_contains(member.key());
    if (change == nullptr || !change->is_null())
      kept.emplace(member.key(), std::move(member.value()));
  }
  object = std::move(kept);
}

}  // namespace

std::string json_text(const json::value& value) {
  std::string text;
  Appender sink{text};
  write_value(value, sink);
  return text;
}

size_t json_weight(const json::value& value) {
  Counter sink;
  write_value(value, sink);
  return sink.length;
}

Result<json::value> json_parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = limits::kMaxJsonDepth;
  boost::system::error_code error;
  json::stream_parser parser(json::storage_ptr(), options);
  const size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && used == text.size()) parser.finish(error);
  if (!error && used == text.size()) return parser.release();
  const std::string_view before = text.substr(0, used);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t line_start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return Status(Code::kInvalid, "invalid JSON at line " + std::to_string(line) + ", column " +
                                    std::to_string(used - line_start + 1) + ": " +
                                    (error ? error.message() : "text after the value"));
}

const json::value* json_find(const json::value& root, JsonPath path) {
  const json::value* at = &root;
  for (std::string_view part : path) {
    const json::object* object = at->if_object();
    if (object == nullptr) return nullptr;
    at = object->if_contains(part);
    if (at == nullptr) return nullptr;
  }
  return at;
}

json::value& json_at(json::value& root, JsonPath path) {
  json::value* at = &root;
  for (std::string_view part : path) {
    if (!at->is_object()) *at = json::object();
    at = &at->get_object()[part];
  }
  return *at;
}

bool json_remove(json::value& root, JsonPath path) {
  json::value* at = &root;
  size_t left = path.size();
  for (std::string_view part : path) {
    json::object* object = at->if_object();
    if (object == nullptr) return false;
    auto found = object->find(part);
    if (found == object->end()) return false;
    if (--left == 0) {
      object->stable_erase(found);
      return true;
    }
    at = &found->value();
  }
  return false;
}

std::string json_string(const json::value& root, JsonPath path, std::string_view otherwise) {
  const json::value* found = json_find(root, path);
  if (found == nullptr || !found->is_string()) return std::string(otherwise);
  return std::string(found->get_string());
}

int64_t json_int(const json::value& root, JsonPath path, int64_t otherwise) {
  const json::value* found = json_find(root, path);
  if (found == nullptr) return otherwise;
  if (found->is_int64()) return found->get_int64();
  if (found->is_uint64()) return static_cast<int64_t>(found->get_uint64());
  return otherwise;
}

bool json_bool(const json::value& root, JsonPath path, bool otherwise) {
  const json::value* found = json_find(root, path);
  return found != nullptr && found->is_bool() ? found->get_bool() : otherwise;
}

std::vector<std::string> json_strings(const json::value& root, JsonPath path) {
  std::vector<std::string> strings;
  for (const json::value& item : json_array(root, path))
    if (item.is_string()) strings.emplace_back(item.get_string());
  return strings;
}

const json::array& json_array(const json::value& root, JsonPath path) {
  static const json::array kEmpty;
  const json::value* found = json_find(root, path);
  return found != nullptr && found->is_array() ? found->get_array() : kEmpty;
}

const json::object& json_object(const json::value& root, JsonPath path) {
  static const json::object kEmpty;
  const json::value* found = json_find(root, path);
  return found != nullptr && found->is_object() ? found->get_object() : kEmpty;
}

void json_merge_patch(json::value& target, const json::value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = json::object();
  json::object& object = target.get_object();
  std::vector<std::string_view> removed;
  for (const auto& member : patch.get_object()) {
    if (member.value().is_null())
      removed.push_back(member.key());
    else
      json_merge_patch(object[member.key()], member.value());
  }
  remove_members(object, removed, patch.get_object());
}

}  // namespace drydock

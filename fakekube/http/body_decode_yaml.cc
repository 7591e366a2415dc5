#include "fakekube/http/body_decode_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <sstream>
#include <utility>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "fakekube/api/status_error.h"
#include "fakekube/http/body_decode_scalar.h"
#include "fakekube/schema/go_json.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kConverting = "error converting YAML to JSON: ";
// yaml-cpp takes up to 630 bytes of a fiber's stack for each level.
constexpr size_t kMaxDepth = 100;
constexpr const char* kExcessive = "yaml: document contains excessive aliasing";
constexpr size_t kMaxAliasBytes = 8 * limits::kMaxRequestBytes;

std::string at_line(int line, const std::string& text) {
  return "yaml: " + (line > 0 ? "line " + std::to_string(line + 1) + ": " : "") + text;
}

// Doubles that are whole become integers, as on the way through JSON text.
json::value settled(const json::value& value) {
  if (const uint64_t* large = value.if_uint64()) return static_cast<double>(*large);
  const double* number = value.if_double();
  constexpr double kLimit = 9.2e18;
  if (number == nullptr || std::trunc(*number) != *number || std::fabs(*number) >= kLimit)
    return value;
  return static_cast<int64_t>(*number);
}

// Why a number has no form in JSON; "": it has.
std::string unsupported(const json::value& value) {
  const double* number = value.if_double();
  if (number == nullptr || std::isfinite(*number)) return "";
  return std::string("json: unsupported value: ") + (std::isnan(*number) ? "NaN"
                                                     : *number > 0       ? "+Inf"
                                                                         : "-Inf");
}

// Nodes made so far, and those that aliases made: go-yaml's measure against bombs.
class AliasLimit {
 public:
  // False: too many.
  bool count(bool by_alias) {
    ++nodes_;
    if (by_alias) ++aliased_;
    return aliased_ <= 100 || nodes_ <= 1000 || aliased_ * 100 <= nodes_ * allowed_percent();
  }
  bool count_bytes(size_t bytes) {
    bytes_ += bytes;
    return bytes_ <= kMaxAliasBytes;
  }

 private:
  uint64_t allowed_percent() const {
    constexpr uint64_t kFew = 400'000;
    constexpr uint64_t kMany = 4'000'000;
    if (nodes_ <= kFew) return 99;
    if (nodes_ >= kMany) return 10;
    return 99 - 89 * (nodes_ - kFew) / (kMany - kFew);
  }

  uint64_t nodes_ = 0;
  uint64_t aliased_ = 0;
  size_t bytes_ = 0;
};

// Ends the parser at the first error, which only an exception can: it would go on, deeper and
// deeper.
struct Stop {};

// Makes the value out of the parser's events.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(DecodedYaml& result) : result_(result) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    begin_node();
    add(nullptr, mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) fail("yaml: anchor contains itself");
    if (!copy_fits(known->second, true, frames_.size())) fail(kExcessive);
    add(known->second, mark, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    begin_node();
    const bool merges = tag == "?" && value == "<<" && !frames_.empty() && expects_key();
    if (merges) frames_.back().merges = true;
    add(scalar(tag, value), mark, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(json::array(), mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(json::object(), mark, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    json::value value;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    json::value key = nullptr;
    bool has_key = false;
    bool merges = false;                  // the key is "<<"
    std::vector<json::value> bases = {};  // what "<<" named
  };

  [[noreturn]] void fail(const std::string& why) {
    result_.error = std::string(kConverting) + why;
    throw Stop();
  }

  void begin_node() {
    if (!limit_.count(false)) fail(kExcessive);
  }

  bool expects_key() const { return frames_.back().value.is_object() && !frames_.back().has_key; }

  json::value plain_scalar(const std::string& text) {
    const json::value value = resolve_scalar(text);
    const bool is_key = !frames_.empty() && expects_key();
    if (std::string why = unsupported(value); !why.empty() && !is_key) fail(why);
    return is_key ? value : settled(value);
  }

  json::value scalar(const std::string& tag, const std::string& value) {
    if (tag == "?") return plain_scalar(value);
    if (tag == "tag:yaml.org,2002:binary") {
      const std::optional<std::string> bytes = base64_decode(value);
      if (!bytes) fail("yaml: !!binary value contains invalid base64 data");
      return text_value(valid_utf8(bytes.value_or("")));
    }
    constexpr std::array<std::string_view, 4> kPlainTags = {
        "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
        "tag:yaml.org,2002:null"};
    for (std::string_view plain : kPlainTags)
      if (tag == plain) return plain_scalar(value);
    return text_value(value);
  }

  // Counts what an alias copies into so many others, or an anchor keeps; false: too much or deep.
  bool copy_fits(const json::value& value, bool by_alias, size_t depth) {
    if (by_alias && !limit_.count(true)) return false;
    if (value.is_structured() && depth >= kMaxDepth) return false;
    if (!limit_.count_bytes(sizeof value)) return false;
    if (const json::string* text = value.if_string()) return limit_.count_bytes(text->size());
    const auto fits = [this, by_alias, depth](const json::value& inner) {
      return copy_fits(inner, by_alias, depth + 1);
    };
    if (const json::array* list = value.if_array())
      return std::all_of(list->begin(), list->end(), fits);
    const json::object* map = value.if_object();
    return map == nullptr || std::all_of(map->begin(), map->end(), [&](const auto& member) {
             return limit_.count_bytes(member.key().size()) && fits(member.value());
           });
  }

  void open(json::value value, const YAML::Mark& mark, YAML::anchor_t anchor) {
    begin_node();
    if (frames_.size() >= kMaxDepth) fail("yaml: exceeded max depth");
    frames_.push_back({.value = std::move(value), .mark = mark, .anchor = anchor, .key = nullptr});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    for (const json::value& base : frame.bases) merge(base, frame.value.get_object());
    add(std::move(frame.value), frame.mark, frame.anchor);
  }

  void merge(const json::value& base, json::object& map) {
    const json::array* list = base.if_array();
    if (list != nullptr) {
      for (const json::value& item : *list) merge_one(item, map);
    } else {
      merge_one(base, map);
    }
  }

  void merge_one(const json::value& base, json::object& map) {
    if (!base.is_object()) fail("yaml: map merge requires map or sequence of maps as the value");
    for (const auto& member : base.get_object()) map.emplace(member.key(), member.value());
  }

  void add(json::value value, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) {
      if (!copy_fits(value, false, 0)) fail(kExcessive);
      anchors_.insert_or_assign(anchor, value);
    }
    if (frames_.empty()) {
      result_.value = std::move(value);
      return;
    }
    Frame& frame = frames_.back();
    if (json::array* list = frame.value.if_array()) {
      list->push_back(std::move(value));
    } else if (!frame.has_key) {
      frame.key = std::move(value);
      frame.has_key = true;
    } else {
      add_member(frame, std::move(value), mark);
      frame.has_key = false;
      frame.merges = false;
    }
  }

  void add_member(Frame& frame, json::value value, const YAML::Mark& mark) {
    if (frame.merges) {
      frame.bases.push_back(std::move(value));
      return;
    }
    const std::optional<std::string> key = key_text(frame.key);
    if (!key) fail("unsupported map key of type: " + type_name(frame.key));
    json::object& map = frame.value.get_object();
    const auto [place, fresh] = map.emplace(*key, nullptr);
    place->value() = std::move(value);
    if (fresh || duplicates_ == kMaxDuplicates) return;
    ++duplicates_;
    if (result_.strict_error.empty())
      result_.strict_error = std::string(kConverting) + "yaml: unmarshal errors:";
    result_.strict_error += "\n  line " + std::to_string(mark.line + 1) + ": key " + quoted(*key) +
                            " already set in map";
  }

  static std::string type_name(const json::value& key) {
    if (key.is_null()) return "%!s(<nil>)";
    return key.is_array() ? "slice" : "map";
  }

  static constexpr size_t kMaxDuplicates = 100;

  DecodedYaml& result_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, json::value> anchors_;
  AliasLimit limit_;
  size_t duplicates_ = 0;
};

// What a reader of YAML may not meet: bytes that are no UTF-8, and control characters.
std::string bad_bytes(std::string_view text) {
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
    if (control || byte == 0x7F) return "yaml: control characters are not allowed";
  }
  if (valid_utf8(text) != text) return "yaml: invalid leading UTF-8 octet";
  return "";
}

// go-yaml's words for what yaml-cpp says.
std::string go_words(const std::string& message) {
  static const std::map<std::string_view, std::string_view> words = {
      {YAML::ErrorMsg::END_OF_MAP, "did not find expected key"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "did not find expected ',' or '}'"},
      {YAML::ErrorMsg::END_OF_SEQ, "did not find expected '-' indicator"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "did not find expected ',' or ']'"},
      {YAML::ErrorMsg::MAP_VALUE, "mapping values are not allowed in this context"},
      {YAML::ErrorMsg::MAP_KEY, "mapping keys are not allowed in this context"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "block sequence entries are not allowed in this context"},
      {YAML::ErrorMsg::FLOW_END, "did not find expected node content"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "found character that cannot start any token"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "found unexpected end of stream"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "unknown anchor referenced"},
  };
  const auto found = words.find(message);
  return found == words.end() ? message : std::string(found->second);
}

void parse(std::string_view text, DecodedYaml& result) {
  std::istringstream stream{std::string(text)};
  Builder builder(result);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
  } catch (const Stop&) {
    // It has left its error.
  } catch (const YAML::Exception& error) {
    result.error = std::string(kConverting) + at_line(error.mark.line, go_words(error.msg));
  }
}

void settle_all(json::value& value) {
  if (json::array* list = value.if_array())
    for (json::value& item : *list) settle_all(item);
  else if (json::object* map = value.if_object())
    for (auto& member : *map) settle_all(member.value());
  else
    value = settled(value);
}

}  // namespace

DecodedYaml decode_yaml(std::string_view text) {
  DecodedYaml result;
  DecodedJson as_json = decode_json(text);  // most clients send JSON, which means the same
  if (as_json.error.empty() && as_json.duplicates.empty()) {
    settle_all(as_json.value);
    result.value = std::move(as_json.value);
    return result;
  }
  const std::string bad = bad_bytes(text);
  if (!bad.empty())
    result.error = std::string(kConverting) + bad;
  else
    parse(text, result);
  if (!result.error.empty()) result.value = nullptr;
  return result;
}

}  // namespace drydock::fakekube

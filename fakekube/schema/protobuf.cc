#include "fakekube/schema/protobuf.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/base/text.h"
#include "core/base/time.h"
#include "fakekube/api/status_error.h"
#include "fakekube/schema/go_json.h"
#include "fakekube/schema/go_text.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kMagic("k8s\0", 4);
constexpr std::string_view kUnexpectedEnd = "unexpected EOF";
// Groups are skipped, nested ones too; nobody sends them.
constexpr int kMaxGroupDepth = 100;
constexpr int64_t kLastSecond = 9'223'372'035;  // the last that a WallTime holds

enum Wire : int { kVarint = 0, kFixed64 = 1, kBytes = 2, kGroup = 3, kEndGroup = 4, kFixed32 = 5 };

// One message's fields, one after the other.
class Cursor {
 public:
  // `message` is the name in error texts, "" of well-known ones.
  Cursor(std::string_view bytes, std::string_view message) : rest_(bytes), message_(message) {}

  // The next field's head; false at the end, or with error().
  bool next() {
    if (rest_.empty() || !error_.empty()) return false;
    const std::optional<uint64_t> head = varint();
    if (!head) return false;
    number_ = static_cast<int32_t>(*head >> 3);
    wire_ = static_cast<int>(*head & 7);
    const std::string name = "proto: " + std::string(message_);
    if (wire_ == kEndGroup) return fail(name + ": wiretype end group for non-group");
    if (number_ <= 0)
      return fail(name + ": illegal tag " + std::to_string(number_) + " (wire type " +
                  std::to_string(*head) + ")");
    return true;
  }

  int number() const { return number_; }
  const std::string& error() const { return error_; }
  bool fail(std::string text) {
    error_ = std::move(text);
    return false;
  }

  // Whether the field is coded so; else error(). `field` is its name in the error's text.
  bool is(Wire wire, std::string_view field) {
    if (wire_ == wire) return true;
    std::string name(field);
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] -= 'a' - 'A';
    return fail("proto: wrong wireType = " + std::to_string(wire_) + " for field " + name);
  }

  std::optional<uint64_t> varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) {
        fail(std::string(kUnexpectedEnd));
        return std::nullopt;
      }
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail("proto: integer overflow");
    return std::nullopt;
  }

  std::optional<std::string_view> bytes() {
    const std::optional<uint64_t> length = varint();
    if (!length) return std::nullopt;
    if (*length > INT64_MAX) {
      fail("proto: negative length found during unmarshaling");
      return std::nullopt;
    }
    return take(*length);
  }

  // Passes over the field, whatever it is.
  bool skip() { return skip_value(wire_, 0); }

 private:
  std::optional<std::string_view> take(uint64_t length) {
    if (length > rest_.size()) {
      fail(std::string(kUnexpectedEnd));
      return std::nullopt;
    }
    const std::string_view part = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return part;
  }

  bool skip_value(int wire, int depth) {
    switch (wire) {
      case kVarint: return varint().has_value();
      case kFixed64: return take(8).has_value();
      case kBytes: return bytes().has_value();
      case kFixed32: return take(4).has_value();
      case kGroup: return skip_group(depth + 1);
      default: return fail("proto: illegal wireType " + std::to_string(wire));
    }
  }

  bool skip_group(int depth) {
    if (depth > kMaxGroupDepth) return fail("proto: unexpected end of group");
    while (true) {
      const std::optional<uint64_t> head = varint();
      if (!head) return false;
      const int wire = static_cast<int>(*head & 7);
      if (wire == kEndGroup) return true;
      if (!skip_value(wire, depth)) return false;
    }
  }

  std::string_view rest_;
  std::string_view message_;
  int number_ = 0;
  int wire_ = 0;
  std::string error_;
};

class Decoder {
 public:
  // Adds the message's fields to `object`.
  bool read_message(std::string_view bytes, const ApiType& type, json::object& object) {
    Cursor cursor(bytes, type.name);
    while (cursor.next()) {
      if (const ApiField* field = type.numbered(cursor.number())) {
        if (!read_field(cursor, *field, object)) return failed(cursor);
      } else if (const ApiType* inner = embedded(type, cursor.number())) {
        if (!cursor.is(kBytes, inner->name)) return failed(cursor);
        const auto part = cursor.bytes();
        if (!part) return failed(cursor);
        if (!read_message(*part, *inner, object)) return false;
      } else if (!cursor.skip()) {
        return failed(cursor);
      }
    }
    return failed(cursor);
  }

  const std::string& error() const { return error_; }

 private:
  // False when the cursor or a message within it has failed.
  bool failed(const Cursor& cursor) {
    if (error_.empty()) error_ = cursor.error();
    return error_.empty();
  }

  bool fail(std::string text) {
    error_ = std::move(text);
    return false;
  }

  static const ApiType* embedded(const ApiType& type, int number) {
    for (const ApiEmbedded& inner : type.embedded)
      if (inner.number == number) return inner.type;
    return nullptr;
  }

  bool read_field(Cursor& cursor, const ApiField& field, json::object& object) {
    if (field.shape == ApiShape::kMap) return read_entry(cursor, field, object);
    if (field.shape == ApiShape::kOne) {
      // A message that comes twice is merged into the first.
      json::value value = nullptr;
      if (json::value* present = object.if_contains(field.name)) value = std::move(*present);
      if (!read_value(cursor, field, value)) return false;
      set_member(object, field.name, std::move(value));
      return true;
    }
    json::value& list = object[field.name];
    if (!list.is_array()) list.emplace_array();
    json::value item = nullptr;
    if (!read_value(cursor, field, item)) return false;
    list.get_array().push_back(std::move(item));
    return true;
  }

  bool read_entry(Cursor& cursor, const ApiField& field, json::object& object) {
    if (!cursor.is(kBytes, field.name)) return false;
    const auto part = cursor.bytes();
    if (!part) return false;
    std::string key;
    json::value value = zero_of(field);
    Cursor entry(*part, field.name);
    while (entry.next()) {
      if (entry.number() == 1) {
        const auto text = entry.bytes();
        if (text) key = valid_utf8(*text);
      } else if (entry.number() == 2) {
        read_value(entry, field, value);
      } else {
        entry.skip();
      }
      if (!entry.error().empty() || !error_.empty()) break;
    }
    if (!failed(entry)) return false;
    json::value& map = object[field.name];
    if (!map.is_object()) map.emplace_object();
    set_member(map.get_object(), key, std::move(value));
    return true;
  }

  static json::value zero_of(const ApiField& field) {
    switch (field.kind) {
      case ApiKind::kQuantity: return "0";
      case ApiKind::kStrings: return json::array();
      case ApiKind::kStruct: return json::object();
      default: return "";
    }
  }

  // One value; into `value`, which may hold what came before.
  bool read_value(Cursor& cursor, const ApiField& field, json::value& value) {
    switch (field.kind) {
      case ApiKind::kInt32:
      case ApiKind::kInt64:
      case ApiKind::kBool: return read_number(cursor, field, value);
      case ApiKind::kDouble: return cursor.skip();  // no type of ours has one in protobuf
      default: break;
    }
    if (!cursor.is(kBytes, field.name)) return false;
    const auto part = cursor.bytes();
    if (!part) return false;
    switch (field.kind) {
      case ApiKind::kString: value = text_value(valid_utf8(*part)); return true;
      case ApiKind::kBytes: value = text_value(base64_encode(*part)); return true;
      case ApiKind::kStruct:
        if (!value.is_object()) value.emplace_object();
        return read_message(*part, *field.type, value.get_object());
      default: return read_well_known(*part, field.kind, value);
    }
  }

  static bool read_number(Cursor& cursor, const ApiField& field, json::value& value) {
    if (!cursor.is(kVarint, field.name)) return false;
    const std::optional<uint64_t> number = cursor.varint();
    if (!number) return false;
    if (field.kind == ApiKind::kBool)
      value = *number != 0;
    else if (field.kind == ApiKind::kInt32)
      value = static_cast<int64_t>(static_cast<int32_t>(*number));
    else
      value = static_cast<int64_t>(*number);
    return true;
  }

  // The small messages that are no struct in JSON.
  bool read_well_known(std::string_view bytes, ApiKind kind, json::value& value) {
    int64_t numbers[4] = {0, 0, 0, 0};
    std::string texts[4];
    json::array items;
    Cursor cursor(bytes, "");
    while (cursor.next()) {
      const bool known = cursor.number() <= 3;
      const auto at = static_cast<size_t>(known ? cursor.number() : 0);
      if (is_text_field(kind, cursor.number())) {
        const auto text = cursor.bytes();
        if (!text) break;
        texts[at] = kind == ApiKind::kRaw ? std::string(*text) : valid_utf8(*text);
        items.push_back(text_value(texts[at]));
      } else if (known) {
        if (!cursor.is(kVarint, "value")) break;
        numbers[at] = static_cast<int64_t>(cursor.varint().value_or(0));
      } else if (!cursor.skip()) {
        break;
      }
    }
    if (!failed(cursor)) return false;
    switch (kind) {
      case ApiKind::kQuantity: value = text_value(texts[1].empty() ? "0" : texts[1]); return true;
      case ApiKind::kStrings: value = std::move(items); return true;
      case ApiKind::kRaw: return read_raw(texts[1], value);
      case ApiKind::kIntOrString:
        value = numbers[1] == 1
                    ? text_value(texts[3])
                    : json::value(static_cast<int64_t>(static_cast<int32_t>(numbers[2])));
        return true;
      default: value = time_value(numbers[1], numbers[2], kind == ApiKind::kMicroTime); return true;
    }
  }

  static bool is_text_field(ApiKind kind, int number) {
    if (kind == ApiKind::kIntOrString) return number == 3;
    return number == 1 && kind != ApiKind::kTime && kind != ApiKind::kMicroTime;
  }

  bool read_raw(const std::string& text, json::value& value) {
    value = nullptr;
    if (text.empty()) return true;
    DecodedJson decoded = decode_json(text);
    if (!decoded.error.empty()) return fail(std::move(decoded.error));
    value = std::move(decoded.value);
    return true;
  }

  static json::value time_value(int64_t second, int64_t nano, bool micro) {
    if (second <= 0 || second > kLastSecond) return nullptr;
    const WallTime time =
        WallTime(seconds(second) + nanoseconds(std::clamp<int64_t>(nano, 0, 999'999'999)));
    return text_value(micro ? format_rfc3339_micro(time) : format_rfc3339(time));
  }

  std::string error_;
};

// runtime.Unknown.
struct Envelope {
  std::string api_version;
  std::string kind;
  std::string_view raw;
  std::string error;
};

void read_type_meta(std::string_view bytes, Envelope& envelope) {
  Cursor cursor(bytes, "TypeMeta");
  while (cursor.next()) {
    const int number = cursor.number();
    if (number != 1 && number != 2) {
      cursor.skip();
      continue;
    }
    if (!cursor.is(kBytes, number == 1 ? "APIVersion" : "Kind")) break;
    const auto text = cursor.bytes();
    if (text) (number == 1 ? envelope.api_version : envelope.kind) = valid_utf8(*text);
  }
  envelope.error = cursor.error();
}

Envelope read_envelope(std::string_view bytes) {
  Envelope envelope;
  Cursor cursor(bytes, "Unknown");
  while (envelope.error.empty() && cursor.next()) {
    const int number = cursor.number();
    if (number > 4) {
      cursor.skip();
      continue;
    }
    constexpr std::string_view kNames[] = {"TypeMeta", "Raw", "ContentEncoding", "ContentType"};
    if (!cursor.is(kBytes, kNames[number - 1])) break;
    const auto part = cursor.bytes();
    if (!part) break;
    if (number == 1) read_type_meta(*part, envelope);
    if (number == 2) envelope.raw = *part;
  }
  if (envelope.error.empty()) envelope.error = cursor.error();
  return envelope;
}

std::string_view group_of(std::string_view api_version) {
  const size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

std::string bad_prefix(std::string_view bytes) {
  if (bytes.empty()) return "empty data";
  if (!bytes.starts_with(kMagic))
    return "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]";
  return bytes.size() == kMagic.size() ? "empty body" : "";
}

}  // namespace

DecodedProtobuf decode_protobuf(std::string_view bytes, const ApiType* expected) {
  DecodedProtobuf result;
  result.error = bad_prefix(bytes);
  if (!result.error.empty()) return result;
  const Envelope envelope = read_envelope(bytes.substr(kMagic.size()));
  result.error = envelope.error;
  if (!result.error.empty()) return result;
  json::object& object = result.value.emplace_object();
  if (!envelope.kind.empty()) object.emplace("kind", text_value(envelope.kind));
  if (!envelope.api_version.empty()) object.emplace("apiVersion", text_value(envelope.api_version));
  if (expected == nullptr) {
    result.error =
        "object *unstructured.Unstructured does not implement the protobuf marshalling interface "
        "and cannot be encoded to a protobuf message";
    return result;
  }
  const ApiType* type = envelope.kind.empty()
                            ? expected
                            : api_type_of_kind(group_of(envelope.api_version), envelope.kind);
  if (type == nullptr && envelope.kind == "DeleteOptions")
    type = api_type_of_kind("", envelope.kind);
  if (type == nullptr) {
    result.error = not_registered(envelope.api_version, envelope.kind);
    return result;
  }
  Decoder decoder;
  decoder.read_message(envelope.raw, *type, object);
  result.error = decoder.error();
  return result;
}

}  // namespace drydock::fakekube

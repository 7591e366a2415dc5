// JSON to WrappedMessages and back.
#include <array>
#include <bit>

#include "core/base/json.h"
#include "core/base/text.h"
#include "fakegrid/server/proto_schema.h"
#include "fakegrid/server/proto_wire.h"

namespace drydock::fakegrid {
namespace {

constexpr int kTypeName = 16;
constexpr int kMessage = 17;
constexpr int kDepthLimit = 32;

struct Scalar {
  std::string_view type;
  int wrapped;  // its field in a WrappedMessage
  ProtoWire wire;
};
constexpr std::array<Scalar, 15> kScalars = {{{"double", 1, ProtoWire::kFixed64},
                                              {"float", 2, ProtoWire::kFixed32},
                                              {"int64", 3, ProtoWire::kVarint},
                                              {"uint64", 4, ProtoWire::kVarint},
                                              {"int32", 5, ProtoWire::kVarint},
                                              {"fixed64", 6, ProtoWire::kFixed64},
                                              {"fixed32", 7, ProtoWire::kFixed32},
                                              {"bool", 8, ProtoWire::kVarint},
                                              {"string", 9, ProtoWire::kBytes},
                                              {"bytes", 10, ProtoWire::kBytes},
                                              {"uint32", 11, ProtoWire::kVarint},
                                              {"sfixed32", 12, ProtoWire::kFixed32},
                                              {"sfixed64", 13, ProtoWire::kFixed64},
                                              {"sint32", 14, ProtoWire::kVarint},
                                              {"sint64", 15, ProtoWire::kVarint}}};

const Scalar* find_scalar(std::string_view type) {
  for (const Scalar& one : kScalars)
    if (one.type == type) return &one;
  return nullptr;
}

bool is_zigzag(const Scalar& scalar) { return scalar.type == "sint32" || scalar.type == "sint64"; }

Status wrong_value(std::string_view type) {
  return Status(Code::kInvalid, "not a value of type " + std::string(type));
}

uint64_t floating_bits(const Scalar& scalar, double value) {
  return scalar.wire == ProtoWire::kFixed64 ? std::bit_cast<uint64_t>(value)
                                            : std::bit_cast<uint32_t>(static_cast<float>(value));
}

Status append_scalar(std::string& out, int number, const Scalar& scalar, const json::value& value) {
  if (scalar.wire == ProtoWire::kBytes) {
    if (!value.is_string()) return wrong_value(scalar.type);
    const std::string_view text = value.get_string();
    if (scalar.type == "string") {
      append_bytes_field(out, number, text);
      return ok_status();
    }
    const std::optional<std::string> bytes = base64_decode(text);
    if (!bytes) return wrong_value(scalar.type);
    append_bytes_field(out, number, *bytes);
    return ok_status();
  }
  uint64_t bits = 0;
  if (scalar.type == "double" || scalar.type == "float") {
    if (!value.is_number()) return wrong_value(scalar.type);
    bits = floating_bits(scalar, value.to_number<double>());
  } else if (value.is_bool()) {
    bits = value.get_bool() ? 1 : 0;
  } else if (value.is_int64()) {
    const int64_t number_value = value.get_int64();
    bits = static_cast<uint64_t>(number_value);
    if (is_zigzag(scalar)) bits = bits << 1 ^ static_cast<uint64_t>(number_value >> 63);
  } else if (value.is_uint64()) {
    bits = value.get_uint64();
  } else {
    return wrong_value(scalar.type);
  }
  if (scalar.wire == ProtoWire::kVarint)
    append_varint_field(out, number, bits);
  else
    append_fixed_field(out, number, scalar.wire, bits);
  return ok_status();
}

// `written` as seen from inside of the message `owner`: the innermost scope that has it.
template <class Map>
std::string resolved(const Map& known, std::string owner, const std::string& written) {
  for (;;) {
    std::string name = owner.empty() ? written : owner + "." + written;
    if (known.count(name) > 0) return name;
    if (owner.empty()) return "";
    const size_t dot = owner.rfind('.');
    owner = dot == std::string::npos ? "" : owner.substr(0, dot);
  }
}

class Encoder {
 public:
  explicit Encoder(const ProtoTypes& types) : types_(types) {}

  Result<std::string> message(const std::string& type, const json::object& members, int depth) {
    const auto found = types_.messages.find(type);
    if (found == types_.messages.end() || depth > kDepthLimit)
      return Status(Code::kInvalid, "Unknown type name : " + type);
    std::string out;
    for (const auto& member : members) {
      if (member.key() == "_type") continue;
      const ProtoField* field = nullptr;
      for (const ProtoField& one : found->second.fields)
        if (one.name == std::string_view(member.key())) field = &one;
      if (field == nullptr)
        return Status(Code::kInvalid, "The field '" + std::string(member.key()) +
                                          "' was not found in '" + type + "'");
      DRYDOCK_RETURN_IF_ERROR(append(out, type, *field, member.value(), depth));
    }
    return out;
  }

 private:
  Status append(std::string& out, const std::string& owner, const ProtoField& field,
                const json::value& value, int depth) {
    if (value.is_null()) return ok_status();
    const json::array* items = value.if_array();
    if (items == nullptr) return append_one(out, owner, field, value, depth);
    for (const json::value& item : *items)
      DRYDOCK_RETURN_IF_ERROR(append_one(out, owner, field, item, depth));
    return ok_status();
  }

  Status append_one(std::string& out, const std::string& owner, const ProtoField& field,
                    const json::value& value, int depth) {
    if (const Scalar* scalar = find_scalar(field.type))
      return append_scalar(out, field.number, *scalar, value);
    const std::string enum_name = resolved(types_.enums, owner, field.type);
    if (!enum_name.empty()) {
      const auto& values = types_.enums.find(enum_name)->second;
      const auto found = values.find(value.is_string() ? std::string(value.get_string()) : "");
      if (found == values.end()) return wrong_value(enum_name);
      append_varint_field(out, field.number, static_cast<uint64_t>(found->second));
      return ok_status();
    }
    if (!value.is_object()) return wrong_value(field.type);
    const std::string type = resolved(types_.messages, owner, field.type);
    DRYDOCK_ASSIGN(const std::string inner, message(type, value.get_object(), depth + 1));
    append_bytes_field(out, field.number, inner);
    return ok_status();
  }

  const ProtoTypes& types_;
};

json::value scalar_json(const Scalar& scalar, const ProtoReader::Field& field) {
  if (scalar.type == "string") return json::value(field.bytes);
  if (scalar.type == "bytes") return json::value(base64_encode(field.bytes));
  if (scalar.type == "bool") return field.number_value != 0;
  if (scalar.type == "double") return std::bit_cast<double>(field.number_value);
  if (scalar.type == "float")
    return std::bit_cast<float>(static_cast<uint32_t>(field.number_value));
  if (is_zigzag(scalar))
    return static_cast<int64_t>(field.number_value >> 1) ^
           -static_cast<int64_t>(field.number_value & 1);
  if (scalar.type == "uint64" || scalar.type == "fixed64") return field.number_value;
  if (scalar.type == "uint32" || scalar.type == "fixed32")
    return static_cast<uint32_t>(field.number_value);
  if (scalar.type == "int32" || scalar.type == "sfixed32")
    return static_cast<int32_t>(field.number_value);
  return static_cast<int64_t>(field.number_value);
}

class Decoder {
 public:
  explicit Decoder(const ProtoTypes& types) : types_(types) {}

  Result<json::object> message(const std::string& type, std::string_view bytes, int depth) {
    const auto found = types_.messages.find(type);
    if (found == types_.messages.end() || depth > kDepthLimit)
      return Status(Code::kInvalid, "Unknown type name : " + type);
    json::object out;
    ProtoReader reader(bytes);
    while (const auto read = reader.next()) {
      for (const ProtoField& field : found->second.fields) {
        if (field.number != read->number) continue;
        DRYDOCK_ASSIGN(json::value value, one(type, field, *read, depth));
        if (!field.repeated) {
          out[field.name] = std::move(value);
          continue;
        }
        json::value& items = out[field.name];
        if (!items.is_array()) items = json::array();
        items.get_array().push_back(std::move(value));
      }
    }
    if (reader.broken()) return Status(Code::kInvalid, "broken message of type " + type);
    return out;
  }

 private:
  Result<json::value> one(const std::string& owner, const ProtoField& field,
                          const ProtoReader::Field& read, int depth) {
    if (const Scalar* scalar = find_scalar(field.type)) return scalar_json(*scalar, read);
    const std::string enum_name = resolved(types_.enums, owner, field.type);
    if (!enum_name.empty()) {
      for (const auto& [name, number] : types_.enums.find(enum_name)->second)
        if (number == static_cast<int>(read.number_value)) return json::value(name);
      return json::value(static_cast<int64_t>(read.number_value));
    }
    const std::string type = resolved(types_.messages, owner, field.type);
    DRYDOCK_ASSIGN(json::object inner, message(type, read.bytes, depth + 1));
    return json::value(std::move(inner));
  }

  const ProtoTypes& types_;
};

}  // namespace

Result<std::string> json_to_protostream(std::string_view text, const ProtoTypes& types) {
  DRYDOCK_ASSIGN(const json::value value, json_parse(text));
  std::string out;
  if (value.is_string()) return wrapped_string(value.get_string());
  const json::object* members = value.if_object();
  const json::value* type = members == nullptr ? nullptr : members->if_contains("_type");
  if (type == nullptr || !type->is_string())
    return Status(Code::kInvalid, "IPROTO000016: Expected a '_type' in the JSON document");
  const std::string name(type->get_string());
  if (const Scalar* scalar = find_scalar(name)) {
    const json::value* content = members->if_contains("_value");
    if (content == nullptr) return wrong_value(name);
    DRYDOCK_RETURN_IF_ERROR(append_scalar(out, scalar->wrapped, *scalar, *content));
    return out;
  }
  DRYDOCK_ASSIGN(const std::string message, Encoder(types).message(name, *members, 0));
  append_bytes_field(out, kTypeName, name);
  append_bytes_field(out, kMessage, message);
  return out;
}

Result<std::string> protostream_to_json(std::string_view wrapped, const ProtoTypes& types) {
  std::string type;
  ProtoReader reader(wrapped);
  while (const auto field = reader.next()) {
    if (field->number == kTypeName) type = field->bytes;
    for (const Scalar& scalar : kScalars)
      if (scalar.wrapped == field->number && scalar.wire == field->wire)
        return json_text(
            json::object{{"_type", scalar.type}, {"_value", scalar_json(scalar, *field)}});
    if (field->number != kMessage) continue;
    DRYDOCK_ASSIGN(const json::object members, Decoder(types).message(type, field->bytes, 0));
    json::object out{{"_type", type}};
    for (const auto& member : members) out[member.key()] = member.value();
    return json_text(out);
  }
  return Status(Code::kInvalid, "not a wrapped value");
}

std::string wrapped_string(std::string_view text) {
  std::string out;
  append_bytes_field(out, 9, text);
  return out;
}

std::string wrapped_int32(int32_t value) {
  std::string out;
  append_varint_field(out, 5, static_cast<uint64_t>(static_cast<int64_t>(value)));
  return out;
}

std::string wrapped_int64(int64_t value) {
  std::string out;
  append_varint_field(out, 3, static_cast<uint64_t>(value));
  return out;
}

std::optional<std::string> unwrapped_text(std::string_view wrapped) {
  ProtoReader reader(wrapped);
  const auto field = reader.next();
  if (!field) return std::nullopt;
  for (const Scalar& scalar : kScalars) {
    if (scalar.wrapped != field->number || scalar.wire != field->wire) continue;
    if (scalar.wire == ProtoWire::kBytes) return std::string(field->bytes);
    return json_text(scalar_json(scalar, *field));
  }
  return std::nullopt;
}

}  // namespace drydock::fakegrid

// Proto schemas as far as the grid needs them: is a text one, and which messages does it define, so
// that JSON becomes protostream and back.
//
//   ProtoTypes types = proto_types(node.schemas());
//   DRYDOCK_ASSIGN(std::string wrapped, json_to_protostream(R"({"_type":"p.M","a":1})", types));
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace drydock::fakegrid {

struct ProtoField {
  std::string name;
  std::string type;  // "int32", or a message's or enum's name as written
  int number = 0;
  bool repeated = false;
};
struct ProtoMessage {
  std::vector<ProtoField> fields;
};
struct ProtoTypes {
  std::map<std::string, ProtoMessage, std::less<>> messages;             // by full name
  std::map<std::string, std::map<std::string, int>, std::less<>> enums;  // by full name
};

// Where the first thing stands that can't be there.
struct ProtoError {
  int line = 1;
  int column = 1;
  bool at_end = false;  // nothing follows it
};
struct ProtoFile {
  std::string package;
  ProtoTypes types;
  std::optional<ProtoError> error;
};
ProtoFile parse_proto(std::string_view text);

// All types of the schemas without an error.
ProtoTypes proto_types(const std::map<std::string, std::string>& schemas);

// A WrappedMessage of `{"_type":…,"_value":…}` (a scalar) or `{"_type":"p.Message",…}`. kInvalid:
// not such JSON, or an unknown type or field.
Result<std::string> json_to_protostream(std::string_view json, const ProtoTypes& types);
// The other way; kInvalid: an unknown type.
Result<std::string> protostream_to_json(std::string_view wrapped, const ProtoTypes& types);

// WrappedMessages of scalars.
std::string wrapped_string(std::string_view text);
std::string wrapped_int32(int32_t value);
std::string wrapped_int64(int64_t value);
// The text of a wrapped scalar: a string's characters, a number's digits. nullopt: a message.
std::optional<std::string> unwrapped_text(std::string_view wrapped);

}  // namespace drydock::fakegrid

#include "fakegrid/server/proto_wire.h"

namespace drydock::fakegrid {
namespace {

void append_varint(std::string& out, uint64_t value) {
  for (; value > 0x7f; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

void append_tag(std::string& out, int number, ProtoWire wire) {
  append_varint(out, static_cast<uint64_t>(number) << 3 | static_cast<uint64_t>(wire));
}

}  // namespace

void append_varint_field(std::string& out, int number, uint64_t value) {
  append_tag(out, number, ProtoWire::kVarint);
  append_varint(out, value);
}

void append_bytes_field(std::string& out, int number, std::string_view bytes) {
  append_tag(out, number, ProtoWire::kBytes);
  append_varint(out, bytes.size());
  out += bytes;
}

void append_fixed_field(std::string& out, int number, ProtoWire wire, uint64_t bits) {
  append_tag(out, number, wire);
  const int width = wire == ProtoWire::kFixed64 ? 8 : 4;
  for (int i = 0; i < width; ++i) out += static_cast<char>(bits >> (8 * i) & 0xff);
}

bool ProtoReader::varint(uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool ProtoReader::fixed(size_t width, uint64_t& value) {
  if (rest_.size() < width) return false;
  value = 0;
  for (size_t i = 0; i < width; ++i)
    value |= static_cast<uint64_t>(static_cast<uint8_t>(rest_[i])) << (8 * i);
  rest_.remove_prefix(width);
  return true;
}

std::optional<ProtoReader::Field> ProtoReader::next() {
  if (rest_.empty() || broken_) return std::nullopt;
  uint64_t tag = 0;
  Field field;
  bool good = varint(tag);
  field.number = static_cast<int>(tag >> 3);
  field.wire = static_cast<ProtoWire>(tag & 7);
  switch (field.wire) {
    case ProtoWire::kVarint: good = good && varint(field.number_value); break;
    case ProtoWire::kFixed64: good = good && fixed(8, field.number_value); break;
    case ProtoWire::kFixed32: good = good && fixed(4, field.number_value); break;
    case ProtoWire::kBytes: {
      uint64_t length = 0;
      good = good && varint(length) && length <= rest_.size();
      if (!good) break;
      field.bytes = rest_.substr(0, length);
      rest_.remove_prefix(length);
      break;
    }
    default: good = false;
  }
  broken_ = !good;
  return good ? std::optional<Field>(field) : std::nullopt;
}

}  // namespace drydock::fakegrid

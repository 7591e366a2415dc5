// Protobuf's wire format, as far as wrapped values need it.
//
//   append_varint_field(out, 5, 7);
//   ProtoReader reader(bytes);
//   while (auto field = reader.next()) use(field->number, field->varint, field->bytes);
//   if (reader.broken()) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drydock::fakegrid {

enum class ProtoWire { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void append_varint_field(std::string& out, int number, uint64_t value);
void append_bytes_field(std::string& out, int number, std::string_view bytes);
// kFixed64 or kFixed32: the low bytes of `bits`.
void append_fixed_field(std::string& out, int number, ProtoWire wire, uint64_t bits);

class ProtoReader {
 public:
  struct Field {
    int number = 0;
    ProtoWire wire = ProtoWire::kVarint;
    uint64_t number_value = 0;  // varint, fixed
    std::string_view bytes;     // kBytes
  };

  explicit ProtoReader(std::string_view bytes) : rest_(bytes) {}
  // nullopt: the end, or broken().
  std::optional<Field> next();
  bool broken() const { return broken_; }

 private:
  bool varint(uint64_t& value);
  bool fixed(size_t width, uint64_t& value);

  std::string_view rest_;
  bool broken_ = false;
};

}  // namespace drydock::fakegrid

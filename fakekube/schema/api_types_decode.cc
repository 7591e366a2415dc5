#include "fakekube/schema/api_types_decode.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "fakekube/schema/api_types_scalars.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// Go keeps at most so many strict errors.
constexpr size_t kMaxUnknown = 100;

bool is_nothing(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return true;
    case json::kind::bool_: return !value.get_bool();
    case json::kind::int64: return value.get_int64() == 0;
    case json::kind::string: return value.get_string().empty();
    case json::kind::array: return value.get_array().empty();
    case json::kind::object: return value.get_object().empty();
    default: return false;
  }
}

// Whether Go would print a field with this value.
bool is_printed(const ApiField& field, const json::value& value) {
  if (field.always_printed) return true;
  if (value.is_null()) return false;
  if (field.shape != ApiShape::kOne) return !is_nothing(value);
  switch (field.kind) {
    case ApiKind::kStruct:
    case ApiKind::kRaw: return true;  // behind a pointer, or always printed
    case ApiKind::kBytes: return !is_nothing(value);
    default: return field.pointer || !is_nothing(value);
  }
}

// The field's zero as Go prints it.
json::value zero_of(const ApiField& field) {
  if (field.shape != ApiShape::kOne) return nullptr;
  switch (field.kind) {
    case ApiKind::kString: return "";
    case ApiKind::kInt32:
    case ApiKind::kInt64:
    case ApiKind::kDouble:
    case ApiKind::kIntOrString: return 0;
    case ApiKind::kBool: return false;
    case ApiKind::kQuantity: return "0";
    case ApiKind::kStruct: return json::object();
    default: return nullptr;
  }
}

// What null means as an item of a list or a map.
json::value zero_item(const ApiField& field) {
  ApiField one;
  one.kind = field.kind;
  return zero_of(one);
}

void append_name(std::string& path, std::string_view name) {
  if (!path.empty()) path += '.';
  path += name;
}

class Conformer {
 public:
  Conformer(std::string_view path, bool arranges) : path_(path), arranges_(arranges) {}

  void read_struct(const ApiType& type, json::value& value) {
    json::object& object = value.get_object();
    const ApiType* outer = std::exchange(struct_, &type);
    const bool in_order = read_members(type, object);
    if (arranges_ && !failed() && !in_order) arrange(type, object);
    struct_ = outer;
  }

  ApiFindings findings() {
    if (!fatal_.empty()) findings_.type_error = std::move(fatal_);
    return std::move(findings_);
  }

 private:
  bool failed() const { return !fatal_.empty() || !findings_.type_error.empty(); }

  // Reads every member in document order; true when they stand as Go would print them.
  bool read_members(const ApiType& type, json::object& object) {
    bool in_order = true;
    size_t at = 0;
    for (auto& member : object) {
      const size_t place = place_of(type, member.key(), at);
      if (place == type.fields.size()) {
        note_unknown(member.key());
        in_order = false;
        continue;
      }
      const ApiField& field = type.fields[place];
      read_member(field, member.value());
      if (!fatal_.empty()) return false;
      for (; at < place; ++at) in_order = in_order && !type.fields[at].always_printed;
      in_order = in_order && place == at && is_printed(field, member.value());
      at = place + 1;
    }
    for (; at < type.fields.size(); ++at) in_order = in_order && !type.fields[at].always_printed;
    return in_order;
  }

  // The field's index; most documents have them in order, so the search begins at `from`.
  static size_t place_of(const ApiType& type, std::string_view name, size_t from) {
    const size_t count = type.fields.size();
    for (size_t i = from; i < count; ++i)
      if (type.fields[i].name == name) return i;
    for (size_t i = 0; i < std::min(from, count); ++i)
      if (type.fields[i].name == name) return i;
    return count;
  }

  void arrange(const ApiType& type, json::object& object) {
    json::object result;
    result.reserve(object.size());
    for (const ApiField& field : type.fields) {
      json::value* present = object.if_contains(field.name);
      if (present != nullptr && !present->is_null()) {
        if (is_printed(field, *present)) result.emplace(field.name, std::move(*present));
      } else if (field.always_printed) {
        json::value& zero = result.emplace(field.name, zero_of(field)).first->value();
        if (field.type != nullptr && zero.is_object()) read_struct(*field.type, zero);
      }
    }
    object = std::move(result);
  }

  void note_unknown(std::string_view name) {
    if (findings_.unknown.size() == kMaxUnknown) return;
    std::string path = path_;
    append_name(path, name);
    findings_.unknown.push_back(std::move(path));
  }

  void read_member(const ApiField& field, json::value& value) {
    if (value.is_null()) {
      if (!arranges_ || !field.always_printed) return;
      value = zero_of(field);
      if (!value.is_object()) return;
    }
    const size_t path = path_.size();
    const size_t fields = fields_.size();
    append_name(path_, field.name);
    append_name(fields_, field.name);
    read_shape(field, value);
    path_.resize(path);
    fields_.resize(fields);
  }

  void read_shape(const ApiField& field, json::value& value) {
    if (field.shape == ApiShape::kOne) return read_value(field, value);
    if (field.shape == ApiShape::kList) {
      json::array* list = value.if_array();
      if (list == nullptr) return mismatch(value, field.go_type);
      return read_items(field, *list);
    }
    json::object* map = value.if_object();
    if (map == nullptr) return mismatch(value, field.go_type);
    for (auto& member : *map) {
      const size_t path = path_.size();
      append_name(path_, member.key());
      read_item(field, member.value());
      path_.resize(path);
    }
  }

  void read_items(const ApiField& field, json::array& list) {
    for (size_t i = 0; i < list.size(); ++i) {
      const size_t path = path_.size();
      path_ += "[" + std::to_string(i) + "]";
      read_item(field, list[i]);
      path_.resize(path);
    }
  }

  void read_item(const ApiField& field, json::value& value) {
    if (value.is_null()) value = zero_item(field);
    if (!value.is_null()) read_value(field, value);
  }

  void read_value(const ApiField& field, json::value& value) {
    if (!fatal_.empty()) return;
    switch (field.kind) {
      case ApiKind::kString:
        if (!value.is_string()) mismatch(value, field.go_item_type);
        return;
      case ApiKind::kBool:
        if (!value.is_bool()) mismatch(value, field.go_item_type);
        return;
      case ApiKind::kInt32:
      case ApiKind::kInt64: return read_integer(field, value);
      case ApiKind::kDouble:
        if (!value.is_number()) mismatch(value, field.go_item_type);
        return;
      case ApiKind::kBytes: return read_bytes(field, value);
      case ApiKind::kStruct:
        if (!value.is_object()) return mismatch(value, field.go_item_type);
        return read_struct(*field.type, value);
      case ApiKind::kStrings: return read_strings(field, value);
      default: return read_special(field, value);
    }
  }

  void read_integer(const ApiField& field, json::value& value) {
    if (!value.is_number()) return mismatch(value, field.go_item_type);
    // A positive number may be held as either kind of integer.
    if (const uint64_t* given = value.if_uint64();
        given != nullptr && *given <= uint64_t{std::numeric_limits<int64_t>::max()})
      value = static_cast<int64_t>(*given);
    const int64_t* number = value.if_int64();
    const bool fits = number != nullptr && (field.kind == ApiKind::kInt64 ||
                                            (*number >= std::numeric_limits<int32_t>::min() &&
                                             *number <= std::numeric_limits<int32_t>::max()));
    if (!fits) mismatch_of("number " + number_text(value), field.go_item_type);
  }

  // A whole double was written with a fraction, or it would be an integer.
  static std::string number_text(const json::value& value) {
    const std::string text = json_text(value);
    const bool whole = value.is_double() && text.find_first_of(".eE") == std::string::npos;
    return whole ? text + ".0" : text;
  }

  void read_bytes(const ApiField& field, json::value& value) {
    if (!value.is_string()) return mismatch(value, field.go_item_type);
    std::string wrong = check_base64(std::string_view(value.get_string()));
    if (!wrong.empty() && findings_.type_error.empty()) findings_.type_error = std::move(wrong);
  }

  void read_strings(const ApiField& field, json::value& value) {
    if (!value.is_array()) return mismatch(value, field.go_item_type);
    for (json::value& item : value.get_array()) {
      if (item.is_null()) item = "";
      if (!item.is_string()) mismatch(item, "string");
    }
  }

  // Types that read themselves: their errors end the decoding at once.
  void read_special(const ApiField& field, json::value& value) {
    const bool micro = field.kind == ApiKind::kMicroTime;
    if (field.kind == ApiKind::kQuantity) {
      fatal_ = settle_quantity(value);
    } else if (field.kind == ApiKind::kIntOrString) {
      if (value.is_string()) return;
      ApiField number = field;
      number.kind = ApiKind::kInt32;
      number.go_item_type = "int32";
      read_integer(number, value);
    } else if (micro || field.kind == ApiKind::kTime) {
      if (value.is_string())
        fatal_ = settle_time(value, micro);
      else
        fatal_ = mismatch_text(go_json_kind(value), "string");
    }
  }

  void mismatch(const json::value& value, std::string_view wanted) {
    mismatch_of(go_json_kind(value), wanted);
  }
  void mismatch_of(std::string_view got, std::string_view wanted) {
    if (findings_.type_error.empty()) findings_.type_error = mismatch_text(got, wanted);
  }
  std::string mismatch_text(std::string_view got, std::string_view wanted) const {
    return "json: cannot unmarshal " + std::string(got) + " into Go struct field " +
           std::string(struct_->name) + "." + fields_ + " of type " + std::string(wanted);
  }

  const ApiType* struct_ = nullptr;
  std::string path_;    // of the member being read, as strict decoding names it
  std::string fields_;  // as type errors name it: without indices and map keys
  bool arranges_;
  std::string fatal_;
  ApiFindings findings_;
};

void order_item(const ApiField& field, json::value& value) {
  if (field.type != nullptr && value.is_object()) order_by_type(*field.type, value);
}

void order_shape(const ApiField& field, json::value& value) {
  if (field.type == nullptr) return;
  if (field.shape == ApiShape::kOne) return order_item(field, value);
  if (json::array* list = value.if_array())
    for (json::value& item : *list) order_item(field, item);
  if (json::object* map = value.if_object())
    for (auto& member : *map) order_item(field, member.value());
}

// Whether the members stand in the struct's order; unknown ones don't.
bool in_order(const ApiType& type, const json::object& object) {
  size_t at = 0;
  for (const auto& member : object) {
    while (at < type.fields.size() && type.fields[at].name != member.key()) ++at;
    if (at == type.fields.size()) return false;
    ++at;
  }
  return true;
}

}  // namespace

ApiFindings conform(const ApiType& type, json::value& value) {
  Conformer conformer("", true);
  conformer.read_struct(type, value);
  return conformer.findings();
}

ApiFindings check_types(const ApiType& type, json::value& value, std::string_view path) {
  Conformer conformer(path, false);
  conformer.read_struct(type, value);
  return conformer.findings();
}

void order_by_type(const ApiType& type, json::value& value) {
  json::object& object = value.get_object();
  if (!in_order(type, object)) {
    json::object result;
    result.reserve(object.size());
    for (const ApiField& field : type.fields)
      if (json::value* present = object.if_contains(field.name))
        result.emplace(field.name, std::move(*present));
    for (auto& member : object)
      if (type.field(member.key()) == nullptr)
        result.emplace(member.key(), std::move(member.value()));
    object = std::move(result);
  }
  size_t at = 0;
  for (auto& member : object) {
    while (at < type.fields.size() && type.fields[at].name != member.key()) ++at;
    if (at == type.fields.size()) return;
    order_shape(type.fields[at], member.value());
  }
}

}  // namespace drydock::fakekube

#include "fakekube/schema/apply_schema.h"

#include <algorithm>

#include "fakekube/schema/api_types.h"
#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

bool is_type_member(std::string_view name) { return name == "kind" || name == "apiVersion"; }

json::value zero_of(const ApiType& type);

json::value zero_of(const ApiField& field) {
  if (field.shape != ApiShape::kOne) return nullptr;
  switch (field.kind) {
    case ApiKind::kStruct: return zero_of(*field.type);
    case ApiKind::kString: return text_value("");
    case ApiKind::kInt32:
    case ApiKind::kInt64:
    case ApiKind::kDouble: return 0;
    case ApiKind::kBool: return false;
    default: return nullptr;
  }
}

json::value zero_of(const ApiType& type) {
  json::object object;
  for (const ApiField& field : type.fields)
    if (field.always_printed) object.emplace(field.name, zero_of(field));
  return object;
}

ApplySchema::Type scalar_type(ApiKind kind) {
  switch (kind) {
    case ApiKind::kString:
    case ApiKind::kBytes: return ApplySchema::Type::kString;
    case ApiKind::kInt32:
    case ApiKind::kInt64:
    case ApiKind::kDouble: return ApplySchema::Type::kNumber;
    case ApiKind::kBool: return ApplySchema::Type::kBoolean;
    default: return ApplySchema::Type::kAny;
  }
}

}  // namespace

ApplySchema ApplySchema::of_struct(const ApiType* type) {
  ApplySchema schema;
  schema.struct_ = type;
  return schema;
}

ApplySchema ApplySchema::of_node(const StructuralSchema* node) {
  ApplySchema schema;
  schema.custom_ = node;
  return schema;
}

ApplySchema ApplySchema::of(const ResourceType& type) {
  if (!type.custom) return of_struct(api_type_of(type));
  ApplySchema schema = of_node(type.structural());
  schema.custom_root_ = schema.custom_ != nullptr;
  return schema;
}

ApplySchema::Shape ApplySchema::shape() const {
  if (struct_ != nullptr) return struct_->atomic ? Shape::kWhole : Shape::kObject;
  if (field_ != nullptr) {
    if (field_->atomic) return Shape::kWhole;
    if (item_ || field_->shape == ApiShape::kOne)
      return field_->kind == ApiKind::kRaw ? Shape::kUnknown : Shape::kWhole;
    if (field_->shape == ApiShape::kMap) return Shape::kObject;
    return field_->list_type == ApiListType::kSet   ? Shape::kSet
           : field_->list_type == ApiListType::kMap ? Shape::kKeyedList
                                                    : Shape::kWhole;
  }
  if (custom_ == nullptr) return Shape::kUnknown;
  switch (custom_->type_) {
    case StructuralSchema::Type::kObject:
      return custom_->map_is_atomic_ ? Shape::kWhole : Shape::kObject;
    case StructuralSchema::Type::kArray: break;
    case StructuralSchema::Type::kAny: return Shape::kUnknown;
    default: return Shape::kWhole;
  }
  return custom_->list_type_ == StructuralSchema::ListType::kSet   ? Shape::kSet
         : custom_->list_type_ == StructuralSchema::ListType::kMap ? Shape::kKeyedList
                                                                   : Shape::kWhole;
}

ApplySchema::Type ApplySchema::type() const {
  if (struct_ != nullptr) return Type::kObject;
  if (field_ != nullptr) {
    if (!item_ && field_->shape == ApiShape::kList) return Type::kList;
    if (!item_ && field_->shape == ApiShape::kMap) return Type::kObject;
    return scalar_type(field_->kind);
  }
  if (custom_ == nullptr) return Type::kAny;
  switch (custom_->type_) {
    case StructuralSchema::Type::kObject: return Type::kObject;
    case StructuralSchema::Type::kArray: return Type::kList;
    case StructuralSchema::Type::kString: return Type::kString;
    case StructuralSchema::Type::kInteger:
    case StructuralSchema::Type::kNumber: return Type::kNumber;
    case StructuralSchema::Type::kBoolean: return Type::kBoolean;
    default: return Type::kAny;
  }
}

bool ApplySchema::declares(std::string_view name) const {
  if (struct_ != nullptr) return struct_->field(name) != nullptr;
  if (custom_ == nullptr) return false;
  if (custom_root_ && (is_type_member(name) || name == "metadata")) return true;
  return custom_->declared(name) != nullptr;
}

bool ApplySchema::open() const {
  if (struct_ != nullptr) return false;
  if (custom_ == nullptr) return true;
  return custom_->preserve_unknown_ || custom_->additional_ != nullptr;
}

ApplySchema ApplySchema::member(std::string_view name) const {
  if (struct_ != nullptr) {
    const ApiField* field = struct_->field(name);
    if (field == nullptr) return {};
    if (field->shape == ApiShape::kOne && field->kind == ApiKind::kStruct && !field->atomic)
      return of_struct(field->type);
    ApplySchema schema;
    schema.field_ = field;
    return schema;
  }
  if (field_ != nullptr) return item();
  if (custom_ == nullptr) return {};
  if (custom_root_ && name == "metadata") return of_struct(find_api_type("ObjectMeta"));
  return of_node(custom_->property(name));
}

ApplySchema ApplySchema::item() const {
  if (custom_ != nullptr) return of_node(custom_->items_.get());
  if (field_ == nullptr) return {};
  if (field_->kind == ApiKind::kStruct) return of_struct(field_->type);
  ApplySchema schema;
  schema.field_ = field_;
  schema.item_ = true;
  return schema;
}

std::vector<std::string_view> ApplySchema::keys() const {
  std::vector<std::string_view> keys;
  if (field_ != nullptr) keys = field_->list_keys;
  if (custom_ != nullptr) keys.assign(custom_->map_keys_.begin(), custom_->map_keys_.end());
  std::sort(keys.begin(), keys.end());
  return keys;
}

json::value ApplySchema::key_default(std::string_view key) const {
  const ApplySchema items = item();
  if (items.struct_ != nullptr) {
    const ApiField* field = items.struct_->field(key);
    if (field == nullptr || field->key_default.empty()) return nullptr;
    return text_value(field->key_default);
  }
  const StructuralSchema* property =
      items.custom_ == nullptr ? nullptr : items.custom_->declared(key);
  return property == nullptr || !property->default_ ? json::value() : *property->default_;
}

json::value ApplySchema::zero_value() const {
  return struct_ == nullptr ? json::value() : zero_of(*struct_);
}

}  // namespace drydock::fakekube

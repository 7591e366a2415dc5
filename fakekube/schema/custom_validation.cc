#include "fakekube/schema/custom_validation.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/base/text.h"
#include "fakekube/schema/crd_schema.h"
#include "fakekube/schema/go_text.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// What a scale finds at a path such as ".spec.replicas": a number, nothing, or the complaint.
struct Found {
  std::optional<int64_t> number;
  std::string complaint;
};

std::string wrong_accessor(std::string_view path, const json::value& value,
                           std::string_view wanted) {
  const std::string text = value.is_double() ? Decimal::of(value).go_text() : go_text(value);
  return std::string(path) + " accessor error: " + text + " is of the type " +
         go_dynamic_type(value) + ", expected " + std::string(wanted);
}

Found number_at(const json::value& object, std::string_view path) {
  const json::value* at = &object;
  for (std::string_view part : split(path.substr(path.starts_with('.') ? 1 : 0), '.')) {
    if (!at->is_object()) return {{}, wrong_accessor(path, *at, "map[string]interface{}")};
    const json::value* next = at->get_object().if_contains(part);
    if (next == nullptr) return {};
    at = next;
  }
  if (at->is_int64()) return {at->get_int64(), ""};
  return {{}, wrong_accessor(path, *at, "int64")};
}

void check_scale_number(const json::value& object, std::string_view path, FieldErrors& errors) {
  const Found found = number_at(object, path);
  const std::string field(path);
  if (!found.complaint.empty()) {
    errors.push_back(invalid_value(field, "0", found.complaint));
    return;
  }
  if (!found.number) return;
  const std::string number = std::to_string(*found.number);
  if (*found.number < 0)
    errors.push_back(invalid_value(field, number, "should be a non-negative integer"));
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  if (*found.number > kMost)
    errors.push_back(
        invalid_value(field, number, "should be less than or equal to " + std::to_string(kMost)));
}

// Errors after which a real server evaluates no rules.
bool blocks_rules(const FieldError& error) {
  return error.reason == "FieldValueNotSupported" || error.reason == "FieldValueRequired" ||
         error.reason == "FieldValueTooLong" || error.reason == "FieldValueTooMany" ||
         error.reason == "FieldValueTypeInvalid";
}

void check_lists(const StructuralSchema& schema, const json::value& object,
                 const json::value* old_object, FieldErrors& errors) {
  FieldErrors found;
  schema.validate_lists(object, found);
  if (found.empty()) return;
  FieldErrors before;  // what was wrong already may stay so
  if (old_object != nullptr) schema.validate_lists(*old_object, before);
  if (before.empty()) errors.insert(errors.end(), found.begin(), found.end());
}

}  // namespace

void validate_custom(const ResourceType& type, const json::value& object,
                     const json::value* old_object, bool status_only, FieldErrors& errors) {
  const StructuralSchema* schema = type.structural();
  if (schema == nullptr) return;
  if (status_only)
    schema->validate_status(object, old_object, errors);
  else
    schema->validate(object, old_object, errors);
  if (type.has_scale) {
    if (!status_only) check_scale_number(object, type.scale_spec_path, errors);
    check_scale_number(object, type.scale_status_path, errors);
  }
  schema->validate_embedded(object, errors);
  if (!status_only || schema->lists_in_status()) check_lists(*schema, object, old_object, errors);
  if (!schema->has_rules()) return;
  if (std::any_of(errors.begin(), errors.end(), blocks_rules)) {
    errors.push_back(invalid_value("<nil>", "\"null\"",
                                   "some validation rules were not checked because the object was "
                                   "invalid; correct the existing errors to complete validation"));
    return;
  }
  schema->validate_rules(object, old_object, errors);
}

const json::value& open_api_schema_of(const ResourceType& type) {
  DRYDOCK_CHECK(type.structural() != nullptr, "no schema: " + std::string(type.kind));
  return type.structural()->source();
}

}  // namespace drydock::fakekube

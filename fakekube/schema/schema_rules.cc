// StructuralSchema's x-kubernetes-validations: each node's own rules, then those below.
#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {

class RuleCheck {
 public:
  explicit RuleCheck(FieldErrors& errors) : errors_(errors) {}

  void value(const StructuralSchema& schema, const json::value& value, const json::value* old,
             const SchemaPath* path) {
    for (const StructuralSchema::Rule& rule : schema.rules_) apply(schema, rule, value, old, path);
    if (const json::object* object = value.if_object()) {
      for (const auto& member : *object) {
        const StructuralSchema* property = schema.property(member.key());
        if (property == nullptr) continue;
        const SchemaPath at(path, member.key());
        this->value(*property, member.value(), member_of(old, member.key()), &at);
      }
    } else if (const json::array* array = value.if_array(); array && schema.items_ != nullptr) {
      for (size_t i = 0; i < array->size(); ++i) {
        const SchemaPath at(path, i);
        this->value(*schema.items_, (*array)[i], schema.counterpart((*array)[i], old), &at);
      }
    }
  }

 private:
  static const json::value* member_of(const json::value* old, std::string_view name) {
    return old == nullptr ? nullptr : json_find(*old, {name});
  }

  static std::string type_of(const StructuralSchema& schema) {
    switch (schema.type_) {
      case StructuralSchema::Type::kObject: return "object";
      case StructuralSchema::Type::kArray: return "array";
      case StructuralSchema::Type::kString: return "string";
      case StructuralSchema::Type::kInteger: return "integer";
      case StructuralSchema::Type::kNumber: return "number";
      case StructuralSchema::Type::kBoolean: return "boolean";
      default: return "";
    }
  }

  void apply(const StructuralSchema& schema, const StructuralSchema::Rule& rule,
             const json::value& value, const json::value* old, const SchemaPath* path) {
    if (rule.program.uses_old() ? old == nullptr : old != nullptr && *old == value) return;
    const CelProgram::Answer answer =
        rule.program.evaluate(value, rule.program.uses_old() ? old : nullptr);
    if (answer.holds) return;
    const std::string type = quoted(type_of(schema));
    const std::string field = path == nullptr ? "<nil>" : path->text();
    if (!answer.error.empty()) {
      errors_.push_back(invalid_value(
          field, type,
          answer.error + " evaluating rule: " + (rule.message.empty() ? rule.rule : rule.message)));
      return;
    }
    const std::string message = rule.message.empty() ? "failed rule: " + rule.rule : rule.message;
    add(rule, path == nullptr && !rule.field.empty() ? rule.field.substr(1) : field + rule.field,
        type, message);
  }

  void add(const StructuralSchema::Rule& rule, const std::string& field, const std::string& type,
           const std::string& message) {
    if (rule.reason == "FieldValueForbidden")
      errors_.push_back(forbidden_value(field, message));
    else if (rule.reason == "FieldValueRequired")
      errors_.push_back(required_value(field, message));
    else if (rule.reason == "FieldValueDuplicate")
      errors_.push_back(duplicate_value(field, type));
    else
      errors_.push_back(invalid_value(field, type, message));
  }

  FieldErrors& errors_;
};

void StructuralSchema::validate_rules(const json::value& object, const json::value* old_object,
                                      FieldErrors& errors) const {
  RuleCheck(errors).value(*this, object, old_object, nullptr);
}

}  // namespace drydock::fakekube

// Where in an object a check is: frames on the stack, printed only when there is something to say.
//
//   const SchemaPath spec{nullptr, "spec"};
//   SchemaPath{&SchemaPath{&spec, "parts"}, 0}.text();     // "spec.parts[0]"
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace drydock::fakekube {

class SchemaPath {
 public:
  SchemaPath(const SchemaPath* parent, std::string_view name) : parent_(parent), name_(name) {}
  SchemaPath(const SchemaPath* parent, size_t index)
      : parent_(parent), index_(index), is_index_(true) {}

  std::string text() const {
    std::string text = parent_ == nullptr ? std::string() : parent_->text();
    if (is_index_) return text + "[" + std::to_string(index_) + "]";
    if (!text.empty()) text += '.';
    return text += name_;
  }

 private:
  const SchemaPath* parent_;
  std::string_view name_;
  size_t index_ = 0;
  bool is_index_ = false;
};

}  // namespace drydock::fakekube

#include "core/base/wire.h"

#include <algorithm>
#include <cctype>

#include "core/base/json.h"

namespace drydock {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

Body::Body(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}

std::string Body::text() const {
  if (json_ != nullptr) return json_text(*json_);
  return text_ == nullptr ? std::string() : *text_;
}

Result<JsonPtr> Body::json() const {
  if (json_ != nullptr) return json_;
  DRYDOCK_ASSIGN(json::value value, json_parse(text_ == nullptr ? std::string_view() : *text_));
  return make_json(std::move(value));
}

size_t Body::weight() const {
  if (json_ != nullptr) return json_weight(*json_);
  return text_ == nullptr ? 0 : text_->size();
}

const std::string* find_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (equal_ignoring_case(key, name)) return &value;
  return nullptr;
}

}  // namespace drydock

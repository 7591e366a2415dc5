// The small part of CEL in which most rules of CRDs are written, evaluated over JSON.
//
//   const auto rule = CelProgram::parse("!has(self.replicas) || self.replicas != 9", is_integer);
//   rule->evaluate(spec, nullptr).holds;
//
// Understood: self, oldSelf, fields, list indexes, literals (numbers, strings, booleans, null,
// lists), == != < <= > >= in, && || !, ?:, + - * / % of integers, + of strings, has(), size(),
// startsWith, endsWith, contains, matches, all, exists, exists_one. Not: types and conversions,
// maps as literals, time, quantities, regular expressions' replacements, string formatting.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace drydock::fakekube {

struct CelNode;

class CelProgram {
 public:
  // Whether the schema says that the field of self at that path is an integer.
  using IsInteger = std::function<bool(const std::vector<std::string>& path)>;
  struct Answer {
    bool holds = false;
    std::string error;  // why it can't be said: "no such key: a"; empty: it could
  };

  // nullopt: malformed, or more than is understood.
  static std::optional<CelProgram> parse(std::string_view text, const IsInteger& is_integer);

  // Rules about changes need the value before.
  bool uses_old() const { return uses_old_; }
  // `old_self`: null unless uses_old().
  Answer evaluate(const json::value& self, const json::value* old_self) const;

 private:
  std::shared_ptr<const CelNode> root_;
  bool uses_old_ = false;
};

}  // namespace drydock::fakekube

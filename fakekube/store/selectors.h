// Label and field selectors, with the syntax and the error texts of a real API server.
//
//   Result<Selector> selector = parse_selector(kPods, "app=x,tier!=y", "spec.nodeName=n1");
//   if (selector->matches(*pod)) ...
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

struct LabelRequirement {
  enum class Operator { kIn, kNotIn, kExists, kNotExists, kGreater, kLess };
  std::string key;
  Operator op = Operator::kExists;
  std::vector<std::string> values;

  bool matches(const json::object& labels) const;
};

struct FieldRequirement {
  const SelectableField* field = nullptr;
  bool equal = true;
  std::string value;

  bool matches(const json::value& object) const;
};

struct Selector {
  std::vector<LabelRequirement> labels;
  std::vector<FieldRequirement> fields;

  bool everything() const { return labels.empty() && fields.empty(); }
  bool matches(const json::value& object) const;
};

// kInvalid: the text is what a real server answers with 400.
Result<std::vector<LabelRequirement>> parse_label_selector(std::string_view text);
Result<std::vector<FieldRequirement>> parse_field_selector(const ResourceType& type,
                                                           std::string_view text);
Result<Selector> parse_selector(const ResourceType& type, std::string_view label_selector,
                                std::string_view field_selector);

// Whether a {"matchLabels":..., "matchExpressions":...} of an object (a StatefulSet's) matches.
bool label_selector_matches(const json::value& selector, const json::object& labels);

}  // namespace drydock::fakekube

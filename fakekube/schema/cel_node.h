// A CEL expression as read; cel_parse.cc makes it, cel.cc evaluates it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/schema/cel.h"

namespace drydock::fakekube {

enum class CelOp {
  kLiteral,
  kVariable,  // name: "self", "oldSelf" or that of a macro
  kSelect,    // child 0, name
  kIndex,     // child 0 at child 1
  kHas,       // child 0: a kSelect
  kNot,
  kNegate,
  kAnd,
  kOr,
  kChoose,  // child 0 ? 1 : 2
  kBinary,  // name: "==", "in", "+", ...
  kList,
  kCall,   // name of a function or method; children: target and arguments
  kMacro,  // name: "all", ...; variable; child 0: list, child 1: condition
};

struct CelNode {
  CelOp op = CelOp::kLiteral;
  std::string name = {};
  std::string variable = {};
  json::value literal = {};
  bool expects_integer = false;  // of kSelect: what the schema says
  std::vector<CelNode> children = {};
};

// nullopt: malformed, or more than is understood.
std::optional<CelNode> parse_cel(std::string_view text, const CelProgram::IsInteger& is_integer);

}  // namespace drydock::fakekube

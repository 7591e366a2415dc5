// The columns and cells of Kubernetes' own printers, one entry per built-in kind
// (table_pods.cc, table_core.cc, table_workloads.cc, table_rules.cc, table_cluster.cc); internal to
// table.cc.
//
//   const TableKind* kind = find_table_kind(*call.type);
//   kind->print(*object, now, cells);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/time.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

struct TableColumn {
  std::string_view name;
  std::string_view type = "string";
  int priority = 0;  // 1: only with -o wide
  std::string_view description = {};
  std::string_view format = {};
};

// Appends one cell per column.
using CellPrinter = void (*)(const json::value& object, WallTime now, json::array& cells);

struct TableKind {
  std::string_view group;
  std::string_view kind;
  std::vector<TableColumn> columns;
  CellPrinter print = nullptr;
  bool generic = false;  // a real server has no printer for it: no rows are null
};

// The entry of a built-in kind; that of "Name, Age" or "Name, Created At" when it has none.
const TableKind& find_table_kind(const ResourceType& type);

// What find_table_kind() searches.
const std::vector<TableKind>& pod_tables();
const std::vector<TableKind>& core_tables();
const std::vector<TableKind>& workload_tables();
const std::vector<TableKind>& rule_tables();
const std::vector<TableKind>& cluster_tables();

TableColumn name_column();
TableColumn age_column();

// "5s", "3m2s", "2d", as kubectl shows ages. Negative by more than a second: "<invalid>".
std::string human_duration(Duration duration);
// Since a metav1.Time or MicroTime; "<unknown>" when it is absent or null.
std::string age_of(const json::value* timestamp, WallTime now);
json::value created_age(const json::value& object, WallTime now);

json::value name_cell(const json::value& object);
// The string at `path`, or `otherwise` when it is empty.
json::value text_cell(const json::value& object, JsonPath path, std::string_view otherwise = "");
json::value number_cell(const json::value& object, JsonPath path);
json::value yes_no_cell(const json::value& object, JsonPath path);
// How many members or items there are.
json::value count_cell(const json::value& object, JsonPath path);

// "a=b,c=d" by key, or "<none>".
json::value labels_cell(const json::value& object, JsonPath path);
// A metav1.LabelSelector as text, "" when it selects everything.
std::string selector_words(const json::value* selector);
// Names and images of the pod template at `spec`.
void container_cells(const json::value* pod_spec, json::array& cells);
bool deleting(const json::value& object);
std::string joined(const std::vector<std::string>& words, std::string_view between);
// "a,b,c + 2 more..."
std::string first_three(const std::vector<std::string>& words);

}  // namespace drydock::fakekube

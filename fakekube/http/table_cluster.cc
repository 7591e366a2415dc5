// Rows of what a cluster has of its own accord and few look at: addresses, flow control, admission
// policies, certificate requests.
#include "fakekube/http/table_cells.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

void print_ingress_class(const json::value& type, WallTime now, json::array& cells) {
  std::string parameters = "<none>";
  if (json_find(type, {"spec", "parameters"}) != nullptr) {
    const std::string group = json_string(type, {"spec", "parameters", "apiGroup"});
    parameters = json_string(type, {"spec", "parameters", "kind"}) +
                 (group.empty() ? "" : "." + group) + "/" +
                 json_string(type, {"spec", "parameters", "name"});
  }
  cells = {name_cell(type), text_cell(type, {"spec", "controller"}), text_value(parameters),
           created_age(type, now)};
}

// A real server prints an age without a column for it.
void print_address(const json::value& address, WallTime now, json::array& cells) {
  const json::value* parent = json_find(address, {"spec", "parentRef"});
  std::string words = "<none>";
  if (parent != nullptr) {
    const std::string group = json_string(*parent, {"group"});
    const std::string space = json_string(*parent, {"namespace"});
    words = json_string(*parent, {"resource"}) + (group.empty() ? "" : "." + group) +
            (space.empty() ? "" : "/" + space) + "/" + json_string(*parent, {"name"});
  }
  cells = {name_cell(address), text_value(words), created_age(address, now)};
}

void print_service_range(const json::value& range, WallTime now, json::array& cells) {
  cells = {name_cell(range), text_value(joined(json_strings(range, {"spec", "cidrs"}), ",")),
           created_age(range, now)};
}

void print_flow_schema(const json::value& schema, WallTime now, json::array& cells) {
  std::string dangling = "?";
  for (const json::value& condition : json_array(schema, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == "Dangling") dangling = json_string(condition, {"status"});
  cells = {name_cell(schema),
           text_cell(schema, {"spec", "priorityLevelConfiguration", "name"}),
           number_cell(schema, {"spec", "matchingPrecedence"}),
           text_cell(schema, {"spec", "distinguisherMethod", "type"}, "<none>"),
           created_age(schema, now),
           text_value(dangling)};
}

// The number at `path`, or "<none>" unless `given` is there.
json::value number_if(const json::value& level, JsonPath given, JsonPath path) {
  return json_find(level, given) == nullptr ? json::value("<none>") : number_cell(level, path);
}

void print_priority_level(const json::value& level, WallTime now, json::array& cells) {
  const JsonPath limited = {"spec", "limited"};
  const JsonPath queuing = {"spec", "limited", "limitResponse", "queuing"};
  cells = {name_cell(level),
           text_cell(level, {"spec", "type"}),
           number_if(level, limited, {"spec", "limited", "nominalConcurrencyShares"}),
           number_if(level, queuing, {"spec", "limited", "limitResponse", "queuing", "queues"}),
           number_if(level, queuing, {"spec", "limited", "limitResponse", "queuing", "handSize"}),
           number_if(level, queuing,
                     {"spec", "limited", "limitResponse", "queuing", "queueLengthLimit"}),
           created_age(level, now)};
}

void print_policy(const json::value& policy, WallTime now, json::array& cells) {
  std::string kind = "<unset>";
  if (json_find(policy, {"spec", "paramKind"}) != nullptr)
    kind = json_string(policy, {"spec", "paramKind", "apiVersion"}) + "/" +
           json_string(policy, {"spec", "paramKind", "kind"});
  cells = {name_cell(policy), count_cell(policy, {"spec", "validations"}), text_value(kind),
           created_age(policy, now)};
}

std::string certificate_state(const json::value& request) {
  bool approved = false, denied = false, failed = false;
  for (const json::value& condition : json_array(request, {"status", "conditions"})) {
    const std::string_view type = string_at(condition, {"type"});
    approved |= type == "Approved";
    denied |= type == "Denied";
    failed |= type == "Failed";
  }
  std::string state = denied ? "Denied" : approved ? "Approved" : "Pending";
  if (failed) state += ",Failed";
  return string_at(request, {"status", "certificate"}).empty() ? state : state + ",Issued";
}

void print_certificate_request(const json::value& request, WallTime now, json::array& cells) {
  const int64_t asked = json_int(request, {"spec", "expirationSeconds"});
  cells = {name_cell(request),
           created_age(request, now),
           text_cell(request, {"spec", "signerName"}, "<none>"),
           text_cell(request, {"spec", "username"}),
           text_value(asked == 0 ? "<none>" : human_duration(seconds(asked))),
           text_value(certificate_state(request))};
}

std::vector<TableKind> flow_control() {
  constexpr std::string_view kGroup = "flowcontrol.apiserver.k8s.io";
  return {{kGroup,
           "FlowSchema",
           {name_column(),
            {"PriorityLevel", "string", 0, "Where its requests queue"},
            {"MatchingPrecedence", "string", 0, "The smaller, the earlier it is looked at"},
            {"DistinguisherMethod", "string", 0, "How flows are told apart"},
            age_column(),
            {"MissingPL", "string", 0, "Whether its priority level is missing"}},
           print_flow_schema},
          {kGroup,
           "PriorityLevelConfiguration",
           {name_column(),
            {"Type", "string", 0, "Limited or Exempt"},
            {"NominalConcurrencyShares", "string", 0, "Its part of what the server can do"},
            {"Queues", "string", 0, "How many queues"},
            {"HandSize", "string", 0, "Queues that one flow may use"},
            {"QueueLengthLimit", "string", 0, "Requests that a queue holds"},
            age_column()},
           print_priority_level}};
}

}  // namespace

const std::vector<TableKind>& cluster_tables() {
  static const std::vector<TableKind> tables = [] {
    std::vector<TableKind> rows = flow_control();
    const std::string_view networking = "networking.k8s.io";
    rows.push_back({networking,
                    "IngressClass",
                    {name_column(),
                     {"Controller", "string", 0, "What serves it"},
                     {"Parameters", "string", 0, "An object with more settings"},
                     age_column()},
                    print_ingress_class});
    rows.push_back({networking,
                    "IPAddress",
                    {name_column(), {"ParentRef", "string", 0, "Who has the address"}},
                    print_address});
    rows.push_back({networking,
                    "ServiceCIDR",
                    {name_column(), {"CIDRs", "string", 0, "Its ranges"}, age_column()},
                    print_service_range});
    rows.push_back({"admissionregistration.k8s.io",
                    "ValidatingAdmissionPolicy",
                    {name_column(),
                     {"Validations", "integer", 0, "How many rules it has"},
                     {"ParamKind", "string", 0, "The kind of its parameters"},
                     age_column()},
                    print_policy});
    rows.push_back({"certificates.k8s.io",
                    "CertificateSigningRequest",
                    {name_column(),
                     age_column(),
                     {"SignerName", "string", 0, "Who is to sign"},
                     {"Requestor", "string", 0, "Who asks"},
                     {"RequestedDuration", "string", 0, "How long it is to be valid"},
                     {"Condition", "string", 0, "One word for its conditions"}},
                    print_certificate_request});
    return rows;
  }();
  return tables;
}

}  // namespace drydock::fakekube

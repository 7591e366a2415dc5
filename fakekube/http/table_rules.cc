// Rows of what governs others: roles, quotas, budgets, policies, webhooks, classes.
#include <algorithm>
#include <set>

#include "fakekube/http/table_cells.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// The binding's subjects of one kind; ServiceAccounts with their namespace.
json::value subjects(const json::value& binding, std::string_view kind) {
  std::vector<std::string> names;
  for (const json::value& subject : json_array(binding, {"subjects"})) {
    if (string_at(subject, {"kind"}) != kind) continue;
    const std::string name = json_string(subject, {"name"});
    const std::string space = json_string(subject, {"namespace"});
    names.push_back(kind == "ServiceAccount" && !space.empty() ? space + "/" + name : name);
  }
  return text_value(joined(names, ", "));
}

void print_binding(const json::value& binding, WallTime now, json::array& cells) {
  cells = {name_cell(binding),
           text_value(json_string(binding, {"roleRef", "kind"}) + "/" +
                      json_string(binding, {"roleRef", "name"})),
           created_age(binding, now),
           subjects(binding, "User"),
           subjects(binding, "Group"),
           subjects(binding, "ServiceAccount")};
}

// "pods: 1/10, ..." of the resources that are limits, or of the others.
json::value quota_cell(const json::value& quota, bool limits) {
  std::set<std::string> names;
  for (const auto& hard : json_object(quota, {"status", "hard"})) names.emplace(hard.key());
  std::vector<std::string> words;
  for (const std::string& name : names)
    if (name.starts_with("limits.") == limits)
      words.push_back(name + ": " + json_string(quota, {"status", "used", name}, "0") + "/" +
                      json_string(quota, {"status", "hard", name}, "0"));
  return text_value(joined(words, ", "));
}

void print_quota(const json::value& quota, WallTime now, json::array& cells) {
  cells = {name_cell(quota), quota_cell(quota, false), quota_cell(quota, true),
           created_age(quota, now)};
}

// A number or a percentage.
json::value number_or_text(const json::value& object, JsonPath path) {
  const json::value* found = json_find(object, path);
  if (found == nullptr) return "N/A";
  return found->is_int64() ? text_value(std::to_string(found->get_int64())) : *found;
}

void print_budget(const json::value& budget, WallTime now, json::array& cells) {
  cells = {name_cell(budget), number_or_text(budget, {"spec", "minAvailable"}),
           number_or_text(budget, {"spec", "maxUnavailable"}),
           number_cell(budget, {"status", "disruptionsAllowed"}), created_age(budget, now)};
}

void print_network_policy(const json::value& policy, WallTime now, json::array& cells) {
  const std::string words = selector_words(json_find(policy, {"spec", "podSelector"}));
  cells = {name_cell(policy), text_value(words.empty() ? "<none>" : words),
           created_age(policy, now)};
}

void print_webhooks(const json::value& configuration, WallTime now, json::array& cells) {
  cells = {name_cell(configuration), count_cell(configuration, {"webhooks"}),
           created_age(configuration, now)};
}

void print_priority_class(const json::value& priority, WallTime now, json::array& cells) {
  cells = {name_cell(priority), number_cell(priority, {"value"}),
           yes_no_cell(priority, {"globalDefault"}), created_age(priority, now),
           text_cell(priority, {"preemptionPolicy"}, "PreemptLowerPriority")};
}

void print_runtime_class(const json::value& runtime, WallTime now, json::array& cells) {
  cells = {name_cell(runtime), text_cell(runtime, {"handler"}), created_age(runtime, now)};
}

void print_attachment(const json::value& attachment, WallTime now, json::array& cells) {
  cells = {name_cell(attachment),
           text_cell(attachment, {"spec", "attacher"}),
           text_cell(attachment, {"spec", "source", "persistentVolumeName"}),
           text_cell(attachment, {"spec", "nodeName"}),
           yes_no_cell(attachment, {"status", "attached"}),
           created_age(attachment, now)};
}

void print_csi_node(const json::value& node, WallTime now, json::array& cells) {
  cells = {name_cell(node), count_cell(node, {"spec", "drivers"}), created_age(node, now)};
}

void print_csi_driver(const json::value& driver, WallTime now, json::array& cells) {
  std::vector<std::string> tokens;
  for (const json::value& request : json_array(driver, {"spec", "tokenRequests"}))
    tokens.push_back(json_string(request, {"audience"}));
  const std::vector<std::string> modes = json_strings(driver, {"spec", "volumeLifecycleModes"});
  cells = {name_cell(driver),
           json_bool(driver, {"spec", "attachRequired"}, true),
           yes_no_cell(driver, {"spec", "podInfoOnMount"}),
           yes_no_cell(driver, {"spec", "storageCapacity"}),
           text_value(tokens.empty() ? "<unset>" : joined(tokens, ",")),
           yes_no_cell(driver, {"spec", "requiresRepublish"}),
           text_value(modes.empty() ? "<none>" : joined(modes, ",")),
           created_age(driver, now)};
}

std::string slice_ports(const json::value& slice) {
  std::vector<std::string> words;
  for (const json::value& port : json_array(slice, {"ports"})) {
    const int64_t number = json_int(port, {"port"});
    words.push_back(number > 0 ? std::to_string(number) : json_string(port, {"name"}, "*"));
  }
  return words.empty() ? "<unset>" : first_three(words);
}

std::string slice_addresses(const json::value& slice) {
  std::vector<std::string> words;
  for (const json::value& endpoint : json_array(slice, {"endpoints"}))
    for (const std::string& address : json_strings(endpoint, {"addresses"}))
      words.push_back(address);
  return words.empty() ? "<unset>" : first_three(words);
}

void print_endpoint_slice(const json::value& slice, WallTime now, json::array& cells) {
  cells = {name_cell(slice), text_cell(slice, {"addressType"}), text_value(slice_ports(slice)),
           text_value(slice_addresses(slice)), created_age(slice, now)};
}

std::string ingress_hosts(const json::value& ingress) {
  std::vector<std::string> hosts;
  for (const json::value& rule : json_array(ingress, {"spec", "rules"})) {
    const std::string host = json_string(rule, {"host"});
    if (!host.empty()) hosts.push_back(host);
  }
  return hosts.empty() ? "*" : first_three(hosts);
}

void print_ingress(const json::value& ingress, WallTime now, json::array& cells) {
  std::vector<std::string> addresses;
  for (const json::value& given : json_array(ingress, {"status", "loadBalancer", "ingress"}))
    addresses.push_back(json_string(given, {"ip"}, json_string(given, {"hostname"})));
  const bool secure = !json_array(ingress, {"spec", "tls"}).empty();
  cells = {name_cell(ingress),
           text_cell(ingress, {"spec", "ingressClassName"}, "<none>"),
           text_value(ingress_hosts(ingress)),
           text_value(joined(addresses, ",")),
           secure ? "80, 443" : "80",
           created_age(ingress, now)};
}

std::vector<TableColumn> binding_columns() {
  return {name_column(),
          {"Role", "string", 0, "The role that is given"},
          age_column(),
          {"Users", "string", 1, "Users who have it"},
          {"Groups", "string", 1, "Groups that have it"},
          {"ServiceAccounts", "string", 1, "Service accounts that have it"}};
}

std::vector<TableColumn> webhook_columns() {
  return {name_column(), {"Webhooks", "integer", 0, "How many webhooks it has"}, age_column()};
}

TableKind csi_drivers() {
  return {"storage.k8s.io",
          "CSIDriver",
          {name_column(),
           {"AttachRequired", "boolean", 0, "Whether volumes are attached first"},
           {"PodInfoOnMount", "boolean", 0, "Whether it is told about the pod"},
           {"StorageCapacity", "boolean", 0, "Whether it reports capacity"},
           {"TokenRequests", "string", 0, "Audiences of the tokens that it wants"},
           {"RequiresRepublish", "boolean", 0, "Whether it is called periodically"},
           {"Modes", "string", 0, "Lifecycles of its volumes"},
           age_column()},
          print_csi_driver};
}

std::vector<TableKind> storage_and_network() {
  return {
      csi_drivers(),
      {"storage.k8s.io",
       "CSINode",
       {name_column(), {"Drivers", "integer", 0, "How many drivers it has"}, age_column()},
       print_csi_node},
      {"storage.k8s.io",
       "VolumeAttachment",
       {name_column(),
        {"Attacher", "string", 0, "The driver", "name"},
        {"PV", "string", 0, "The volume"},
        {"Node", "string", 0, "The node"},
        {"Attached", "boolean", 0, "Whether it is attached"},
        age_column()},
       print_attachment},
      {"discovery.k8s.io",
       "EndpointSlice",
       {name_column(),
        {"AddressType", "string", 0, "The kind of addresses"},
        {"Ports", "string", 0, "Its ports"},
        {"Endpoints", "string", 0, "Its addresses"},
        age_column()},
       print_endpoint_slice},
      {"networking.k8s.io",
       "Ingress",
       {name_column(),
        {"Class", "string", 0, "The name of its class"},
        {"Hosts", "string", 0, "Names that it answers for"},
        {"Address", "string", 0, "Addresses of the load balancer"},
        {"Ports", "string", 0, "Ports that it opens"},
        age_column()},
       print_ingress},
      {"networking.k8s.io",
       "NetworkPolicy",
       {name_column(), {"Pod-Selector", "string", 0, "The labels of its pods"}, age_column()},
       print_network_policy},
  };
}

}  // namespace

const std::vector<TableKind>& rule_tables() {
  static const std::vector<TableKind> tables = [] {
    std::vector<TableKind> rows = storage_and_network();
    const std::string_view rbac = "rbac.authorization.k8s.io";
    const std::string_view registration = "admissionregistration.k8s.io";
    rows.push_back({rbac, "RoleBinding", binding_columns(), print_binding});
    rows.push_back({rbac, "ClusterRoleBinding", binding_columns(), print_binding});
    for (std::string_view kind : {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})
      rows.push_back({registration, kind, webhook_columns(), print_webhooks});
    rows.push_back({"",
                    "ResourceQuota",
                    {name_column(),
                     {"Request", "string", 0, "Used and allowed requests and counts"},
                     {"Limit", "string", 0, "Used and allowed limits"},
                     age_column()},
                    print_quota});
    rows.push_back({"policy",
                    "PodDisruptionBudget",
                    {name_column(),
                     {"Min Available", "string", 0, "Pods that must stay"},
                     {"Max Unavailable", "string", 0, "Pods that may be missing"},
                     {"Allowed Disruptions", "integer", 0, "Pods that may go now"},
                     age_column()},
                    print_budget});
    rows.push_back({"scheduling.k8s.io",
                    "PriorityClass",
                    {name_column(),
                     {"Value", "integer", 0, "The priority"},
                     {"Global-Default", "boolean", 0, "Whether pods get it unasked"},
                     age_column(),
                     {"PreemptionPolicy", "string", 0, "Whether it drives others out"}},
                    print_priority_class});
    rows.push_back({"node.k8s.io",
                    "RuntimeClass",
                    {name_column(), {"Handler", "string", 0, "What runs it"}, age_column()},
                    print_runtime_class});
    return rows;
  }();
  return tables;
}

}  // namespace drydock::fakekube

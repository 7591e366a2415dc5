// Rows of nodes, namespaces, volumes, services, configuration, events and leases.
#include <algorithm>
#include <set>

#include "fakekube/http/table_cells.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

std::string node_state(const json::value& node) {
  std::string state = "Unknown";
  for (const json::value& condition : json_array(node, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == "Ready")
      state = string_at(condition, {"status"}) == "True" ? "Ready" : "NotReady";
  return json_bool(node, {"spec", "unschedulable"}) ? state + ",SchedulingDisabled" : state;
}

std::string node_roles(const json::value& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::set<std::string> roles;
  for (const auto& label : json_object(node, {"metadata", "labels"})) {
    const std::string_view key = label.key();
    const std::string value = json_string(label.value(), {});
    if (key.starts_with(kPrefix) && key.size() > kPrefix.size())
      roles.emplace(key.substr(kPrefix.size()));
    else if (key == "kubernetes.io/role" && !value.empty())
      roles.insert(value);
  }
  return roles.empty() ? "<none>" : joined({roles.begin(), roles.end()}, ",");
}

json::value node_address(const json::value& node, std::string_view type) {
  for (const json::value& address : json_array(node, {"status", "addresses"}))
    if (string_at(address, {"type"}) == type) return text_cell(address, {"address"});
  return "<none>";
}

void print_node(const json::value& node, WallTime now, json::array& cells) {
  cells = {name_cell(node),
           text_value(node_state(node)),
           text_value(node_roles(node)),
           created_age(node, now),
           text_cell(node, {"status", "nodeInfo", "kubeletVersion"}),
           node_address(node, "InternalIP"),
           node_address(node, "ExternalIP"),
           text_cell(node, {"status", "nodeInfo", "osImage"}, "<unknown>"),
           text_cell(node, {"status", "nodeInfo", "kernelVersion"}, "<unknown>"),
           text_cell(node, {"status", "nodeInfo", "containerRuntimeVersion"}, "<unknown>")};
}

void print_namespace(const json::value& object, WallTime now, json::array& cells) {
  cells = {name_cell(object), text_cell(object, {"status", "phase"}), created_age(object, now)};
}

void print_config_map(const json::value& map, WallTime now, json::array& cells) {
  const auto count = json_object(map, {"data"}).size() + json_object(map, {"binaryData"}).size();
  cells = {name_cell(map), static_cast<int64_t>(count), created_age(map, now)};
}

void print_secret(const json::value& secret, WallTime now, json::array& cells) {
  cells = {name_cell(secret), text_cell(secret, {"type"}), count_cell(secret, {"data"}),
           created_age(secret, now)};
}

void print_service_account(const json::value& account, WallTime now, json::array& cells) {
  cells = {name_cell(account), count_cell(account, {"secrets"}), created_age(account, now)};
}

// "RWO,ROX" in a fixed order.
std::string access_modes(const json::value& object, JsonPath path) {
  const std::vector<std::string> given = json_strings(object, path);
  std::vector<std::string> words;
  constexpr std::pair<std::string_view, std::string_view> kModes[] = {{"ReadWriteOnce", "RWO"},
                                                                      {"ReadOnlyMany", "ROX"},
                                                                      {"ReadWriteMany", "RWX"},
                                                                      {"ReadWriteOncePod", "RWOP"}};
  for (const auto& [mode, word] : kModes)
    if (std::find(given.begin(), given.end(), mode) != given.end()) words.emplace_back(word);
  return joined(words, ",");
}

// The old annotation wins, as long as anybody sets it.
json::value storage_class(const json::value& object) {
  const json::object& annotations = json_object(object, {"metadata", "annotations"});
  if (const json::value* old = annotations.if_contains("volume.beta.kubernetes.io/storage-class"))
    return *old;
  return text_cell(object, {"spec", "storageClassName"});
}

json::value phase_or_deleting(const json::value& object) {
  return deleting(object) ? json::value("Terminating") : text_cell(object, {"status", "phase"});
}

void print_volume(const json::value& volume, WallTime now, json::array& cells) {
  std::string claim;
  if (json_find(volume, {"spec", "claimRef"}) != nullptr)
    claim = json_string(volume, {"spec", "claimRef", "namespace"}) + "/" +
            json_string(volume, {"spec", "claimRef", "name"});
  cells = {name_cell(volume),
           text_cell(volume, {"spec", "capacity", "storage"}, "0"),
           text_value(access_modes(volume, {"spec", "accessModes"})),
           text_cell(volume, {"spec", "persistentVolumeReclaimPolicy"}),
           phase_or_deleting(volume),
           text_value(claim),
           storage_class(volume),
           text_cell(volume, {"spec", "volumeAttributesClassName"}, "<unset>"),
           text_cell(volume, {"status", "reason"}),
           created_age(volume, now),
           text_cell(volume, {"spec", "volumeMode"}, "<unset>")};
}

void print_claim(const json::value& claim, WallTime now, json::array& cells) {
  const bool bound = !string_at(claim, {"spec", "volumeName"}).empty();
  const std::string modes = access_modes(claim, {"status", "accessModes"});
  cells = {name_cell(claim),
           phase_or_deleting(claim),
           text_cell(claim, {"spec", "volumeName"}),
           bound ? text_cell(claim, {"status", "capacity", "storage"}, "0") : json::value(""),
           text_value(bound ? modes : ""),
           storage_class(claim),
           text_cell(claim, {"spec", "volumeAttributesClassName"}, "<unset>"),
           created_age(claim, now),
           text_cell(claim, {"spec", "volumeMode"}, "<unset>")};
}

void print_storage_class(const json::value& storage, WallTime now, json::array& cells) {
  std::string name(metadata_string(storage, "name"));
  for (const char* key : {"storageclass.kubernetes.io/is-default-class",
                          "storageclass.beta.kubernetes.io/is-default-class"})
    if (json_string(storage, {"metadata", "annotations", key}) == "true") {
      name += " (default)";
      break;
    }
  cells = {text_value(name),
           text_cell(storage, {"provisioner"}),
           text_cell(storage, {"reclaimPolicy"}, "Delete"),
           text_cell(storage, {"volumeBindingMode"}, "Immediate"),
           yes_no_cell(storage, {"allowVolumeExpansion"}),
           created_age(storage, now)};
}

std::string balancer_addresses(const json::value& object) {
  std::set<std::string> addresses;
  for (const json::value& ingress : json_array(object, {"status", "loadBalancer", "ingress"})) {
    const std::string address = json_string(ingress, {"ip"}, json_string(ingress, {"hostname"}));
    if (!address.empty()) addresses.insert(address);
  }
  return joined({addresses.begin(), addresses.end()}, ",");
}

std::string external_address(const json::value& service) {
  const std::string type = json_string(service, {"spec", "type"});
  std::string given = joined(json_strings(service, {"spec", "externalIPs"}), ",");
  if (type == "ExternalName") return json_string(service, {"spec", "externalName"});
  if (type == "LoadBalancer") {
    std::string balancer = balancer_addresses(service);
    if (!balancer.empty() && !given.empty()) return balancer + "," + given;
    if (!balancer.empty()) return balancer;
    return given.empty() ? "<pending>" : given;
  }
  if (type != "ClusterIP" && type != "NodePort") return "<unknown>";
  return given.empty() ? "<none>" : given;
}

std::string service_ports(const json::value& service) {
  std::vector<std::string> words;
  for (const json::value& port : json_array(service, {"spec", "ports"})) {
    std::string word = std::to_string(json_int(port, {"port"}));
    const int64_t on_nodes = json_int(port, {"nodePort"});
    if (on_nodes > 0) word += ":" + std::to_string(on_nodes);
    words.push_back(word + "/" + json_string(port, {"protocol"}));
  }
  return words.empty() ? "<none>" : joined(words, ",");
}

void print_service(const json::value& service, WallTime now, json::array& cells) {
  cells = {name_cell(service),
           text_cell(service, {"spec", "type"}),
           text_cell(service, {"spec", "clusterIP"}, "<none>"),
           text_value(external_address(service)),
           text_value(service_ports(service)),
           created_age(service, now),
           labels_cell(service, {"spec", "selector"})};
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// The first of two names under which core/v1 and events.k8s.io/v1 have the same member.
const json::value* either(const json::value& object, std::string_view core,
                          std::string_view newer) {
  const json::value* found = json_find(object, {core});
  return found != nullptr ? found : json_find(object, {newer});
}

std::string event_source(const json::value& event) {
  const json::value none = json::object();
  const json::value* given = either(event, "source", "deprecatedSource");
  const json::value& source = given == nullptr ? none : *given;
  std::string component = json_string(source, {"component"});
  if (component.empty())
    component =
        json_string(event, {"reportingComponent"}, json_string(event, {"reportingController"}));
  std::string instance = json_string(source, {"host"});
  if (instance.empty()) instance = json_string(event, {"reportingInstance"});
  return instance.empty() ? component : component + ", " + instance;
}

std::string event_object(const json::value& event) {
  const json::value* about = either(event, "involvedObject", "regarding");
  if (about == nullptr) return "";
  const std::string kind = lower(json_string(*about, {"kind"}));
  const std::string name = json_string(*about, {"name"});
  return name.empty() ? kind : kind + "/" + name;
}

std::string trimmed(const std::string& text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return "";
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

bool is_time(const json::value* value) { return value != nullptr && value->is_string(); }

void print_event(const json::value& event, WallTime now, json::array& cells) {
  const json::value* first = either(event, "firstTimestamp", "deprecatedFirstTimestamp");
  const json::value* last = either(event, "lastTimestamp", "deprecatedLastTimestamp");
  const json::value* number = either(event, "count", "deprecatedCount");
  const std::string began = age_of(is_time(first) ? first : json_find(event, {"eventTime"}), now);
  std::string seen = is_time(last) ? age_of(last, now) : began;
  int64_t count = number == nullptr ? 0 : json_int(*number, {});
  if (const json::value* series = json_find(event, {"series"}); series && series->is_object()) {
    seen = age_of(json_find(*series, {"lastObservedTime"}), now);
    count = json_int(*series, {"count"});
  } else if (count == 0) {
    count = 1;
  }
  const json::value* about = either(event, "involvedObject", "regarding");
  const json::value* message = either(event, "message", "note");
  cells = {text_value(seen),
           text_cell(event, {"type"}),
           text_cell(event, {"reason"}),
           text_value(event_object(event)),
           about == nullptr ? json::value("") : text_cell(*about, {"fieldPath"}),
           text_value(event_source(event)),
           text_value(message == nullptr ? "" : trimmed(json_string(*message, {}))),
           text_value(began),
           count,
           name_cell(event)};
}

void print_lease(const json::value& lease, WallTime now, json::array& cells) {
  cells = {name_cell(lease), text_cell(lease, {"spec", "holderIdentity"}), created_age(lease, now)};
}

std::string endpoint_addresses(const json::value& endpoints) {
  const json::array& subsets = json_array(endpoints, {"subsets"});
  if (subsets.empty()) return "<none>";
  std::vector<std::string> words;
  for (const json::value& subset : subsets) {
    const json::array& ports = json_array(subset, {"ports"});
    const json::array& addresses = json_array(subset, {"addresses"});
    if (ports.empty())
      for (const json::value& address : addresses) words.push_back(json_string(address, {"ip"}));
    for (const json::value& port : ports)
      for (const json::value& address : addresses)
        words.push_back(json_string(address, {"ip"}) + ":" +
                        std::to_string(json_int(port, {"port"})));
  }
  return first_three(words);
}

void print_endpoints(const json::value& endpoints, WallTime now, json::array& cells) {
  cells = {name_cell(endpoints), text_value(endpoint_addresses(endpoints)),
           created_age(endpoints, now)};
}

TableKind events_of(std::string_view group) {
  return {group,
          "Event",
          {{"Last Seen", "string", 0, "The time since it was last seen"},
           {"Type", "string", 0, "Normal or Warning"},
           {"Reason", "string", 0, "One word for what happened"},
           {"Object", "string", 0, "What it is about"},
           {"Subobject", "string", 1, "The part of it"},
           {"Source", "string", 1, "Who reported it"},
           {"Message", "string", 0, "What happened"},
           {"First Seen", "string", 1, "The time since it was first seen"},
           {"Count", "string", 1, "How often it was seen"},
           {"Name", "string", 1, "The object's name", "name"}},
          print_event};
}

TableKind nodes() {
  return {"",
          "Node",
          {name_column(),
           {"Status", "string", 0, "Ready or not, and whether pods may be placed"},
           {"Roles", "string", 0, "From its labels"},
           age_column(),
           {"Version", "string", 0, "Of the kubelet"},
           {"Internal-IP", "string", 1, "Address inside of the cluster"},
           {"External-IP", "string", 1, "Address from outside"},
           {"OS-Image", "string", 1, "The operating system"},
           {"Kernel-Version", "string", 1, "Of the operating system's kernel"},
           {"Container-Runtime", "string", 1, "What runs containers"}},
          print_node};
}

TableKind volumes() {
  return {"",
          "PersistentVolume",
          {name_column(),
           {"Capacity", "string", 0, "Its size"},
           {"Access Modes", "string", 0, "How it can be mounted"},
           {"Reclaim Policy", "string", 0, "What happens when its claim goes"},
           {"Status", "string", 0, "The phase"},
           {"Claim", "string", 0, "The claim that it is bound to"},
           {"StorageClass", "string", 0, "Its class"},
           {"VolumeAttributesClass", "string", 0, "The class of its attributes"},
           {"Reason", "string", 0, "Why it is in that phase"},
           age_column(),
           {"VolumeMode", "string", 1, "Filesystem or Block"}},
          print_volume};
}

TableKind claims() {
  return {"",
          "PersistentVolumeClaim",
          {name_column(),
           {"Status", "string", 0, "The phase"},
           {"Volume", "string", 0, "The volume that it is bound to"},
           {"Capacity", "string", 0, "The volume's size"},
           {"Access Modes", "string", 0, "How it can be mounted"},
           {"StorageClass", "string", 0, "Its class"},
           {"VolumeAttributesClass", "string", 0, "The class of its attributes"},
           age_column(),
           {"VolumeMode", "string", 1, "Filesystem or Block"}},
          print_claim};
}

TableKind services() {
  return {"",
          "Service",
          {name_column(),
           {"Type", "string", 0, "How it is reached"},
           {"Cluster-IP", "string", 0, "Address inside of the cluster"},
           {"External-IP", "string", 0, "Addresses from outside"},
           {"Port(s)", "string", 0, "Its ports"},
           age_column(),
           {"Selector", "string", 1, "The labels of its pods"}},
          print_service};
}

}  // namespace

const std::vector<TableKind>& core_tables() {
  static const TableColumn kData = {"Data", "string", 0, "How many keys it has"};
  static const std::vector<TableKind> tables = {
      nodes(),
      volumes(),
      claims(),
      services(),
      events_of(""),
      events_of("events.k8s.io"),
      {"",
       "Namespace",
       {name_column(), {"Status", "string", 0, "The phase"}, age_column()},
       print_namespace},
      {"", "ConfigMap", {name_column(), kData, age_column()}, print_config_map},
      {"",
       "Secret",
       {name_column(), {"Type", "string", 0, "What it is for"}, kData, age_column()},
       print_secret},
      {"",
       "ServiceAccount",
       {name_column(), {"Secrets", "string", 0, "How many secrets it lists"}, age_column()},
       print_service_account},
      {"storage.k8s.io",
       "StorageClass",
       {name_column(),
        {"Provisioner", "string", 0, "Who makes its volumes"},
        {"ReclaimPolicy", "string", 0, "What happens to a volume when its claim goes"},
        {"VolumeBindingMode", "string", 0, "When a claim gets its volume"},
        {"AllowVolumeExpansion", "string", 0, "Whether claims may grow"},
        age_column()},
       print_storage_class},
      {"coordination.k8s.io",
       "Lease",
       {name_column(), {"Holder", "string", 0, "Who holds it"}, age_column()},
       print_lease},
      {"",
       "Endpoints",
       {name_column(), {"Endpoints", "string", 0, "Addresses and ports"}, age_column()},
       print_endpoints}};
  return tables;
}

}  // namespace drydock::fakekube

#include "fakegrid/server/rest_container.h"

#include <algorithm>
#include <array>

#include "core/base/json.h"
#include "fakegrid/server/config_render.h"

namespace drydock::fakegrid {
namespace {

// Caches that every server of a release has beside the user's.
std::vector<std::string> connector_caches(const ServerVersion& version) {
  if (version.at_least(15)) return {"respCache", "memcachedCache"};
  if (version.at_least(14)) return {"respCache"};
  return {};
}

json::array configuration_names(const Node& node) {
  std::vector<std::string> names = visible_caches(node);
  for (const NamedElement& one : builtin_templates(node.version())) names.push_back(one.name);
  for (const NamedDefinition& one : node.templates()) names.push_back(one.name);
  std::sort(names.begin(), names.end());
  return json::array(names.begin(), names.end());
}

ConfigElement server_template(std::string_view kind, std::string_view mode,
                              const ServerVersion& version) {
  ConfigElement out;
  out.name = kind;
  if (mode == "SYNC") out.set("remote-timeout", "17500");
  if (!mode.empty()) out.set("mode", std::string(mode));
  if (!mode.empty() && version.at_least(15)) out.set("configuration", "org.infinispan.LOCAL");
  out.set("statistics", "true");
  out.children.push_back(
      {"locking",
       {{"concurrency-level", "1000"}, {"acquire-timeout", "15000"}, {"striping", "false"}},
       {},
       ""});
  if (kind == "distributed-cache" || kind == "replicated-cache")
    out.children.push_back({"state-transfer", {{"timeout", "60000"}}, {}, ""});
  return out;
}

// From 16 on the old templates are no configurations any more: their names only make caches.
ConfigElement plain_template(std::string_view kind, std::string_view mode) {
  ConfigElement out;
  out.name = kind;
  if (!mode.empty()) out.set("mode", std::string(mode));
  out.set("statistics", "true");
  return out;
}

struct ModeTemplate {
  std::string_view name, kind, mode;
};
constexpr std::array<ModeTemplate, 7> kModeTemplates = {
    {{"org.infinispan.DIST_ASYNC", "distributed-cache", "ASYNC"},
     {"org.infinispan.DIST_SYNC", "distributed-cache", "SYNC"},
     {"org.infinispan.INVALIDATION_ASYNC", "invalidation-cache", "ASYNC"},
     {"org.infinispan.INVALIDATION_SYNC", "invalidation-cache", "SYNC"},
     {"org.infinispan.LOCAL", "local-cache", ""},
     {"org.infinispan.REPL_ASYNC", "replicated-cache", "ASYNC"},
     {"org.infinispan.REPL_SYNC", "replicated-cache", "SYNC"}}};

std::vector<NamedElement> make_builtin_templates(const ServerVersion& version) {
  std::vector<NamedElement> out;
  ConfigElement protobuf = server_template("distributed-cache", "SYNC", version);
  protobuf.children.push_back({"encoding", {{"media-type", "application/x-protostream"}}, {}, ""});
  out.push_back({"example.PROTOBUF_DIST", std::move(protobuf)});
  for (const ModeTemplate& one : kModeTemplates)
    out.push_back({std::string(one.name), server_template(one.kind, one.mode, version)});
  if (version.at_least(15)) return out;
  ConfigElement scattered = server_template("scattered-cache", "SYNC", version);
  out.push_back({"org.infinispan.SCATTERED_SYNC", std::move(scattered)});
  return out;
}

}  // namespace

std::vector<std::string> visible_caches(const Node& node) {
  std::vector<std::string> names = {"___script_cache", "___protobuf_metadata"};
  for (std::string& name : connector_caches(node.version())) names.push_back(std::move(name));
  for (const NamedDefinition& cache : node.caches())
    if (std::find(names.begin(), names.end(), cache.name) == names.end())
      names.push_back(cache.name);
  return names;
}

const std::vector<NamedElement>& builtin_templates(const ServerVersion& version) {
  static const std::vector<NamedElement> none;
  static const std::vector<NamedElement> with_parent = make_builtin_templates({});
  static const std::vector<NamedElement> with_scattered =
      make_builtin_templates({.major = 14, .minor = 0, .patch = 0, .text = "14.0.0.Final"});
  if (version.at_least(16)) return none;
  return version.at_least(15) ? with_parent : with_scattered;
}

std::optional<ConfigElement> find_template(const Node& node, std::string_view name) {
  for (const NamedElement& one : builtin_templates(node.version()))
    if (one.name == name) return one.element;
  if (node.version().at_least(16))
    for (const ModeTemplate& one : kModeTemplates)
      if (one.name == name) return plain_template(one.kind, one.mode);
  std::optional<std::string> text;
  for (const NamedDefinition& one : node.templates())
    if (one.name == name) text = one.configuration_xml;
  if (!text) text = node.cache_configuration(name);
  if (!text) return std::nullopt;
  Result<ConfigElement> parsed = parse_cache_element(*text, ConfigFormat::kXml);
  if (!parsed.ok()) return std::nullopt;
  return *parsed;
}

json::value health_document(const Node& node) {
  const Health health = node.health();
  json::array names(health.node_names.begin(), health.node_names.end());
  json::array caches;
  std::vector<std::string> shown = visible_caches(node);
  std::sort(shown.begin(), shown.end());
  for (const std::string& name : shown) {
    const auto found = health.cache_status.find(name);
    const std::string status = found == health.cache_status.end() ? "HEALTHY" : found->second;
    caches.push_back({{"status", status}, {"cache_name", name}});
  }
  return {{"cluster_health",
           {{"cluster_name", health.cluster_name},
            {"health_status", health.status},
            {"number_of_nodes", health.node_names.size()},
            {"node_names", names}}},
          {"cache_health", caches}};
}

json::value container_document(const Node& node, const ContainerState& state) {
  const ServerVersion& version = node.version();
  const Health health = node.health();
  json::array members(health.node_names.begin(), health.node_names.end());
  json::array addresses;
  for (const Member& member : node.members()) addresses.emplace_back(member.address + ":7800");
  json::array defined;
  for (const std::string& name : visible_caches(node))
    defined.push_back({{"name", name}, {"started", true}});
  const size_t running = defined.size() - 2;  // schemas and scripts are not counted
  const bool runs = node.state() == NodeState::kRunning && !state.shut_down;
  json::object out{{"version", node.config().version},
                   {"name", "default"},
                   {"coordinator", node.is_coordinator()},
                   {"cache_configuration_names", configuration_names(node)},
                   {"cluster_name", health.cluster_name},
                   {"physical_addresses", "[" + node.address() + ":7800]"},
                   {"coordinator_address", health.coordinator},
                   {"cache_manager_status", runs ? "RUNNING" : "STOPPING"},
                   {"created_cache_count", running},
                   {"running_cache_count", running},
                   {"node_address", node.config().name},
                   {"cluster_members", std::move(members)},
                   {"cluster_members_physical_addresses", std::move(addresses)},
                   {"cluster_size", health.node_names.size()},
                   {"defined_caches", std::move(defined)},
                   {"local_site", nullptr}};
  if (version.at_least(14)) {
    out["relay_node"] = false;
    out["relay_nodes_address"] = json::array();
  }
  out["sites_view"] = json::array();
  if (version.at_least(14)) out["rebalancing_enabled"] = state.rebalancing;
  return out;
}

std::string server_title(const ServerVersion& version) {
  std::string codename = "Infinispan";
  if (version.at_least(12, 1)) codename = "Taedonggang";
  if (version.at_least(14)) codename = "Flying Saucer";
  if (version.at_least(15)) codename = "I'm Still Standing";
  return "Infinispan '" + codename + "' " + version.text;
}

std::string configurations_text(const Node& node, bool templates) {
  std::vector<NamedElement> all = builtin_templates(node.version());
  const auto add = [&](const std::vector<NamedDefinition>& definitions) {
    for (const NamedDefinition& one : definitions) {
      Result<ConfigElement> parsed = parse_cache_element(one.configuration_xml, ConfigFormat::kXml);
      if (parsed.ok()) all.push_back({one.name, std::move(*parsed)});
    }
  };
  add(node.templates());
  const size_t template_count = all.size();
  if (!templates) add(node.caches());
  std::vector<std::pair<std::string, std::string>> texts;
  for (size_t i = 0; i < all.size(); ++i)
    texts.emplace_back(all[i].name,
                       shown_json(all[i].name, all[i].element, i < template_count, node.version()));
  std::sort(texts.begin(), texts.end());
  std::string out = "[";
  for (const auto& [name, text] : texts) {
    if (out.size() > 1) out += ",";
    out += "{\"name\":" + json_text(json::value(name)) + ",\"configuration\":" + text + "}";
  }
  return out + "]";
}

}  // namespace drydock::fakegrid

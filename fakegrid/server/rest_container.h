// Documents about the node and its cluster: container, health, configurations, server.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fakegrid/node/node.h"
#include "fakegrid/server/config_element.h"

namespace drydock::fakegrid {

// What an administrator set on this node.
struct ContainerState {
  bool rebalancing = true;
  std::set<std::string> caches_not_rebalancing;
  // container?action=shutdown was asked for: the node answers 503 from then on, and stays.
  bool shut_down = false;
};

// Caches that lists show: the user's, those of schemas and scripts, those of other protocols.
std::vector<std::string> visible_caches(const Node& node);

boost::json::value container_document(const Node& node, const ContainerState& state);
boost::json::value health_document(const Node& node);

// "Infinispan 'Flying Saucer' 14.0.3.Final".
std::string server_title(const ServerVersion& version);

// A template's or cache's name and its configuration.
struct NamedElement {
  std::string name;
  ConfigElement element;
};
// The templates that servers of this release bring along, sorted by name.
const std::vector<NamedElement>& builtin_templates(const ServerVersion& version);
// `[{"name":…,"configuration":{…}},…]`; `templates`: else all caches and templates.
std::string configurations_text(const Node& node, bool templates);

// What `template=` names: a built-in template, one of the cluster, or a cache. nullopt: nothing.
std::optional<ConfigElement> find_template(const Node& node, std::string_view name);

}  // namespace drydock::fakegrid

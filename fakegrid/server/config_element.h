// ConfigElement: a cache's configuration as a tree, read from XML, JSON or YAML as servers do.
//
//   DRYDOCK_ASSIGN(ConfigElement cache, parse_cache_element(body, ConfigFormat::kXml));
//   cache.kind();                    // "distributed-cache", also of "…-cache-configuration"
//   cache.attribute("owners");       // nullptr when it isn't given
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"

namespace drydock::fakegrid {

struct ConfigElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  // as given
  std::vector<ConfigElement> children;
  std::string text;  // of leaves such as <indexed-entity>

  const std::string* attribute(std::string_view wanted) const;
  // Replaces or appends.
  void set(std::string_view attribute_name, std::string value);
  void remove(std::string_view attribute_name);
  const ConfigElement* child(std::string_view wanted) const;
  ConfigElement* child(std::string_view wanted);

  // The name without "-configuration", which marks templates.
  std::string_view kind() const;
  bool is_template() const { return kind().size() != name.size(); }

  friend bool operator==(const ConfigElement&, const ConfigElement&) = default;
};

enum class ConfigFormat { kXml, kJson, kYaml };

// Whether it names a cache or a template: "replicated-cache", "local-cache-configuration", ...
bool is_cache_element(std::string_view name);

// The first cache element of a text, alone or inside a whole document; in JSON and YAML also under
// the cache's name ({"c": {"local-cache": {}}}), which then becomes the attribute `name`.
// kInvalid: no such text; the message is the parser's. kNotFound: no cache element in it; the
// message is the name of the outermost element.
Result<ConfigElement> parse_cache_element(std::string_view text, ConfigFormat format);

// XML on one line, no declaration: what a node keeps as a definition.
std::string element_xml(const ConfigElement& element);

// `derived` over `base`: attributes and children of `derived` win, attribute by attribute; the name
// and the element's name are those of `derived`.
ConfigElement inherited(const ConfigElement& base, const ConfigElement& derived);

}  // namespace drydock::fakegrid

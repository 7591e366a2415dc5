#include "fakegrid/server/config_element.h"

#include <algorithm>
#include <array>
#include <pugixml.hpp>

#include "core/base/json.h"
#include "fakegrid/server/yaml_text.h"

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kTemplateSuffix = "-configuration";

std::string_view without_suffix(std::string_view name) {
  if (name.ends_with(kTemplateSuffix)) name.remove_suffix(kTemplateSuffix.size());
  return name;
}

ConfigElement from_xml(const pugi::xml_node& node) {
  ConfigElement out;
  out.name = node.name();
  for (const pugi::xml_attribute& attribute : node.attributes())
    if (std::string_view(attribute.name()).substr(0, 5) != "xmlns")
      out.attributes.emplace_back(attribute.name(), attribute.value());
  for (const pugi::xml_node& child : node.children())
    if (child.type() == pugi::node_element) out.children.push_back(from_xml(child));
  out.text = node.text().as_string();
  if (!out.children.empty()) out.text.clear();
  return out;
}

Result<ConfigElement> parse_xml(std::string_view text) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed)
    return Status(Code::kInvalid, "ISPN000327: " + std::string(parsed.description()) + " at byte " +
                                      std::to_string(parsed.offset));
  const pugi::xml_node found = document.find_node([](const pugi::xml_node& node) {
    return node.type() == pugi::node_element && is_cache_element(node.name());
  });
  if (found.empty())
    return Status(Code::kNotFound, std::string(document.document_element().name()));
  return from_xml(found);
}

std::string scalar(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  return json_text(value);
}

// The name of one item of a list: "indexed-entities" holds "indexed-entity"s.
std::string item_name(std::string_view list) {
  if (list.ends_with("ies")) return std::string(list.substr(0, list.size() - 3)) + "y";
  if (list.ends_with("s")) list.remove_suffix(1);
  return std::string(list);
}

ConfigElement from_json(std::string_view name, const json::value& value);

void add_member(ConfigElement& out, std::string_view name, const json::value& value) {
  if (value.is_object()) {
    out.children.push_back(from_json(name, value));
  } else if (const json::array* items = value.if_array()) {
    ConfigElement list{.name = std::string(name)};
    for (const json::value& item : *items) {
      ConfigElement one{.name = item_name(name)};
      if (item.is_object())
        one = from_json(one.name, item);
      else
        one.text = scalar(item);
      list.children.push_back(std::move(one));
    }
    out.children.push_back(std::move(list));
  } else {
    out.attributes.emplace_back(name, value.is_null() ? "" : scalar(value));
  }
}

ConfigElement from_json(std::string_view name, const json::value& value) {
  ConfigElement out;
  out.name = name;
  if (const json::object* members = value.if_object())
    for (const auto& member : *members) add_member(out, member.key(), member.value());
  return out;
}

// Looks through whole documents and names for the first cache element.
bool find_in_json(const json::value& value, std::string_view above, ConfigElement& found) {
  const json::object* members = value.if_object();
  if (members == nullptr) return false;
  for (const auto& member : *members) {
    if (is_cache_element(member.key())) {
      found = from_json(member.key(), member.value());
      constexpr std::array<std::string_view, 4> kContainers = {"", "infinispan", "cache-container",
                                                               "caches"};
      if (std::find(kContainers.begin(), kContainers.end(), above) == kContainers.end())
        found.set("name", std::string(above));
      return true;
    }
    if (find_in_json(member.value(), member.key(), found)) return true;
  }
  return false;
}

Result<ConfigElement> parse_json(const Result<json::value>& parsed) {
  if (!parsed.ok()) return parsed.status();
  ConfigElement found;
  if (find_in_json(*parsed, "", found)) return found;
  const json::object* members = parsed->if_object();
  const bool empty = members == nullptr || members->empty();
  return Status(Code::kNotFound, empty ? std::string() : std::string(members->begin()->key()));
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&#34;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

void append_xml(std::string& out, const ConfigElement& element) {
  out += "<" + element.name;
  for (const auto& [name, value] : element.attributes) {
    out += " " + name + "=\"";
    append_escaped(out, value);
    out += "\"";
  }
  if (element.children.empty() && element.text.empty()) {
    out += "/>";
    return;
  }
  out += ">";
  append_escaped(out, element.text);
  for (const ConfigElement& child : element.children) append_xml(out, child);
  out += "</" + element.name + ">";
}

}  // namespace

const std::string* ConfigElement::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes)
    if (key == wanted) return &value;
  return nullptr;
}

void ConfigElement::set(std::string_view attribute_name, std::string value) {
  for (auto& [key, there] : attributes)
    if (key == attribute_name) {
      there = std::move(value);
      return;
    }
  attributes.emplace_back(attribute_name, std::move(value));
}

void ConfigElement::remove(std::string_view attribute_name) {
  std::erase_if(attributes, [&](const auto& one) { return one.first == attribute_name; });
}

const ConfigElement* ConfigElement::child(std::string_view wanted) const {
  for (const ConfigElement& one : children)
    if (one.name == wanted) return &one;
  return nullptr;
}

ConfigElement* ConfigElement::child(std::string_view wanted) {
  for (ConfigElement& one : children)
    if (one.name == wanted) return &one;
  return nullptr;
}

std::string_view ConfigElement::kind() const { return without_suffix(name); }

bool is_cache_element(std::string_view name) {
  constexpr std::array<std::string_view, 5> kKinds = {"local-cache", "replicated-cache",
                                                      "distributed-cache", "invalidation-cache",
                                                      "scattered-cache"};
  return std::find(kKinds.begin(), kKinds.end(), without_suffix(name)) != kKinds.end();
}

Result<ConfigElement> parse_cache_element(std::string_view text, ConfigFormat format) {
  switch (format) {
    case ConfigFormat::kXml: return parse_xml(text);
    case ConfigFormat::kJson: return parse_json(json_parse(text));
    case ConfigFormat::kYaml: return parse_json(yaml_value(text));
  }
  return Status(Code::kInternal, "no such format");
}

std::string element_xml(const ConfigElement& element) {
  std::string out;
  append_xml(out, element);
  return out;
}

ConfigElement inherited(const ConfigElement& base, const ConfigElement& derived) {
  ConfigElement out = base;
  out.name = derived.name;
  out.remove("name");
  if (!derived.text.empty()) out.text = derived.text;
  for (const auto& [key, value] : derived.attributes) out.set(key, value);
  for (const ConfigElement& child : derived.children) {
    if (ConfigElement* there = out.child(child.name))
      *there = inherited(*there, child);
    else
      out.children.push_back(child);
  }
  return out;
}

}  // namespace drydock::fakegrid

#include "core/archive/cache_document.h"

#include <cstddef>
#include <optional>
#include <pugixml.hpp>

namespace drydock::archive {
namespace {

constexpr std::string_view kTemplateSuffix = "-configuration";

// Parses without conversion, so that a node's offset is one into `text`.
Status parse(std::string_view text, pugi::xml_document& document) {
  const pugi::xml_parse_result result =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (result) return ok_status();
  return Status(Code::kInvalid, std::string("XML, byte ") + std::to_string(result.offset) + ": " +
                                    result.description());
}

// The only element below `parent`; empty when there is none or more than one.
pugi::xml_node only_element(const pugi::xml_node& parent) {
  pugi::xml_node found;
  for (const pugi::xml_node& child : parent.children()) {
    if (child.type() != pugi::node_element) continue;
    if (found) return {};
    found = child;
  }
  return found;
}

pugi::xml_node only_element(const pugi::xml_node& parent, const char* name) {
  const pugi::xml_node child = only_element(parent);
  return std::string_view(child.name()) == name ? child : pugi::xml_node();
}

// Past the '>' of the tag that starts at `at`; quoted values may hold a '>'.
size_t tag_end(std::string_view text, size_t at) {
  char quote = '\0';
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

size_t past(std::string_view text, std::string_view terminator, size_t at) {
  const size_t found = text.find(terminator, at);
  return found == std::string_view::npos ? found : found + terminator.size();
}

// Past the end of the element that starts at `begin` of a well-formed document; npos: none.
size_t element_end(std::string_view text, size_t begin) {
  size_t depth = 0;
  size_t at = begin;
  while (at != std::string_view::npos && (at = text.find('<', at)) != std::string_view::npos) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("<!--")) {
      at = past(text, "-->", at + 4);
    } else if (rest.starts_with("<![CDATA[")) {
      at = past(text, "]]>", at);
    } else if (rest.starts_with("<?")) {
      at = past(text, "?>", at);
    } else {
      const bool closes = rest.starts_with("</");
      at = tag_end(text, at);
      if (at == std::string_view::npos) return at;
      const bool opens = !closes && text[at - 2] != '/';
      if (opens) ++depth;
      if (closes && depth > 0) --depth;
      if (depth == 0) return at;
    }
  }
  return std::string_view::npos;
}

// The element of `node` with its bytes in `text`; nullopt: not a cache's.
std::optional<CacheElement> to_element(std::string_view text, const pugi::xml_node& node) {
  CacheElement element;
  std::string_view tag = node.name();
  element.is_template = tag.ends_with(kTemplateSuffix);
  if (element.is_template) tag.remove_suffix(kTemplateSuffix.size());
  if (!tag.ends_with("-cache")) return std::nullopt;
  element.kind = tag;
  element.name = node.attribute("name").value();
  const auto begin = static_cast<size_t>(node.offset_debug()) - 1;
  const size_t end = element_end(text, begin);
  if (end == std::string_view::npos) return std::nullopt;
  element.xml = text.substr(begin, end - begin);
  return element;
}

pugi::xml_node find_cache(const pugi::xml_document& document) {
  const pugi::xml_node container =
      only_element(only_element(document, "infinispan"), "cache-container");
  const pugi::xml_node caches = only_element(container, "caches");
  return only_element(caches ? caches : container);
}

Status data_loss(std::string_view expected_name, std::string_view what) {
  return Status(Code::kDataLoss,
                "configuration of \"" + std::string(expected_name) + "\": " + std::string(what));
}

int major_version(std::string_view version) {
  int major = 0;
  for (const char c : version.substr(0, 4)) {
    if (c < '0' || c > '9') break;
    major = major * 10 + (c - '0');
  }
  return major;
}

// "15.0.21.Final" -> "15.0"
std::string_view schema_version(std::string_view version) {
  const size_t dot = version.find('.');
  return dot == std::string_view::npos ? version : version.substr(0, version.find('.', dot + 1));
}

}  // namespace

Result<CacheElement> extract_cache(std::string_view document, std::string_view expected_name) {
  pugi::xml_document parsed;
  if (const Status status = parse(document, parsed); !status.ok())
    return data_loss(expected_name, status.message());
  const pugi::xml_node node = find_cache(parsed);
  if (!node) return data_loss(expected_name, "not a document with exactly one cache");
  std::optional<CacheElement> element = to_element(document, node);
  if (!element)
    return data_loss(expected_name, "<" + std::string(node.name()) + "> is not a cache");
  if (element->name != expected_name)
    return data_loss(expected_name, "it is that of \"" + element->name + "\"");
  return *std::move(element);
}

Result<CacheElement> parse_cache_element(std::string_view xml) {
  pugi::xml_document parsed;
  DRYDOCK_RETURN_IF_ERROR(parse(xml, parsed));
  const pugi::xml_node node = only_element(parsed);
  std::optional<CacheElement> element = node ? to_element(xml, node) : std::nullopt;
  if (!element) return Status(Code::kInvalid, "not exactly one cache element");
  if (!node.attribute("name")) return Status(Code::kInvalid, "a cache element without name");
  return *std::move(element);
}

std::string wrap_cache(const CacheElement& element, std::string_view version) {
  return wrap_cache_xml(element.xml, version);
}

std::string wrap_cache_xml(std::string_view element_xml, std::string_view version) {
  const bool has_caches = major_version(version) >= 13;
  std::string out = "<?xml version=\"1.0\"?><infinispan xmlns=\"urn:infinispan:config:";
  out.append(schema_version(version)).append("\"><cache-container>");
  if (has_caches) out += "<caches>";
  out += element_xml;
  if (has_caches) out += "</caches>";
  return out + "</cache-container></infinispan>";
}

}  // namespace drydock::archive

#include "fakegrid/server/cache_creation.h"

#include <algorithm>

#include "fakegrid/server/media_type.h"
#include "fakegrid/server/rest_container.h"
#include "fakegrid/server/rest_reply.h"

namespace drydock::fakegrid {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

// Up to 14 the definition is checked by the node that stores it, and what it says gets lost.
HttpResponse refused_elsewhere(const Node& node) {
  std::string name = node.config().name;
  for (const Member& member : node.members())
    if (name == node.config().name) name = member.name;
  return reply_text(
      400, "org.infinispan.remoting.RemoteException: ISPN000217: Received exception from " + name +
               ", see cause for remote stack trace");
}

// The answer to a name that no cache can have.
std::optional<HttpResponse> bad_name(const Node& node, const std::string& cache) {
  const bool wildcard = cache.find_first_of("*?") != std::string::npos;
  const bool unwritable = has_control(cache);
  if (!node.version().at_least(15)) {
    const bool quoted = cache.find('"') != std::string::npos;
    if (wildcard || unwritable || quoted) return refused_elsewhere(node);
    return std::nullopt;
  }
  if (wildcard)
    return reply_text(400, "ISPN000484: Wildcards not allowed in cache names: '" + cache + "'");
  if (unwritable)
    return reply_text(500,
                      "Cannot invoke \"org.infinispan.configuration.cache.ConfigurationBuilder."
                      "template(boolean)\" because the return value of \"java.util.Map.get(Object)"
                      "\" is null");
  return std::nullopt;
}

std::optional<ConfigFormat> format_of(const HttpRequest& request) {
  const std::string* header = find_header(request.headers, "Content-Type");
  const MediaType type = media_type(header == nullptr ? "application/json" : *header);
  if (type.kind == MediaKind::kJson) return ConfigFormat::kJson;
  if (type.kind == MediaKind::kXml) return ConfigFormat::kXml;
  if (type.name == "application/yaml") return ConfigFormat::kYaml;
  return std::nullopt;
}

HttpResponse store(Node& node, const HttpRequest& request, const std::string& cache,
                   std::string xml, SteadyTime deadline) {
  if (std::optional<HttpResponse> refused = bad_name(node, cache)) return *refused;
  const auto created = node.create_cache({cache, std::move(xml)}, deadline);
  if (!created.ok()) return reply_error(created.status());
  if (*created || request.method == "PUT") return reply(200);
  return reply_text(400, "ISPN000507: Cache " + cache + " already exists");
}

HttpResponse no_template(const std::string& name, const std::string& cache) {
  return reply_text(400,
                    "ISPN000374: No such template '" + name + "' when declaring '" + cache + "'");
}

// 12 to 14 read a lone element with fewer parsers, and 12 wants its name in it.
std::optional<HttpResponse> bad_fragment(const Node& node, const ConfigElement& element,
                                         std::string_view text) {
  const ServerVersion& version = node.version();
  const bool alone = text.find("<infinispan") == std::string_view::npos;
  if (!alone || version.at_least(15)) return std::nullopt;
  if (element.name == "invalidation-cache")
    return reply_text(400, no_parser(element.name, version));
  if (!version.at_least(14) && element.attribute("name") == nullptr)
    return reply_text(500, "Cannot invoke \"String.length()\" because \"s\" is null");
  return std::nullopt;
}

HttpResponse create_from_body(Node& node, const HttpRequest& request, const std::string& cache,
                              const std::string& body, SteadyTime deadline) {
  const std::optional<ConfigFormat> format = format_of(request);
  if (!format) return reply(415);
  Result<ConfigElement> element = parse_cache_element(body, *format);
  if (!element.ok() && element.status().code() == Code::kNotFound)
    return reply_text(400, no_parser(element.status().message(), node.version()));
  if (!element.ok()) return reply_text(400, element.status().message());
  const bool xml = *format == ConfigFormat::kXml;
  if (xml)
    if (std::optional<HttpResponse> refused = bad_fragment(node, *element, body)) return *refused;
  const std::string* parent = element->attribute("configuration");
  if (parent == nullptr)
    return store(node, request, cache, xml ? body : element_xml(*element), deadline);
  std::optional<ConfigElement> base = find_template(node, *parent);
  if (!base) return no_template(*parent, cache);
  element->remove("configuration");
  base->remove("configuration");
  return store(node, request, cache, element_xml(inherited(*base, *element)), deadline);
}

}  // namespace

std::string no_parser(std::string_view element, const ServerVersion& version) {
  return "ISPN000327: Cannot find a parser for element '" + std::string(element) +
         "' in namespace ''. Check that your configuration is up-to date for Infinispan '" +
         version.text + "' and if you have the proper dependency in the classpath";
}

HttpResponse create_cache_route(Node& node, const HttpRequest& request, const std::string& cache,
                                const HttpTarget& target, SteadyTime deadline) {
  const auto named = target.query.find("template");
  if (named != target.query.end()) {
    std::optional<ConfigElement> element = find_template(node, named->second);
    if (!element) return no_template(named->second, cache);
    element->name = element->kind();
    element->remove("name");
    return store(node, request, cache, element_xml(*element), deadline);
  }
  const std::string body = request.body.text();
  if (body.empty()) return store(node, request, cache, "<local-cache/>", deadline);
  return create_from_body(node, request, cache, body, deadline);
}

}  // namespace drydock::fakegrid

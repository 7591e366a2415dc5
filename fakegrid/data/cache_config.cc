#include "fakegrid/data/cache_config.h"

#include <algorithm>
#include <pugixml.hpp>

#include "fakegrid/topology/hashing.h"

namespace drydock::fakegrid {
namespace {

bool ends_with(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

// "distributed-cache" of both "distributed-cache" and "distributed-cache-configuration".
std::string_view kind_of(std::string_view element) {
  constexpr std::string_view kSuffix = "-configuration";
  if (ends_with(element, kSuffix)) element.remove_suffix(kSuffix.size());
  return ends_with(element, "-cache") ? element : std::string_view();
}

pugi::xml_node find_cache_element(const pugi::xml_document& document) {
  return document.find_node([](const pugi::xml_node& node) {
    return node.type() == pugi::node_element && !kind_of(node.name()).empty();
  });
}

CacheMode mode_of(std::string_view kind) {
  if (kind == "distributed-cache") return CacheMode::kDistributed;
  if (kind == "replicated-cache") return CacheMode::kReplicated;
  return CacheMode::kLocal;
}

CacheConfigPtr internal_cache(std::string_view name, CacheMode mode, int segments, bool to_all) {
  auto config = std::make_shared<CacheConfig>();
  config->name = name;
  config->mode = mode;
  config->segments = segments;
  config->internal = true;
  config->copied_to_all = to_all;
  const std::string_view kind =
      mode == CacheMode::kReplicated ? "replicated-cache" : "distributed-cache";
  config->xml = "<" + std::string(kind) + " name=\"" + std::string(name) + "\"/>";
  return config;
}

}  // namespace

int owners_of(const CacheConfig& config) {
  return config.mode == CacheMode::kReplicated ? kMaxMembers : config.owners;
}

Result<CacheConfigPtr> parse_cache_config(std::string_view name, std::string_view xml,
                                          int default_segments) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed)
    return Status(Code::kInvalid, "configuration of '" + std::string(name) + "' at byte " +
                                      std::to_string(parsed.offset) + ": " + parsed.description());
  const pugi::xml_node element = find_cache_element(document);
  if (element.empty())
    return Status(Code::kInvalid,
                  "configuration of '" + std::string(name) + "' holds no cache element");
  auto config = std::make_shared<CacheConfig>();
  config->name = name;
  config->xml = xml;
  config->mode = mode_of(kind_of(element.name()));
  config->owners = std::clamp(element.attribute("owners").as_int(2), 1, kMaxMembers);
  config->segments = std::clamp(element.attribute("segments").as_int(default_segments), 1, 65'535);
  const std::string_view split =
      element.child("partition-handling").attribute("when-split").as_string("ALLOW_READ_WRITES");
  config->partition_handling = split != "ALLOW_READ_WRITES";
  return CacheConfigPtr(std::move(config));
}

std::vector<CacheConfigPtr> internal_caches(int segments) {
  return {internal_cache(kSchemaCache, CacheMode::kReplicated, segments, true),
          internal_cache(kTaskCache, CacheMode::kReplicated, segments, true),
          internal_cache(kConfigCache, CacheMode::kReplicated, segments, true),
          internal_cache(kCounterCache, CacheMode::kDistributed, segments, false)};
}

}  // namespace drydock::fakegrid

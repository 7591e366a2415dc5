#include "fakegrid/data/cache_config.h"

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>

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
  if (kind == "distributed-cache" || kind == "scattered-cache") return CacheMode::kDistributed;
  if (kind == "replicated-cache") return CacheMode::kReplicated;
  if (kind == "invalidation-cache") return CacheMode::kInvalidation;
  return CacheMode::kLocal;
}

// "1", "0.5": in thousandths; what is no number counts as 1.
int capacity_of(std::string_view text) {
  int whole = 0;
  const auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  const bool point = !text.empty() && text.front() == '.';
  if ((error != std::errc() && !point) || whole < 0) return kFullCapacity;
  std::string_view rest = text.substr(point ? 0 : static_cast<size_t>(next - text.data()));
  int value = std::min(whole, 1000) * kFullCapacity;
  if (rest.empty() || rest.front() != '.') return value;
  rest.remove_prefix(1);
  for (int unit = kFullCapacity / 10; unit > 0 && !rest.empty(); unit /= 10) {
    if (rest.front() < '0' || rest.front() > '9') break;
    value += (rest.front() - '0') * unit;
    rest.remove_prefix(1);
  }
  return value;
}

class InternalList {
 public:
  explicit InternalList(int segments) : segments_(segments) {}

  CacheConfig& add(std::string_view name, CacheMode mode) {
    auto config = std::make_shared<CacheConfig>();
    config->name = name;
    config->mode = mode;
    config->segments = segments_;
    config->internal = true;
    const std::string_view kind =
        mode == CacheMode::kReplicated ? "replicated-cache" : "distributed-cache";
    config->xml = "<" + std::string(kind) + " name=\"" + std::string(name) + "\"/>";
    list_.push_back(config);
    return *config;
  }
  std::vector<CacheConfigPtr> take() const { return {list_.begin(), list_.end()}; }

 private:
  const int segments_;
  std::vector<std::shared_ptr<CacheConfig>> list_;
};

// What servers' endpoints and modules make for themselves, as seen in 12.1.11, 14.0.3, 15.0.21.
void add_server_caches(const ServerVersion& version, InternalList& list) {
  list.add("org.infinispan.CLIENT_SERVER_TX_TABLE", CacheMode::kReplicated);
  list.add("___hotRodTopologyCache_hotrod-default", CacheMode::kReplicated);
  if (!version.at_least(15))
    list.add(kLockCache, CacheMode::kReplicated).when_split = WhenSplit::kDenyReadWrites;
  if (version.major == 15) {
    list.add("memcachedCache", CacheMode::kReplicated);
    list.add("respCache", CacheMode::kDistributed);
  }
  if (version.major != 14) return;
  CacheConfig& resp = list.add("respCache", CacheMode::kReplicated);
  resp.internal = false;
  resp.xml =
      "<replicated-cache name=\"respCache\" mode=\"SYNC\"><encoding>"
      "<key media-type=\"application/octet-stream\"/>"
      "<value media-type=\"application/octet-stream\"/></encoding></replicated-cache>";
}

}  // namespace

int owners_of(const CacheConfig& config) {
  return config.mode == CacheMode::kDistributed ? config.owners : kEveryMember;
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
  config->capacity = capacity_of(element.attribute("capacity-factor").as_string("1"));
  config->owners = std::clamp(element.attribute("owners").as_int(2), 1, kMaxMembers);
  config->segments = std::clamp(element.attribute("segments").as_int(default_segments), 1, 65'535);
  const pugi::xml_node indexing = element.child("indexing");
  config->indexed = !indexing.empty() && indexing.attribute("enabled").as_bool(true);
  const std::string_view split =
      element.child("partition-handling").attribute("when-split").as_string("ALLOW_READ_WRITES");
  if (split == "DENY_READ_WRITES") config->when_split = WhenSplit::kDenyReadWrites;
  if (split == "ALLOW_READS") config->when_split = WhenSplit::kAllowReads;
  return CacheConfigPtr(std::move(config));
}

std::vector<CacheConfigPtr> internal_caches(const InternalCaches& wanted) {
  InternalList list(wanted.segments);
  for (const std::string_view name : {kSchemaCache, kTaskCache})
    list.add(name, CacheMode::kReplicated).copied_to_all = wanted.texts_to_zero_capacity;
  list.add(kConfigCache, CacheMode::kReplicated).copied_to_all = true;
  list.add(kCounterCache, CacheMode::kDistributed);
  if (wanted.all) add_server_caches(wanted.version, list);
  return list.take();
}

}  // namespace drydock::fakegrid

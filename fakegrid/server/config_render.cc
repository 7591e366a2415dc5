#include "fakegrid/server/config_render.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "core/base/json.h"

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\"?>";

struct Order {
  std::string_view element;
  std::vector<std::string_view> names;  // first these, then the others as given
};

const std::vector<std::string_view>& cache_attributes(const ServerVersion& version) {
  static const std::vector<std::string_view> current = {"name",
                                                        "configuration",
                                                        "simple-cache",
                                                        "invalidation-batch-size",
                                                        "bias-acquisition",
                                                        "bias-lifespan",
                                                        "owners",
                                                        "segments",
                                                        "capacity-factor",
                                                        "key-partitioner",
                                                        "l1-lifespan",
                                                        "l1-cleanup-interval",
                                                        "mode",
                                                        "remote-timeout",
                                                        "statistics"};
  static const std::vector<std::string_view> before_14 = [] {
    std::vector<std::string_view> names(current.begin() + 1, current.end());
    names.insert(std::find(names.begin(), names.end(), "statistics"), "name");
    return names;
  }();
  return version.at_least(14) ? current : before_14;
}

const std::vector<std::string_view>& attributes_of(std::string_view element) {
  static const std::vector<Order> orders = {
      {"locking", {"concurrency-level", "isolation", "acquire-timeout", "striping"}},
      {"transaction", {"mode", "auto-commit", "stop-timeout", "locking"}},
      {"expiration", {"lifespan", "max-idle", "interval", "touch"}},
      {"memory", {"storage", "max-count", "max-size", "when-full"}},
      {"persistence",
       {"passivation", "availability-interval", "connection-attempts", "connection-interval"}},
      {"indexing", {"auto-config", "enabled", "storage", "path"}},
      {"state-transfer", {"await-initial-transfer", "chunk-size", "enabled", "timeout"}},
      {"partition-handling", {"when-split", "merge-policy"}}};
  static const std::vector<std::string_view> none;
  for (const Order& order : orders)
    if (order.element == element) return order.names;
  return none;
}

constexpr std::array<std::string_view, 15> kChildren = {"backups",        "encoding",
                                                        "backup-for",     "locking",
                                                        "transaction",    "expiration",
                                                        "memory",         "persistence",
                                                        "indexing",       "custom-interceptors",
                                                        "query",          "security",
                                                        "state-transfer", "partition-handling",
                                                        "groups"};

size_t rank(std::span<const std::string_view> order, std::string_view name) {
  return static_cast<size_t>(std::find(order.begin(), order.end(), name) - order.begin());
}

void sort_attributes(ConfigElement& element, std::span<const std::string_view> order) {
  std::stable_sort(
      element.attributes.begin(), element.attributes.end(),
      [&](const auto& a, const auto& b) { return rank(order, a.first) < rank(order, b.first); });
}

// `<encoding media-type="x"/>` and one with equal key and value are the same; the long form up to
// 14, the short one since.
void normalize_encoding(ConfigElement& encoding, const ServerVersion& version) {
  std::string key, value;
  if (const std::string* both = encoding.attribute("media-type")) key = value = *both;
  for (const auto& [child, into] : {std::pair{"key", &key}, std::pair{"value", &value}})
    if (const ConfigElement* one = encoding.child(child))
      if (const std::string* type = one->attribute("media-type")) *into = *type;
  encoding.remove("media-type");
  encoding.children.clear();
  if (version.at_least(15) && key == value) {
    encoding.attributes.insert(encoding.attributes.begin(), {"media-type", key});
    return;
  }
  if (!key.empty()) encoding.children.push_back({"key", {{"media-type", key}}, {}, ""});
  if (!value.empty()) encoding.children.push_back({"value", {{"media-type", value}}, {}, ""});
}

void normalize_children(ConfigElement& element, const ServerVersion& version) {
  for (ConfigElement& child : element.children) {
    if (child.name == "encoding") normalize_encoding(child, version);
    if (child.name == "indexing" && child.attribute("enabled") == nullptr)
      child.set("enabled", "true");
    sort_attributes(child, attributes_of(child.name));
  }
  std::erase_if(element.children, [](const ConfigElement& child) {
    return child.attributes.empty() && child.children.empty() && child.text.empty();
  });
  std::stable_sort(element.children.begin(), element.children.end(),
                   [](const ConfigElement& a, const ConfigElement& b) {
                     return rank(kChildren, a.name) < rank(kChildren, b.name);
                   });
}

void add_written_defaults(ConfigElement& element) {
  const std::string_view kind = element.kind();
  if (kind != "local-cache" && element.attribute("mode") == nullptr) element.set("mode", "SYNC");
  if (kind != "scattered-cache") return;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kScattered = {
      {{"invalidation-batch-size", "128"},
       {"bias-acquisition", "ON_WRITE"},
       {"bias-lifespan", "300000"}}};
  for (const auto& [name, value] : kScattered)
    if (element.attribute(name) == nullptr) element.set(name, std::string(value));
}

// Four blanks a level; a leaf's text stays on its line.
void append_indented(std::string& out, const ConfigElement& element, size_t depth) {
  const std::string blanks(depth * 4, ' ');
  if (element.children.empty()) {
    out += blanks + element_xml(element) + "\n";
    return;
  }
  ConfigElement head = element;
  head.children.clear();
  std::string tag = element_xml(head);  // "<a x="1"/>"
  tag.resize(tag.size() - 2);
  out += blanks + tag + ">\n";
  for (const ConfigElement& child : element.children) append_indented(out, child, depth + 1);
  out += blanks + "</" + element.name + ">\n";
}

std::string document(ConfigElement cache, const ServerVersion& version) {
  ConfigElement container{.name = "cache-container"};
  if (version.at_least(14))
    container.children.push_back({"caches", {}, {std::move(cache)}, ""});
  else
    container.children.push_back(std::move(cache));
  ConfigElement root{.name = "infinispan"};
  root.set("xmlns", "urn:infinispan:config:" + std::to_string(version.major) + "." +
                        std::to_string(version.minor));
  root.children.push_back(std::move(container));
  std::string out(kDeclaration);
  if (version.at_least(15)) return out + element_xml(root);
  out += "\n";
  append_indented(out, root, 0);
  return out;
}

json::value json_scalar(const std::string& text, bool numbers) {
  if (text == "true" || text == "false") return text == "true";
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (numbers && error == std::errc() && end == text.data() + text.size()) return number;
  return json::value(text);
}

bool is_text_list(const ConfigElement& element) {
  return !element.children.empty() &&
         std::all_of(element.children.begin(), element.children.end(),
                     [](const ConfigElement& child) { return !child.text.empty(); });
}

json::value json_members(const ConfigElement& element) {
  if (is_text_list(element)) {
    json::array items;
    for (const ConfigElement& child : element.children) items.emplace_back(child.text);
    return items;
  }
  json::object out;
  for (const auto& [name, value] : element.attributes)
    if (name != "name") out[name] = json_scalar(value, false);
  for (const ConfigElement& child : element.children) out[child.name] = json_members(child);
  return out;
}

// 12 and 13 write their own model: numbers, state transfer first, statistics last, and an
// encoding's common type beside the two.
json::value old_json_members(const ConfigElement& element) {
  json::object out;
  for (const std::string_view first : {"mode", "remote-timeout", "owners", "segments"})
    if (const std::string* value = element.attribute(first)) out[first] = json_scalar(*value, true);
  if (element.kind() == "scattered-cache") out.emplace("owners", 1);
  std::vector<ConfigElement> children = element.children;
  constexpr std::array<std::string_view, 3> kFirst = {"state-transfer", "encoding", "locking"};
  std::stable_sort(children.begin(), children.end(), [&](const auto& a, const auto& b) {
    return rank(kFirst, a.name) < rank(kFirst, b.name);
  });
  for (const ConfigElement& child : children) {
    json::object members;
    const ConfigElement* key = child.name == "encoding" ? child.child("key") : nullptr;
    if (key != nullptr && key->attribute("media-type") != nullptr)
      members["media-type"] = *key->attribute("media-type");
    for (const auto& [name, value] : child.attributes) members[name] = json_scalar(value, true);
    for (const ConfigElement& below : child.children) members[below.name] = json_members(below);
    out[child.name] = std::move(members);
  }
  if (const std::string* value = element.attribute("statistics"))
    out["statistics"] = json_scalar(*value, true);
  return out;
}

}  // namespace

ConfigElement canonical_element(std::string_view name, const ConfigElement& given, bool is_template,
                                const ServerVersion& version) {
  ConfigElement out = given;
  out.name = given.kind();
  if (is_template && version.at_least(14)) out.name += "-configuration";
  out.set("name", std::string(name));
  if (!version.at_least(15)) out.remove("configuration");
  add_written_defaults(out);
  sort_attributes(out, cache_attributes(version));
  normalize_children(out, version);
  return out;
}

Result<std::string> archived_configuration(std::string_view name, std::string_view stored,
                                           bool is_template, const ServerVersion& version) {
  DRYDOCK_ASSIGN(const ConfigElement element, parse_cache_element(stored, ConfigFormat::kXml));
  return document(canonical_element(name, element, is_template, version), version);
}

std::string archived_schema_cache(std::string_view data_directory, const ServerVersion& version) {
  const bool before_14 = !version.at_least(14);
  const auto type = [](std::string_view of) {
    return ConfigElement{std::string(of), {{"media-type", "application/x-java-object"}}, {}, ""};
  };
  ConfigElement store{.name = before_14 ? "file-store" : "single-file-store"};
  if (before_14) store.set("fetch-state", "true");
  store.set("purge", "false");
  store.set("preload", "true");
  store.set("segmented", "false");
  store.set("path", std::string(data_directory));
  ConfigElement cache{
      "replicated-cache",
      {{"name", "___protobuf_metadata"}, {"mode", "SYNC"}, {"statistics", "false"}},
      {{"encoding", {}, {type("key"), type("value")}, ""},
       {"locking", {{"isolation", "READ_COMMITTED"}, {"striping", "false"}}, {}, ""},
       {"transaction", {{"mode", "BATCH"}, {"locking", "PESSIMISTIC"}}, {}, ""},
       {"persistence", {{"availability-interval", "-1"}}, {std::move(store)}, ""},
       {"state-transfer", {{"enabled", "true"}, {"await-initial-transfer", "false"}}, {}, ""}},
      ""};
  sort_attributes(cache, cache_attributes(version));
  return document(std::move(cache), version);
}

std::string shown_xml(std::string_view name, const ConfigElement& given,
                      const ServerVersion& version) {
  ConfigElement element = canonical_element(name, given, false, version);
  if (!version.at_least(14)) return document(std::move(element), version);
  return std::string(kDeclaration) + element_xml(element);
}

std::string shown_json(std::string_view name, const ConfigElement& given, bool is_template,
                       const ServerVersion& version) {
  const ConfigElement element = canonical_element(name, given, is_template, version);
  if (!version.at_least(14))
    return json_text(json::object{{element.name, old_json_members(element)}});
  json::object whole;
  whole[name] = json::object{{element.name, json_members(element)}};
  return version.at_least(15) ? json_text(whole) : spaced_json(whole);
}

std::string spaced_json(const json::value& value, int depth) {
  const bool object = value.is_object() && !value.get_object().empty();
  const bool array = value.is_array() && !value.get_array().empty();
  if (!object && !array) return json_text(value);
  const std::string blanks(static_cast<size_t>(depth + 1) * 2, ' ');
  std::string out = object ? "{\n" : "[\n";
  bool first = true;
  const auto begin_item = [&] {
    out += (first ? "" : ",\n") + blanks;
    first = false;
  };
  if (object) {
    for (const auto& member : value.get_object()) {
      begin_item();
      out += json_text(json::value(member.key())) + " : " + spaced_json(member.value(), depth + 1);
    }
  } else {
    for (const json::value& item : value.get_array()) {
      begin_item();
      out += spaced_json(item, depth + 1);
    }
  }
  out += "\n" + blanks.substr(2) + (object ? "}" : "]");
  return out;
}

}  // namespace drydock::fakegrid

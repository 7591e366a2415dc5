#include "harness/scenario/read_content.h"

#include <fmt/format.h>

namespace drydock::harness::scenario {
namespace {

const std::vector<std::string> kModes = {"local", "distributed", "replicated"};

CacheMode mode_of(const std::string& word) {
  if (word == "local") return CacheMode::kLocal;
  return word == "replicated" ? CacheMode::kReplicated : CacheMode::kDistributed;
}

// The members of a mapping, each with its place; anything else is an error.
const std::vector<YamlMember>& members(const YamlNode& node, Context& context,
                                       std::string_view label) {
  Fields fields(node, context, std::string(label));  // complains unless it's a mapping
  return node.members;
}

CacheSpec read_cache(const YamlMember& member, Context& context, std::string_view noun) {
  Fields fields(member.value, context, fmt::format("{} '{}'", noun, member.key));
  CacheSpec cache{.name = member.key, .position = member.position};
  std::string mode = "distributed";
  fields.optional_word("mode", kModes, mode);
  cache.mode = mode_of(mode);
  if (fields.has("owners") && cache.mode != CacheMode::kDistributed) {
    fields.wrong(fmt::format("a {} cache has no number of owners", mode),
                 "remove 'owners' or write 'mode: distributed'");
  }
  fields.optional_between("owners", 1, 1000, cache.owners);
  fields.optional_between("segments", 1, 65536, cache.segments);
  fields.optional("media_type", cache.media_type);
  fields.optional("configuration", cache.configuration);
  if (!cache.configuration.empty() && fields.node().members.size() > 1) {
    fields.wrong(fmt::format("{} has both 'configuration' and other keys", fields.what()),
                 "the configuration says everything; remove the others");
  }
  fields.finish();
  return cache;
}

CounterSpec read_counter(const YamlMember& member, Context& context) {
  CounterSpec counter{.record = {.name = member.key}, .position = member.position};
  CounterRecord& record = counter.record;
  if (member.value.is_scalar()) {  // `hits: 42`
    read_value(member.value, context, fmt::format("counter '{}'", member.key), record.value);
    return counter;
  }
  Fields fields(member.value, context, fmt::format("counter '{}'", member.key));
  std::string type = "strong";
  std::string storage = "volatile";
  CounterConfiguration& configuration = record.configuration;
  fields.optional_word("type", {"strong", "weak"}, type);
  fields.optional_word("storage", {"volatile", "persistent"}, storage);
  fields.optional("initial", configuration.initial_value);
  record.value = configuration.initial_value;
  fields.optional("value", record.value);
  const bool bounded = fields.has("lower") || fields.has("upper");
  fields.optional("lower", configuration.lower_bound);
  fields.optional("upper", configuration.upper_bound);
  fields.finish();
  if (bounded && type == "weak") fields.wrong("a weak counter has no bounds", "remove them");
  if (record.value < configuration.lower_bound || record.value > configuration.upper_bound) {
    fields.wrong("the counter's value is outside its bounds", "widen the bounds");
  }
  configuration.type = type == "weak" ? CounterType::kWeak
                       : bounded      ? CounterType::kBoundedStrong
                                      : CounterType::kUnboundedStrong;
  configuration.storage =
      storage == "persistent" ? CounterStorage::kPersistent : CounterStorage::kVolatile;
  if (type == "weak") configuration.lifespan_ms = 0;
  return counter;
}

// `authors.proto: text`
std::vector<TextFile> read_texts(const YamlNode& node, Context& context, std::string_view noun) {
  std::vector<TextFile> texts;
  for (const YamlMember& member : members(node, context, noun)) {
    TextFile& file = texts.emplace_back(TextFile{.name = member.key, .position = member.position});
    read_value(member.value, context, fmt::format("the text of '{}'", member.key), file.text);
  }
  return texts;
}

GeneratedEntries read_generate(const YamlNode& node, Context& context) {
  Fields fields(node, context, "'generate'");
  GeneratedEntries generated{.position = node.position};
  fields.need("entries");
  fields.optional_between("entries", 1, 100'000'000, generated.entries);
  Bytes bytes{generated.value_bytes};
  fields.optional("value_bytes", bytes);
  generated.value_bytes = bytes.value;
  fields.optional("prefix", generated.prefix);
  fields.finish();
  return generated;
}

Data read_data(const YamlNode& node, Context& context) {
  Fields fields(node, context, "an item of 'data'");
  Data data;
  if (fields.has("archive")) {
    Path path;
    fields.required("archive", path);
    data = ArchiveData{.file = path.value, .position = node.position};
  } else {
    std::visit([&](auto&& entries) { data = std::move(entries); }, read_entries(fields));
  }
  fields.finish();
  return data;
}

CacheHolds read_cache_holds(const YamlMember& member, Context& context) {
  Fields fields(member.value, context, fmt::format("what cache '{}' holds", member.key));
  CacheHolds holds{.name = member.key, .position = member.position};
  Pairs pairs;
  fields.optional("entries", pairs);
  holds.entries = {pairs.begin(), pairs.end()};
  if (fields.has("exactly")) {
    fields.required("exactly", pairs);
    holds.exactly.emplace(pairs.begin(), pairs.end());
  }
  fields.optional("without", holds.without);
  fields.optional("count", holds.count);
  if (fields.has("mode")) {
    std::string mode = "distributed";
    fields.optional_word("mode", kModes, mode);
    holds.mode = mode_of(mode);
  }
  if (const YamlNode* generate = fields.find("generate")) {
    holds.generated.push_back(read_generate(*generate, context));
  }
  fields.finish();
  return holds;
}

// A list of names, or a mapping of names to values.
template <class ReadName, class ReadMember>
void read_names(const YamlNode& node, Context& context, std::string_view label, ReadName name,
                ReadMember member) {
  if (node.is_mapping()) {
    for (const YamlMember& each : node.members) member(each);
    return;
  }
  std::vector<std::string> names;
  read_value(node, context, label, names);
  for (const std::string& each : names) name(each);
}

// Names of what must be absent. A name that is nowhere in the scenario would be absent by a typo.
void read_absent(Fields& fields, std::string_view key, Reference::To to,
                 std::vector<std::string>& out) {
  fields.optional(key, out);
  const YamlNode* node = fields.find(key);
  for (const std::string& name : out) {
    fields.context().references.push_back({to, name, node->position});
  }
}

void read_named_texts(Fields& fields, std::string_view key, std::vector<NamedText>& out) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr) return;
  read_names(
      *node, fields.context(), key, [&](const std::string& name) { out.push_back({.name = name}); },
      [&](const YamlMember& member) {
        NamedText& text = out.emplace_back(NamedText{.name = member.key});
        read_value(member.value, fields.context(), member.key, text.text.emplace());
      });
}

}  // namespace

void read_content(Fields& fields, Content& out) {
  Context& context = fields.context();
  if (const YamlNode* node = fields.find("caches")) {
    for (const YamlMember& member : members(*node, context, "'caches'")) {
      out.caches.push_back(read_cache(member, context, "cache"));
    }
  }
  if (const YamlNode* node = fields.find("templates")) {
    for (const YamlMember& member : members(*node, context, "'templates'")) {
      out.templates.push_back(read_cache(member, context, "template"));
    }
  }
  if (const YamlNode* node = fields.find("counters")) {
    for (const YamlMember& member : members(*node, context, "'counters'")) {
      out.counters.push_back(read_counter(member, context));
    }
  }
  if (const YamlNode* node = fields.find("schemas")) {
    out.schemas = read_texts(*node, context, "'schemas'");
  }
  if (const YamlNode* node = fields.find("tasks")) {
    out.tasks = read_texts(*node, context, "'tasks'");
  }
  if (const YamlNode* node = fields.find("data")) {
    if (!node->is_sequence()) {
      context.errors.add(node->position, "'data' must be a list", "begin each item with '- '");
    }
    for (const YamlNode& item : node->items) out.data.push_back(read_data(item, context));
  }
}

std::variant<InlineEntries, GeneratedEntries> read_entries(Fields& fields) {
  std::string cache;
  std::optional<Duration> lifespan;
  std::optional<Duration> max_idle;
  fields.required_reference("cache", Reference::To::kCache, cache);
  fields.optional("lifespan", lifespan);
  fields.optional("max_idle", max_idle);
  if (const YamlNode* node = fields.find("generate")) {
    GeneratedEntries generated = read_generate(*node, fields.context());
    generated.cache = cache;
    generated.lifespan = lifespan;
    generated.max_idle = max_idle;
    return generated;
  }
  InlineEntries entries{.cache = cache,
                        .lifespan = lifespan,
                        .max_idle = max_idle,
                        .position = fields.node().position};
  if (fields.node().is_mapping() && !fields.has("entries")) {
    fields.wrong(fmt::format("{} has neither 'entries' nor 'generate'", fields.what()),
                 "add 'entries: {key: value}'");
  }
  fields.optional("entries", entries.entries);
  return entries;
}

Holds read_holds(const YamlNode& node, Context& context) {
  Fields fields(node, context, "'holds'");
  Holds holds;
  if (const YamlNode* caches = fields.find("caches")) {
    read_names(
        *caches, context, "caches",
        [&](const std::string& name) {
          holds.caches.push_back({.name = name, .position = caches->position});
        },
        [&](const YamlMember& member) {
          holds.caches.push_back(read_cache_holds(member, context));
        });
  }
  fields.optional("templates", holds.templates);
  if (const YamlNode* counters = fields.find("counters")) {
    read_names(
        *counters, context, "counters",
        [&](const std::string& name) { holds.counters[name] = std::nullopt; },
        [&](const YamlMember& member) {
          read_value(member.value, context, member.key, holds.counters[member.key].emplace());
        });
  }
  read_named_texts(fields, "schemas", holds.schemas);
  read_named_texts(fields, "tasks", holds.tasks);
  fields.finish();
  return holds;
}

Lacks read_lacks(const YamlNode& node, Context& context) {
  Fields fields(node, context, "'lacks'");
  Lacks lacks;
  read_absent(fields, "caches", Reference::To::kCache, lacks.caches);
  read_absent(fields, "templates", Reference::To::kContent, lacks.templates);
  read_absent(fields, "counters", Reference::To::kContent, lacks.counters);
  read_absent(fields, "schemas", Reference::To::kContent, lacks.schemas);
  read_absent(fields, "tasks", Reference::To::kContent, lacks.tasks);
  fields.finish();
  return lacks;
}

}  // namespace drydock::harness::scenario

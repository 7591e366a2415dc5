#include "harness/scenario/read_server.h"

#include <fmt/format.h>

#include "fakegrid/server/quirks.h"
#include "harness/scenario/words.h"

namespace drydock::harness::scenario {
namespace {

using fakegrid::Quirk;

constexpr std::string_view kServerName = "infinispan/server";

std::optional<Quirk> read_quirk(const YamlMember& member, Context& context) {
  const std::optional<Quirk> quirk = fakegrid::find_quirk(member.key);
  if (quirk) return quirk;
  std::vector<std::string> ids;
  for (const fakegrid::QuirkInfo& info : fakegrid::all_quirks()) ids.emplace_back(info.id);
  context.errors.add(member.position, fmt::format("no quirk is called '{}'", member.key),
                     fmt::format("quirks are: {}", fmt::join(ids, ", ")));
  return std::nullopt;
}

// "all" stands for each one that isn't named.
void read_all(const YamlNode& node, Context& context, fakegrid::Quirks& out) {
  bool on = false;
  read_value(node, context, "'all'", on);
  for (const fakegrid::QuirkInfo& info : fakegrid::all_quirks()) out.set(info.quirk, on);
}

void read_quirks(const YamlNode& node, Context& context, fakegrid::Quirks& out) {
  Fields mapping(node, context, "'quirks'");  // complains unless it's a mapping
  if (const YamlNode* all = mapping.find("all")) read_all(*all, context, out);
  for (const YamlMember& member : node.members) {
    if (member.key == "all") continue;
    const std::optional<Quirk> quirk = read_quirk(member, context);
    if (!quirk) continue;
    bool on = out.has(*quirk);
    read_value(member.value, context, fmt::format("quirk '{}'", member.key), on);
    out.set(*quirk, on);
  }
}

// The version that the image runs; its tag wins over nothing, and must not differ.
void read_tag(Fields& fields, const std::string& tag, Cluster& out) {
  Errors& errors = fields.context().errors;
  const auto version = fakegrid::parse_version(tag);
  if (!version.ok()) {
    errors.add(fields.find("image")->position, fmt::format("'{}' is no version of a server", tag),
               "write for example infinispan/server:15.0.21.Final");
    return;
  }
  if (fields.has("version") && out.version != tag)
    errors.add(fields.find("version")->position,
               fmt::format("the image runs {}, not {}", tag, out.version), "remove 'version'");
  out.version = tag;
  out.quirks = fakegrid::quirks_of(*version);
}

void read_log_level(const YamlNode& node, Context& context, Cluster& out) {
  std::string level;
  if (read_word(node, context, "log_level", {"info", "debug"}, level))
    out.debug_log = level == "debug";
}

// What only servers have was said of another image.
void refuse(Context& context, const Cluster& cluster, const YamlNode* said, std::string_view what) {
  if (said == nullptr) return;
  context.errors.add(said->position, fmt::format("the image {} has no {}", cluster.image, what),
                     "write for example image: infinispan/server:15.0.21.Final");
}

}  // namespace

std::optional<std::string> server_tag(std::string_view image) {
  const size_t colon = image.rfind(':');
  const size_t slash = image.rfind('/');
  if (colon == image.npos || slash == image.npos || colon < slash) return std::nullopt;
  const std::string_view name = image.substr(0, colon);
  if (name != kServerName && !name.ends_with("/" + std::string(kServerName))) return std::nullopt;
  return std::string(image.substr(colon + 1));
}

void read_server(Fields& fields, Cluster& out) {
  fields.optional("image", out.image);
  fields.optional("version", out.version);
  const YamlNode* quirks = fields.find("quirks");
  const YamlNode* level = fields.find("log_level");
  const std::optional<std::string> tag = server_tag(out.image);
  if (tag) read_tag(fields, *tag, out);
  if (tag && quirks != nullptr) read_quirks(*quirks, fields.context(), out.quirks);
  if (tag && level != nullptr) read_log_level(*level, fields.context(), out);
  if (tag) return;
  refuse(fields.context(), out, quirks, "quirks");
  refuse(fields.context(), out, level, "log level");
}

void read_known_losses(Fields& fields, Scenario& out) {
  const YamlNode* node = fields.find("known_losses");
  if (node == nullptr) return;
  Fields mapping(*node, fields.context(), "'known_losses'");
  for (const YamlMember& member : node->members) {
    std::string oracle;
    if (!read_quirk(member, fields.context())) continue;
    if (read_word(member.value, fields.context(), member.key, oracle_words(), oracle))
      out.known_losses.push_back({member.key, oracle, member.position});
  }
}

}  // namespace drydock::harness::scenario

#include "harness/scenario/parse.h"

#include <fmt/format.h>

#include "harness/scenario/fields.h"
#include "harness/scenario/read_content.h"
#include "harness/scenario/read_expectations.h"
#include "harness/scenario/read_faults.h"
#include "harness/scenario/read_manifests.h"
#include "harness/scenario/read_server.h"
#include "harness/scenario/read_steps.h"
#include "harness/scenario/references.h"

namespace drydock::harness::scenario {
namespace {

constexpr WallTime kDefaultEpoch = std::chrono::sys_days(std::chrono::January / 1 / 2026);
constexpr std::string_view kImported = "drydock.dev/imported";

Cluster read_cluster(const YamlMember& member, Context& context) {
  Fields fields(member.value, context, fmt::format("cluster '{}'", member.key));
  Cluster cluster{.name = member.key, .position = member.position};
  fields.optional_between("nodes", 1, 100, cluster.nodes);
  read_server(fields, cluster);
  fields.optional_word("service", {"DataGrid", "Cache", ""}, cluster.service);
  std::string starts = "formed";
  fields.optional_word("starts", {"formed", "later"}, starts);
  cluster.starts_later = starts == "later";
  read_content(fields, cluster.content);
  fields.finish();
  return cluster;
}

Speed read_speed(Fields& parent, std::string_view key) {
  Speed speed;
  const YamlNode* node = parent.find(key);
  if (node == nullptr) return speed;
  Fields fields(*node, parent.context(), fmt::format("'{}'", key));
  fields.optional("latency", speed.latency);
  std::optional<BytesPerSecond> bandwidth;
  fields.optional("bandwidth", bandwidth);
  if (bandwidth) speed.bytes_per_second = bandwidth->value;
  fields.finish();
  return speed;
}

void read_kubernetes(Fields& parent, Scenario& out) {
  const YamlNode* node = parent.find("kubernetes");
  if (node == nullptr) return;
  Fields fields(*node, parent.context(), "'kubernetes'");
  fields.optional_between("machines", 1, 100, out.machines);
  fields.optional_between("controllers", 1, 9, out.controllers);
  fields.optional_between("api_servers", 1, 5, out.api_servers);
  fields.optional("view_lag", out.view_lag);
  fields.finish();
}

void read_archive(const YamlNode& node, Context& context, Scenario& out) {
  Fields fields(node, context, "a brought archive");
  BroughtArchive archive{.position = node.position};
  Path path;
  fields.required("file", path);
  archive.file = path.value;
  if (const YamlNode* backup = fields.need("backup")) {
    const std::vector<Manifest> manifests = read_manifests(*backup, context);
    const bool one = manifests.size() == 1 && manifests.front().ref.kind == "Backup";
    if (one) {
      archive.backup = manifests.front();
      if (json_string(*archive.backup.object, {"metadata", "annotations", kImported}) != "true") {
        context.errors.add(archive.backup.position, "a brought archive's Backup isn't marked",
                           fmt::format("annotate it with {}: \"true\"", kImported));
      }
    } else if (context.errors.empty()) {
      context.errors.add(backup->position, "a brought archive needs one Backup",
                         "name a file with one Backup CR");
    }
  }
  fields.finish();
  out.archives.push_back(std::move(archive));
}

// Calls `each` with the items of the list at `key`, if it is there.
template <class Each>
void read_list(Fields& fields, std::string_view key, Each each) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr) return;
  if (!node->is_sequence()) {
    fields.context().errors.add(node->position, fmt::format("'{}' must be a list", key),
                                "begin each item with '- '");
  }
  for (const YamlNode& item : node->items) each(item);
}

Scenario read_scenario(const YamlNode& root, Context& context) {
  Fields fields(root, context, "a scenario");
  Scenario out{.file = root.position.file, .epoch = kDefaultEpoch};
  fields.required("name", out.name);
  fields.optional("seed", out.seed);
  fields.optional("epoch", out.epoch);
  fields.optional("admission", out.admission);
  fields.optional("time_limit", out.time_limit);
  read_kubernetes(fields, out);
  out.network = read_speed(fields, "network");
  out.volumes = read_speed(fields, "volumes");
  if (const YamlNode* clusters = fields.find("clusters")) {
    Fields mapping(*clusters, context, "'clusters'");
    for (const YamlMember& member : clusters->members) {
      out.clusters.push_back(read_cluster(member, context));
    }
  }
  read_list(fields, "archives", [&](const YamlNode& item) { read_archive(item, context, out); });
  read_list(fields, "faults",
            [&](const YamlNode& item) { out.faults.push_back(read_fault(item, context)); });
  if (const YamlNode* steps = fields.find("steps")) out.steps = read_steps(*steps, context);
  if (const YamlNode* expect = fields.need("expect")) {
    out.expect = read_expectations(*expect, context);
  }
  read_known_losses(fields, out);
  fields.finish();
  return out;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

}  // namespace

Parsed parse_scenario(const std::string& path, const FileReader& read) {
  const Result<std::string> text = read(path, kMaxYamlBytes + 1);
  if (!text.ok()) return {.errors = {fmt::format("{}: {}", path, text.status().message())}};
  Errors errors;
  Context context{errors, folder_of(path), read, {}};
  const std::vector<YamlNode> documents = parse_yaml(*text, path, errors);
  if (errors.empty() && documents.size() != 1) {
    errors.add({path, 1, 1}, fmt::format("{} documents", documents.size()),
               "a scenario is exactly one");
  }
  if (!errors.empty()) return {.errors = errors.lines()};
  Scenario scenario = read_scenario(documents.front(), context);
  if (errors.empty()) check_references(scenario, context);
  if (!errors.empty()) return {.errors = errors.lines()};
  return {.scenario = std::move(scenario)};
}

bool is_scenario(std::string_view text) {
  Errors errors;
  const std::vector<YamlNode> documents = parse_yaml(text, "", errors);
  if (!errors.empty()) return text.starts_with("expect:") || text.find("\nexpect:") != text.npos;
  return documents.size() == 1 && documents.front().find("expect") != nullptr;
}

}  // namespace drydock::harness::scenario

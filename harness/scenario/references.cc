#include "harness/scenario/references.h"

#include <fmt/format.h>

#include <algorithm>

namespace drydock::harness::scenario {
namespace {

using Names = std::vector<std::string>;

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// All names that a scenario defines.
class Definitions {
 public:
  Definitions(const Scenario& scenario, Context& context) : context_(context) {
    for (const Cluster& cluster : scenario.clusters) define_cluster(cluster);
    for (int i = 2; i <= scenario.api_servers; ++i)
      api_servers_.push_back(fmt::format("api-server-{}", i));
    for (const BroughtArchive& archive : scenario.archives) define_archive(archive);
    for (const Fault& fault : scenario.faults) define_fault(fault);
    for (const Step& step : scenario.steps) define_step(step);
  }

  void check(const Reference& reference) const {
    switch (reference.to) {
      case Reference::To::kCluster: return demand(reference, clusters_, "cluster", "clusters");
      case Reference::To::kMoment: return demand(reference, moments_, "mark", "marks and faults");
      case Reference::To::kApiServer:
        return demand(reference, api_servers_, "API server", "API servers");
      case Reference::To::kFault: return demand(reference, faults_, "fault", "faults");
      case Reference::To::kTraffic: return demand(reference, traffic_, "traffic", "traffic");
      case Reference::To::kCache:
        // Names inside an archive aren't known here.
        if (!archives_) demand(reference, caches_, "cache", "caches");
        return;
      case Reference::To::kContent:
        if (!archives_) demand(reference, content_, "name", "names");
        return;
      case Reference::To::kObject:
        if (known_kind(reference.name)) demand(reference, objects_, "object", "objects");
        return;
    }
  }

 private:
  void demand(const Reference& reference, const Names& names, std::string_view noun,
              std::string_view plural) const {
    if (contains(names, reference.name)) return;
    context_.errors.add(reference.position,
                        fmt::format("there is no {} '{}' in this scenario", noun, reference.name),
                        suggest(reference.name, names, noun, plural));
  }

  // Objects that only scenarios and clusters bring; others (Node, Secret …) come from the world.
  static bool known_kind(std::string_view object) {
    return object.starts_with("Backup/") || object.starts_with("Restore/") ||
           object.starts_with("Infinispan/") || object.starts_with("Pod/");
  }

  void define_cluster(const Cluster& cluster) {
    clusters_.push_back(cluster.name);
    objects_.push_back("Infinispan/" + cluster.name);
    define_data_pods(cluster.name, 0, cluster.nodes);
    define_content(cluster.content);
  }

  void define_data_pods(const std::string& cluster, int first, int end) {
    for (int i = first; i < end; ++i) objects_.push_back(fmt::format("Pod/{}-{}", cluster, i));
  }

  void define_content(const Content& content) {
    for (const CacheSpec& cache : content.caches) caches_.push_back(cache.name);
    for (const CacheSpec& each : content.templates) content_.push_back(each.name);
    for (const CounterSpec& counter : content.counters) content_.push_back(counter.record.name);
    for (const TextFile& schema : content.schemas) content_.push_back(schema.name);
    for (const TextFile& task : content.tasks) content_.push_back(task.name);
    for (const Data& data : content.data) {
      archives_ = archives_ || std::holds_alternative<ArchiveData>(data);
    }
  }

  void define_archive(const BroughtArchive& archive) {
    define_object(archive.backup.ref);
    archives_ = true;
  }

  void define_object(const ObjectRef& ref) {
    objects_.push_back(ref.to_string());
    // Operations run in a pod of the CR's name.
    if (ref.kind == "Backup" || ref.kind == "Restore") objects_.push_back("Pod/" + ref.name);
  }

  void define_moment(const std::string& name, const Position& position) {
    define_once(moments_, name, position, "mark or fault");
  }

  void define_fault(const Fault& fault) {
    define_moment(fault.name, fault.position);
    if (!fault.name.empty()) faults_.push_back(fault.name);
  }

  void define_once(Names& names, const std::string& name, const Position& position,
                   std::string_view noun) {
    if (name.empty()) return;
    if (contains(names, name)) {
      context_.errors.add(position, fmt::format("there is another {} '{}'", noun, name),
                          "give each its own name");
    }
    names.push_back(name);
  }

  void define_step(const Step& step) {
    if (const auto* apply = std::get_if<Apply>(&step.action)) {
      for (const Manifest& manifest : apply->objects) define_object(manifest.ref);
    } else if (const auto* create = std::get_if<Create>(&step.action)) {
      define_content(create->content);
    } else if (const auto* mark = std::get_if<Mark>(&step.action)) {
      define_moment(mark->name, step.position);
    } else if (const auto* inject = std::get_if<Inject>(&step.action)) {
      define_fault(inject->fault);
    } else if (const auto* traffic = std::get_if<Traffic>(&step.action)) {
      define_once(traffic_, traffic->name, step.position, "traffic");
    } else if (const auto* add = std::get_if<AddNode>(&step.action)) {
      define_added_node(add->cluster);
    }
  }

  void define_added_node(const std::string& cluster) {
    const std::string prefix = fmt::format("Pod/{}-", cluster);
    const auto has_prefix = [&](const std::string& name) { return name.starts_with(prefix); };
    const auto pods = std::count_if(objects_.begin(), objects_.end(), has_prefix);
    define_data_pods(cluster, static_cast<int>(pods), static_cast<int>(pods) + 1);
  }

  Context& context_;
  Names clusters_;
  Names caches_;
  Names content_;  // templates, counters, schemas and tasks
  Names objects_;
  Names moments_;
  Names faults_;
  Names api_servers_ = {"api-server"};
  Names traffic_;
  bool archives_ = false;  // content comes from files, too
};

}  // namespace

void check_references(const Scenario& scenario, Context& context) {
  const Definitions definitions(scenario, context);
  for (const Reference& reference : context.references) definitions.check(reference);
}

}  // namespace drydock::harness::scenario

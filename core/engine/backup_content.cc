#include "core/engine/backup_content.h"

#include <algorithm>
#include <utility>

#include "core/archive/cache_document.h"
#include "core/archive/zip_writer.h"
#include "core/base/limits.h"
#include "core/base/messages.h"

namespace drydock::engine {
namespace {

using Names = std::vector<std::string>;

template <class T>
Names names_of(const std::vector<T>& resources) {
  Names names;
  names.reserve(resources.size());
  for (const T& resource : resources) names.push_back(resource.name);
  return names;
}

Names names_of(const std::map<std::string, std::string>& texts) {
  Names names;
  for (const auto& [name, text] : texts) names.push_back(name);
  return names;
}

bool chosen(const Names& names, const std::string& name) {
  return std::binary_search(names.begin(), names.end(), name);
}

template <class T>
void keep(std::vector<T>& resources, const Names& names) {
  std::erase_if(resources, [&](const T& resource) { return !chosen(names, resource.name); });
}

void keep(std::map<std::string, std::string>& texts, const Names& names) {
  std::erase_if(texts, [&](const auto& text) { return !chosen(names, text.first); });
}

Status cannot_archive(ResourceType type, std::string_view name, std::string_view why) {
  return Status(Code::kInvalid,
                resource_label(type, name) + " can't be kept in an archive: " + std::string(why));
}

Status check_definition(ResourceType type, const CacheDefinition& definition) {
  if (!archive::is_archivable_name(definition.name))
    return cannot_archive(type, definition.name, "its name is no file name");
  Result<archive::CacheElement> element =
      archive::parse_cache_element(definition.configuration_xml);
  if (!element.ok()) return cannot_archive(type, definition.name, element.status().message());
  if (element->name != definition.name)
    return cannot_archive(type, definition.name,
                          "its configuration has the name '" + element->name + "'");
  return ok_status();
}

Status check_text(ResourceType type, const std::string& name, const std::string& text) {
  const std::string entry =
      type == ResourceType::kSchemas ? archive::schema_entry(name) : archive::task_entry(name);
  if (!archive::is_safe_entry_name(entry))
    return cannot_archive(type, name, "its name leads out of its folder");
  if (text.size() > limits::kMaxTextEntryBytes)
    return cannot_archive(type, name, "it is too large");
  return ok_status();
}

class Collector {
 public:
  Collector(Env& env, GridMember& member, const ResourceSelection& selection)
      : env_(env), member_(member), selection_(selection) {}

  Result<BackupContent> collect() {
    DRYDOCK_RETURN_IF_ERROR(collect_caches());
    DRYDOCK_RETURN_IF_ERROR(collect_templates());
    DRYDOCK_RETURN_IF_ERROR(collect_counters());
    DRYDOCK_RETURN_IF_ERROR(
        collect_texts(ResourceType::kSchemas, content_.schemas, content_.listed.schemas));
    DRYDOCK_RETURN_IF_ERROR(
        collect_texts(ResourceType::kTasks, content_.tasks, content_.listed.tasks));
    return std::move(content_);
  }

 private:
  SteadyTime deadline() const { return env_.now() + limits::kGridIdleDeadline; }

  Status collect_caches() {
    if (!selection_.wants(ResourceType::kCaches)) return ok_status();
    DRYDOCK_ASSIGN(content_.caches, member_.caches(deadline()));
    const Names available = names_of(content_.caches);
    const Names missing = selection_.missing(ResourceType::kCaches, available);
    if (!missing.empty()) return missing_cache(missing.front());
    return keep_definitions(ResourceType::kCaches, content_.caches, content_.listed.caches);
  }

  Status missing_cache(const std::string& name) {
    DRYDOCK_ASSIGN(auto templates, member_.templates(deadline()));
    if (chosen(names_of(templates), name))
      return Status(Code::kInvalid, messages::template_asked_as_cache(name));
    return missing_resource(ResourceType::kCaches, name);
  }

  Status collect_templates() {
    if (!selection_.wants(ResourceType::kTemplates)) return ok_status();
    DRYDOCK_ASSIGN(content_.templates, member_.templates(deadline()));
    const Names available = names_of(content_.templates);
    const Names missing = selection_.missing(ResourceType::kTemplates, available);
    if (!missing.empty()) return missing_template(missing.front());
    return keep_definitions(ResourceType::kTemplates, content_.templates,
                            content_.listed.templates);
  }

  Status missing_template(const std::string& name) {
    DRYDOCK_ASSIGN(auto caches, member_.caches(deadline()));
    if (chosen(names_of(caches), name))
      return Status(Code::kInvalid, messages::cache_asked_as_template(name));
    return missing_resource(ResourceType::kTemplates, name);
  }

  Status keep_definitions(ResourceType type, std::vector<CacheDefinition>& definitions,
                          std::optional<Names>& listed) {
    listed = selection_.choose(type, names_of(definitions));
    keep(definitions, *listed);
    for (const CacheDefinition& definition : definitions)
      DRYDOCK_RETURN_IF_ERROR(check_definition(type, definition));
    return ok_status();
  }

  Status collect_counters() {
    constexpr ResourceType kType = ResourceType::kCounters;
    if (!selection_.wants(kType)) return ok_status();
    DRYDOCK_ASSIGN(content_.counters, member_.counters(deadline()));
    const Names available = names_of(content_.counters);
    const Names missing = selection_.missing(kType, available);
    if (!missing.empty()) return missing_resource(kType, missing.front());
    content_.listed.counters = selection_.choose(kType, available);
    keep(content_.counters, *content_.listed.counters);
    return ok_status();
  }

  Status collect_texts(ResourceType type, std::map<std::string, std::string>& texts,
                       std::optional<Names>& listed) {
    if (!selection_.wants(type)) return ok_status();
    DRYDOCK_ASSIGN(texts, type == ResourceType::kSchemas ? member_.schemas(deadline())
                                                         : member_.tasks(deadline()));
    const Names available = names_of(texts);
    const Names missing = selection_.missing(type, available);
    if (!missing.empty()) return missing_resource(type, missing.front());
    listed = selection_.choose(type, available);
    keep(texts, *listed);
    for (const auto& [name, text] : texts) DRYDOCK_RETURN_IF_ERROR(check_text(type, name, text));
    return ok_status();
  }

  static Status missing_resource(ResourceType type, const std::string& name) {
    return Status(Code::kNotFound, messages::resource_missing(resource_key(type), name));
  }

  Env& env_;
  GridMember& member_;
  const ResourceSelection& selection_;
  BackupContent content_;
};

}  // namespace

Result<BackupContent> collect_content(Env& env, GridMember& member,
                                      const ResourceSelection& selection) {
  return Collector(env, member, selection).collect();
}

}  // namespace drydock::engine

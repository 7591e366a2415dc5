#include "fakekube/schema/custom_kinds.h"

#include <chrono>
#include <utility>

#include "fakekube/api/storage.h"
#include "fakekube/schema/crd_schema.h"
#include "fakekube/schema/crd_strategy.h"
#include "fakekube/schema/crd_types.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {

// One state of a CRD and what was made of it. Rows refer to texts of `crd` and `texts`.
struct CustomKinds::Definition {
  JsonPtr crd;
  std::vector<std::unique_ptr<std::string>> texts;
  std::vector<std::unique_ptr<StructuralSchema>> schemas;
  std::vector<std::unique_ptr<ResourceType>> rows;
};

namespace {

// Indexes left to kinds that tests add themselves.
constexpr size_t kHandMadeKinds = 100;

std::string_view without_dot(std::string_view path) {
  if (path.starts_with('.')) path.remove_prefix(1);
  return path;
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  path = without_dot(path);
  while (!path.empty()) {
    const size_t dot = path.find('.');
    parts.push_back(path.substr(0, dot));
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  }
  return parts;
}

std::vector<std::string_view> views_of(const json::array& texts) {
  std::vector<std::string_view> views;
  for (const json::value& text : texts)
    if (text.is_string()) views.emplace_back(text.get_string());
  return views;
}

std::vector<PrinterColumn> columns_of(const json::value& version) {
  std::vector<PrinterColumn> columns;
  for (const json::value& column : json_array(version, {"additionalPrinterColumns"}))
    columns.push_back({.name = string_at(column, {"name"}),
                       .type = string_at(column, {"type"}),
                       .format = string_at(column, {"format"}),
                       .description = string_at(column, {"description"}),
                       .json_path = string_at(column, {"jsonPath"}),
                       .priority = static_cast<int>(json_int(column, {"priority"}))});
  return columns;
}

std::vector<SelectableField> selectable_of(const json::value& version) {
  std::vector<SelectableField> fields;
  for (const json::value& field : json_array(version, {"selectableFields"})) {
    const std::string_view path = string_at(field, {"jsonPath"});
    fields.push_back({.label = without_dot(path), .path = parts_of(path)});
  }
  return fields;
}

ResourceType row_of(const json::value& crd, const json::value& version) {
  ResourceType type;
  type.group = string_at(crd, {"spec", "group"});
  type.version = string_at(version, {"name"});
  type.kind = string_at(crd, {"spec", "names", "kind"});
  type.plural = string_at(crd, {"spec", "names", "plural"});
  type.singular = string_at(crd, {"spec", "names", "singular"});
  type.list_kind = string_at(crd, {"spec", "names", "listKind"});
  type.short_names = views_of(json_array(crd, {"spec", "names", "shortNames"}));
  type.categories = views_of(json_array(crd, {"spec", "names", "categories"}));
  type.namespaced = string_at(crd, {"spec", "scope"}) != "Cluster";
  type.custom = true;
  type.has_generation = true;
  type.unconditional_update = false;
  type.has_status = json_find(version, {"subresources", "status"}) != nullptr;
  if (const json::value* scale = json_find(version, {"subresources", "scale"})) {
    type.has_scale = true;
    type.scale_spec_path = string_at(*scale, {"specReplicasPath"});
    type.scale_status_path = string_at(*scale, {"statusReplicasPath"});
    type.scale_selector_path = string_at(*scale, {"labelSelectorPath"});
  }
  type.columns = columns_of(version);
  type.selectable = selectable_of(version);
  return type;
}

std::string deprecation_text(const ResourceType& type, const json::value& version) {
  if (!json_bool(version, {"deprecated"})) return "";
  return json_string(version, {"deprecationWarning"},
                     std::string(type.group) + "/" + std::string(type.version) + " " +
                         std::string(type.kind) + " is deprecated");
}

json::object condition(std::string_view type, std::string_view reason, std::string_view message,
                       std::string_view now) {
  return {{"type", text_value(type)},
          {"status", "True"},
          {"lastTransitionTime", text_value(now)},
          {"reason", text_value(reason)},
          {"message", text_value(message)}};
}

// The product's kind, if that is what the CRD defines; else null.
const ResourceType* product_type(const json::value& crd) {
  for (const ResourceType* type : {&kBackups, &kInfinispans, &kRestores}) {
    if (metadata_string(crd, "name") != type->qualified_plural) continue;
    json::value own = product_crd(*type);
    default_crd(own);
    return *json_find(crd, {"spec"}) == *json_find(own, {"spec"}) ? type : nullptr;
  }
  return nullptr;
}

}  // namespace

CustomKinds::CustomKinds(Storage& storage)
    : storage_(storage), next_index_(first_free_index() + kHandMadeKinds) {
  for (const ResourceType* type : {&kBackups, &kRestores, &kInfinispans})
    served_[std::string(type->qualified_plural)] = {{type}, type};
}

CustomKinds::~CustomKinds() = default;

void CustomKinds::serve(const JsonPtr& crd) {
  const std::string name(metadata_string(*crd, "name"));
  const ResourceType* before = storage_row(name);
  if (const ResourceType* product = product_type(*crd); product != nullptr && before == nullptr) {
    served_[name] = {{product}, product};
    return storage_.add_type(*product);
  }
  auto definition = std::make_unique<Definition>();
  definition->crd = crd;
  const json::array& versions = json_array(*crd, {"spec", "versions"});
  const size_t index = before != nullptr ? before->index : next_index_++;
  ResourceType* storage = nullptr;
  Served served;
  for (const json::value& version : versions) {
    auto row = std::make_unique<ResourceType>(row_of(*crd, version));
    row->index = index;
    row->normalise_on_read = before != nullptr;
    if (const json::value* schema = json_find(version, {"schema", "openAPIV3Schema"})) {
      definition->schemas.push_back(StructuralSchema::parse(*schema));
      row->own_schema = definition->schemas.back().get();
    }
    definition->texts.push_back(std::make_unique<std::string>(deprecation_text(*row, version)));
    row->deprecation = *definition->texts.back();
    *row = with_names(std::move(*row));
    if (json_bool(version, {"storage"})) storage = row.get();
    if (json_bool(version, {"served"})) served.rows.push_back(row.get());
    definition->rows.push_back(std::move(row));
  }
  if (versions.size() > 1)
    for (const std::unique_ptr<ResourceType>& row : definition->rows) row->stored_as = storage;
  served.storage = storage;
  withdraw(name);
  for (const ResourceType* row : served.rows) storage_.add_type(*row);
  served_[name] = std::move(served);
  definitions_.push_back(std::move(definition));
}

void CustomKinds::withdraw(std::string_view crd_name) {
  const auto found = served_.find(crd_name);
  if (found == served_.end()) return;
  for (const ResourceType* row : found->second.rows) storage_.remove_type(*row);
  served_.erase(found);
}

const ResourceType* CustomKinds::storage_row(std::string_view crd_name) const {
  const auto found = served_.find(crd_name);
  return found == served_.end() ? nullptr : found->second.storage;
}

void CustomKinds::withdraw_product() {
  for (const ResourceType* type : {&kBackups, &kInfinispans, &kRestores})
    if (storage_row(type->qualified_plural) == type) withdraw(type->qualified_plural);
}

void CustomKinds::show_product_crds() {
  if (std::exchange(product_shown_, true)) return;
  for (const ResourceType* type : {&kBackups, &kInfinispans, &kRestores})
    if (storage_row(type->qualified_plural) == type) write_product_crd(*type);
}

void CustomKinds::write_product_crd(const ResourceType& type) {
  json::value crd = product_crd(type);
  json::object& metadata = mutable_metadata(crd);
  set_member(metadata, "uid", text_value(storage_.new_uid()));
  set_member(metadata, "generation", 1);
  const std::string now = format_rfc3339(std::chrono::floor<seconds>(storage_.env().wall_now()));
  set_member(metadata, "creationTimestamp", text_value(now));
  default_crd(crd);
  const json::value names = *json_find(crd, {"spec", "names"});
  set_member(crd.get_object(), "status",
             json::object{
                 {"conditions",
                  json::array{condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                              condition("Established", "InitialNamesAccepted",
                                        "the initial names have been accepted", now)}},
                 {"acceptedNames", names},
                 {"storedVersions", json::array{text_value(type.version)}}});
  order_members(kCustomResourceDefinitions, crd);
  set_revision(crd, storage_.store().next_revision_text());
  storage_.store().put(kCustomResourceDefinitions, "", type.qualified_plural, std::move(crd));
}

}  // namespace drydock::fakekube

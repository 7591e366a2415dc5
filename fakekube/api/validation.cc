#include "fakekube/api/validation.h"

#include <algorithm>

#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kSubdomainText =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kPrefixText =
    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
    "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
    "'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kLabelNameText =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kLabelValueText =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr std::string_view kNamePartText =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr size_t kMaxAnnotationBytes = 256 * 1024;

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool letter_or_digit(char c) { return lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

bool label_syntax(std::string_view label) {
  if (label.empty() || !lower_or_digit(label.front()) || !lower_or_digit(label.back()))
    return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return lower_or_digit(c) || c == '-'; });
}

bool subdomain_syntax(std::string_view name) {
  while (true) {
    const size_t dot = name.find('.');
    if (!label_syntax(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool name_part_syntax(std::string_view part) {
  if (part.empty() || !letter_or_digit(part.front()) || !letter_or_digit(part.back())) return false;
  return std::all_of(part.begin(), part.end(),
                     [](char c) { return letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}

std::string_view bad_name(const ResourceType& type, std::string_view name) {
  return &type == &kNamespaces ? bad_dns_label(name) : bad_dns_subdomain(name);
}

std::string_view text_at(const json::object& members, std::string_view key) {
  const json::value* value = members.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : "";
}

void validate_names(const ResourceType& type, const json::object& metadata, FieldErrors& errors) {
  const std::string_view name = text_at(metadata, "name");
  const std::string_view prefix = text_at(metadata, "generateName");
  if (!prefix.empty()) {
    const bool dash = prefix.back() == '-';  // it continues, so it may end so
    const std::string_view bad =
        bad_name(type, dash ? prefix.substr(0, prefix.size() - 1) : prefix);
    if (!bad.empty()) errors.push_back(invalid_value("metadata.generateName", quoted(prefix), bad));
  }
  if (name.empty()) {
    errors.push_back(required_value("metadata.name", "name or generateName is required"));
    return;
  }
  const std::string_view bad = bad_name(type, name);
  if (!bad.empty()) errors.push_back(invalid_value("metadata.name", quoted(name), bad));
}

void validate_labels(const json::object& metadata, FieldErrors& errors) {
  const json::value* labels = metadata.if_contains("labels");
  if (labels == nullptr || !labels->is_object()) return;
  for (const auto& label : labels->get_object()) {
    const std::string_view key = label.key();
    const std::string_view bad_key = bad_qualified_name(key);
    if (!bad_key.empty()) errors.push_back(invalid_value("metadata.labels", quoted(key), bad_key));
    const std::string_view value = label.value().get_string();
    const std::string_view bad_value = bad_label_value(value);
    if (!bad_value.empty())
      errors.push_back(invalid_value("metadata.labels", quoted(value), bad_value));
  }
}

void validate_annotations(const json::object& metadata, FieldErrors& errors) {
  const json::value* annotations = metadata.if_contains("annotations");
  if (annotations == nullptr || !annotations->is_object()) return;
  size_t bytes = 0;
  for (const auto& entry : annotations->get_object())
    bytes += entry.key().size() + entry.value().get_string().size();
  if (bytes > kMaxAnnotationBytes)
    errors.push_back(too_long("metadata.annotations", kMaxAnnotationBytes));
}

bool is_common_finalizer(std::string_view name) {
  return name.find('/') == std::string_view::npos && name != "orphan" &&
         name != "foregroundDeletion" && name != "kubernetes";
}

FieldError common_finalizer(std::string path, std::string_view name) {
  return invalid_value(std::move(path), quoted(name),
                       "name is neither a standard finalizer name nor is it fully qualified");
}

std::string common_finalizer_warning(std::string_view name) {
  const bool domain = name.find('.') != std::string_view::npos;
  return "metadata.finalizers: " + quoted(name) + ": prefer a domain-qualified finalizer name " +
         (domain ? "including a path (/) " : "") +
         "to avoid accidental conflicts with other finalizer writers";
}

// A name without a domain is refused for built-in kinds and warned of for custom resources.
void validate_finalizers(const ResourceType& type, const json::object& metadata,
                         FieldErrors& errors, std::vector<std::string>& warnings) {
  const json::value* finalizers = metadata.if_contains("finalizers");
  if (finalizers == nullptr || !finalizers->is_array()) return;
  const json::array& names = finalizers->get_array();
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string_view name = names[i].get_string();
    const std::string_view bad = bad_qualified_name(name);
    if (!bad.empty()) errors.push_back(invalid_value("metadata.finalizers", quoted(name), bad));
    if (!is_common_finalizer(name)) continue;
    if (!type.custom && &type != &kCustomResourceDefinitions)
      errors.push_back(common_finalizer("metadata.finalizers[" + std::to_string(i) + "]", name));
    else if (type.custom && bad.empty())
      warnings.push_back(common_finalizer_warning(name));
  }
}

// A pointer to a bool as Go prints one; real servers show another address each time.
std::string pointer_text(const json::value& owner, std::string_view key) {
  return json_find(owner, {key}) == nullptr ? "(*bool)(nil)" : "(*bool)(0xc000000000)";
}

std::string owners_text(const json::array& owners) {
  std::string text;
  for (const json::value& owner : owners)
    text += (text.empty() ? "" : ", ") +
            ("v1.OwnerReference{APIVersion:" + quoted(string_at(owner, {"apiVersion"})) +
             ", Kind:" + quoted(string_at(owner, {"kind"})) + ", Name:" +
             quoted(string_at(owner, {"name"})) + ", UID:" + quoted(string_at(owner, {"uid"})) +
             ", Controller:" + pointer_text(owner, "controller") +
             ", BlockOwnerDeletion:" + pointer_text(owner, "blockOwnerDeletion") + "}");
  return "[]v1.OwnerReference{" + text + "}";
}

void validate_owners(const json::object& metadata, FieldErrors& errors) {
  const json::value* owners = metadata.if_contains("ownerReferences");
  if (owners == nullptr || !owners->is_array()) return;
  const std::string path = "metadata.ownerReferences";
  std::string controller;
  for (const json::value& owner : owners->get_array()) {
    const auto need = [&](std::string_view key, std::string_view word) {
      if (string_at(owner, {key}).empty())
        errors.push_back(invalid_value(path + "." + std::string(key), "\"\"",
                                       std::string(word) + " must not be empty"));
    };
    need("apiVersion", "version");
    need("kind", "kind");
    need("name", "name");
    need("uid", "uid");
    if (!json_bool(owner, {"controller"})) continue;
    const std::string who = json_string(owner, {"kind"}) + "/" + json_string(owner, {"name"});
    if (!controller.empty())
      errors.push_back(invalid_value(
          path, owners_text(owners->get_array()),
          "Only one reference can have Controller set to true. Found \"true\" in references for " +
              controller + " and " + who));
    controller = who;
  }
}

}  // namespace

std::string_view bad_dns_subdomain(std::string_view name) {
  if (name.size() > 253) return "must be no more than 253 characters";
  return subdomain_syntax(name) ? "" : kSubdomainText;
}

std::string_view bad_dns_label(std::string_view name) {
  if (name.size() > 63) return "must be no more than 63 characters";
  return label_syntax(name) ? "" : kLabelNameText;
}

std::string_view bad_qualified_name(std::string_view name) {
  const size_t slash = name.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view prefix = name.substr(0, slash);
    if (prefix.empty()) return "prefix part must be non-empty";
    if (prefix.size() > 253) return "prefix part must be no more than 253 characters";
    if (!subdomain_syntax(prefix)) return kPrefixText;
    name.remove_prefix(slash + 1);
  }
  if (name.empty()) return "name part must be non-empty";
  if (name.size() > 63) return "name part must be no more than 63 characters";
  return name_part_syntax(name) ? "" : kNamePartText;
}

std::string_view bad_label_value(std::string_view value) {
  if (value.size() > 63) return "must be no more than 63 characters";
  return value.empty() || name_part_syntax(value) ? "" : kLabelValueText;
}

void validate_finalizer(const std::string& path, std::string_view name, FieldErrors& errors) {
  const std::string_view bad = bad_qualified_name(name);
  if (!bad.empty()) errors.push_back(invalid_value(path, quoted(name), bad));
  if (is_common_finalizer(name)) errors.push_back(common_finalizer(path, name));
}

void validate_metadata(const ResourceType& type, const json::value& object, FieldErrors& errors,
                       std::vector<std::string>& warnings) {
  const json::object& metadata = metadata_of(object);
  validate_names(type, metadata, errors);
  validate_labels(metadata, errors);
  validate_annotations(metadata, errors);
  validate_finalizers(type, metadata, errors, warnings);
  validate_owners(metadata, errors);
}

void validate_metadata_update(const json::value& object, const json::value& old_object,
                              FieldErrors& errors) {
  FieldErrors found;
  const std::string_view uid = metadata_string(object, "uid");
  if (uid != metadata_string(old_object, "uid"))
    found.push_back(invalid_value("metadata.uid", quoted(uid), "field is immutable"));
  const std::string_view deleted = metadata_string(object, "deletionTimestamp");
  if (deleted != metadata_string(old_object, "deletionTimestamp")) {
    std::string time(deleted);  // Go prints "2001-01-01 00:00:00 +0000 UTC"
    std::replace(time.begin(), time.end(), 'T', ' ');
    if (!time.empty() && time.back() == 'Z') time.replace(time.size() - 1, 1, " +0000 UTC");
    found.push_back(invalid_value("metadata.deletionTimestamp", time, "field is immutable"));
  }
  if (!metadata_string(old_object, "deletionTimestamp").empty()) {
    const std::vector<std::string> before = json_strings(old_object, {"metadata", "finalizers"});
    std::string added;
    for (const std::string& name : json_strings(object, {"metadata", "finalizers"}))
      if (std::find(before.begin(), before.end(), name) == before.end())
        added += (added.empty() ? "" : ", ") + quoted(name);
    if (!added.empty())
      found.push_back(forbidden_value("metadata.finalizers",
                                      "no new finalizers can be added if the object is being "
                                      "deleted, found new finalizers []string{" +
                                          added + "}"));
  }
  for (const FieldError& error : found) {  // a real server lists each of these twice
    errors.push_back(error);
    errors.push_back(error);
  }
}

}  // namespace drydock::fakekube

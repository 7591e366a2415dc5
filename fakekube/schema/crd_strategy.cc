#include "fakekube/schema/crd_strategy.h"

#include <set>
#include <utility>

#include "fakekube/api/api_server.h"
#include "fakekube/api/validation.h"
#include "fakekube/schema/crd_structure.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

std::string lower(std::string_view word) {
  std::string text(word);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// "abc-1": as bad_dns_label(), but a letter comes first.
std::string_view bad_dns_1035_label(std::string_view name) {
  if (name.size() > 63) return "must be no more than 63 characters";
  const bool letter = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
  if (letter && bad_dns_label(name).empty()) return "";
  return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "
         "an "
         "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
         "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
}

std::string element(std::string_view path, size_t index) {
  return std::string(path) + "[" + std::to_string(index) + "]";
}

std::string storage_version(const json::value& crd) {
  for (const json::value& version : json_array(crd, {"spec", "versions"}))
    if (json_bool(version, {"storage"})) return json_string(version, {"name"});
  return "";
}

// The storage version becomes one of those that objects may be stored in.
void add_stored_version(json::value& crd) {
  const std::string version = storage_version(crd);
  json::object& status = object_member(crd.get_object(), "status");
  json::value& stored = status["storedVersions"];
  if (!stored.is_array()) stored = json::array();
  for (const json::value& present : stored.get_array())
    if (present == json::value(version)) return;
  stored.get_array().emplace_back(version);
}

std::optional<ApiReply> prepare_create(ApiServer&, json::value& crd) {
  set_member(crd.get_object(), "status",
             json::object{{"conditions", nullptr},
                          {"acceptedNames", {{"plural", ""}, {"kind", ""}}},
                          {"storedVersions", json::array()}});
  add_stored_version(crd);
  return std::nullopt;
}

void prepare_update(json::value& crd, const json::value&) { add_stored_version(crd); }

void check_group(const json::value& crd, FieldErrors& errors) {
  const std::string_view group = string_at(crd, {"spec", "group"});
  const std::string_view bad = bad_dns_subdomain(group);
  if (group.empty())
    errors.push_back(required_value("spec.group"));
  else if (!bad.empty())
    errors.push_back(invalid_value("spec.group", quoted(group), bad));
  else if (group.find('.') == std::string_view::npos)
    errors.push_back(
        invalid_value("spec.group", quoted(group), "should be a domain with at least one dot"));
}

void check_scope(const json::value& crd, FieldErrors& errors) {
  const std::string_view scope = string_at(crd, {"spec", "scope"});
  if (scope.empty())
    errors.push_back(required_value("spec.scope"));
  else if (scope != "Cluster" && scope != "Namespaced")
    errors.push_back(not_supported("spec.scope", quoted(scope), "\"Cluster\", \"Namespaced\""));
}

void check_name(const json::value& crd, std::string_view key, FieldErrors& errors) {
  const std::string_view name = string_at(crd, {"spec", "names", key});
  const std::string field = "spec.names." + std::string(key);
  const std::string_view bad = bad_dns_1035_label(lower(name));
  if (name.empty())
    errors.push_back(required_value(field));
  else if (!bad.empty())
    errors.push_back(invalid_value(
        field, quoted(name),
        (key == "kind" || key == "listKind" ? "may have mixed case, but should otherwise match: "
                                            : "") +
            std::string(bad)));
}

void check_names(const json::value& crd, FieldErrors& errors) {
  for (std::string_view key : {"plural", "singular", "kind", "listKind"})
    check_name(crd, key, errors);
  const std::string_view kind = string_at(crd, {"spec", "names", "kind"});
  if (!kind.empty() && kind == string_at(crd, {"spec", "names", "listKind"}))
    errors.push_back(invalid_value("spec.names.listKind", quoted(kind),
                                   "kind and listKind may not be the same"));
  const json::array& short_names = json_array(crd, {"spec", "names", "shortNames"});
  for (size_t i = 0; i < short_names.size(); ++i) {
    const std::string_view name = string_at(short_names[i], {});
    const std::string_view bad = bad_dns_1035_label(name);
    if (!bad.empty())
      errors.push_back(invalid_value(element("spec.names.shortNames", i), quoted(name), bad));
  }
}

// As a real server does: a schema that all versions share counts as the CRD's own.
bool one_schema(const json::array& versions) {
  for (const json::value& version : versions)
    if (!same_member(version, versions.front(), "schema")) return false;
  return true;
}

void check_versions(const json::value& crd, FieldErrors& errors) {
  const json::array& versions = json_array(crd, {"spec", "versions"});
  bool complete = true;
  for (size_t i = 0; i < versions.size(); ++i) {
    if (json_find(versions[i], {"schema", "openAPIV3Schema"}) != nullptr) continue;
    complete = false;
    errors.push_back(required_value(element("spec.versions", i) + ".schema.openAPIV3Schema",
                                    "schemas are required"));
  }
  std::set<std::string> names;
  size_t stored = 0;
  for (size_t i = 0; i < versions.size(); ++i) {
    const std::string name = json_string(versions[i], {"name"});
    const std::string_view bad = bad_dns_1035_label(name);
    if (!bad.empty())
      errors.push_back(invalid_value(element("spec.versions", i) + ".name", quoted(name), bad));
    names.insert(name);
    if (json_bool(versions[i], {"storage"})) ++stored;
    if (complete && !one_schema(versions))
      check_structure(*json_find(versions[i], {"schema", "openAPIV3Schema"}),
                      element("spec.versions", i) + ".schema.openAPIV3Schema", errors);
  }
  const std::string shown = json_text(json::value(versions));
  if (stored != 1)
    errors.push_back(invalid_value("spec.versions", shown,
                                   "must have exactly one version marked as storage version"));
  if (names.size() != versions.size())
    errors.push_back(invalid_value("spec.versions", shown, "must contain unique version names"));
  if (complete && !versions.empty() && one_schema(versions))
    check_structure(*json_find(versions.front(), {"schema", "openAPIV3Schema"}),
                    "spec.validation.openAPIV3Schema", errors);
}

void check_conversion(const json::value& crd, FieldErrors& errors) {
  const std::string_view strategy = string_at(crd, {"spec", "conversion", "strategy"});
  const bool webhook = json_find(crd, {"spec", "conversion", "webhook"}) != nullptr;
  if (strategy == "None" && webhook)
    errors.push_back(forbidden_value("spec.conversion.webhookClientConfig",
                                     "should not be set when strategy is not set to Webhook"));
  if (strategy == "Webhook" && !webhook)
    errors.push_back(required_value("spec.conversion.webhookClientConfig",
                                    "required when strategy is set to Webhook"));
  if (strategy != "None" && strategy != "Webhook")
    errors.push_back(
        not_supported("spec.conversion.strategy", quoted(strategy), "\"None\", \"Webhook\""));
}

bool established(const json::value& crd) {
  for (const json::value& condition : json_array(crd, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == "Established")
      return string_at(condition, {"status"}) == "True";
  return false;
}

void keep(const json::value& crd, const json::value& old_crd, JsonPath path, FieldErrors& errors) {
  const std::string_view now = string_at(crd, path);
  if (now == string_at(old_crd, path)) return;
  std::string field;
  for (std::string_view part : path) field += (field.empty() ? "" : ".") + std::string(part);
  errors.push_back(invalid_value(field, quoted(now), "field is immutable"));
}

std::optional<ApiReply> validate_update(ApiServer&, const json::value& crd,
                                        const json::value& old_crd, FieldErrors& errors) {
  if (established(old_crd)) {
    keep(crd, old_crd, {"spec", "scope"}, errors);
    keep(crd, old_crd, {"spec", "names", "kind"}, errors);
  }
  keep(crd, old_crd, {"spec", "group"}, errors);
  keep(crd, old_crd, {"spec", "names", "plural"}, errors);
  return std::nullopt;
}

}  // namespace

void default_crd(json::value& crd) {
  json::object& spec = object_member(crd.get_object(), "spec");
  json::object& names = object_member(spec, "names");
  const std::string kind = json_string(crd, {"spec", "names", "kind"});
  if (!kind.empty()) {
    set_default(names, "singular", text_value(lower(kind)));
    set_default(names, "listKind", text_value(kind + "List"));
  }
  set_default(spec, "conversion", json::object{{"strategy", "None"}});
  if (!json_bool(crd, {"spec", "preserveUnknownFields"}))
    remove_member(spec, "preserveUnknownFields");
}

void validate_crd(const json::value& crd, FieldErrors& errors) {
  const std::string wanted =
      json_string(crd, {"spec", "names", "plural"}) + "." + json_string(crd, {"spec", "group"});
  const std::string_view name = metadata_string(crd, "name");
  if (name != wanted)
    errors.push_back(
        invalid_value("metadata.name", quoted(name), "must be spec.names.plural+\".\"+spec.group"));
  check_group(crd, errors);
  check_scope(crd, errors);
  check_versions(crd, errors);
  check_names(crd, errors);
  check_conversion(crd, errors);
  if (json_bool(crd, {"spec", "preserveUnknownFields"}))
    errors.push_back(
        invalid_value("spec.preserveUnknownFields", "true",
                      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                      "spec.versions[*].schema instead"));
}

void set_crd_condition(json::value& crd, std::string_view type, bool holds, std::string_view reason,
                       std::string_view message, std::string_view now) {
  json::value& conditions = object_member(crd.get_object(), "status")["conditions"];
  if (!conditions.is_array()) conditions = json::array();
  json::value* found = nullptr;
  for (json::value& condition : conditions.get_array())
    if (string_at(condition, {"type"}) == type) found = &condition;
  if (found == nullptr) {
    conditions.get_array().push_back(json::object{{"type", text_value(type)}});
    found = &conditions.get_array().back();
  }
  json::object& condition = found->get_object();
  const std::string_view status = holds ? "True" : "False";
  if (string_at(*found, {"status"}) != status) {
    set_member(condition, "status", text_value(status));
    set_member(condition, "lastTransitionTime", text_value(now));
  }
  set_member(condition, "reason", text_value(reason));
  set_member(condition, "message", text_value(message));
}

ApiReply begin_crd_deletion(ApiServer& server, const ApiCall& call, const json::value& stored) {
  ApiReply reply;
  json::value crd = stored;
  json::object& metadata = mutable_metadata(crd);
  if (metadata_string(stored, "deletionTimestamp").empty()) {
    set_member(metadata, "deletionTimestamp", text_value(server.now_text()));
    json::value& finalizers = metadata["finalizers"];
    if (!finalizers.is_array()) finalizers = json::array();
    finalizers.get_array().emplace_back(text_value(kCrdFinalizer));
    set_crd_condition(crd, "Terminating", true, "InstanceDeletionPending",
                      "CustomResourceDefinition marked for deletion; CustomResource deletion will "
                      "begin soon",
                      server.now_text());
    order_members(*call.type, crd);
    if (!call.dry_run) {
      set_revision(crd, server.store().next_revision_text());
      reply.body = server.store().put(*call.type, "", call.name, std::move(crd)).value;
      return reply;
    }
  }
  reply.body = make_json(std::move(crd));
  return reply;
}

const Strategy kCrdStrategy = {.prepare_create = prepare_create,
                               .prepare_update = prepare_update,
                               .validate = validate_crd,
                               .validate_update = validate_update,
                               .set_defaults = default_crd};

}  // namespace drydock::fakekube

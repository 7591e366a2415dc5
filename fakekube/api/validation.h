// Checks of what every object has: names, labels, annotations, finalizers, owner references.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {

// Empty: fine; else the text of a real server's complaint.
std::string_view bad_dns_subdomain(std::string_view name);  // "a.b-c", up to 253
std::string_view bad_dns_label(std::string_view name);      // "a-b", up to 63
// "example.com/name" or "name": keys of labels and annotations, finalizers.
std::string_view bad_qualified_name(std::string_view name);
std::string_view bad_label_value(std::string_view value);

// A name that a namespace's spec.finalizers holds: with a domain, or a common one.
void validate_finalizer(const std::string& path, std::string_view name, FieldErrors& errors);
// Metadata as it would be stored; also appends warnings (finalizers without a domain).
void validate_metadata(const ResourceType& type, const json::value& object, FieldErrors& errors,
                       std::vector<std::string>& warnings);
// What an update may not change.
void validate_metadata_update(const json::value& object, const json::value& old_object,
                              FieldErrors& errors);

}  // namespace drydock::fakekube

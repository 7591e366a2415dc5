// Status objects: how a real API server says no (texts as recorded from 1.33).
//
//   return not_found(kPods, "p");              // 404 pods "p" not found
//   FieldErrors errors;
//   errors.push_back(required_value("spec.cluster"));
//   if (!errors.empty()) return invalid(kBackups, "b", errors);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"
#include "fakekube/api/api_call.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

struct FieldError {
  std::string reason;   // "FieldValueRequired"
  std::string field;    // "spec.cluster"
  std::string message;  // "Required value: ..."
};
using FieldErrors = std::vector<FieldError>;

// `detail` follows the standard words after ": " unless empty. `value` is printed as given: quote
// a string with quoted().
FieldError required_value(std::string field, std::string_view detail = "");
FieldError invalid_value(std::string field, std::string_view value, std::string_view detail);
FieldError wrong_type(std::string field, std::string_view value, std::string_view detail);
FieldError forbidden_value(std::string field, std::string_view detail);
FieldError not_supported(std::string field, std::string_view value, std::string_view supported);
FieldError duplicate_value(std::string field, std::string_view value);
FieldError not_found_value(std::string field, std::string_view value);
FieldError too_long(std::string field, size_t max_bytes);
FieldError too_many(std::string field, size_t actual, size_t maximum);
// "text" with Go's %q escapes.
std::string quoted(std::string_view text);

// What `details` of a Status holds; empty members are left out.
struct StatusDetails {
  std::string_view name = {};
  std::string_view group = {};
  std::string_view kind = {};
  std::string_view uid = {};
  FieldErrors causes = {};
  std::optional<int64_t> retry_after_s = {};
};

// `reason` empty: left out, as in a 500 that has none. `details` nullopt: left out.
ApiReply failure(int code, std::string_view reason, std::string_view message,
                 const std::optional<StatusDetails>& details = std::nullopt);
// {"status":"Success"}; of a deletion with the details of what was deleted.
ApiReply success(int code, const std::optional<StatusDetails>& details = std::nullopt);

ApiReply not_found(const ResourceType& type, std::string_view name);
ApiReply already_exists(const ResourceType& type, std::string_view name, bool being_deleted);
// 409 Operation cannot be fulfilled on pods "p": <why>.
ApiReply conflict(const ResourceType& type, std::string_view name, std::string_view why);
// The usual conflict: the object has been modified.
ApiReply modified_conflict(const ResourceType& type, std::string_view name);
// 422 Backup.infinispan.org "b" is invalid: ...
ApiReply invalid(const ResourceType& type, std::string_view name, const FieldErrors& errors);
// As above of something that is no resource: "CreateOptions.meta.k8s.io".
ApiReply invalid(std::string_view qualified_kind, std::string_view kind, std::string_view group,
                 std::string_view name, const FieldErrors& errors);
ApiReply invalid_options(std::string_view kind, const FieldErrors& errors);
ApiReply forbidden(const ResourceType& type, std::string_view name, std::string_view why);
// 403 of a creation in a namespace that is going.
ApiReply namespace_terminating(const ResourceType& type, std::string_view name,
                               const std::string& namespace_name);
ApiReply bad_request(std::string_view message);
ApiReply method_not_allowed(const ResourceType& type, std::string_view verb);
ApiReply too_large_revision(uint64_t wanted, uint64_t current);
ApiReply plain_not_found();  // the text "404 page not found"

// The message of a Status object, or what stands for it.
std::string status_message(const ApiReply& reply);
// What a client does with an answer of that HTTP status (local_client.h has the table); ok below
// 400. `reason` distinguishes the two kinds of 409.
Status to_status(const ApiReply& reply);

}  // namespace drydock::fakekube

// One request to the API, decoded, and its answer: what the HTTP front (http_front.h) and the
// LocalClient both hand to the ApiServer, and what interceptors and admission hooks see.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/wire.h"
#include "fakekube/access/user.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

enum class Verb { kGet, kList, kWatch, kCreate, kUpdate, kPatch, kDelete, kDeleteCollection };
// "get", "list", ... as RBAC names them.
std::string_view verb_name(Verb verb);

enum class PatchType { kMerge, kJson, kStrategic, kApply, kUnknown };
enum class FieldValidation { kIgnore, kWarn, kStrict };
// What an answer is shown as: itself, a Table, PartialObjectMetadata, or a list of those.
enum class Rendering { kObject, kTable, kMetadata, kMetadataList };

struct ApiCall {
  Verb verb = Verb::kGet;
  const ResourceType* type = nullptr;
  std::string namespace_name;
  std::string name;
  std::string subresource;  // "", "status", "scale", "binding", "eviction", "log", "finalize"
  std::string user_agent;
  UserInfo user;
  JsonPtr body;            // the object, patch or DeleteOptions; null when there is none
  std::string body_text;   // as it came, for error texts; empty when it came parsed
  std::string body_error;  // why `body` is null or incomplete although there are bytes
  // What strict decoding dislikes about the text: duplicate field "spec.color".
  std::vector<std::string> strict_errors;

  Rendering rendering = Rendering::kObject;
  std::string_view rendering_version = "v1";  // of meta.k8s.io; or "v1beta1"
  std::string include_object;                 // of a Table: "", "None", "Metadata" or "Object"

  PatchType patch_type = PatchType::kMerge;
  FieldValidation field_validation = FieldValidation::kWarn;
  bool dry_run = false;
  std::string field_manager;  // as given; who writes without one is named by its user agent
  bool force = false;         // of an apply

  std::string label_selector;
  std::string field_selector;
  std::optional<std::string> resource_version;  // as given; unparsed
  std::string resource_version_match;
  int64_t limit = 0;
  std::string continue_token;
  bool allow_bookmarks = false;
  std::optional<bool> send_initial_events;  // as given
  std::optional<int64_t> timeout_seconds;

  // A list answers ApiReply::items, not a list object.
  bool items_only = false;

  // What is left of the query, for subresources that read their own (pods/log).
  std::vector<std::pair<std::string, std::string>> other_parameters;

  bool is_write() const { return verb >= Verb::kCreate; }
};

struct ApiReply {
  int code = 200;
  JsonPtr body;                       // object, list or Status; null: `text`
  std::string text;                   // plain text (logs, unknown paths)
  std::vector<std::string> warnings;  // texts of Warning headers
  std::optional<int64_t> retry_after_s;
  // Further headers (Etag, Vary); a Content-Type here replaces the usual one.
  std::vector<std::pair<std::string, std::string>> headers;
  std::function<void(StreamWriter&)> stream;  // a watch's events
  // Of a list made for a LocalClient: the items themselves, so that nobody builds a list object.
  std::vector<JsonPtr> items;
  uint64_t revision = 0;

  bool ok() const { return code < 400; }
};

}  // namespace drydock::fakekube

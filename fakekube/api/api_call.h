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
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

enum class Verb { kGet, kList, kWatch, kCreate, kUpdate, kPatch, kDelete, kDeleteCollection };
// "get", "list", ... as RBAC names them.
std::string_view verb_name(Verb verb);

enum class PatchType { kMerge, kJson, kStrategic, kApply, kUnknown };
enum class FieldValidation { kIgnore, kWarn, kStrict };

struct ApiCall {
  Verb verb = Verb::kGet;
  const ResourceType* type = nullptr;
  std::string namespace_name;
  std::string name;
  std::string subresource;  // "", "status", "scale", "binding", "eviction", "log", "finalize"
  std::string user_agent;
  JsonPtr body;  // the object, patch or DeleteOptions; null when there is none

  PatchType patch_type = PatchType::kMerge;
  FieldValidation field_validation = FieldValidation::kWarn;
  bool dry_run = false;

  std::string label_selector;
  std::string field_selector;
  std::optional<std::string> resource_version;  // as given; unparsed
  std::string resource_version_match;
  int64_t limit = 0;
  std::string continue_token;
  bool allow_bookmarks = false;
  bool send_initial_events = false;
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
  std::function<void(StreamWriter&)> stream;  // a watch's events
  // Of a list made for a LocalClient: the items themselves, so that nobody builds a list object.
  std::vector<JsonPtr> items;
  uint64_t revision = 0;

  bool ok() const { return code < 400; }
};

}  // namespace drydock::fakekube

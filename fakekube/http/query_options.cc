#include "fakekube/http/query_options.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/text.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxManagerBytes = 128;

std::string_view options_kind(Verb verb) {
  switch (verb) {
    case Verb::kCreate: return "CreateOptions";
    case Verb::kUpdate: return "UpdateOptions";
    case Verb::kPatch: return "PatchOptions";
    default: return "DeleteOptions";
  }
}

// ListOptions; false: none of them.
bool read_list_option(const std::string& key, const std::string& value, ApiCall& call,
                      std::optional<ApiReply>& refused) {
  std::optional<int64_t> number;
  if (key == "limit") {
    refused = read_number(value, number);
    call.limit = number.value_or(0);
  } else if (key == "timeoutSeconds") {
    refused = read_number(value, call.timeout_seconds);
  } else if (key == "labelSelector") {
    call.label_selector = value;
  } else if (key == "fieldSelector") {
    // The old watch of one object has made one already.
    call.field_selector += (call.field_selector.empty() ? "" : ",") + value;
  } else if (key == "resourceVersion") {
    call.resource_version = value;
  } else if (key == "resourceVersionMatch") {
    call.resource_version_match = value;
  } else if (key == "continue") {
    call.continue_token = value;
  } else if (key == "allowWatchBookmarks") {
    call.allow_bookmarks = option_is_true(value);
  } else if (key == "sendInitialEvents") {
    call.send_initial_events = option_is_true(value);
  } else {
    return key == "watch";
  }
  return true;
}

std::string go_strings(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + quoted(value);
  return "[]string{" + text + "}";
}

bool printable(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// DeleteOptions in the body count instead of the query's.
bool has_delete_options(const ApiCall& call) {
  const bool deletes = call.verb == Verb::kDelete || call.verb == Verb::kDeleteCollection;
  return deletes && call.body != nullptr;
}

// What of a write's options may not be so.
class WriteOptions {
 public:
  bool read(const std::string& key, const std::string& value, ApiCall& call) {
    if (key == "dryRun")
      dry_run_.push_back(value);
    else if (key == "fieldManager")
      call.field_manager = value;
    else if (key == "fieldValidation")
      validation_ = value;
    else if (key == "force" && call.verb == Verb::kPatch)
      force_ = option_is_true(value);
    else
      return false;
    return true;
  }

  std::optional<ApiReply> apply(ApiCall& call) {
    FieldErrors errors;
    if (has_delete_options(call)) dry_run_ = json_strings(*call.body, {"dryRun"});
    if (call.verb == Verb::kPatch) check_force(call, errors);
    check_manager(call.field_manager, errors);
    const bool known = std::all_of(dry_run_.begin(), dry_run_.end(),
                                   [](const std::string& value) { return value == "All"; });
    if (!known) errors.push_back(not_supported("dryRun", go_strings(dry_run_), "\"All\""));
    check_validation(call, errors);
    call.dry_run = !dry_run_.empty();
    if (errors.empty()) return std::nullopt;
    return invalid_options(options_kind(call.verb), errors);
  }

 private:
  void check_force(ApiCall& call, FieldErrors& errors) const {
    call.force = force_.value_or(false);
    if (call.patch_type != PatchType::kApply && force_)
      errors.push_back(forbidden_value("force", "may not be specified for non-apply patch"));
    if (call.patch_type == PatchType::kApply && call.field_manager.empty())
      errors.push_back(required_value("fieldManager", "is required for apply patch"));
  }

  static void check_manager(const std::string& manager, FieldErrors& errors) {
    if (manager.size() > kMaxManagerBytes)
      errors.push_back(too_long("fieldManager", kMaxManagerBytes));
    if (!printable(manager))
      errors.push_back(invalid_value("fieldManager", quoted(manager),
                                     "should only contain printable characters"));
  }

  void check_validation(ApiCall& call, FieldErrors& errors) const {
    if (validation_ == "Strict")
      call.field_validation = FieldValidation::kStrict;
    else if (validation_ == "Ignore")
      call.field_validation = FieldValidation::kIgnore;
    else if (!validation_.empty() && validation_ != "Warn")
      errors.push_back(not_supported("fieldValidation", quoted(validation_),
                                     "\"\", \"Ignore\", \"Strict\", \"Warn\""));
  }

  std::vector<std::string> dry_run_;
  std::string validation_;
  std::optional<bool> force_;
};

}  // namespace

std::optional<ApiReply> read_number(const std::string& text, std::optional<int64_t>& number) {
  int64_t value = 0;
  const char* begin = text.data() + (text.starts_with("+") ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    return bad_request("strconv.ParseInt: parsing " + quoted(text) + ": value out of range");
  if (error != std::errc() || end != text.data() + text.size())
    return bad_request("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax");
  number = value;
  return std::nullopt;
}

bool option_is_true(std::string_view text) { return text != "0" && to_lower(text) != "false"; }

std::optional<ApiReply> read_options(const UrlQuery& query, ApiCall& call) {
  if (query.empty() && call.verb != Verb::kPatch && !has_delete_options(call)) return std::nullopt;
  const bool lists =
      call.verb == Verb::kList || call.verb == Verb::kWatch || call.verb == Verb::kDeleteCollection;
  WriteOptions options;
  std::set<std::string_view> seen;
  for (const auto& [key, value] : query) {
    if (!seen.insert(key).second && key != "dryRun") continue;
    std::optional<ApiReply> refused;
    const bool known = (lists && read_list_option(key, value, call, refused)) ||
                       (call.is_write() && options.read(key, value, call));
    if (refused) return refused;
    if (call.verb == Verb::kGet && key == "resourceVersion") call.resource_version = value;
    if (!known) call.other_parameters.emplace_back(key, value);
  }
  return call.is_write() ? options.apply(call) : std::nullopt;
}

}  // namespace drydock::fakekube

#include "fakekube/http/body_decode.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "fakekube/api/status_error.h"
#include "fakekube/http/body_decode_yaml.h"
#include "fakekube/schema/api_types.h"
#include "fakekube/schema/go_json.h"
#include "fakekube/schema/protobuf.h"

namespace drydock::fakekube {
namespace {

enum class Format { kJson, kYaml, kProtobuf, kUnknown };

constexpr std::string_view kNoVersionKind = "couldn't get version/kind; json parse error: ";

std::string media_type(const HttpRequest& request) {
  const std::string* header = find_header(request.headers, "Content-Type");
  if (header == nullptr) return "";
  return to_lower(trim(std::string_view(*header).substr(0, header->find(';'))));
}

PatchType patch_type_of(std::string_view type) {
  if (type == "application/merge-patch+json") return PatchType::kMerge;
  if (type == "application/json-patch+json") return PatchType::kJson;
  if (type == "application/strategic-merge-patch+json") return PatchType::kStrategic;
  if (type == "application/apply-patch+yaml") return PatchType::kApply;
  return PatchType::kUnknown;
}

Format format_of(const ApiCall& call, std::string_view type) {
  if (call.verb == Verb::kPatch)
    return call.patch_type == PatchType::kApply ? Format::kYaml : Format::kJson;
  if (type.empty() || type == "application/json") return Format::kJson;
  if (type == "application/yaml") return Format::kYaml;
  if (type == "application/vnd.kubernetes.protobuf") return Format::kProtobuf;
  return Format::kUnknown;
}

ApiReply unknown_format() {
  return failure(415, "UnsupportedMediaType",
                 "the body of the request was in an unknown format - accepted media types include: "
                 "application/json, application/yaml, application/vnd.kubernetes.protobuf");
}

ApiReply too_large() {
  return failure(413, "RequestEntityTooLarge",
                 "Request entity too large: limit is " + std::to_string(limits::kMaxRequestBytes));
}

// What the body is when it doesn't say so.
const ApiType* expected_type(const ApiCall& call) {
  if (call.verb == Verb::kDelete || call.verb == Verb::kDeleteCollection)
    return api_type_of_kind("", "DeleteOptions");
  if (call.subresource == "scale") return api_type_of_kind("autoscaling", "Scale");
  if (call.subresource == "eviction") return api_type_of_kind("policy", "Eviction");
  if (call.subresource == "binding") return api_type_of_kind("", "Binding");
  if (call.subresource == "token") return api_type_of_kind("authentication.k8s.io", "TokenRequest");
  return api_type_of(*call.type);
}

// Operations of a JSON patch are structs: members that none has are strict errors.
void add_patch_errors(ApiCall& call) {
  for (std::string& error : call.strict_errors) error = "json patch " + error;
  const json::array* operations = call.body == nullptr ? nullptr : call.body->if_array();
  if (operations == nullptr) return;
  constexpr std::array<std::string_view, 4> kMembers = {"op", "path", "from", "value"};
  for (size_t i = 0; i < operations->size(); ++i) {
    if (!(*operations)[i].is_object()) continue;
    for (const auto& member : (*operations)[i].get_object()) {
      const std::string_view key = member.key();
      if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end())
        call.strict_errors.push_back("json patch unknown field " +
                                     quoted("[" + std::to_string(i) + "]." + std::string(key)));
    }
  }
}

void read_json(ApiCall& call) {
  DecodedJson decoded = decode_json(call.body_text);
  if (!decoded.error.empty()) {
    const bool object = call.verb != Verb::kPatch;
    call.body_error = (object ? std::string(kNoVersionKind) : "") + decoded.error;
    return;
  }
  call.body = make_json(std::move(decoded.value));
  call.strict_errors = std::move(decoded.duplicates);
}

void read_yaml(ApiCall& call) {
  DecodedYaml decoded = decode_yaml(call.body_text);
  call.body_error = std::move(decoded.error);
  if (!call.body_error.empty()) return;
  call.body = make_json(std::move(decoded.value));
  if (!decoded.strict_error.empty()) call.strict_errors = {std::move(decoded.strict_error)};
}

void read_protobuf(ApiCall& call) {
  DecodedProtobuf decoded = decode_protobuf(call.body_text, expected_type(call));
  call.body_error = std::move(decoded.error);
  if (!decoded.value.is_null()) call.body = make_json(std::move(decoded.value));
}

}  // namespace

std::optional<ApiReply> read_request_body(const HttpRequest& request, ApiCall& call) {
  if (!call.is_write()) return std::nullopt;
  const std::string type = media_type(request);
  if (call.verb == Verb::kPatch) call.patch_type = patch_type_of(type);
  const bool deletes = call.verb == Verb::kDelete || call.verb == Verb::kDeleteCollection;
  if (deletes && request.body.empty()) return std::nullopt;
  const Format format = format_of(call, type);
  if (format == Format::kUnknown) return unknown_format();
  if (request.body.is_json()) {
    call.body = *request.body.json();
  } else {
    if (request.body.weight() > limits::kMaxRequestBytes) return too_large();
    call.body_text = request.body.text();
    if (format == Format::kJson) read_json(call);
    if (format == Format::kYaml) read_yaml(call);
    if (format == Format::kProtobuf) read_protobuf(call);
  }
  if (call.patch_type == PatchType::kJson) add_patch_errors(call);
  return std::nullopt;
}

}  // namespace drydock::fakekube

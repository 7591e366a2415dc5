#include "fakegrid/server/media_type.h"

#include <charconv>

#include "core/base/json.h"

namespace drydock::fakegrid {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

MediaKind kind_of(std::string_view name) {
  if (name.empty()) return MediaKind::kNone;
  if (name == "*/*") return MediaKind::kAny;
  if (name == "text/plain") return MediaKind::kText;
  if (name == "application/json") return MediaKind::kJson;
  if (name == "application/xml" || name == "text/xml") return MediaKind::kXml;
  if (name == "application/octet-stream") return MediaKind::kOctets;
  if (name == "application/x-protostream") return MediaKind::kProtostream;
  if (name == "application/x-java-object") return MediaKind::kObject;
  return MediaKind::kOther;
}

Status no_json(std::string_view text, const ServerVersion& version) {
  std::string message =
      "ISPN000655: Unable to convert text content to JSON: '" + std::string(text) + "'";
  if (!version.at_least(15))
    message = "org.infinispan.commons.dataconversion.EncodingException: " + message;
  return Status(Code::kInvalid, std::move(message));
}

// A number or truth value by its Java class, wrapped; else a string.
std::string wrapped_object(std::string_view text, std::string_view class_name) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && class_name == "java.lang.Integer")
    return wrapped_int32(static_cast<int32_t>(number));
  if (whole && class_name == "java.lang.Long") return wrapped_int64(number);
  return wrapped_string(text);
}

std::string as_xml(std::string_view text) {
  ConfigElement element{.name = "string"};
  element.text = text;
  return element_xml(element);
}

Result<std::string> to_protostream(std::string_view bytes, const MediaType& from,
                                   const Transcoding& with) {
  switch (from.kind) {
    case MediaKind::kText: return wrapped_string(bytes);
    case MediaKind::kObject: return wrapped_object(bytes, from.class_name);
    case MediaKind::kJson: return json_to_protostream(bytes, with.types);
    default: return std::string(bytes);
  }
}

Status no_transcoder(const MediaType& from, const MediaType& to) {
  return Status(Code::kUnsupported, "ISPN000492: Cannot find transcoder between '" + from.name +
                                        "' to '" + to.name + "'");
}

}  // namespace

MediaType media_type(std::string_view text) {
  MediaType out;
  text = text.substr(0, text.find(','));
  const size_t semicolon = text.find(';');
  out.name = trimmed(text.substr(0, semicolon));
  out.kind = kind_of(out.name);
  const size_t type = text.find("type=");
  if (semicolon == std::string_view::npos || type == std::string_view::npos) return out;
  std::string_view value = text.substr(type + 5);
  value = trimmed(value.substr(0, value.find(';')));
  if (value.size() > 1 && value.front() == '"') value = value.substr(1, value.size() - 2);
  out.class_name = value;
  return out;
}

CacheEncoding encoding_of(const ConfigElement& cache) {
  CacheEncoding out;
  const ConfigElement* encoding = cache.child("encoding");
  if (encoding == nullptr) return out;
  if (const std::string* both = encoding->attribute("media-type"))
    out.key = out.value = media_type(*both);
  for (const auto& [name, into] : {std::pair{"key", &out.key}, std::pair{"value", &out.value}})
    if (const ConfigElement* one = encoding->child(name))
      if (const std::string* type = one->attribute("media-type")) *into = media_type(*type);
  return out;
}

Result<std::string> to_storage(std::string_view bytes, const MediaType& from, const MediaType& to,
                               const Transcoding& with) {
  switch (to.kind) {
    case MediaKind::kProtostream: return to_protostream(bytes, from, with);
    case MediaKind::kObject:
      return from.kind == MediaKind::kText || from.kind == MediaKind::kObject
                 ? wrapped_object(bytes, from.class_name)
                 : to_protostream(bytes, from, with);
    case MediaKind::kXml: return from.kind == MediaKind::kText ? as_xml(bytes) : std::string(bytes);
    case MediaKind::kJson:
      // 12 and 13 took any text for JSON.
      if (from.kind == MediaKind::kText && with.version.at_least(14) && !json_parse(bytes).ok())
        return no_json(bytes, with.version);
      return std::string(bytes);
    default: return std::string(bytes);
  }
}

Result<std::string> from_storage(std::string_view bytes, const MediaType& stored,
                                 const MediaType& wanted, const Transcoding& with) {
  const bool as_it_is = wanted.kind == MediaKind::kAny || wanted.kind == MediaKind::kNone ||
                        wanted.kind == stored.kind || wanted.kind == MediaKind::kOctets;
  const bool wrapped = stored.kind == MediaKind::kProtostream || stored.kind == MediaKind::kObject;
  if (wrapped && wanted.kind == MediaKind::kJson) return protostream_to_json(bytes, with.types);
  if (wrapped && wanted.kind == MediaKind::kText) {
    if (std::optional<std::string> text = unwrapped_text(bytes)) return *text;
    return protostream_to_json(bytes, with.types);
  }
  if (as_it_is || wanted.kind == MediaKind::kText) return std::string(bytes);
  if (stored.kind == MediaKind::kNone || stored.kind == MediaKind::kOctets ||
      stored.kind == MediaKind::kText)
    return std::string(bytes);
  return no_transcoder(stored, wanted);
}

}  // namespace drydock::fakegrid

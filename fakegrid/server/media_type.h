// Media types of cache entries, and the conversions between what a client sends or asks for and
// what a cache stores (bytes as in docs/facts/archive.md).
//
//   const MediaType type = media_type("text/plain; charset=UTF-8");     // kText
//   DRYDOCK_ASSIGN(std::string stored, to_storage("k1", kText, kProtostream, context));
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "fakegrid/server/config_element.h"
#include "fakegrid/server/proto_schema.h"
#include "fakegrid/server/version.h"

namespace drydock::fakegrid {

enum class MediaKind { kNone, kAny, kText, kJson, kXml, kOctets, kProtostream, kObject, kOther };

struct MediaType {
  MediaKind kind = MediaKind::kNone;
  std::string name;        // "text/plain", without parameters
  std::string class_name;  // of x-java-object: "java.lang.Integer"; empty: a string

  friend bool operator==(const MediaType&, const MediaType&) = default;
};

// Of a header's or attribute's value; "" is kNone.
MediaType media_type(std::string_view text);

struct CacheEncoding {
  MediaType key;
  MediaType value;
};
CacheEncoding encoding_of(const ConfigElement& cache);

struct Transcoding {
  const ServerVersion& version;
  const ProtoTypes& types;  // of the cluster's schemas, for JSON to protostream and back
};

// What a client sent, as the cache stores it. kInvalid: it can't be (the server's text).
Result<std::string> to_storage(std::string_view bytes, const MediaType& from, const MediaType& to,
                               const Transcoding& with);
// What the cache stores, as the client asked for it; kAny gives it as it is. kUnsupported: no such
// conversion.
Result<std::string> from_storage(std::string_view bytes, const MediaType& stored,
                                 const MediaType& wanted, const Transcoding& with);

}  // namespace drydock::fakegrid

// The configuration documents of an archive: one cache (or template) per XML document.
//
//   DRYDOCK_ASSIGN(CacheElement cache, extract_cache(document, "a"));
//   cache.xml;                                  // <distributed-cache name="a" owners="2"/>
//   wrap_cache(cache, "15.0.21.Final");         // a document again
//
// Three styles exist (measured): 12.1 has the cache directly under cache-container, 14 has it
// inside <caches>, both pretty printed; 15 and later print the same on one line.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"

namespace drydock::archive {

struct CacheElement {
  std::string name;          // the name attribute, entities resolved
  std::string xml;           // the element's bytes exactly as in the document
  bool is_template = false;  // named *-configuration; templates of 12.1 are not: there only the
                             // folder tells
  std::string kind;          // "distributed-cache": the element's name without -configuration

  friend bool operator==(const CacheElement&, const CacheElement&) = default;
};

// The document's only cache element. kDataLoss: not well-formed, not such a document, no or several
// elements, or its name is not `expected_name`.
Result<CacheElement> extract_cache(std::string_view document, std::string_view expected_name);

// What an element by itself says (e.g. the configuration of a running cache). kInvalid: not one
// well-formed element, or an element whose name attribute is missing.
Result<CacheElement> parse_cache_element(std::string_view xml);

// The one-line document of 15 and later, in the namespace of `version` ("15.0.21.Final" ->
// urn:infinispan:config:15.0); without <caches> for versions below 13, which don't know it.
std::string wrap_cache(const CacheElement& element, std::string_view version);
// The same around an element's text.
std::string wrap_cache_xml(std::string_view element_xml, std::string_view version);

}  // namespace drydock::archive

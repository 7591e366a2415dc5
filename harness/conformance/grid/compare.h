// Whether an answer or a value of ours is the recorded one. Equal are: status code, every recorded
// header, the whole body. What two runs of one real server do not share, or what the HTTP layer
// says twice, is not compared:
//   - points in time (both must be one, or both -1), ids of connections;
//   - network addresses, which are the machine's;
//   - identities of Java objects in texts, Name@1b2c3d4e, and names of uploaded temporary files;
//   - the order of arrays, which is a hash table's or an iteration's; only members of a cluster
//   have
//     an order, the view's;
//   - blanks in JSON, and then the header Content-Length; the case of header names;
//   - bytes of archives: entries are compared (archives.h). Of one whose entries are not on record
//     the length is: it depends on dates and on the order of records, and differed by 1.3 % between
//     two archives of one cluster, so that 2 % are allowed.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// JSON, also where an empty value was left out: releases before 14 list entries as "value":, then.
Result<json::value> parse_listing(std::string_view text);

// What differs first, for a person; "" when nothing does. Texts that are JSON on both sides are
// compared as values. `path` is where the value stands.
std::string value_difference(const json::value& recorded, const json::value& ours,
                             const std::string& path = "");

// `recorded`: [[name, value], ...] or {name: value}. Content-Length only when `with_length`.
std::string headers_difference(const json::value& recorded, const Headers& ours, bool with_length);

// `recorded`: {status, headers, body: {len, text}}, where a body of length 0 has no text. Bodies
// that are not text on record are left to the caller.
std::string answer_difference(const json::value& recorded, const Answer& ours);

// Texts, but for what is never the same twice.
std::string text_difference(std::string_view recorded, std::string_view ours);

}  // namespace drydock::harness::conformance::grid

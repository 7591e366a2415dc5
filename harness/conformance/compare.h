// Whether our answer is the recorded one. Compared: status code, the headers that clients use, and
// the whole body, but for what two runs of one real server do not share:
//   - uids, generated names, continue tokens, cluster addresses: each recorded one stands for one
//   of
//     ours (names.h); resourceVersions keep equality and order;
//   - times: both must be times; ages in the cells of tables: both must be ages;
//   - the order of errors in a message and of causes: compared as sets;
//   - what follows the first line of a message that ends in a Go diff;
//   - the order in which one controller deletes several objects; a bookmark told twice;
//   - descriptions of columns and schemas, which are the upstream's prose;
//   - the build of the server in /version, hashes of documents, the server's own address.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/names.h"
#include "harness/conformance/recording.h"

namespace drydock::harness::conformance {

struct OurAnswer {
  int code = 0;
  Headers headers;
  std::string text;                 // the body
  std::vector<std::string> stream;  // of a watch: its lines
};

// What differs first, for a person; "" when nothing does. Learns names even where it differs.
std::string difference(const Record& record, const OurAnswer& ours, Names& names);
// Of a request that we sent to a webhook: the body.
std::string request_difference(const Record& asked, const std::string& our_body, Names& names);

}  // namespace drydock::harness::conformance

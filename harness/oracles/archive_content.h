// What an archive holds, as the same value that a cluster's content is: so that archive, model and
// cluster can be compared. Reads with core/archive, outside any simulation; never suspends.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "fakegrid/node/content.h"

namespace drydock::harness {

// kDataLoss, kInvalid: not a whole archive; the message says what is wrong.
Result<fakegrid::Content> read_archive_content(std::string zip_bytes);

// The first `limit` differences between two contents, one line each; empty when they are equal.
// `a` and `b` name the two sides. Records are compared byte for byte, in any order.
std::vector<std::string> compare_content(const fakegrid::Content& left, std::string_view a,
                                         const fakegrid::Content& right, std::string_view b,
                                         size_t limit = 10);

// Names that belong to the grid itself (org.infinispan.*, example.*, ___*): no wildcard means them.
bool is_internal_name(std::string_view name);

// Bytes as a person can read them: quoted, with escapes for what is not printable, shortened.
std::string printable(std::string_view bytes);

}  // namespace drydock::harness

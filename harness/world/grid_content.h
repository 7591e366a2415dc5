// A scenario's words about content as a grid's content.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/base/time.h"
#include "fakegrid/node/content.h"
#include "fakegrid/server/version.h"
#include "harness/scenario/content.h"

namespace drydock::harness {

// The configuration element of a cache, or of a template when `is_template`.
std::string configuration_element(const scenario::CacheSpec& cache, bool is_template);

// Entries with their metadata, created `now` (immortal ones carry no times, as in real archives).
std::vector<CacheRecord> make_records(const scenario::InlineEntries& entries, WallTime now);
std::vector<CacheRecord> make_records(const scenario::GeneratedEntries& entries, WallTime now);
// The value of a generated entry: `bytes` printable characters that depend only on the key.
std::string generated_value(std::string_view key, int64_t bytes);

// kDataLoss, kInvalid, kNotFound: an archive that can't be read; the message names the file.
Result<fakegrid::Content> make_content(const scenario::Content& content, WallTime now);

// Configurations as a server of that release keeps them once they were restored: what it archives
// is equal then, text for text. kInvalid: one that is no configuration.
Status write_as_server(fakegrid::Content& content, const fakegrid::ServerVersion& version);

// A file of the machine that runs drydock (an archive that a scenario names).
Result<std::string> read_host_file(const std::string& path);

}  // namespace drydock::harness

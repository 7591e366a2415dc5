// The options that a request's query holds: ListOptions, GetOptions, CreateOptions, ... of
// meta.k8s.io, decoded and checked as a real API server does.
//
//   if (auto refused = read_options(url.query, call)) return *std::move(refused);
#pragma once

#include <optional>

#include "fakekube/api/api_call.h"
#include "fakekube/http/url.h"

namespace drydock::fakekube {

// "false" and "0" are false, everything else, also nothing, is true.
bool option_is_true(std::string_view text);

// A whole number; a reply: 400, as Go says it.
std::optional<ApiReply> read_number(const std::string& text, std::optional<int64_t>& number);

// Fills in what the call's verb understands; the rest goes to `other_parameters`, for subresources
// and deletions, and is otherwise ignored. Of a key that comes again the first one counts. A reply:
// 400 for a value that is no number, 422 for one that is not allowed.
std::optional<ApiReply> read_options(const UrlQuery& query, ApiCall& call);

}  // namespace drydock::fakekube

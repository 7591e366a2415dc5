// A recording of a real API server: requests and answers, a JSON object a line.
//
//   Result<std::vector<Record>> records = read_recording(text, "transcripts.jsonl");
//
// A line: id, group, note, t_ms (when the request was sent), ms (how long it took), request
// {method, path, headers, body}, response {code, headers, body}. A watch has `stream`: [[ms, line]]
// with the milliseconds since its start, `during`: the ids of the requests sent meanwhile, and
// `ended_by` "client" or "server". `direction: asked` is a request that the API server sent to a
// webhook, with the webhook's answer. A response with `cut` has no body on record; of a
// request with `cut` only the beginning is, with `body_bytes`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"
#include "core/base/time.h"
#include "core/base/wire.h"

namespace drydock::harness::conformance {

struct StreamLine {
  Duration at{};  // since the watch began
  std::string text;

  // {type, object}, or a null value when it is no JSON.
  json::value event() const;
};

struct Record {
  std::string id;
  std::string group;
  std::string note;
  Duration start{};  // since the recording's start; never before an earlier record's group
  Duration took{};
  std::string method;
  std::string path;
  Headers headers;
  std::optional<std::string> body;

  int code = 0;
  Headers answer_headers;
  std::string answer;  // the body's text
  bool cut = false;    // only the answer's size is on record

  bool is_stream = false;
  std::vector<StreamLine> stream;
  std::vector<std::string> during;
  bool ended_by_client = false;

  bool asked = false;

  // The answer's body, or a null value when it is no JSON.
  json::value answer_json() const;
  // The body of the request likewise.
  json::value body_json() const;
};

// In the file's order. kInvalid: "<file>:<line>: what is wrong; what would be right".
Result<std::vector<Record>> read_recording(std::string_view text, const std::string& file);

}  // namespace drydock::harness::conformance

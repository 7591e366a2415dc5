#include "fakegrid/server/rest_reply.h"

#include <utility>

#include "core/base/json.h"

namespace drydock::fakegrid {

HttpResponse reply(int status) { return {.status = status, .headers = {}, .body = {}}; }

HttpResponse reply_text(int status, std::string text) {
  return {.status = status, .headers = {}, .body = Body(std::move(text))};
}

HttpResponse reply_typed(std::string text, std::string_view type) {
  return {.status = 200,
          .headers = {{"Content-Type", std::string(type)}},
          .body = Body(std::move(text))};
}

HttpResponse reply_json(const json::value& value) {
  HttpResponse out{.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = {}};
  out.body = Body(make_json(value));
  return out;
}

HttpResponse not_found() { return reply_text(404, "Resource not found"); }
HttpResponse not_allowed() { return reply_text(405, "Not allowed"); }
HttpResponse unknown_action() { return reply_text(400, "Invalid 'action' parameter supplied"); }

HttpResponse reply_error(const Status& status) {
  switch (status.code()) {
    case Code::kNotFound: return reply_text(404, status.message());
    case Code::kInvalid:
    case Code::kAlreadyExists: return reply_text(400, status.message());
    default: return reply_text(500, status.message());
  }
}

HttpReply finished(HttpResponse response, std::string_view method) {
  if (method == "HEAD") response.body = Body();
  if (response.status != 204)
    response.headers.emplace_back("content-length", std::to_string(response.body.weight()));
  return response;
}

std::string cache_not_found(std::string_view cache) {
  return "ISPN012010: Cache with name '" + std::string(cache) +
         "' not found amongst the configured caches";
}

}  // namespace drydock::fakegrid

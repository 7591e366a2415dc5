// Answers as a real server's REST endpoint gives them: a content type only where there is content
// of a type, errors as bare text, `content-length` on all but 204.
//
//   return reply_text(404, cache_not_found("c"));
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/base/wire.h"

namespace drydock::fakegrid {

HttpResponse reply(int status);
// Without a content type, as errors are.
HttpResponse reply_text(int status, std::string text);
HttpResponse reply_typed(std::string text, std::string_view type);
HttpResponse reply_json(const boost::json::value& value);
HttpResponse not_found();       // 404 "Resource not found": no such route
HttpResponse not_allowed();     // 405 "Not allowed": a route, but not with this method
HttpResponse unknown_action();  // 400: a route, but without this `?action=`
// What the grid says, as the REST layer maps it: kNotFound 404; kInvalid, kAlreadyExists 400; else
// 500. The text is the status's message.
HttpResponse reply_error(const Status& status);

// Adds what every answer has: `content-length`. Bodies of answers to HEAD are taken away.
HttpReply finished(HttpResponse response, std::string_view method);

std::string cache_not_found(std::string_view cache);

}  // namespace drydock::fakegrid

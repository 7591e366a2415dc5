// Answers of the agent's REST server, with the headers that real servers send: `curl -i` output is
// read by content-length, also for HEAD.
//
//   return text_reply(400, messages::unknown_type("foo"));
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/base/volume.h"
#include "core/base/wire.h"
#include "core/engine/grid_member.h"

namespace drydock::engine {

HttpResponse empty_reply(int status);
HttpResponse text_reply(int status, std::string text);
HttpResponse json_reply(json::value value);

// Headers of a backup's archive, without a body: HEAD.
HttpResponse archive_head(std::string_view name);
// The archive itself, streamed. A file that can't be read ends the stream early.
HttpReply archive_reply(std::string_view name, std::shared_ptr<Volume> volume, std::string path);

// <container>: the members of the view, coordinator, version (15.0.21's document, less what a
// member without data has no say in).
json::value container_document(const GridMember& member, const MemberHealth& health,
                               std::string_view cluster_name);
// <container>/health.
json::value health_document(const MemberHealth& health, std::string_view cluster_name);

}  // namespace drydock::engine

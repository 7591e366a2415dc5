// Objects as rows of a Table (what kubectl prints), or as their metadata alone: the two other forms
// in which a client may ask for an answer.
//
//   if (call.rendering != Rendering::kObject) reply = rendered(server, call, std::move(reply));
//   EventRenderer renderer(server, call);                   // of one watch
//   writer.write(Body(renderer.render(watch_envelope(event))));
//
// Cells are those of Kubernetes' own printers (table_cells.h); descriptions of columns are our own
// words. Never suspends.
#pragma once

#include <optional>

#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

// The reply with its object or list in the form that `call.rendering` asks for. Left as they are: a
// Status, text, streams, and objects of another kind than the call's (a Scale). 406 for the
// metadata of a list where a list was not asked for, and the other way round; 400 for a bad
// includeObject.
ApiReply rendered(ApiServer& server, const ApiCall& call, ApiReply reply);

// The 400 for an includeObject that there isn't, where a Table is asked for.
std::optional<ApiReply> bad_include_object(const ApiCall& call);

// The events of one watch. Only the first one of a Table carries the column definitions.
class EventRenderer {
 public:
  EventRenderer(ApiServer& server, const ApiCall& call);

  // What to send for {"type","object"}; the same pointer when the call wants plain objects, and for
  // ERROR events. Null: there is no such form of an event (a list), and the stream ends.
  JsonPtr render(JsonPtr envelope);

 private:
  ApiServer& server_;
  const ResourceType* type_;
  Rendering rendering_;
  std::string_view version_;
  std::string include_object_;
  bool first_ = true;
};

}  // namespace drydock::fakekube

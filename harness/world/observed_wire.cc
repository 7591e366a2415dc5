#include "harness/world/observed_wire.h"

#include <optional>

namespace drydock::harness {
namespace {

// The name in POST .../backups/{name} or .../restores/{name}.
std::optional<std::string> started_operation(const HttpRequest& request) {
  if (request.method != "POST") return std::nullopt;
  const std::string path = request.target.substr(0, request.target.find('?'));
  for (const std::string_view folder : {"/backups/", "/restores/"}) {
    const size_t at = path.rfind(folder);
    if (at != std::string::npos) return path.substr(at + folder.size());
  }
  return std::nullopt;
}

// The first try of a client without a nonce is answered 401: not a request to start anything.
bool is_authenticated(const HttpRequest& request) {
  return find_header(request.headers, "Authorization") != nullptr;
}

}  // namespace

Result<std::unique_ptr<Listener>> ObservedWire::serve(uint16_t port, HttpHandler handler) {
  return wire_.serve(port, [this, handler = std::move(handler)](const HttpRequest& request) {
    const std::optional<std::string> operation = started_operation(request);
    if (!operation) return handler(request);
    if (is_authenticated(request)) {
      ++observations_.posts_received[pod_];
      observations_.changed();
    }
    HttpReply reply = handler(request);
    if (reply.response.status == 202) note_accepted(*operation);
    return reply;
  });
}

void ObservedWire::note_accepted(const std::string& operation) {
  ++observations_.posts_accepted[pod_];
  observations_.starts.push_back({pod_, pod_uid_, operation});
  observations_.changed();
}

}  // namespace drydock::harness

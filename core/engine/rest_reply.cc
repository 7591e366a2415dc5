#include "core/engine/rest_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace drydock::engine {
namespace {

json::array names_array(const std::vector<std::string>& names) {
  json::array array;
  for (const std::string& name : names) array.emplace_back(name);
  return array;
}

HttpResponse archive_response(std::string_view name) {
  HttpResponse response{.status = 200};
  response.headers.emplace_back("content-disposition",
                                fmt::format("attachment; filename={}.zip", name));
  response.headers.emplace_back("Content-Type", "application/zip");
  return response;
}

Status stream_file(Volume& volume, const std::string& path, StreamWriter& writer) {
  DRYDOCK_ASSIGN(auto file, volume.open(path, OpenMode::kRead));
  std::vector<std::byte> buffer(limits::kArchiveChunkBytes);
  for (uint64_t offset = 0;;) {
    DRYDOCK_ASSIGN(const size_t read, file->read_at(offset, buffer));
    if (read == 0) return ok_status();
    std::string chunk(read, '\0');
    std::transform(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(read),
                   chunk.begin(), [](std::byte byte) { return static_cast<char>(byte); });
    DRYDOCK_RETURN_IF_ERROR(writer.write(Body(std::move(chunk))));
    offset += read;
  }
}

}  // namespace

HttpResponse empty_reply(int status) {
  HttpResponse response{.status = status};
  if (status != 204) response.headers.emplace_back("content-length", "0");
  return response;
}

HttpResponse text_reply(int status, std::string text) {
  HttpResponse response{.status = status};
  response.headers.emplace_back("Content-Type", "text/plain");
  response.headers.emplace_back("content-length", std::to_string(text.size()));
  response.body = Body(std::move(text));
  return response;
}

HttpResponse json_reply(json::value value) {
  HttpResponse response{.status = 200, .body = Body(make_json(std::move(value)))};
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("content-length", std::to_string(response.body.weight()));
  return response;
}

HttpResponse archive_head(std::string_view name) {
  HttpResponse response = archive_response(name);
  response.headers.emplace_back("content-length", "0");
  return response;
}

HttpReply archive_reply(std::string_view name, std::shared_ptr<Volume> volume, std::string path) {
  return {archive_response(name),
          [volume = std::move(volume), path = std::move(path)](StreamWriter& writer) {
            (void)stream_file(*volume, path, writer);
          }};
}

json::value container_document(const GridMember& member, const MemberHealth& health,
                               std::string_view cluster_name) {
  return json::object{
      {"version", member.version()},
      {"name", "default"},
      {"coordinator", health.coordinator == health.self},
      {"cluster_name", cluster_name},
      {"coordinator_address", health.coordinator},
      {"cache_manager_status", "RUNNING"},
      {"node_address", health.self},
      {"cluster_members", names_array(health.members)},
      {"cluster_size", health.members.size()},
  };
}

json::value health_document(const MemberHealth& health, std::string_view cluster_name) {
  return json::object{
      {"cluster_health", json::object{{"cluster_name", cluster_name},
                                      {"health_status", health.status},
                                      {"number_of_nodes", health.members.size()},
                                      {"node_names", names_array(health.members)}}},
      {"cache_health", json::array{}},
  };
}

}  // namespace drydock::engine

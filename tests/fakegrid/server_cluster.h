// Nodes with the model of a real server each, all on one disk, for the tests of backup and restore.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/base/json.h"
#include "fakegrid/server/server.h"
#include "sim/disk.h"
#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {

inline Quirks with(std::initializer_list<Quirk> on) {
  Quirks quirks;
  for (const Quirk quirk : on) quirks.set(quirk, true);
  return quirks;
}

class ServerCluster {
 public:
  explicit ServerCluster(const Content& content, const Quirks& quirks = {},
                         const std::string& version = "15.0.21.Final", int nodes = 2)
      : ServerCluster(content, {.version = parse_version(version).value(), .quirks = quirks},
                      nodes) {}
  ServerCluster(const Content& content, ServerOptions options, int nodes = 2)
      : disk_(cluster_.sim(), "disk", {}) {
    cluster_.form(nodes, content);
    options.data_directory = "/data";
    options.heap_bytes = 1 << 20;
    for (int i = 0; i < nodes; ++i) {
      const std::string name = "n" + std::to_string(i);
      sim::Process& process = *cluster_.sim().processes()[static_cast<size_t>(i) + 1];
      volumes_[name] = disk_.mount(process, false);
      servers_[name] =
          std::make_unique<Server>(process, cluster_.node(name), *volumes_[name], options, [] {});
    }
  }

  void run(std::function<void()> story) { cluster_.run(std::move(story)); }
  TestCluster& cluster() { return cluster_; }
  sim::Disk& disk() { return disk_; }

  // In a story. `node` answers; requests with a body are JSON.
  HttpResponse call(const std::string& method, const std::string& target,
                    const std::string& body = "", const std::string& node = "n0") {
    HttpRequest request{.method = method, .target = target, .headers = {}, .body = {}};
    if (!body.empty()) request.headers = {{"Content-Type", "application/json"}};
    request.body = Body(body);
    return send(request, node);
  }
  HttpResponse send(const HttpRequest& request, const std::string& node = "n0") {
    HttpResponse response;
    cluster_.on(node, [&](Node&) { response = servers_.at(node)->handle(request).response; });
    return response;
  }
  // A request that isn't waited for; the event is set when `answered` got its status.
  std::shared_ptr<Event> begin(const std::string& method, const std::string& target,
                               const std::string& body, std::function<void(int)> answered) {
    HttpRequest request{.method = method, .target = target, .headers = {}, .body = Body(body)};
    return cluster_.begin("n0", [this, request, answered](Node&) {
      answered(servers_.at("n0")->handle(request).response.status);
    });
  }
  // HEAD until it isn't 202 any more; its last status.
  int settled(const std::string& target, const std::string& node = "n0") {
    for (int i = 0; i < 600; ++i) {
      const int status = call("HEAD", target, "", node).status;
      if (status != 202) return status;
      cluster_.wait(milliseconds(100));
    }
    return 202;
  }
  int backup(const std::string& name, const std::string& body = "",
             const std::string& node = "n0") {
    const std::string target = "/rest/v2/cache-managers/default/backups/" + name;
    EXPECT_EQ(call("POST", target, body, node).status, 202);
    return settled(target, node);
  }
  int restore(const std::string& name, const std::string& location,
              const std::string& resources = "null", const std::string& node = "n0") {
    const std::string target = "/rest/v2/cache-managers/default/restores/" + name;
    const std::string body = R"({"location":")" + location + R"(","resources":)" + resources + "}";
    EXPECT_EQ(call("POST", target, body, node).status, 202);
    return settled(target, node);
  }
  bool logged(const std::string& text, const std::string& node = "n0") const {
    return cluster_.logged(node, text);
  }
  bool has_file(const std::string& path) const { return disk_.get_file(path).ok(); }
  // In a story.
  bool has_directory(const std::string& path) {
    bool found = false;
    cluster_.on("n0", [&](Node&) {
      const Result<FileStat> stat = volumes_.at("n0")->stat(path);
      found = stat.ok() && stat->is_directory;
    });
    return found;
  }

 private:
  // Before the simulation: its tasks refer to them until it is gone.
  std::map<std::string, std::shared_ptr<Volume>> volumes_;
  std::map<std::string, std::unique_ptr<Server>> servers_;
  TestCluster cluster_;
  sim::Disk disk_;
};

inline std::string archive_path(const std::string& name) {
  return "/data/backups/" + name + "/" + name + ".zip";
}

}  // namespace drydock::fakegrid

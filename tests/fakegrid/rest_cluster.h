// REST servers in a test cluster, and calls to them.
//
//   with_server("15.0.21.Final", [](RestServer& rest) {
//     EXPECT_EQ(call(rest, "GET", "/rest/v2/caches").status, 200);
//   });
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "fakegrid/server/rest.h"
#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {

inline HttpResponse call(RestServer& rest, const std::string& method, const std::string& target,
                         const std::string& body = "", Headers headers = {}) {
  HttpRequest request{
      .method = method, .target = target, .headers = std::move(headers), .body = {}};
  if (!body.empty()) request.body = Body(body);
  return rest.handle(request).response;
}

inline Headers typed(const std::string& type) { return {{"Content-Type", type}}; }

inline std::string header(const HttpResponse& response, std::string_view name) {
  const std::string* value = find_header(response.headers, name);
  return value == nullptr ? "" : *value;
}

// Runs `work` on a task of n0, alone in a cluster of servers of that version.
inline void with_server(const std::string& version, const std::function<void(RestServer&)>& work) {
  TestCluster cluster;
  NodeConfig config;
  config.version = version;
  Node& node = cluster.add("n0", config);
  cluster.run([&] {
    cluster.start("n0");
    RestServer rest(*cluster.sim().processes()[1], node, [] {});
    cluster.on("n0", [&](Node&) { work(rest); });
  });
}

// Creates a cache of that encoding (none: "").
inline void create_encoded(RestServer& rest, const std::string& name, const std::string& type) {
  const std::string encoding = type.empty() ? "" : "<encoding media-type=\"" + type + "\"/>";
  const HttpResponse created =
      call(rest, "POST", "/rest/v2/caches/" + name,
           "<distributed-cache name=\"" + name + "\">" + encoding + "</distributed-cache>",
           typed("application/xml"));
  EXPECT_EQ(created.status, 200) << created.body.text();
}

}  // namespace drydock::fakegrid

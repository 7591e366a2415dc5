// A client's end of a watch over HTTP: keeps the lines that the server's stream function writes.
//
//   StreamRecorder recorder(simulation, server, "/api/v1/pods?watch=1");
//   ...sleep, write...
//   EXPECT_EQ(recorder.types(), "ADDED MODIFIED ");
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/wire.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

class StreamRecorder {
 public:
  // In a task of `env`: asks, and reads in a task of its own until the stream ends or this does.
  StreamRecorder(Env& env, ApiServer& server, std::string target, std::string user_agent = "test",
                 std::string accept = "application/json")
      : writer_(std::make_shared<Writer>(env)) {
    HttpRequest request{.method = "GET", .target = std::move(target), .headers = {}, .body = {}};
    request.headers.emplace_back("User-Agent", std::move(user_agent));
    request.headers.emplace_back("Accept", std::move(accept));
    HttpReply reply = server.handle(request);
    head_ = std::move(reply.response);
    if (!reply.stream) return;
    task_ = env.spawn("stream", [writer = writer_, stream = std::move(reply.stream)]() mutable {
      stream(*writer);
      stream = nullptr;
      writer->ended = true;
    });
  }
  ~StreamRecorder() { task_.cancel(); }
  StreamRecorder(const StreamRecorder&) = delete;
  StreamRecorder& operator=(const StreamRecorder&) = delete;

  const HttpResponse& head() const { return head_; }
  const std::vector<JsonPtr>& lines() const { return writer_->lines; }
  bool ended() const { return writer_->ended; }
  // From now on each chunk takes so long to write.
  void read_slowly(Duration each) { writer_->pause = each; }

  std::string types() const {
    std::string all;
    for (const JsonPtr& line : lines()) all += json_string(*line, {"type"}) + " ";
    return all;
  }
  std::string names() const {
    std::string all;
    for (const JsonPtr& line : lines())
      all += json_string(*line, {"object", "metadata", "name"}) + " ";
    return all;
  }
  std::string revision_of(size_t line) const {
    return json_string(*lines().at(line), {"object", "metadata", "resourceVersion"});
  }

 private:
  struct Writer : StreamWriter {
    explicit Writer(Env& e) : env(e) {}
    Status write(Body chunk) override {
      lines.push_back(*chunk.json());
      return pause > Duration::zero() ? env.sleep_for(pause) : ok_status();
    }
    bool closed() const override { return false; }
    void on_closed(std::function<void()>) override {}

    Env& env;
    std::vector<JsonPtr> lines;
    Duration pause{};
    bool ended = false;
  };

  std::shared_ptr<Writer> writer_;
  HttpResponse head_;
  TaskHandle task_;
};

}  // namespace drydock::fakekube

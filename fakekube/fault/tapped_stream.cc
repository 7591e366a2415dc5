#include "fakekube/fault/tapped_stream.h"

#include <utility>

namespace drydock::fakekube {

class TappedStream::Writer final : public StreamWriter {
 public:
  Writer(TappedStream& tap, StreamWriter& transport) : tap_(tap), transport_(transport) {}

  Status write(Body chunk) override {
    if (over_) return Status(Code::kConnectionReset, "the stream was cut");
    if (tap_.cut_ != StreamCut::kMidLine) return transport_.write(std::move(chunk));
    const std::string line = chunk.text();
    (void)transport_.write(Body(line.substr(0, line.size() / 2)));
    end();
    return Status(Code::kConnectionReset, "the stream was cut");
  }

  bool closed() const override { return over_ || transport_.closed(); }

  void on_closed(std::function<void()> callback) override {
    on_closed_ = callback;
    transport_.on_closed(std::move(callback));
  }

  void reset() override { end(); }

  void end() {
    if (std::exchange(over_, true)) return;
    transport_.reset();
    if (on_closed_) on_closed_();
  }

 private:
  TappedStream& tap_;
  StreamWriter& transport_;
  std::function<void()> on_closed_;
  bool over_ = false;
};

void TappedStream::cut(StreamCut how) {
  if (cut_) return;
  cut_ = how;
  if (writer_ != nullptr && how == StreamCut::kReset) writer_->end();
}

void TappedStream::run(const std::function<void(StreamWriter&)>& stream, StreamWriter& writer) {
  Writer tapped(*this, writer);
  writer_ = &tapped;
  if (cut_ == StreamCut::kReset) tapped.end();
  stream(tapped);
  writer_ = nullptr;
}

}  // namespace drydock::fakekube

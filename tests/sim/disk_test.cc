#include "sim/disk.h"

#include <gtest/gtest.h>

#include "core/base/sync.h"
#include "sim/simulation.h"

namespace drydock::sim {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

class DiskTest : public testing::Test {
 protected:
  void run(std::function<void()> body) {
    writer.spawn("body", [this, body = std::move(body)] {
      body();
      finished.set();
    });
    ASSERT_EQ(RunEnd::kDone,
              simulation.run([this] { EXPECT_TRUE(finished.wait(kForever).ok()); }, hours(1)));
  }

  Simulation simulation;
  Process& writer = simulation.add_process("writer", "host", "");
  Disk disk{simulation, "pv-1", {.capacity_bytes = 100'000'000}};
  std::shared_ptr<Volume> volume = disk.mount(writer, false);
  Event finished{simulation.harness()};
};

TEST_F(DiskTest, AKilledWriterLeavesItsHalfFile) {
  Status last;
  writer.spawn("write", [&] {
    auto file = volume->open("half", OpenMode::kCreate);
    ASSERT_TRUE(file.ok());
    while (last.ok()) last = (*file)->append(bytes_of(std::string(1'000'000, 'x')));
  });
  simulation.run(
      [&] {
        (void)simulation.harness().sleep_for(seconds(1));
        simulation.kill(writer);
        (void)simulation.harness().sleep_for(seconds(10));
      },
      hours(1));
  EXPECT_EQ(Code::kCancelled, last.code());
  const auto content = disk.get_file("half");
  ASSERT_TRUE(content.ok());
  EXPECT_GT(content->size(), 20'000'000u);  // about one second at the default 35 MB/s
  EXPECT_LT(content->size(), 40'000'000u);
}

TEST_F(DiskTest, ACrashKeepsOnlyWhatWasSynced) {
  run([&] {
    ASSERT_TRUE(volume->make_directories("b").ok());
    auto file = volume->open("b/f", OpenMode::kCreate);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->append(bytes_of("synced")).ok());
    ASSERT_TRUE((*file)->sync().ok());
    ASSERT_TRUE((*file)->append(bytes_of(" not")).ok());
    ASSERT_TRUE((*file)->write_at(0, bytes_of("S")).ok());
    ASSERT_TRUE(volume->sync_directory("b").ok());
    ASSERT_TRUE(volume->open("b/unnamed", OpenMode::kCreate).ok());
  });
  disk.crash();
  EXPECT_EQ("synced", *disk.get_file("b/f"));
  EXPECT_EQ(std::vector<std::string>{"b/f"}, disk.paths());
}

TEST_F(DiskTest, ARenameIsDurableOnlyAfterTheDirectoryWasSynced) {
  run([&] {
    auto file = volume->open("f.part", OpenMode::kCreate);
    ASSERT_TRUE((*file)->append(bytes_of("whole")).ok());
    ASSERT_TRUE((*file)->sync().ok());
    ASSERT_TRUE(volume->sync_directory("").ok());
    ASSERT_TRUE(volume->rename("f.part", "f").ok());
  });
  EXPECT_EQ(std::vector<std::string>{"f"}, disk.paths());
  disk.crash();
  EXPECT_EQ(std::vector<std::string>{"f.part"}, disk.paths());
}

TEST_F(DiskTest, WritingTakesTimeByItsBandwidth) {
  run([&] {
    auto file = volume->open("f", OpenMode::kCreate);
    ASSERT_TRUE((*file)->append(bytes_of(std::string(35'000'000, 'x'))).ok());
    EXPECT_GE(writer.now(), SteadyTime(seconds(1)));
    EXPECT_LT(writer.now(), SteadyTime(milliseconds(1010)));
  });
}

TEST_F(DiskTest, APacedFileCostsWhatItsCallerSays) {
  run([&] {
    auto file = volume->open("f", OpenMode::kCreate, Pace::kByCaller);
    const SteadyTime before = writer.now();
    const uint64_t events = simulation.trace().count();
    ASSERT_TRUE((*file)->append(bytes_of("tiny")).ok());
    EXPECT_EQ(before, writer.now());
    EXPECT_EQ(events, simulation.trace().count());
    ASSERT_TRUE((*file)->pace(IoKind::kWrite, 35'000'000).ok());
    EXPECT_GE(writer.now() - before, seconds(1));
    EXPECT_EQ(35'000'000u, volume->stat("f")->size_bytes);
    EXPECT_EQ(65'000'000u, *volume->free_space_bytes());
    EXPECT_EQ(Code::kNoSpace, (*file)->pace(IoKind::kWrite, 65'000'001).code());
  });
}

TEST_F(DiskTest, AFullVolumeRefusesAndAReadOnlyMountToo) {
  std::shared_ptr<Volume> read_only = disk.mount(writer, true);
  run([&] {
    auto file = volume->open("f", OpenMode::kCreate);
    EXPECT_EQ(Code::kNoSpace, (*file)->append(bytes_of(std::string(100'000'001, 'x'))).code());
    EXPECT_EQ(Code::kReadOnly, read_only->open("g", OpenMode::kCreate).code());
    EXPECT_EQ(Code::kReadOnly, read_only->remove("f").code());
    EXPECT_TRUE(read_only->open("f", OpenMode::kRead).ok());
  });
}

TEST_F(DiskTest, PathsStayInsideTheVolume) {
  run([&] {
    for (const char* path : {"", "/abs", "a/../b", "..", "a//b", "a/", "./a"})
      EXPECT_EQ(Code::kInvalid, volume->open(path, OpenMode::kCreate).code()) << path;
    EXPECT_EQ(Code::kNotFound, volume->open("no/such", OpenMode::kCreate).code());
  });
}

TEST_F(DiskTest, EveryCallCanFail) {
  int calls = 0;
  disk.set_fault([&](std::string_view operation, std::string_view) {
    ++calls;
    return operation == "sync" ? Status(Code::kInternal, "I/O error") : ok_status();
  });
  run([&] {
    auto file = volume->open("f", OpenMode::kCreate);
    EXPECT_EQ(Code::kInternal, (*file)->sync().code());
  });
  EXPECT_EQ(2, calls);
}

}  // namespace
}  // namespace drydock::sim

#include "cli/host.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace drydock::cli {
namespace {

// Read by a signal handler: only written while nothing can fail.
std::string& last_words() {
  static std::string words;
  return words;
}

void on_defect(int signal) {
  if (signal != SIGABRT) {
    const auto told = ::write(STDERR_FILENO, "drydock crashed\n", 16);
    static_cast<void>(told);
  }
  const std::string& words = last_words();
  if (!words.empty()) {
    const auto written = ::write(STDERR_FILENO, words.data(), words.size());
    static_cast<void>(written);  // nothing is left to be done about it
  }
  ::_exit(5);
}

Status failed(std::string_view what) {
  return Status(Code::kInvalid, std::string(what) + ": " + std::strerror(errno));
}

[[noreturn]] void become_self(const std::vector<std::string>& arguments, int out) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::dup2(out, STDOUT_FILENO);
  ::setenv("TZ", "DRY-12:45", 1);  // 12:45 from UTC: no whole hour
  if (::chdir("/") == 0) ::execv("/proc/self/exe", argv.data());
  ::_exit(127);
}

std::string read_all(int descriptor) {
  std::string text;
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, static_cast<size_t>(got));
  }
}

}  // namespace

Duration real_now() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

Status write_file(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  return out ? ok_status() : failed("can't write " + path);
}

Result<Finished> run_self_elsewhere(const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed("pipe");
  const pid_t child = ::fork();
  if (child < 0) return failed("fork");
  if (child == 0) become_self(arguments, ends[1]);
  ::close(ends[1]);
  Finished finished{.out = read_all(ends[0])};
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return finished;
}

Result<std::string> make_temporary_file() {
  char path[] = "/tmp/drydock-XXXXXX";
  const int descriptor = ::mkstemp(path);
  if (descriptor < 0) return failed("mkstemp");
  ::close(descriptor);
  return std::string(path);
}

void remove_file(const std::string& path) { ::unlink(path.c_str()); }

Result<std::string> absolute_path(const std::string& path) {
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return failed(path);
  return std::string(resolved);
}

void map_defects_to_exit_code() {
  last_words();  // made now, not in the handler
  // A stack of its own: the crash may be an overflow of a task's stack.
  static char stack[64 * 1024];
  const stack_t alternate{.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
  ::sigaltstack(&alternate, nullptr);
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE}) {
    struct sigaction action{};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_DFL) continue;  // a sanitizer reports better
    action.sa_handler = on_defect;
    action.sa_flags = SA_ONSTACK;
    ::sigaction(signal, &action, nullptr);
  }
}

void set_last_words(std::string line) { last_words() = std::move(line); }

}  // namespace drydock::cli

// What the program needs from the machine it runs on: real time, terminals, files, processes. Only
// cli/ uses it; nothing in a simulated world may.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/base/time.h"

namespace drydock::cli {

// Real monotonic time since some moment.
Duration real_now();

bool stderr_is_terminal();

// Replaces the file. kInvalid, with the system's reason, when that fails.
Status write_file(const std::string& path, std::string_view text);

struct Finished {
  int exit_code = 0;  // 128 + signal when one ended it
  std::string out;    // its standard output
};

// Runs this very program again as a fresh process in the root directory with another time zone;
// paths among `arguments` must be absolute.
Result<Finished> run_self_elsewhere(const std::vector<std::string>& arguments);

// A new empty file that nobody else uses; the caller removes it.
Result<std::string> make_temporary_file();
void remove_file(const std::string& path);
Result<std::string> absolute_path(const std::string& path);

// From now on an abort (a failed check, an exception that nobody caught) or a crash ends the
// process with exit code 5 instead of a signal. Prints the line of set_last_words() before.
void map_defects_to_exit_code();
// "replay: …", or "" when nothing runs. Kept until the next call.
void set_last_words(std::string line);

}  // namespace drydock::cli

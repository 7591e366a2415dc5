#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/exit_codes.h"
#include "cli/host.h"
#include "cli/run.h"
#include "harness/world/runner.h"

int main(int argc, char** argv) {
  drydock::cli::map_defects_to_exit_code();
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    return drydock::cli::run_program(words, drydock::harness::run_scenario, std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "drydock: " << error.what() << '\n';
    return drydock::cli::kDefect;
  }
}

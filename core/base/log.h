// Log lines with the Env's wall clock (spdlog alone would read the machine's).
//
//   log_info(env, "reconciling {} {}/{}", kind, namespace_name, name);
#pragma once

#include <spdlog/logger.h>

#include <string_view>
#include <utility>

#include "core/base/env.h"

namespace drydock {

template <class... Args>
void log_at(Env& env, spdlog::level::level_enum level, fmt::format_string<Args...> format,
            Args&&... args) {
  spdlog::logger& logger = env.logger();
  if (!logger.should_log(level)) return;
  const std::string text = fmt::format(format, std::forward<Args>(args)...);
  logger.log(std::chrono::time_point_cast<spdlog::log_clock::duration>(env.wall_now()),
             spdlog::source_loc{}, level, text);
}

template <class... Args>
void log_debug(Env& env, fmt::format_string<Args...> format, Args&&... args) {
  log_at(env, spdlog::level::debug, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_info(Env& env, fmt::format_string<Args...> format, Args&&... args) {
  log_at(env, spdlog::level::info, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_warn(Env& env, fmt::format_string<Args...> format, Args&&... args) {
  log_at(env, spdlog::level::warn, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_error(Env& env, fmt::format_string<Args...> format, Args&&... args) {
  log_at(env, spdlog::level::err, format, std::forward<Args>(args)...);
}

}  // namespace drydock

// How an operation of the backup engine fails: a Status whose message is the Java exception that a
// real server would log, causes on lines of their own.
//
//   return cache_exception("ISPN005048: caches 'x' does not exist");
//   log_error(env, "{}", logged_with(kBackupManager, messages::cannot_create_backup(), failure));
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"

namespace drydock::fakegrid {

// Categories as log lines show them.
inline constexpr std::string_view kBackupManager = "[o.i.s.c.b.BackupManagerImpl] ";
inline constexpr std::string_view kBackupWriter = "[o.i.s.c.b.BackupWriter] ";
inline constexpr std::string_view kBackupResource = "[o.i.r.r.BackupManagerResource] ";
inline constexpr std::string_view kContainerResource = "[o.i.s.c.b.r.AbstractContainerResource] ";
inline constexpr std::string_view kRestHandler = "[o.i.r.RestRequestHandler] ";

// "java.lang.NullPointerException: entry": class and text of the exception.
Status java_exception(std::string_view exception);
// org.infinispan.commons.CacheException with that text.
Status cache_exception(std::string_view text);
// The same with a cause, itself such a failure.
Status cache_exception(std::string_view text, const Status& cause);
// `place` could not be opened or written to, as java.nio says it.
Status file_exception(const Status& status, std::string_view place);

// "category text", then what was thrown on the lines after it.
std::string logged_with(std::string_view category, std::string_view text, const Status& failure);

}  // namespace drydock::fakegrid

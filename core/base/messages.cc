#include "core/base/messages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace drydock::messages {

std::string starting_backup(std::string_view name) {
  return fmt::format("ISPN005043: Starting backup '{}'", name);
}
std::string backup_file_created(std::string_view name) {
  return fmt::format("ISPN005044: Backup file created '{}.zip'", name);
}
std::string starting_restore(std::string_view name, std::string_view path) {
  return fmt::format("ISPN005045: Starting restore '{}' of '{}'", name, path);
}
std::string restore_complete_documented(std::string_view name) {
  return fmt::format("ISPN005045: Restore '{}' complete", name);
}
std::string restore_complete(std::string_view name) {
  return fmt::format("ISPN005046: Restore '{}' complete", name);
}
std::string deleted_backup(std::string_view name) {
  return fmt::format("ISPN005050: Deleted backup '{}'", name);
}
std::string server_stopping() { return "ISPN080002: Infinispan Server stopping"; }

std::string cannot_create_backup() { return "ISPN005039: Cannot create cluster backup:"; }
std::string cannot_restore(std::string_view path) {
  return fmt::format("ISPN005040: Cannot restore cluster backup '{}':", path);
}

std::string backup_in_progress() { return "ISPN005041: Backup already in progress"; }
std::string restore_in_progress() { return "ISPN005042: Restore already in progress"; }
std::string not_in_archive(std::string_view type, std::span<const std::string> names) {
  return fmt::format("ISPN005047: {} '[{}]' not found in the backup archive", type,
                     fmt::join(names, ", "));
}
std::string resource_missing(std::string_view type, std::string_view name) {
  return fmt::format("ISPN005048: {} '{}' does not exist", type, name);
}
std::string template_asked_as_cache(std::string_view name) {
  return fmt::format("Unable to backup caches '{}' as it is a template not a cache", name);
}
std::string cache_asked_as_template(std::string_view name) {
  return fmt::format("Unable to backup templates '{}' as it is not a template", name);
}
std::string backup_exists(std::string_view name) {
  return fmt::format("ISPN005049: Backup '{}' already exists", name);
}
std::string restore_exists(std::string_view name) {
  return fmt::format("ISPN005051: Restore '{}' already exists", name);
}
std::string unable_to_read_archive(std::string_view path) {
  return fmt::format("ISPN005063: Unable to read backup '{}'", path);
}
std::string unable_to_read_archive_15(std::string_view path) {
  return fmt::format("ISPN028028: Unable to read backup '{}'", path);
}
std::string archive_version_unsupported(std::string_view version) {
  return fmt::format("Unable to restore from a backup as '{}' is no longer supported", version);
}

std::string not_a_directory(std::string_view path) {
  return fmt::format("ISPN012038: '{}' must be a directory", path);
}
std::string missing_argument(std::string_view name) {
  return fmt::format("ISPN012040: Missing required argument '{}'", name);
}
std::string backup_delete_failed() { return "ISPN012041: Backup delete failed"; }
std::string backup_failed() { return "ISPN012042: Backup failed"; }
std::string unknown_type(std::string_view type) {
  return fmt::format("Type with name '{}' does not exist", type);
}

}  // namespace drydock::messages

// The message catalogue: the texts of Infinispan's numbered messages that backup, restore and their
// REST routes print, so that agent, server model and tests spell each of them once.
//
//   log(messages::backup_file_created("my-backup"));
//   // ISPN005044: Backup file created 'my-backup.zip'
//
// The texts are those of recorded servers (12.1 to 16.0) unless the comment says otherwise.
// Messages name resources and paths, never credentials.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace drydock::messages {

// --- log lines, INFO ------------------------------------------------------------------------
std::string starting_backup(std::string_view name);                          // ISPN005043
std::string backup_file_created(std::string_view name);                      // ISPN005044
std::string starting_restore(std::string_view name, std::string_view path);  // ISPN005045
// Completion of a restore as the product documentation prints it; the agent's line. ISPN005045
std::string restore_complete_documented(std::string_view name);
std::string restore_complete(std::string_view name);  // ISPN005046
std::string deleted_backup(std::string_view name);    // ISPN005050
std::string server_stopping();                        // ISPN080002

// --- log lines, ERROR: the cause follows -------------------------------------------------------
std::string cannot_create_backup();                 // ISPN005039
std::string cannot_restore(std::string_view path);  // ISPN005040

// --- causes ------------------------------------------------------------------------------------
std::string backup_in_progress();   // ISPN005041
std::string restore_in_progress();  // ISPN005042
// `type` is the resource's key in a request body: caches, templates, counters, proto-schemas,
// tasks. ISPN005047, e.g. "caches '[a, b]' not found in the backup archive"
std::string not_in_archive(std::string_view type, std::span<const std::string> names);
// ISPN005048, e.g. "caches 'a' does not exist"
std::string resource_missing(std::string_view type, std::string_view name);
// Both without a number.
std::string template_asked_as_cache(std::string_view name);
std::string cache_asked_as_template(std::string_view name);
std::string backup_exists(std::string_view name);              // ISPN005049
std::string restore_exists(std::string_view name);             // ISPN005051
std::string unable_to_read_archive(std::string_view path);     // ISPN005063, 16.0+
std::string unable_to_read_archive_15(std::string_view path);  // ISPN028028, 15.x
// No number: "Unable to restore from a backup as '11.0' is no longer supported ..."
std::string archive_version_unsupported(std::string_view version);

// --- REST answers ------------------------------------------------------------------------------
std::string not_a_directory(std::string_view path);   // ISPN012038
std::string missing_argument(std::string_view name);  // ISPN012040
std::string backup_delete_failed();                   // ISPN012041
std::string backup_failed();                          // ISPN012042
std::string unknown_type(std::string_view type);      // "Type with name 'foo' does not exist"

}  // namespace drydock::messages

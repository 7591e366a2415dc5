#include "fakegrid/server/backup_routes.h"

#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/messages.h"
#include "core/base/text.h"
#include "fakegrid/server/backup_content.h"
#include "fakegrid/server/backup_failure.h"
#include "fakegrid/server/java_text.h"
#include "fakegrid/server/multipart.h"
#include "fakegrid/server/rest_reply.h"

namespace drydock::fakegrid {
namespace {

using Path = std::vector<std::string>;

struct Route {
  bool cluster = false;
  std::string collection;  // "backups" or "restores"
  std::string name;        // empty: the collection itself
};

// How many parts of the path name the container; 0: it is none of its routes.
size_t container_parts(const Path& path, const ServerVersion& version) {
  if (path.size() < 4 || path[0] != "rest") return 0;
  const bool third = path[1] == "v3" && version.at_least(16, 1);
  if (path[1] != "v2" && !third) return 0;
  if (path[2] == "cluster") return 3;
  if (path[2] == "container" && version.at_least(15)) return 3;
  return path[2] == "cache-managers" && !third ? 4 : 0;
}

std::optional<Route> route_of(const Path& path, const ServerVersion& version) {
  const size_t parts = container_parts(path, version);
  if (parts == 0 || path.size() <= parts || path.size() > parts + 2) return std::nullopt;
  if (path[parts] != "backups" && path[parts] != "restores") return std::nullopt;
  return Route{.cluster = path[2] == "cluster",
               .collection = path[parts],
               .name = path.size() == parts + 2 ? path[parts + 1] : ""};
}

std::string media_type_of(const HttpRequest& request) {
  const std::string* header = find_header(request.headers, "Content-Type");
  if (header == nullptr) return "";
  return to_lower(trim(std::string_view(*header).substr(0, header->find(';'))));
}

// Files of uploads end in the field's name, later in its hash.
std::string upload_suffix(const ServerVersion& version) {
  return version.at_least(14) ? "_-838595071" : "_upload";
}

}  // namespace

BackupRoutes::BackupRoutes(Env& env, Node& node, Volume& disk, ServerOptions options)
    : env_(env),
      node_(node),
      disk_(disk),
      options_(std::move(options)),
      backup_lock_(env, node, options_, "backup"),
      restore_lock_(env, node, options_, "restore"),
      threads_free_(env.make_gate()) {}

Status BackupRoutes::wait_for_rest_threads() {
  while (busy_ > 0) DRYDOCK_RETURN_IF_ERROR(threads_free_->wait(kForever));
  return ok_status();
}

std::optional<HttpReply> BackupRoutes::handle(const HttpRequest& request,
                                              const HttpTarget& target) {
  const std::optional<Route> route = route_of(target.path, options_.version);
  if (!route) return std::nullopt;
  warn_if_deprecated(node_, env_, request);
  const bool backup = route->collection == "backups";
  HttpResponse response;
  if (request.method == "PATCH")
    response = reply(403);
  else if (route->name.empty())
    response = list(request, backup ? backups_ : restores_, route->cluster);
  else if (!target.action().empty())
    response = reply_text(400, "Invalid 'action' parameter supplied");
  else if (request.method == "POST")
    response = backup ? start_backup(request, route->name, route->cluster)
                      : start_restore(request, route->name, route->cluster);
  else
    response = backup ? backups(request, route->name) : restores(request, route->name);
  const bool streamed = find_header(response.headers, "content-disposition") != nullptr;
  if (request.method == "GET" && streamed) {
    response.headers.emplace_back("Transfer-Encoding", "chunked");
    return HttpReply(std::move(response));
  }
  const size_t told = request.method == "HEAD" && options_.quirks.has(Quirk::kHeadTellsBodyLength)
                          ? response.body.weight()
                          : 0;
  if (told == 0) return finished(std::move(response), request.method);
  response.body = Body();
  response.headers.emplace_back("content-length", std::to_string(told));
  return HttpReply(std::move(response));
}

HttpResponse BackupRoutes::list(const HttpRequest& request, const Operations& operations,
                                bool cluster) const {
  if (request.method != "GET" && !(cluster && request.method == "HEAD")) return not_allowed();
  std::vector<std::string> names;
  for (const auto& [name, operation] : operations) names.push_back(name);
  json::array out;
  for (const std::string& name : hash_order(names)) out.emplace_back(name);
  return reply_json(out);
}

HttpResponse BackupRoutes::backups(const HttpRequest& request, const std::string& name) {
  if (request.method == "HEAD" || request.method == "GET")
    return show_backup(name, request.method == "HEAD");
  return request.method == "DELETE" ? delete_backup(name) : not_allowed();
}

HttpResponse BackupRoutes::restores(const HttpRequest& request, const std::string& name) {
  if (request.method == "HEAD") return show_restore(name);
  return request.method == "DELETE" ? delete_restore(name) : not_allowed();
}

HttpResponse BackupRoutes::refusal(const Status& status) {
  if (status.code() == Code::kInvalid) return reply_text(400, status.message());
  if (status.code() == Code::kUnsupported) return reply(415);
  if (options_.version.at_least(14))
    log_error(env_, "{}ISPN012005: An error occurred while responding to the client\n{}",
              kRestHandler, status.message());
  return reply_text(500, status.message());
}

// From 15 on with a text; from 16 on each look at a failed operation is logged.
HttpResponse BackupRoutes::failed(std::string_view text) {
  if (!options_.version.at_least(15)) return reply(500);
  if (options_.version.at_least(16)) log_error(env_, "{}Backup request failed", kBackupResource);
  log_error(env_,
            "{}ISPN012005: An error occurred while responding to the client\n"
            "java.lang.IllegalStateException: {}",
            kRestHandler, text);
  return reply_text(500, std::string(text));
}

HttpResponse BackupRoutes::show_backup(const std::string& name, bool head) {
  const auto found = backups_.find(name);
  if (found == backups_.end()) return reply(404);
  const OperationPtr operation = found->second;
  if (operation->state == State::kRunning) return reply(202);
  if (operation->state == State::kFailed) return failed(messages::backup_failed());
  HttpResponse response = reply(200);
  response.headers = {
      {options_.version.at_least(15) ? "content-disposition" : "Content-Disposition",
       "attachment; filename=" + name + ".zip"},
      {"Content-Type", "application/zip"}};
  if (head) return response;
  Result<std::string> bytes = disk_.read(operation->archive);
  if (!bytes.ok()) return refusal(file_exception(bytes.status(), operation->archive));
  response.body = Body(std::move(*bytes));
  return response;
}

HttpResponse BackupRoutes::show_restore(const std::string& name) {
  const auto found = restores_.find(name);
  if (found == restores_.end()) return reply(404);
  switch (found->second->state) {
    case State::kRunning: return reply(202);
    case State::kDone: return reply(201);
    case State::kFailed: break;
  }
  return failed("ISPN012039: Restore failed");
}

// From 14 on the name of a backup that is deleted while it runs stays known.
HttpResponse BackupRoutes::delete_backup(const std::string& name) {
  const auto found = backups_.find(name);
  if (found == backups_.end()) return reply(404);
  const OperationPtr operation = found->second;
  if (operation->state == State::kRunning) {
    operation->deleted = true;
    if (!options_.version.at_least(14)) backups_.erase(found);
    return reply(202);
  }
  backups_.erase(found);
  remove_files(name, *operation);
  return reply(204);
}

HttpResponse BackupRoutes::delete_restore(const std::string& name) {
  const auto found = restores_.find(name);
  if (found == restores_.end()) return reply(404);
  const State state = found->second->state;
  restores_.erase(found);
  if (state == State::kRunning) return reply(202);
  if (state == State::kDone) return reply(204);
  return options_.version.at_least(15)
             ? refusal(Status(Code::kInternal, messages::backup_delete_failed()))
             : reply(500);
}

void BackupRoutes::remove_files(const std::string& name, const Operation& operation) {
  (void)disk_.remove(operation.root).ok();  // nothing was written, or it can't be helped
  log_info(env_, "{}{}", kBackupWriter, messages::deleted_backup(name));
}

HttpResponse BackupRoutes::start_backup(const HttpRequest& request, const std::string& name,
                                        bool all) {
  const auto operation = std::make_shared<Operation>();
  const bool late = options_.quirks.has(Quirk::kNamesCheckedThenPut);
  if (backups_.contains(name)) return reply(409);
  if (!late) backups_[name] = operation;
  const auto refuse = [&](const Status& status) {
    if (!late) backups_.erase(name);
    return refusal(status);
  };
  Result<BackupRequest> wanted = read_backup_request(request.body.text(), options_.version);
  if (!wanted.ok()) return refuse(wanted.status());
  if (all) wanted->resources = everything();
  const std::string directory = wanted->directory.value_or(options_.data_directory + "/backups");
  const Result<bool> there = wanted->directory ? disk_.is_directory(directory) : Result<bool>(true);
  if (!there.ok()) return refuse(there.status());
  if (!*there)
    return refuse(Status(Code::kInvalid, options_.version.at_least(15)
                                             ? messages::not_a_directory(directory)
                                             : "'directory' must be a directory"));
  if (!options_.quirks.has(Quirk::kValidatedAfterAccepted)) {
    const auto plan = plan_backup(node_, options_.quirks, wanted->resources,
                                  env_.now() + timings::kRemoteTimeout);
    if (!plan.ok()) return refuse(Status(Code::kInvalid, plan.status().message()));
  }
  operation->root = directory + "/" + name;
  operation->archive = operation->root + "/" + name + ".zip";
  backups_[name] = operation;
  env_.spawn("backup", [this, name, directory, resources = wanted->resources, operation] {
    run_backup(name, directory, resources, operation);
  });
  return reply(202);
}

Result<RestoreRequest> BackupRoutes::restore_request(const HttpRequest& request) {
  const std::string type = media_type_of(request);
  if (type.empty())
    return Status(Code::kInternal,
                  options_.version.at_least(14)
                      ? "No 'content-type' header present."
                      : "Cannot invoke \"String.length()\" because \"sb\" is null");
  if (type == "application/json")
    return read_restore_request(request.body.text(), options_.version);
  if (type != "multipart/form-data") return Status(Code::kUnsupported, "");
  const std::vector<FormPart> parts =
      read_form(request.body.text(), *find_header(request.headers, "Content-Type"));
  const FormPart* archive = find_part(parts, "backup");
  if (archive == nullptr)
    return Status(
        Code::kInternal,
        "Cannot invoke \"io.netty.handler.codec.http.multipart.DiskFileUpload.getFile()\" "
        "because \"backup\" is null");
  RestoreRequest out{.location = options_.data_directory + "/../tmp/FUp_" +
                                 std::to_string(++uploads_) + upload_suffix(options_.version),
                     .resources = everything()};
  if (const FormPart* resources = find_part(parts, "resources"); resources != nullptr) {
    DRYDOCK_ASSIGN(out.resources, read_resources(resources->content, options_.version));
  }
  out.location = "/" + normal_path(out.location);
  DRYDOCK_RETURN_IF_ERROR(disk_.make_directories(out.location.substr(0, out.location.rfind('/'))));
  DRYDOCK_RETURN_IF_ERROR(disk_.write(out.location, archive->content));
  return out;
}

// A file that isn't there is found out at once, and the name is then never known.
HttpResponse BackupRoutes::start_restore(const HttpRequest& request, const std::string& name,
                                         bool all) {
  const auto operation = std::make_shared<Operation>();
  const bool late = options_.quirks.has(Quirk::kNamesCheckedThenPut);
  if (restores_.contains(name)) return reply(409);
  if (!late) restores_[name] = operation;
  Result<RestoreRequest> wanted = restore_request(request);
  const Result<bool> there = wanted.ok() ? disk_.exists(wanted->location) : Result<bool>(false);
  if (!late && (!there.ok() || !*there)) restores_.erase(name);
  if (!wanted.ok()) return refusal(wanted.status());
  if (!there.ok()) return refusal(there.status());
  if (!*there) {
    report_missing(wanted->location);
    return reply(202);
  }
  if (all) wanted->resources = everything();
  restores_[name] = operation;
  env_.spawn("restore",
             [this, name, request = *wanted, operation] { run_restore(name, request, operation); });
  return reply(202);
}

}  // namespace drydock::fakegrid

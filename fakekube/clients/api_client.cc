#include "fakekube/clients/api_client.h"

#include <utility>

#include "fakekube/actors/timings.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {
namespace {

class LocalApiWatch : public ApiWatch {
 public:
  explicit LocalApiWatch(std::unique_ptr<LocalWatch> watch) : watch_(std::move(watch)) {}

  Result<WatchEvent> next(SteadyTime deadline) override { return watch_->next(deadline); }
  std::optional<WatchEvent> try_next() override { return watch_->try_next(); }
  bool wake_with(std::function<void()> wake) override {
    watch_->wake_with(std::move(wake));
    return true;
  }

 private:
  std::unique_ptr<LocalWatch> watch_;
};

class LocalApiClient : public ApiClient {
 public:
  LocalApiClient(ApiServer& server, Env& env, std::string user_agent)
      : client_(server, env, std::move(user_agent)) {}

  Result<JsonPtr> create(const ResourceType& type, json::value object) override {
    return client_.create(type, std::move(object));
  }
  Result<JsonPtr> get(const ResourceType& type, std::string_view namespace_name,
                      std::string_view name) override {
    return client_.get(type, namespace_name, name);
  }
  Result<ListResult> list(const ResourceType& type, const ListOptions& options) override {
    return client_.list(type, options);
  }
  Result<JsonPtr> update(const ResourceType& type, json::value object) override {
    return client_.update(type, std::move(object));
  }
  Result<JsonPtr> update_status(const ResourceType& type, json::value object) override {
    return client_.update_status(type, std::move(object));
  }
  Result<JsonPtr> patch(const ResourceType& type, std::string_view namespace_name,
                        std::string_view name, json::value merge_patch) override {
    return client_.patch(type, namespace_name, name, std::move(merge_patch));
  }
  Result<JsonPtr> patch_status(const ResourceType& type, std::string_view namespace_name,
                               std::string_view name, json::value merge_patch) override {
    return client_.patch_status(type, namespace_name, name, std::move(merge_patch));
  }
  Status remove(const ResourceType& type, std::string_view namespace_name, std::string_view name,
                const DeleteOptions& options) override {
    return client_.remove(type, namespace_name, name, options);
  }
  Status bind(std::string_view namespace_name, std::string_view pod,
              std::string_view node) override {
    return client_.bind(namespace_name, pod, node);
  }
  Status finalize_namespace(json::value name_space) override {
    return client_.finalize_namespace(std::move(name_space));
  }
  Result<std::unique_ptr<ApiWatch>> watch(const ResourceType& type,
                                          const WatchOptions& options) override {
    return std::unique_ptr<ApiWatch>(std::make_unique<LocalApiWatch>(client_.watch(type, options)));
  }

 private:
  LocalClient client_;
};

}  // namespace

std::shared_ptr<ApiClient> make_local_client(ApiServer& server, Env& env, std::string user_agent) {
  return std::make_shared<LocalApiClient>(server, env, std::move(user_agent));
}

Status edit_object(ApiClient& client, const ResourceType& type, std::string_view namespace_name,
                   std::string_view name, std::string_view uid, WritePart part,
                   const std::function<bool(json::value& object)>& change) {
  Status last = ok_status();
  for (int attempt = 0; attempt < timings::kConflictAttempts; ++attempt) {
    DRYDOCK_ASSIGN(const JsonPtr current, client.get(type, namespace_name, name));
    if (!uid.empty() && json_string(*current, {"metadata", "uid"}) != uid)
      return Status(Code::kNotFound, "another object has the name " + std::string(name));
    json::value edited = *current;
    if (!change(edited)) return ok_status();
    Result<JsonPtr> written = part == WritePart::kStatus
                                  ? client.update_status(type, std::move(edited))
                                  : client.update(type, std::move(edited));
    if (written.ok()) return ok_status();
    last = written.status();
    if (last.code() != Code::kConflict) return last;
  }
  return last;
}

}  // namespace drydock::fakekube

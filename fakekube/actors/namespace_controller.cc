#include "fakekube/actors/namespace_controller.h"

#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

// While content is left (a pod's grace, finalizers), a real controller comes back with an estimate
// of half the longest grace: 15 s for ordinary pods. Ours looks more often.
constexpr Duration kRetryWhileNotEmpty = seconds(5);

}  // namespace

NamespaceController::NamespaceController(Env& env, std::shared_ptr<ApiClient> client,
                                         std::shared_ptr<Informers> informers)
    : Controller(env, "namespace-controller", Duration::zero()),
      client_(std::move(client)),
      informers_(std::move(informers)) {
  informers_->want(kNamespaces);
  informers_->on_change(kNamespaces, [this](const JsonPtr& before, const JsonPtr& after) {
    const bool begins = after && is_deleting(*after) && (!before || !is_deleting(*before));
    if (begins) queue_.add_after(object_key(*after), timings::kNamespaceDelay);
  });
}

Status NamespaceController::reconcile(const std::string& key) {
  const std::string name = split_key(key).second;
  const JsonPtr object = informers_->get(kNamespaces, "", name);
  if (!object || !is_deleting(*object)) return ok_status();
  DRYDOCK_ASSIGN(const size_t left, empty(name));
  if (left > 0) {
    queue_.add_after(key, kRetryWhileNotEmpty);
    return ok_status();
  }
  const Status finished = client_->finalize_namespace(name);
  return finished.code() == Code::kNotFound ? ok_status() : finished;
}

Result<size_t> NamespaceController::empty(const std::string& namespace_name) {
  size_t left = 0;
  for (const ResourceType* type : all_resource_types()) {
    if (!type->namespaced) continue;
    DRYDOCK_ASSIGN(const ListResult all, client_->list(*type, {.namespace_name = namespace_name}));
    for (const JsonPtr& object : all.items) {
      if (!is_deleting(*object)) {
        const Status removed =
            client_->remove(*type, namespace_name, json_string(*object, {"metadata", "name"}),
                            {.uid = object_uid(*object)});
        if (!removed.ok() && removed.code() != Code::kNotFound) return removed;
      }
    }
    if (all.items.empty()) continue;
    DRYDOCK_ASSIGN(const ListResult rest, client_->list(*type, {.namespace_name = namespace_name}));
    left += rest.items.size();
  }
  return left;
}

}  // namespace drydock::fakekube

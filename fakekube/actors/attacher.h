// The attach-detach controller: attaches a pod's volumes to its node before the kubelet may mount
// them, and detaches when no running pod of that node needs them and the kubelet has unmounted.
//
// A ReadWriteOnce volume is attached to one node at a time: pods elsewhere get FailedAttachVolume
// ("Multi-Attach error ...") and wait in ContainerCreating. The bookkeeping that kubelets see is
// Node.status.volumesAttached; what they report back is status.volumesInUse. A node that does not
// confirm the unmount keeps the volume, until 6 minutes have passed *and* the node isn't Ready (or
// it has the out-of-service taint, or is gone).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fakekube/actors/events.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

// The name that Node.status uses for a PersistentVolume.
std::string attached_volume_name(std::string_view volume);
// Whether the node's status lists it; `field` is "volumesAttached" or "volumesInUse".
bool lists_volume(const json::value& node, std::string_view field, std::string_view volume);

class Attacher : public Controller {
 public:
  Attacher(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers);

 protected:
  // The key is a PersistentVolume's name.
  Status reconcile(const std::string& key) override;

 private:
  enum class Stage { kAttaching, kAttached, kDetaching };
  struct Attachment {
    Stage stage = Stage::kAttaching;
    SteadyTime until{};           // attaching or detaching is done then
    SteadyTime unwanted_since{};  // kAttached: no pod wants it; zero: wanted
  };

  void adopt_what_nodes_show();
  void pod_changed(const JsonPtr& before, const JsonPtr& after);
  void node_changed(const JsonPtr& before, const JsonPtr& after);
  void queue_pod_volumes(const json::value& pod);
  // Empty: the claim isn't bound (yet).
  std::string volume_of(const std::string& namespace_name, const std::string& claim) const;
  // Pods that want the volume, by node.
  std::map<std::string, std::vector<JsonPtr>> wanted(const std::string& volume) const;
  void detach_unwanted(const std::string& volume,
                       const std::map<std::string, std::vector<JsonPtr>>& wanted_by);
  bool may_detach(const std::string& volume, const std::string& node, Attachment& attachment);
  void attach_wanted(const std::string& volume,
                     const std::map<std::string, std::vector<JsonPtr>>& wanted_by);
  void report_multi_attach(const std::string& volume, const std::vector<JsonPtr>& waiting,
                           const std::string& holder);
  Status publish(const std::string& node);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  std::shared_ptr<EventRecorder> events_;
  std::map<std::string, std::map<std::string, Attachment>> volumes_;  // volume -> node
  std::set<std::string> unpublished_;  // nodes whose list of attached volumes has to be written
  std::set<std::string> reported_;     // pod uids whose Multi-Attach was told
  bool adopted_ = false;
};

}  // namespace drydock::fakekube

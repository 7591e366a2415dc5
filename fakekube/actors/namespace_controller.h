// The namespace controller: empties a namespace under deletion, 5 s after it began, and lets it go
// when nothing is left in it (pods keep their grace).
#pragma once

#include <memory>
#include <string>

#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class NamespaceController : public Controller {
 public:
  NamespaceController(Env& env, std::shared_ptr<ApiClient> client,
                      std::shared_ptr<Informers> informers);

 protected:
  // The key is "/<namespace>".
  Status reconcile(const std::string& key) override;

 private:
  // Deletes all that is in it; how many objects there were.
  Result<size_t> empty(const std::string& namespace_name);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
};

}  // namespace drydock::fakekube

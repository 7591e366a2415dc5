// The namespace controller: 5 s after a namespace was deleted it deletes what is in it, says in
// status.conditions what is left, comes back while something is (after half of the time that it
// expects that to take, or 5 s after any change of the namespace), and then takes its own finalizer
// away, so that the namespace goes. Pods go first: until they are gone nothing else is deleted, and
// the conditions don't speak of them. Texts as of 1.33; the order of the other kinds is that of the
// server's table, asked for anew each time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class ApiServer;

class NamespaceController : public Controller {
 public:
  // `server` only tells which kinds there are.
  NamespaceController(Env& env, std::shared_ptr<ApiClient> client,
                      std::shared_ptr<Informers> informers, const ApiServer& server);

 protected:
  Status reconcile(const std::string& key) override;

 private:
  struct Remaining {
    std::map<std::string, size_t> objects;     // "pods." -> how many
    std::map<std::string, size_t> finalizers;  // finalizer -> on how many
    std::vector<std::string> errors;           // what should have gone and did not
    int64_t seconds = 0;                       // expected until they are gone
  };

  Result<Remaining> empty(const json::value& name_space);
  Status empty_kind(const ResourceType& type, const json::value& name_space, Remaining& remaining);
  Status report(const JsonPtr& name_space, const Remaining& remaining);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  const ApiServer& server_;
};

}  // namespace drydock::fakekube

// The server under test, set up as the recorded one was: RBAC on, two known tokens, the same custom
// resource definitions, and of all controllers only the garbage collector, those of namespaces and
// service accounts, and the protection of claims; no kubelet but one that echoes what it is asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fakekube/actors/controllers.h"
#include "fakekube/api/api_server.h"
#include "harness/conformance/fixtures.h"
#include "sim/simulation.h"

namespace drydock::harness::conformance {

class Subject {
 public:
  // `epoch`: the wall clock at virtual time 0.
  explicit Subject(WallTime epoch);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  // May suspend. Posts the documents of a YAML text and waits until they are served;
  // kInvalid: what the server said to one.
  Status install_crds(const std::string& yaml);
  // Puts an object into storage as it is; its resourceVersion. "" when its kind isn't served.
  std::string put(const Fixture& fixture);
  // Removes it, as it is.
  void remove(const ApiPath& path);
  // Somebody else writes something that nobody looks at; its resourceVersion.
  std::string write_elsewhere();
  // From now on storage reaches back to now only.
  void compact();

  sim::Simulation& simulation() { return simulation_; }
  Env& env() { return simulation_.harness(); }
  Wire& wire() { return client_.wire(); }
  sim::Process& client() { return client_; }
  fakekube::Storage& storage() { return *storage_; }
  // Where to send a request. `watch_list`: to a server with that feature.
  Address address(bool watch_list) const;

 private:
  class Kubelets;

  std::shared_ptr<fakekube::ApiServer> serve(const char* host, bool watch_list);

  sim::Simulation simulation_;
  sim::Process& control_;
  sim::Process& client_;
  std::shared_ptr<fakekube::Storage> storage_;
  std::unique_ptr<Kubelets> kubelets_;
  std::vector<std::shared_ptr<fakekube::ApiServer>> servers_;
  std::unique_ptr<fakekube::ControlPlane> controllers_;
};

}  // namespace drydock::harness::conformance

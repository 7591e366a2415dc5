// Writes what the kubelet knows of its pods to the API, and deletes a pod that has ended and was
// asked to go. One report after the other; what fails is tried again. Internal to the kubelet.
#pragma once

#include <deque>
#include <set>
#include <string>

#include "fakekube/actors/kubelet_context.h"

namespace drydock::fakekube {

class StatusReporter {
 public:
  explicit StatusReporter(KubeletContext& context) : context_(context) {}

  // The record on the node's disk changed, or the API shows something else. Never suspends.
  void report(const std::string& pod_uid);

 private:
  void run();
  Status write(const PodRecord& record);

  KubeletContext& context_;
  std::deque<std::string> queue_;
  std::set<std::string> queued_;
  TaskHandle task_;
};

}  // namespace drydock::fakekube

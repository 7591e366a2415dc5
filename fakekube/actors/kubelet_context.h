// What the parts of one kubelet share (kubelet.h); internal to it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "fakekube/actors/events.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/kubelet.h"
#include "fakekube/actors/kubelet_resources.h"
#include "fakekube/actors/node_disk.h"
#include "fakekube/actors/pod_program.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class NodeReporter;

struct KubeletContext {
  Env& env;
  Wire& wire;
  std::shared_ptr<ApiClient> client;
  ContainerRuntime& runtime;
  StorageBackend& storage;
  NodeConfig config;
  std::shared_ptr<NodeDisk> disk;
  std::shared_ptr<EventRecorder> events;
  std::shared_ptr<Informers> informers;
  NodeReporter* node = nullptr;
  // A task that keeps the whole kubelet alive.
  std::function<TaskHandle(std::string name, std::function<void()>)> spawn;
  // The pod's record changed: report it.
  std::function<void(const std::string& pod_uid)> report;
  // A container holds more memory, or less. Never suspends.
  std::function<void()> memory_changed;
  // Why the node takes no such pod at the moment, beside what it has room for; nullopt: it does.
  std::function<std::optional<Rejection>(const json::value& pod)> refusal;
};

}  // namespace drydock::fakekube

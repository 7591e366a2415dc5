// What a container is, and what its volumes are: the two ports through which fakekube's kubelet
// runs programs and mounts storage without knowing either. harness/world implements both (images
// to programs, persistent volumes to simulated disks).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"
#include "core/base/volume.h"

namespace drydock::fakekube {

struct Mount {
  std::string path;                // mountPath
  std::shared_ptr<Volume> volume;  // never null
  bool read_only = false;
};

// A projected Secret or ConfigMap: read-only files as they were when the container started.
struct ProjectedFile {
  std::string path;  // absolute
  std::string content;
};

struct ContainerStart {
  std::string node;
  std::string pod_ip;
  std::string container;  // its name in the pod
  std::string image;
  JsonPtr pod;  // the pod object as the kubelet knew it at the start
  std::vector<Mount> mounts;
  std::vector<ProjectedFile> files;
  // Takes one line of the container's output (without newline). Never suspends.
  std::function<void(std::string line)> log;
  // Takes how much memory the program holds now, in bytes. Above the container's limit it is killed
  // (OOMKilled); when the node has none left, the kubelet evicts a pod. Never suspends.
  std::function<void(uint64_t bytes)> use_memory;
};

struct ExitStatus {
  int code = 0;
  std::string reason;   // "Completed", "Error", "OOMKilled"; derived from the code when empty
  std::string message;  // what the program wrote to its termination message file; may be empty
};

// A running container. Destroying it kills it without a trace.
class Container {
 public:
  virtual ~Container() = default;
  // SIGTERM. Never suspends; the program decides when it exits.
  virtual void terminate() = 0;
  // SIGKILL. The program has ended when this returns; on_exit(137) is called.
  virtual void kill() = 0;
  // Runs a command inside, for exec probes and hooks; its exit code. Never suspends.
  virtual int exec(const std::vector<std::string>& /*command*/) { return 0; }
};

class ContainerRuntime {
 public:
  virtual ~ContainerRuntime() = default;
  // Starts the program; `on_exit` is called once, from a task of any process, and may not suspend.
  // kNotFound, kUnavailable: the image can't be had, or not now (the kubelet shows ErrImagePull and
  // tries again). Never suspends.
  virtual Result<std::unique_ptr<Container>> start(ContainerStart start,
                                                   std::function<void(ExitStatus)> on_exit) = 0;
};

// Storage behind PersistentVolumes. Called by the binder (provision, remove) and kubelets (mount).
class StorageBackend {
 public:
  virtual ~StorageBackend() = default;
  virtual Status provision(const std::string& volume_name, uint64_t capacity_bytes,
                           const std::string& storage_class) = 0;
  virtual Result<std::shared_ptr<Volume>> mount(const std::string& volume_name,
                                                const std::string& node, bool read_only) = 0;
  virtual void remove(const std::string& volume_name) = 0;
  // What is written on it, in bytes; for the limits of scratch volumes. Never suspends.
  virtual uint64_t used_bytes(const std::string& /*volume_name*/) { return 0; }
};

}  // namespace drydock::fakekube

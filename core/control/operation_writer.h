// Writes the status of a Backup or Restore, and the Event that tells of it.
//
//   OperationStatus next = operation.status;
//   next.phase = Phase::kRunning;
//   DRYDOCK_RETURN_IF_ERROR(writer.write(operation, next, {"Accepted", "The backup is running"}));
//
// Every write carries the resourceVersion that `operation` was read with: kConflict means that it
// was changed since, and that nothing was written. A phase transition that does not exist is a
// CHECK.
#pragma once

#include <string>

#include "core/base/env.h"
#include "core/base/resources.h"
#include "core/control/event_recorder.h"
#include "core/control/informer.h"
#include "core/control/kube_client.h"

namespace drydock::control {

struct News {
  std::string reason;
  std::string message;
};

class OperationWriter {
 public:
  // All must outlive this. `objects` is the informer that the operations are read from.
  OperationWriter(KubeClient& kube, const KubeResource& resource, Informer& objects,
                  EventRecorder& events)
      : kube_(kube), resource_(resource), objects_(objects), events_(events) {}

  // Stores `next` unless nothing changed; then `operation` is what is stored now. May suspend.
  // kFailedPrecondition: the stored status lacks something, as its CustomResourceDefinition does.
  Status write(Operation& operation, const OperationStatus& next, const News& news);

 private:
  KubeClient& kube_;
  const KubeResource& resource_;
  Informer& objects_;
  EventRecorder& events_;
};

}  // namespace drydock::control

// The objects that an operation creates: the zero-capacity pod, and a Backup's claim. Pure.
//
//   json::value pod = build_pod({operation, spec, cluster, *cluster_object, data_pod, ...});
//
// Their shape is that of infinispan-operator 2.5, plus the annotation kAnnotationActedOn.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/base/resources.h"

namespace drydock::control {

// What a pod was created for; after its creation only this counts, whatever the CR says.
struct ActedOn {
  std::string uid;  // of the CR
  int64_t generation = 0;
  OperationSpec spec;

  std::string to_text() const;
};

// nullopt: the pod has no such annotation, or an unreadable one.
std::optional<ActedOn> parse_acted_on(const json::value& pod);

struct PodPlan {
  const Operation& operation;
  const Infinispan& cluster;
  const json::value& cluster_object;  // for the labels and annotations to copy
  const json::value& data_pod;        // whose securityContext is copied
  std::string claim;                  // the volume of the archives
  bool claim_read_only = false;
};

json::value build_pod(const PodPlan& plan);
json::value build_claim(const Operation& operation);

}  // namespace drydock::control

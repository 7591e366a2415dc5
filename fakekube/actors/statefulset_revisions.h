// The history of a StatefulSet's template, kept as ControllerRevision objects that the set owns.
//
//   StatefulSetRevisions revisions(client);
//   DRYDOCK_RETURN_IF_ERROR(revisions.record(set, revision_name(set)));
//   json::value old = revisions.as_of(set, json_string(set, {"status", "currentRevision"}));
//
// Left out: revisionHistoryLimit (no revision goes before its set does), collisions of names.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

// The name of the revision that the set's template is now: "<set>-<hash>". Pods are labelled so.
std::string revision_name(const json::value& set);

class StatefulSetRevisions {
 public:
  explicit StatefulSetRevisions(std::shared_ptr<ApiClient> client) : client_(std::move(client)) {}

  // The set's template as the newest revision, of that name. May suspend.
  Status record(const json::value& set, const std::string& name);
  // The set with the template that it had; as it is when that is unknown. May suspend.
  json::value as_of(const json::value& set, const std::string& name) const;

 private:
  Status create(const json::value& set, const std::string& name, int64_t number);

  std::shared_ptr<ApiClient> client_;
  std::map<std::string, std::string> newest_;  // by the set's uid
};

// A reference with controller=true to a set or pod.
json::value controller_reference(const json::value& owner, std::string_view api_version,
                                 std::string_view kind);

}  // namespace drydock::fakekube

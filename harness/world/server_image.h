// What the programs of server images read from their container: version, credentials.
#pragma once

#include <string>

#include "core/base/digest.h"
#include "fakekube/actors/pod_program.h"

namespace drydock::harness {

// Where a pod's grid version stands: the operator copies spec.version of its cluster there.
inline constexpr std::string_view kAnnotationVersion = "drydock.dev/grid-version";
inline constexpr std::string_view kDefaultVersion = "15.0.21.Final";
inline constexpr std::string_view kIdentitiesFile =
    "/etc/security/conf/operator-security/identities.cli";

std::string server_version(const fakekube::ContainerStart& start);

// The first user that the identities batch creates for the admin realm; empty when there is none.
Credentials admin_credentials(const fakekube::ContainerStart& start);

}  // namespace drydock::harness

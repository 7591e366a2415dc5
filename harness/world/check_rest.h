// What a server answers when it is asked by REST, for the expectation `rest:`.
#pragma once

#include <optional>
#include <string>

#include "harness/scenario/expectations.h"
#include "harness/world/run.h"

namespace drydock::harness {

// Sends the requests as a client that knows the operator's password, and waits for the answers.
// What was seen instead; nullopt: it holds. May suspend.
std::optional<std::string> check_rest(Run& run, const scenario::RestAnswers& wanted);

}  // namespace drydock::harness

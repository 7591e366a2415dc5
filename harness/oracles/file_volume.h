// A read-only Volume of one file in memory, outside any simulation: for reading archives that were
// brought from outside or taken off a simulated disk. Never suspends.
#pragma once

#include <memory>
#include <string>

#include "core/base/volume.h"

namespace drydock::harness {

// `path` is where the file is found in the volume.
std::unique_ptr<Volume> make_file_volume(std::string path, std::string content);

}  // namespace drydock::harness

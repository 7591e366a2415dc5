// Archives as maps from entry to content: reading, making, comparing them.
//
//   Archives archives(simulation);
//   DRYDOCK_ASSIGN(Entries entries, archives.read(zip_bytes));   // from a task of the harness
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/status.h"
#include "sim/disk.h"
#include "sim/simulation.h"

namespace drydock::harness::conformance::grid {

using Entries = std::map<std::string, std::string, std::less<>>;

class Archives {
 public:
  // `simulation` must outlive it.
  explicit Archives(sim::Simulation& simulation);

  // May suspend, but takes no time. kDataLoss: no whole archive.
  Result<Entries> read(const std::string& zip);
  Result<std::string> make(const Entries& entries);

  // What differs between two archives, "" when nothing does. Not compared: bytes, order, dates,
  // the order of names in lists and of records; the server's own configuration (global.xml), which
  // is the recording's and no part of a request. Of times only whether a record has them.
  std::string difference(const std::string& recorded_zip, const std::string& our_zip);

 private:
  sim::Disk disk_;
  std::shared_ptr<Volume> volume_;
};

}  // namespace drydock::harness::conformance::grid

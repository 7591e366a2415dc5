// Content: what a cluster holds, as a plain value: to load a formed cluster with, and what the
// oracles read out of one (readout.h).
//
//   Content content;
//   content.caches["a"] = {.configuration_xml = R"(<distributed-cache name="a" owners="2"/>)",
//                          .records = {{.key = "k", .value = "v", ...}}};
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/record.h"

namespace drydock::fakegrid {

struct CacheContent {
  std::string configuration_xml;     // the cache's element, byte for byte
  std::vector<CacheRecord> records;  // any order; keys are unique

  friend bool operator==(const CacheContent&, const CacheContent&) = default;
};

struct Content {
  std::map<std::string, CacheContent> caches;    // user caches
  std::map<std::string, std::string> templates;  // name -> element
  std::map<std::string, CounterRecord> counters;
  std::map<std::string, std::string> schemas;  // name -> text; `.errors` companions are derived
  std::map<std::string, std::string> tasks;    // name -> text

  friend bool operator==(const Content&, const Content&) = default;
};

}  // namespace drydock::fakegrid

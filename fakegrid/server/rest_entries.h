// Routes /rest/v2/caches/{cache}/{key}, and the documents that list a cache's keys and entries.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/config_element.h"
#include "fakegrid/server/http_target.h"

namespace drydock::fakegrid {

// The caches' configurations as they were read last, so that not every request reads one again.
class ReadConfigurations {
 public:
  using Element = std::shared_ptr<const ConfigElement>;
  // kInvalid: no configuration.
  Result<Element> read(const std::string& cache, const std::string& xml);

 private:
  struct Entry {
    std::string xml;
    Element element;
  };
  std::map<std::string, Entry> entries_;  // by cache
};

// GET, HEAD, PUT, POST, DELETE of one entry. May suspend.
HttpResponse entry_route(Node& node, ReadConfigurations& configurations, const HttpRequest& request,
                         const std::string& cache, const std::string& key, SteadyTime deadline);
// ?action=keys and ?action=entries. May suspend.
HttpResponse keys_route(Node& node, const std::string& cache, const HttpTarget& target);
HttpResponse entries_route(Node& node, const std::string& cache, const HttpTarget& target);

// As in the header Etag: a hash of the value.
std::string etag_of(std::string_view value);

}  // namespace drydock::fakegrid

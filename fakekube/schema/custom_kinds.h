// The kinds that come from CustomResourceDefinitions, of one cluster: makes rows of them, shows and
// hides them, and knows the product's own (crd_types.h), whose CRD objects it writes only when
// somebody looks at CRDs.
//
//   kinds.serve(*crd);                      // each served version is a row of storage.types() now
//   kinds.withdraw("things.tmp.test");      // and is none any more
//
// A definition of a product's kind that was removed and made again as it was is served by its own
// row (kBackups …). Versions of a CRD differ in apiVersion only (strategy None); conversion
// webhooks are not asked. Rows stay in memory until the storage goes: watches and hooks may still
// hold them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

class Storage;

class CustomKinds {
 public:
  explicit CustomKinds(Storage& storage);
  ~CustomKinds();
  CustomKinds(const CustomKinds&) = delete;
  CustomKinds& operator=(const CustomKinds&) = delete;

  // Serves what the CRD defines; anew when it is served already and has changed.
  void serve(const JsonPtr& crd);
  void withdraw(std::string_view crd_name);
  bool serves(std::string_view crd_name) const { return served_.contains(crd_name); }
  // The row of the version in which objects are stored; null when not served.
  const ResourceType* storage_row(std::string_view crd_name) const;

  // The product's kinds are served from the beginning; not after this.
  void withdraw_product();
  // Writes the CRD objects of the product's kinds that are served, once.
  void show_product_crds();

 private:
  struct Definition;
  struct Served {
    std::vector<const ResourceType*> rows;
    const ResourceType* storage = nullptr;
  };

  void write_product_crd(const ResourceType& type);

  Storage& storage_;
  std::vector<std::unique_ptr<Definition>> definitions_;  // all there ever were
  std::map<std::string, Served, std::less<>> served_;     // by the CRD's name
  size_t next_index_;
  bool product_shown_ = false;
};

}  // namespace drydock::fakekube

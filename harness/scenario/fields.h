// Reading a YAML mapping field by field, strictly: wrong types, missing and unknown keys become
// errors with their place and what would be right.
//
//   Fields fields(node, context, "a traffic step");
//   fields.required("cluster", traffic.cluster);
//   fields.optional("count", traffic.count);
//   fields.finish();   // complains about every key that nobody asked for
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "harness/scenario/parse.h"
#include "harness/scenario/steps.h"
#include "harness/scenario/yaml.h"

namespace drydock::harness::scenario {

// A name that must be defined somewhere in the scenario; checked when all of it was read.
struct Reference {
  enum class To { kCluster, kCache, kContent, kObject, kMoment, kFault, kTraffic, kApiServer };
  To to = To::kCluster;
  std::string name;  // kObject: "Backup/x"; kMoment: a mark or a fault; kContent: a counter, …
  Position position;
};

// What all readers share.
struct Context {
  Errors& errors;
  std::string folder;  // of the scenario file, with a trailing '/', or ""
  const FileReader& read_file;
  std::vector<Reference> references;
};

// A number of bytes ("64", "10Ki", "1M"), and bytes per second ("30Mi/s").
struct Bytes {
  int64_t value = 0;
};
struct BytesPerSecond {
  int64_t value = 0;
};
// Any scalar as the text that was written.
struct Text {
  std::string value;
};
// The path of a file that can be read, resolved against the scenario's folder.
struct Path {
  std::string value;
};
using Pairs = std::vector<std::pair<std::string, std::string>>;

// Each reads one value of its type; on a mismatch adds an error that calls the value `label`, and
// leaves `out` as it was.
void read_value(const YamlNode& node, Context& context, std::string_view label, bool& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, int& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, int64_t& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, uint64_t& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, std::string& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, Text& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, Path& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, Duration& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, WallTime& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, Bytes& out);
void read_value(const YamlNode& node, Context& context, std::string_view label,
                BytesPerSecond& out);
// Both record a reference where they name an object or a cluster.
void read_value(const YamlNode& node, Context& context, std::string_view label, ObjectRef& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, Place& out);
// One string is a list of one.
void read_value(const YamlNode& node, Context& context, std::string_view label,
                std::vector<std::string>& out);
void read_value(const YamlNode& node, Context& context, std::string_view label, Pairs& out);

// A name that something in the scenario must have; "" stays without reference.
void read_reference(const YamlNode& node, Context& context, std::string_view label,
                    Reference::To to, std::string& out);

// One of `words`; false and an error that suggests the nearest otherwise.
bool read_word(const YamlNode& node, Context& context, std::string_view label,
               const std::vector<std::string>& words, std::string& out);

class Fields {
 public:
  // `what` names the mapping in errors: "a cluster". A node that is no mapping (and not empty) is
  // an error, then there are no fields.
  Fields(const YamlNode& node, Context& context, std::string what);

  const YamlNode* find(std::string_view key);  // nullptr: absent
  const YamlNode* need(std::string_view key);  // nullptr: absent, and that's an error now
  bool has(std::string_view key) { return find(key) != nullptr; }

  template <class T>
  void optional(std::string_view key, T& out) {
    if (const YamlNode* value = find(key)) read_value(*value, context_, key, out);
  }
  template <class T>
  void optional(std::string_view key, std::optional<T>& out) {
    if (const YamlNode* value = find(key)) read_value(*value, context_, key, out.emplace());
  }
  template <class T>
  void required(std::string_view key, T& out) {
    if (const YamlNode* value = need(key)) read_value(*value, context_, key, out);
  }
  // Bounds included.
  void optional_between(std::string_view key, int64_t low, int64_t high, int64_t& out);
  void optional_between(std::string_view key, int64_t low, int64_t high, int& out);
  // One of `words`.
  void optional_word(std::string_view key, const std::vector<std::string>& words, std::string& out);

  void required_reference(std::string_view key, Reference::To to, std::string& out);
  void optional_reference(std::string_view key, Reference::To to, std::string& out);

  // Errors about this mapping itself, at its place.
  void wrong(std::string_view what, std::string_view right);
  void finish();
  // There was an error that makes all others about this mapping noise: finish() stays silent.
  void give_up() { given_up_ = true; }

  const YamlNode& node() const { return node_; }
  Context& context() { return context_; }
  const std::string& what() const { return what_; }

 private:
  const YamlNode& node_;
  Context& context_;
  std::string what_;
  std::vector<std::string> asked_;
  bool given_up_ = false;
};

}  // namespace drydock::harness::scenario

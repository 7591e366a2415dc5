// What differs between two runs by nature, and how each recorded one stands for one of ours: uids,
// resourceVersions, generated names, continue tokens, addresses. Learned from the answers in their
// order; then recorded requests are translated.
//
//   Names names;
//   names.same_uid("df8b...", "0c1a...")            // "" or what is wrong
//   std::string path = names.translated(record.path);
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace drydock::harness::conformance {

class Names {
 public:
  // Each returns "" when the pair fits everything learned before, and remembers it.
  std::string same_uid(const std::string& recorded, const std::string& ours);
  // Equal ones stay equal and later ones never become earlier. Within one object (`uid`, ours; may
  // be empty) later ones are later.
  std::string same_revision(const std::string& recorded, const std::string& ours,
                            const std::string& uid);
  // From here on (until false) only the order within one object counts, and nothing is learned.
  void set_loose(bool loose) { loose_ = loose; }
  // A generated name, a token, an address: anything that stands for itself.
  std::string same_word(const std::string& recorded, const std::string& ours);

  // A recorded text with our words in place of the recorded ones.
  std::string translated(std::string text) const;
  // Every number that was a revision becomes ours: for texts that name revisions.
  std::string with_numbers(const std::string& text) const;
  // A recorded resourceVersion of a query. One that was never seen keeps its distance to the newest
  // one when it is from the future, and is kept as it is when it is old.
  std::string translated_revision(const std::string& recorded) const;

 private:
  std::string known_revision(const std::string& recorded) const;
  std::string same(std::map<std::string, std::string>& words, const std::string& recorded,
                   const std::string& ours);

  std::map<std::string, std::string> uids_;
  std::map<std::string, std::string> words_;
  std::map<uint64_t, uint64_t> revisions_;
  bool loose_ = false;
  // Future ones that a request named, as we sent them.
  mutable std::map<uint64_t, uint64_t> sent_;
  // Of each of our objects: the revisions seen, recorded and ours.
  std::map<std::string, std::map<uint64_t, uint64_t>> of_object_;
};

// Replaces every occurrence.
void replace_all(std::string& text, std::string_view from, std::string_view to);

}  // namespace drydock::harness::conformance

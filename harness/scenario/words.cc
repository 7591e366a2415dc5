#include "harness/scenario/words.h"

namespace drydock::harness::scenario {

const std::vector<std::string>& phase_words() {
  static const std::vector<std::string> words = {"Initializing", "Initialized", "Running",
                                                 "Unknown",      "Succeeded",   "Failed"};
  return words;
}

const std::vector<std::string>& oracle_words() {
  static const std::vector<std::string> words = {"phases-legal",
                                                 "failed-has-reason",
                                                 "one-start",
                                                 "one-pod",
                                                 "zero-capacity-moves-nothing",
                                                 "succeeded-means-archive",
                                                 "archive-equals-model",
                                                 "restore-is-archive-over-cluster",
                                                 "final-name-whole",
                                                 "pod-ended",
                                                 "log-readable",
                                                 "no-credentials"};
  return words;
}

const std::vector<std::string>& instrument_words() {
  static const std::vector<std::string> words = {"owners_changed",      "segments_moved",
                                                 "entries_transferred", "bytes_transferred",
                                                 "topology_updates",    "rebalance_rounds"};
  return words;
}

const std::vector<std::string>& verb_words() {
  static const std::vector<std::string> words = {"get",    "list",  "watch",  "create",
                                                 "update", "patch", "delete", "deletecollection"};
  return words;
}

const std::vector<std::string>& definition_words() {
  static const std::vector<std::string> words = {"Backup", "Restore", "Infinispan"};
  return words;
}

const std::vector<std::string>& refusal_words() {
  static const std::vector<std::string> words = {
      "too-many-requests",     "throttled", "reinitializing",     "internal-error", "no-space",
      "unavailable",           "timeout",   "too-large-revision", "forbidden",      "quota",
      "namespace-terminating", "not-served"};
  return words;
}

const std::vector<std::string>& cut_words() {
  static const std::vector<std::string> words = {"in-order", "expired", "error", "reset",
                                                 "mid-line"};
  return words;
}

const std::vector<std::string>& storage_words() {
  static const std::vector<std::string> words = {"stalled", "full", "compacted", "rewound"};
  return words;
}

const std::vector<std::string>& image_trouble_words() {
  static const std::vector<std::string> words = {"absent", "unreachable"};
  return words;
}

const std::vector<std::string>& webhook_words() {
  static const std::vector<std::string> words = {
      "all",           "mbackup.kb.io",  "mrestore.kb.io",   "minfinispan.kb.io",
      "vbackup.kb.io", "vrestore.kb.io", "vinfinispan.kb.io"};
  return words;
}

const std::vector<std::string>& webhook_trouble_words() {
  static const std::vector<std::string> words = {"refused", "timeout", "bad-certificate", "slow"};
  return words;
}

const std::vector<std::string>& call_kind_words() {
  static const std::vector<std::string> words = {
      "Backup",           "Restore", "Infinispan",  "Pod",     "PersistentVolumeClaim",
      "PersistentVolume", "Node",    "StatefulSet", "Service", "Secret",
      "ConfigMap",        "Lease",   "Event"};
  return words;
}

}  // namespace drydock::harness::scenario

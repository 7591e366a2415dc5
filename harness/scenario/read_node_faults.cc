#include "harness/scenario/read_node_faults.h"

#include "harness/scenario/words.h"

namespace drydock::harness::scenario {
namespace {

void read_place(Fields& item, const YamlNode& subject, bool pod, Place& out) {
  read_value(subject, item.context(), "the place of a fault", out);
  if (out.position.line == 0) return;  // already wrong
  const bool is_pod = out.kind == Place::Kind::kPod;
  const bool is_node = out.kind == Place::Kind::kNode || out.kind == Place::Kind::kNodeOf;
  if (pod ? is_pod : is_node) return;
  item.context().errors.add(out.position, "this fault can't happen there",
                            pod ? "write Pod/<name>" : "write Node/<name> or 'node of Pod/<name>'");
}

// Of a pod, so many bytes.
template <class Action>
FaultAction bytes_of_pod(Fields& item, const YamlNode& subject) {
  Action action;
  read_place(item, subject, true, action.pod);
  Bytes bytes;
  item.required("bytes", bytes);
  action.bytes = bytes.value;
  return action;
}

FaultAction break_image(Fields& item, const YamlNode& subject) {
  BreakImage action;
  read_value(subject, item.context(), "an image", action.image);
  item.optional_word("how", image_trouble_words(), action.how);
  return action;
}

FaultAction slow_image(Fields& item, const YamlNode& subject) {
  SlowImage action;
  read_value(subject, item.context(), "an image", action.image);
  item.required("by", action.by);
  return action;
}

FaultAction restart_kubelet(Fields& item, const YamlNode& subject) {
  RestartKubelet action;
  read_place(item, subject, false, action.node);
  return action;
}

FaultAction slow_status(Fields& item, const YamlNode& subject) {
  SlowStatus action;
  read_place(item, subject, false, action.node);
  item.required("by", action.by);
  return action;
}

FaultAction exhaust_volumes(Fields& item, const YamlNode& subject) {
  ExhaustVolumes action;
  read_value(subject, item.context(), "a storage class", action.storage_class);
  return action;
}

FaultAction fill_node(Fields& item, const YamlNode& subject) {
  FillNode action;
  read_place(item, subject, false, action.node);
  Bytes memory;
  Bytes disk;
  item.optional("memory", memory);
  item.optional("disk", disk);
  action.memory = memory.value;
  action.disk = disk.value;
  if (!item.has("memory") && !item.has("disk"))
    item.wrong("it says nothing", "write memory: or disk: with how much is taken");
  return action;
}

FaultAction lose_volume(Fields& item, const YamlNode& subject) {
  LoseVolume action;
  read_value(subject, item.context(), "a claim", action.claim);
  if (!action.claim.kind.empty() && action.claim.kind != "PersistentVolumeClaim")
    item.context().errors.add(subject.position, "only a claim can lose its volume",
                              "write PersistentVolumeClaim/<name>");
  return action;
}

constexpr Kind<FaultAction> kFaults[] = {
    {"use_memory", bytes_of_pod<UseMemory>},
    {"write_log", bytes_of_pod<WriteLog>},
    {"break_image", break_image},
    {"slow_image", slow_image},
    {"restart_kubelet", restart_kubelet},
    {"slow_status", slow_status},
    {"exhaust_volumes", exhaust_volumes},
    {"fill_node", fill_node},
    {"lose_volume", lose_volume},
};

}  // namespace

std::span<const Kind<FaultAction>> node_fault_kinds() { return kFaults; }

}  // namespace drydock::harness::scenario

#include "fakekube/api/storage.h"

#include <algorithm>

#include "fakekube/actors/crd_controller.h"
#include "fakekube/api/api_server.h"
#include "fakekube/schema/custom_kinds.h"

namespace drydock::fakekube {
namespace {

// Without vowels and look-alikes, so that no words come out.
constexpr std::string_view kNameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

}  // namespace

Storage::Storage(Env& env, const StoreOptions& options)
    : env_(env),
      store_(options, &env),
      custom_kinds_(std::make_unique<CustomKinds>(*this)),
      crd_controller_(std::make_unique<CrdController>(env, *this)) {}

Storage::~Storage() = default;

void Storage::add_type(const ResourceType& type) {
  types_.push_back(&type);
  if (type.stored_as != nullptr && type.stored_as != &type) return;
  for (ApiServer* server : servers_) server->view(type).restart();
}

void Storage::remove_type(const ResourceType& type) {
  std::erase(types_, &type);
  for (ApiServer* server : servers_) server->streams().cut({.type = &type});
}

std::string Storage::new_uid() {
  static constexpr char kHex[] = "0123456789abcdef";
  const uint64_t high = env_.draw("kubernetes uid", uids_drawn_++);
  const uint64_t low = env_.draw("kubernetes uid", uids_drawn_++);
  std::string uid = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";  // the form of a random UUID
  size_t digit = 0;
  for (char& c : uid) {
    if (c != 'x' && c != 'y') continue;
    const uint64_t half = digit < 16 ? high : low;
    const uint64_t value = half >> (4 * (digit % 16)) & 15;
    c = kHex[c == 'x' ? value : (value & 3) | 8];
    ++digit;
  }
  return uid;
}

std::string Storage::new_name_suffix() {
  uint64_t bits = env_.draw("kubernetes name", names_drawn_++);
  std::string suffix;
  for (int i = 0; i < 5; ++i) {
    suffix += kNameAlphabet[bits % kNameAlphabet.size()];
    bits /= kNameAlphabet.size();
  }
  return suffix;
}

std::string Storage::next_service_ip() {
  const uint64_t number = ++service_ips_ + 10;  // below are the cluster's own
  return "10.96." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1);
}

void Storage::set_stalled(bool stalled) {
  stalled_ = stalled;
  if (stalled) return;
  for (Gate* gate : waiting_) gate->notify_all();
}

Status Storage::wait_while_stalled(Env& env, SteadyTime until) {
  if (!stalled_) return ok_status();
  const std::unique_ptr<Gate> gate = env.make_gate();
  waiting_.push_back(gate.get());
  Status status;
  while (stalled_ && status.ok()) status = gate->wait(until);
  std::erase(waiting_, gate.get());
  return status;
}

bool Storage::rewind(uint64_t revision) {
  if (!store_.rewind(revision)) return false;
  for (ApiServer* server : servers_) server->restart();
  return true;
}

}  // namespace drydock::fakekube

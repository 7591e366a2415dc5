#include "fakekube/store/store.h"

#include <algorithm>

namespace drydock::fakekube {
namespace {

// The envelope and, sharing its ownership, the object inside.
std::pair<JsonPtr, JsonPtr> wrap(std::string_view type, json::value value) {
  json::object envelope;
  envelope.reserve(2);
  envelope.emplace("type", type);
  envelope.emplace("object", std::move(value));
  auto owner = std::make_shared<const json::value>(std::move(envelope));
  const json::value& inside = (owner->get_object().begin() + 1)->value();
  return {owner, JsonPtr(owner, &inside)};
}

}  // namespace

const StoreEvent* WatchCursor::next() {
  if (expired()) return nullptr;
  const Store::Kind& kind = store_->kind(*type_);
  while (index_ - kind.log_start < kind.log.size()) {
    const StoreEvent& event = kind.log[index_++ - kind.log_start];
    if (event.revision <= revision_) continue;  // a start in the future, not yet reached
    revision_ = event.revision;
    return &event;
  }
  return nullptr;
}

bool WatchCursor::expired() const {
  const Store::Kind& kind = store_->kind(*type_);
  return too_old_ || index_ < kind.log_start;
}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  reset();
  store_ = std::exchange(other.store_, nullptr);
  type_ = other.type_;
  id_ = other.id_;
  return *this;
}

void Subscription::reset() {
  if (store_ == nullptr) return;
  auto& subscribers = store_->kind(*type_).subscribers;
  std::erase_if(subscribers, [this](const auto& entry) { return entry.first == id_; });
  store_ = nullptr;
}

Store::Store(size_t event_history) : event_history_(event_history) {
  DRYDOCK_CHECK(event_history > 0, "a store without history can't serve watches");
}

Store::~Store() = default;

Store::Kind& Store::kind(const ResourceType& type) const {
  if (type.index >= kinds_.size()) kinds_.resize(type.index + 1);
  std::unique_ptr<Kind>& kind = kinds_[type.index];
  if (kind == nullptr) kind = std::make_unique<Kind>();
  return *kind;
}

const std::string& Store::interned(std::string_view namespace_name) {
  auto found = namespace_names_.find(namespace_name);
  if (found == namespace_names_.end()) found = namespace_names_.emplace(namespace_name).first;
  return *found;
}

const Object* Store::find(const ResourceType& type, std::string_view namespace_name,
                          std::string_view name) const {
  const Objects& objects = kind(type).objects;
  const auto found = objects.find(KeyLess::View(namespace_name, name));
  return found == objects.end() ? nullptr : &found->second;
}

const Store::Objects& Store::objects(const ResourceType& type) const { return kind(type).objects; }

const Object& Store::put(const ResourceType& type, std::string_view namespace_name,
                         std::string_view name, json::value value) {
  Kind& kind = this->kind(type);
  const KeyLess::View key(namespace_name, name);
  auto place = kind.objects.lower_bound(key);
  const bool is_new = place == kind.objects.end() || KeyLess()(key, place->first);
  if (is_new) place = kind.objects.emplace_hint(place, Key(namespace_name, name), Object());
  auto [envelope, object] = wrap(is_new ? "ADDED" : "MODIFIED", std::move(value));
  StoreEvent event{.type = StoreEventType::kPut,
                   .revision = ++revision_,
                   .object = object,
                   .envelope = envelope,
                   .previous = std::move(place->second.value),
                   .namespace_name = &interned(namespace_name)};
  place->second = {
      .value = std::move(object), .envelope = std::move(envelope), .revision = revision_};
  append(kind, std::move(event));
  return place->second;
}

void Store::erase(const ResourceType& type, std::string_view namespace_name, std::string_view name,
                  json::value last_state) {
  Kind& kind = this->kind(type);
  const auto found = kind.objects.find(KeyLess::View(namespace_name, name));
  DRYDOCK_CHECK(found != kind.objects.end(), "erase of an object that is not stored");
  auto [envelope, object] = wrap("DELETED", std::move(last_state));
  StoreEvent event{.type = StoreEventType::kDelete,
                   .revision = ++revision_,
                   .object = std::move(object),
                   .envelope = std::move(envelope),
                   .previous = std::move(found->second.value),
                   .namespace_name = &interned(namespace_name)};
  kind.objects.erase(found);
  append(kind, std::move(event));
}

void Store::append(Kind& kind, StoreEvent event) {
  kind.last = event.revision;
  if (kind.log.size() == event_history_) {
    kind.floor = kind.log.front().revision;
    kind.log.pop_front();
    ++kind.log_start;
  }
  kind.log.push_back(std::move(event));
  for (const auto& [id, callback] : kind.subscribers) callback(kind.log.back());
}

std::string_view Store::next_revision_text() {
  if (revision_text_of_ != next_revision()) {
    revision_text_ = std::to_string(next_revision());
    revision_text_of_ = next_revision();
  }
  return revision_text_;
}

std::optional<Store::Objects> Store::objects_at(const ResourceType& type, uint64_t revision) const {
  const Kind& kind = this->kind(type);
  if (revision < kind.floor) return std::nullopt;
  Objects objects = kind.objects;
  for (auto event = kind.log.rbegin(); event != kind.log.rend(); ++event) {
    if (event->revision <= revision) break;
    Key key(*event->namespace_name, json_string(*event->object, {"metadata", "name"}));
    if (event->previous == nullptr) {
      objects.erase(key);
    } else {
      objects.insert_or_assign(
          std::move(key), Object{.value = event->previous, .envelope = nullptr, .revision = 0});
    }
  }
  return objects;
}

uint64_t Store::last_revision(const ResourceType& type) const { return kind(type).last; }

uint64_t Store::floor(const ResourceType& type) const { return kind(type).floor; }

void Store::compact(uint64_t revision) {
  const uint64_t limit = std::min(revision, revision_);
  for (size_t i = 0; i < kinds_.size(); ++i) {
    if (kinds_[i] == nullptr) kinds_[i] = std::make_unique<Kind>();
    Kind& kind = *kinds_[i];
    while (!kind.log.empty() && kind.log.front().revision <= limit) {
      kind.log.pop_front();
      ++kind.log_start;
    }
    kind.floor = std::max(kind.floor, limit);
  }
}

WatchCursor Store::watch(const ResourceType& type, uint64_t revision) const {
  const Kind& kind = this->kind(type);
  const auto after = std::upper_bound(
      kind.log.begin(), kind.log.end(), revision,
      [](uint64_t wanted, const StoreEvent& event) { return wanted < event.revision; });
  WatchCursor cursor;
  cursor.store_ = this;
  cursor.type_ = &type;
  cursor.revision_ = revision;
  cursor.too_old_ = revision < kind.floor;
  cursor.index_ = kind.log_start + static_cast<uint64_t>(after - kind.log.begin());
  return cursor;
}

Subscription Store::subscribe(const ResourceType& type, Callback callback) {
  Subscription subscription;
  subscription.store_ = this;
  subscription.type_ = &type;
  subscription.id_ = ++subscriptions_;
  kind(type).subscribers.emplace_back(subscription.id_, std::move(callback));
  return subscription;
}

}  // namespace drydock::fakekube

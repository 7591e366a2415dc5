#include "fakekube/store/store.h"

#include <algorithm>
#include <charconv>

namespace drydock::fakekube {
namespace {

// The first multiple of `period` after `now`; kForever when there is no period.
SteadyTime next_multiple(SteadyTime now, Duration period) {
  if (period == Duration::zero()) return kForever;
  return SteadyTime((now.time_since_epoch() / period + 1) * period);
}

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

// FNV-1a.
constexpr uint64_t kHashStart = 14695981039346656037u;
uint64_t hash_more(uint64_t hash, std::string_view text) {
  constexpr uint64_t kPrime = 1099511628211u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash;
}

// An object as a version before its present one.
Object older_version(const JsonPtr& value) {
  uint64_t revision = 0;
  const std::string text = json_string(*value, {"metadata", "resourceVersion"});
  std::from_chars(text.data(), text.data() + text.size(), revision);
  return {.value = value, .envelope = nullptr, .revision = revision};
}

}  // namespace

const StoreEvent* WatchCursor::peek() {
  if (expired()) return nullptr;
  const Store::Kind& kind = store_->kind(*type_);
  while (index_ - kind.log_start < kind.log.size()) {
    const StoreEvent& event = kind.log[index_ - kind.log_start];
    if (event.revision > revision_) return &event;
    ++index_;  // a start in the future, not yet reached
  }
  return nullptr;
}

const StoreEvent* WatchCursor::next() {
  const StoreEvent* event = peek();
  if (event == nullptr) return nullptr;
  ++index_;
  revision_ = event->revision;
  return event;
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
  const auto place = std::lower_bound(  // ids ascend
      subscribers.begin(), subscribers.end(), id_,
      [](const auto& entry, uint64_t id) { return entry.first < id; });
  subscribers.erase(place);
  store_ = nullptr;
}

Store::Store(const StoreOptions& options, const Env* clock) : options_(options), clock_(clock) {
  DRYDOCK_CHECK(options.event_history > 0, "a store without history can't serve watches");
  DRYDOCK_CHECK(options.cached_events > 0, "a watch cache without history can't serve watches");
  if (clock_ != nullptr) now_ = clock_->now();
  compaction_due_ = next_multiple(now_, options_.compaction_period);
  progress_.at = now_;
}

Store::~Store() = default;

Store::Kind& Store::kind(const ResourceType& type) const {
  if (type.index >= kinds_.size()) kinds_.resize(type.index + 1);
  std::unique_ptr<Kind>& kind = kinds_[type.index];
  if (kind == nullptr) kind = std::make_unique<Kind>();
  return *kind;
}

size_t Store::EntryHash::operator()(const KeyLess::View& key) const {
  return hash_more(hash_more(kHashStart, key.first), key.second);
}

size_t Store::EntryHash::operator()(const Objects::value_type* entry) const {
  return (*this)(KeyLess::view(entry->first));
}

Store::Objects::value_type* Store::Kind::entry(std::string_view namespace_name,
                                               std::string_view name) const {
  const auto found = entries.find(KeyLess::View(namespace_name, name));
  return found == entries.end() ? nullptr : *found;
}

Store::Objects::value_type& Store::Kind::add_entry(std::string_view namespace_name,
                                                   std::string_view name) {
  const auto place = objects.emplace(Key(namespace_name, name), Object()).first;
  entries.insert(&*place);
  return *place;
}

void Store::Kind::remove_entry(Objects::value_type& entry) {
  entries.erase(&entry);
  objects.erase(objects.find(entry.first));
}

void Store::Kind::replace_objects(Objects others) {
  entries.clear();
  objects = std::move(others);
  for (Objects::value_type& entry : objects) entries.insert(&entry);
}

const std::string& Store::interned(std::string_view namespace_name) {
  auto found = namespace_names_.find(namespace_name);
  if (found == namespace_names_.end()) found = namespace_names_.emplace(namespace_name).first;
  return *found;
}

const Object* Store::find(const ResourceType& type, std::string_view namespace_name,
                          std::string_view name) const {
  const Objects::value_type* found = kind(type).entry(namespace_name, name);
  return found == nullptr ? nullptr : &found->second;
}

const Store::Objects& Store::objects(const ResourceType& type) const { return kind(type).objects; }

const Object& Store::put(const ResourceType& type, std::string_view namespace_name,
                         std::string_view name, json::value value) {
  keep_time();
  Kind& kind = this->kind(type);
  Objects::value_type* place = kind.entry(namespace_name, name);
  const bool is_new = place == nullptr;
  if (is_new) place = &kind.add_entry(namespace_name, name);
  auto [envelope, object] = wrap(is_new ? "ADDED" : "MODIFIED", std::move(value));
  StoreEvent event{.type = StoreEventType::kPut,
                   .revision = ++revision_,
                   .object = object,
                   .envelope = envelope,
                   .previous = std::move(place->second.value),
                   .namespace_name = &interned(namespace_name),
                   .at = now_};
  place->second = {
      .value = std::move(object), .envelope = std::move(envelope), .revision = revision_};
  append(kind, std::move(event));
  return place->second;
}

void Store::erase(const ResourceType& type, std::string_view namespace_name, std::string_view name,
                  json::value last_state) {
  keep_time();
  Kind& kind = this->kind(type);
  Objects::value_type* found = kind.entry(namespace_name, name);
  DRYDOCK_CHECK(found != nullptr, "erase of an object that is not stored");
  auto [envelope, object] = wrap("DELETED", std::move(last_state));
  StoreEvent event{.type = StoreEventType::kDelete,
                   .revision = ++revision_,
                   .object = std::move(object),
                   .envelope = std::move(envelope),
                   .previous = std::move(found->second.value),
                   .namespace_name = &interned(namespace_name),
                   .at = now_};
  kind.remove_entry(*found);
  append(kind, std::move(event));
}

void Store::append(Kind& kind, StoreEvent event) {
  kind.last = event.revision;
  kind.log.push_back(std::move(event));
  trim(kind);
  for (const auto& [id, callback] : kind.subscribers) callback(kind.log.back());
}

void Store::trim(Kind& kind) const {
  const auto oldest_cached = [&kind]() -> const StoreEvent& {
    return kind.log[kind.cached_start - kind.log_start];
  };
  while (kind.log_end() - kind.cached_start > options_.cached_events &&
         oldest_cached().at + options_.cached_age < now_) {
    ++kind.cached_start;
    kind.floor = oldest_cached().revision - 1;
  }
  while (kind.log.size() > options_.event_history ||
         (kind.log_start < kind.cached_start && kind.log.front().revision <= compacted_))
    drop_front(kind);
}

void Store::drop_front(Kind& kind) {
  kind.storage_floor = kind.log.front().revision;
  kind.log.pop_front();
  ++kind.log_start;
  if (kind.cached_start >= kind.log_start) return;
  kind.cached_start = kind.log_start;
  kind.floor = kind.log.empty() ? kind.storage_floor : kind.log.front().revision - 1;
}

void Store::keep_time() const {
  if (clock_ == nullptr) return;
  const SteadyTime now = clock_->now();
  if (now == now_) return;
  now_ = now;
  if (now >= next_multiple(progress_.at, options_.progress_period)) {
    const Duration period = options_.progress_period;
    progress_ = {.revision = revision_, .at = SteadyTime(now.time_since_epoch() / period * period)};
  }
  if (now < compaction_due_) return;
  // Nothing was written since the last one that was due.
  const bool several = now >= compaction_due_ + options_.compaction_period;
  compact_to(several ? revision_ : compact_next_);
  compact_next_ = revision_;
  compaction_due_ = next_multiple(now, options_.compaction_period);
}

void Store::compact_to(uint64_t revision) const {
  compacted_ = std::max(compacted_, revision);
  for (const std::unique_ptr<Kind>& kind : kinds_) {
    if (kind == nullptr) continue;
    while (kind->log_start < kind->cached_start && kind->log.front().revision <= compacted_)
      drop_front(*kind);
  }
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
  if (revision < storage_floor(type)) return std::nullopt;
  return objects_before(kind, revision);
}

Store::Objects Store::objects_before(const Kind& kind, uint64_t revision) {
  Objects objects = kind.objects;
  for (auto event = kind.log.rbegin(); event != kind.log.rend(); ++event) {
    if (event->revision <= revision) break;
    Key key(*event->namespace_name, json_string(*event->object, {"metadata", "name"}));
    if (event->previous == nullptr) {
      objects.erase(key);
    } else {
      objects.insert_or_assign(std::move(key), older_version(event->previous));
    }
  }
  return objects;
}

uint64_t Store::last_revision(const ResourceType& type) const { return kind(type).last; }

uint64_t Store::floor(const ResourceType& type) const { return kind(type).floor; }

uint64_t Store::storage_floor(const ResourceType& type) const {
  keep_time();
  return std::max(kind(type).storage_floor, compacted_);
}

const Store::Mark& Store::progress() const {
  keep_time();
  return progress_;
}

void Store::compact_storage(uint64_t revision) { compact_to(std::min(revision, revision_)); }

void Store::compact(uint64_t revision) {
  const uint64_t limit = std::min(revision, revision_);
  for (size_t i = 0; i < kinds_.size(); ++i) {
    if (kinds_[i] == nullptr) kinds_[i] = std::make_unique<Kind>();
    Kind& kind = *kinds_[i];
    while (!kind.log.empty() && kind.log.front().revision <= limit) drop_front(kind);
    kind.floor = std::max(kind.floor, limit);
  }
  compact_to(limit);
}

bool Store::rewind(uint64_t revision) {
  keep_time();
  if (revision > revision_ || revision < compacted_) return false;
  for (const std::unique_ptr<Kind>& kind : kinds_)
    if (kind != nullptr && revision < kind->storage_floor) return false;
  for (const std::unique_ptr<Kind>& kind : kinds_) {
    if (kind == nullptr) continue;
    kind->replace_objects(objects_before(*kind, revision));
    kind->log_start = kind->log_end() + 1;  // past every cursor
    kind->cached_start = kind->log_start;
    kind->log.clear();
    kind->floor = kind->storage_floor = revision;
    kind->last = std::min(kind->last, revision);
  }
  revision_ = compacted_ = compact_next_ = progress_.revision = revision;
  return true;
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

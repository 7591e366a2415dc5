#include "fakekube/schema/api_types.h"

#include <charconv>
#include <map>
#include <string>

#include "core/base/check.h"
#include "fakekube/schema/api_type_tables.h"

namespace drydock::fakekube {
namespace {

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

// Cuts off what stands before the first of `ends`, which stays.
std::string_view cut_before(std::string_view& text, std::string_view ends) {
  const size_t end = std::min(text.find_first_of(ends), text.size());
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(end);
  return head;
}

bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

int number_of(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Basic {
  ApiKind kind;
  std::string_view go_type;
};

const Basic* basic_of(std::string_view code) {
  static const std::map<std::string_view, Basic> basics = {
      {"s", {ApiKind::kString, "string"}},
      {"i", {ApiKind::kInt32, "int32"}},
      {"l", {ApiKind::kInt64, "int64"}},
      {"d", {ApiKind::kDouble, "float64"}},
      {"b", {ApiKind::kBool, "bool"}},
      {"y", {ApiKind::kBytes, "[]uint8"}},
      {"q", {ApiKind::kQuantity, "resource.Quantity"}},
      {"x", {ApiKind::kIntOrString, "intstr.IntOrString"}},
      {"t", {ApiKind::kTime, "v1.Time"}},
      {"u", {ApiKind::kMicroTime, "v1.MicroTime"}},
      {"r", {ApiKind::kRaw, "runtime.RawExtension"}},
      {"S", {ApiKind::kStrings, "[]string"}},
  };
  const auto found = basics.find(code);
  return found == basics.end() ? nullptr : &found->second;
}

class Table {
 public:
  Table() {
    for (std::string_view text : {kCoreApiTypes, kGroupApiTypes}) add_types(text);
    for (auto& [key, entry] : entries_) fill(entry);
  }

  const ApiType* find(std::string_view key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second.type;
  }

  const ApiType* kind(std::string_view group, std::string_view kind) const {
    const auto found = kinds_.find({group, kind});
    return found == kinds_.end() ? nullptr : found->second;
  }

 private:
  struct Entry {
    ApiType type;
    std::string text;  // the fields
    bool filled = false;
  };

  void add_types(std::string_view text) {
    std::string_view group;
    std::string_view version;
    Entry* last = nullptr;
    while (!text.empty()) {
      std::string_view line = cut_before(text, "\n");
      skip(text, "\n");
      if (line.empty()) continue;
      if (skip(line, "[")) {
        group = cut_before(line, "/]");
        version = skip(line, "/") ? cut_before(line, "]") : "v1";
      } else if (line.front() == ' ') {
        last->text += line;
      } else {
        last = &add_type(line);
        last->type.group = group;
        last->type.version = version;
        if (is_kind(*last)) kinds_[{group, last->type.name}] = &last->type;
      }
    }
  }

  static bool is_kind(const Entry& entry) {
    return without_blanks(entry.text).starts_with("+TypeMeta");
  }

  Entry& add_type(std::string_view line) {
    const std::string_view key = cut_before(line, "~ ");
    Entry& entry = entries_[key];
    ApiType& type = entry.type;
    DRYDOCK_CHECK(type.key.empty(), "two API types of one name: " + std::string(key));
    type.key = key;
    type.name = key.substr(key.find('.') + 1);
    type.atomic = skip(line, "~");
    skip(line, " =");
    entry.text = line;
    return entry;
  }

  void fill(Entry& entry) {
    if (entry.filled) return;
    entry.filled = true;
    std::string_view text = without_blanks(entry.text);
    while (!text.empty()) {
      std::string_view item = cut_before(text, " ");
      text = without_blanks(text);
      if (skip(item, "+"))
        embed(entry.type, item);
      else
        entry.type.fields.push_back(read_field(item));
    }
  }

  void embed(ApiType& outer, std::string_view item) {
    const std::string_view key = cut_before(item, ":");
    skip(item, ":");
    Entry& inner = entries_.at(key);
    fill(inner);
    for (ApiField field : inner.type.fields) {
      field.number = 0;
      outer.fields.push_back(std::move(field));
    }
    if (!item.empty()) outer.embedded.push_back({&inner.type, number_of(item)});
  }

  ApiField read_field(std::string_view item) {
    ApiField field;
    field.name = kept(cut_before(item, ":"));
    skip(item, ":");
    field.number = number_of(cut_before(item, ":"));
    skip(item, ":");
    read_value(item, field);
    read_flags(item, field);
    return field;
  }

  void read_value(std::string_view& item, ApiField& field) {
    constexpr std::string_view kFlags = "=!?@^#~%";
    if (skip(item, "[]")) field.shape = ApiShape::kList;
    if (skip(item, "{}")) field.shape = ApiShape::kMap;
    const std::string_view code = cut_before(item, ":=!?@^#~%");
    if (const Basic* basic = basic_of(code)) {
      field.kind = basic->kind;
      field.go_item_type = basic->go_type;
    } else {
      field.kind = ApiKind::kStruct;
      field.type = &entries_.at(code).type;
      field.go_item_type = kept("v1." + std::string(field.type->name));
    }
    if (skip(item, ":")) field.go_item_type = go_name(cut_before(item, kFlags));
    const std::string_view prefix = field.shape == ApiShape::kList  ? "[]"
                                    : field.shape == ApiShape::kMap ? "map[string]"
                                                                    : "";
    field.go_type = kept(std::string(prefix) + std::string(field.go_item_type));
  }

  void read_flags(std::string_view item, ApiField& field) {
    if (skip(item, "=")) field.go_type = go_name(cut_before(item, "!?@^#~%"));
    field.always_printed = skip(item, "!");
    field.pointer = skip(item, "?");
    field.merges = skip(item, "@");
    if (field.merges) field.merge_key = kept(cut_before(item, "^#~%"));
    field.retains_keys = skip(item, "^");
    if (skip(item, "#")) read_list_type(cut_before(item, "~%"), field);
    field.atomic = skip(item, "~");
    if (skip(item, "%")) field.key_default = kept(item);
  }

  void read_list_type(std::string_view text, ApiField& field) {
    field.list_type = text == "set" ? ApiListType::kSet : ApiListType::kMap;
    if (field.list_type == ApiListType::kSet) return;
    while (!text.empty()) {
      field.list_keys.push_back(kept(cut_before(text, ",")));
      skip(text, ",");
    }
  }

  // Whole type names of Go are in the package v1 unless they say another.
  std::string_view go_name(std::string_view name) {
    const bool whole = name.find_first_of(".[") != std::string_view::npos;
    return kept(whole ? std::string(name) : "v1." + std::string(name));
  }

  std::string_view kept(std::string_view text) { return kept(std::string(text)); }
  std::string_view kept(std::string text) {
    return texts_.emplace(std::move(text), true).first->first;
  }

  std::map<std::string_view, Entry> entries_;
  std::map<std::pair<std::string_view, std::string_view>, const ApiType*> kinds_;
  std::map<std::string, bool> texts_;  // what views refer to; nodes stay
};

const Table& table() {
  static const auto* made = new Table();  // never freed: types are used until the end
  return *made;
}

}  // namespace

const ApiField* ApiType::field(std::string_view wanted) const {
  for (const ApiField& candidate : fields)
    if (candidate.name == wanted) return &candidate;
  return nullptr;
}

const ApiField* ApiType::numbered(int wanted) const {
  if (wanted == 0) return nullptr;
  for (const ApiField& candidate : fields)
    if (candidate.number == wanted) return &candidate;
  return nullptr;
}

const ApiType* api_type_of(const ResourceType& type) {
  if (type.custom) return nullptr;
  const ApiType* found = api_type_of_kind(type.group, type.kind);
  return found != nullptr && found->version == type.version ? found : nullptr;
}

const ApiType* api_type_of_kind(std::string_view group, std::string_view kind) {
  return table().kind(group, kind);
}

const ApiType* find_api_type(std::string_view key) { return table().find(key); }

}  // namespace drydock::fakekube

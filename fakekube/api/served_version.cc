#include "fakekube/api/served_version.h"

#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

bool differs(const ResourceType& type, const json::value& stored) {
  if (type.normalise_on_read) return true;
  return type.stored_as != nullptr && string_at(stored, {"apiVersion"}) != type.api_version;
}

json::value converted(const ResourceType& type, json::value object) {
  if (type.from_stored != nullptr) type.from_stored(object);
  set_member(object.get_object(), "apiVersion", text_value(type.api_version));
  if (type.structural() != nullptr) {
    std::vector<std::string> dropped;
    type.structural()->prune(object, dropped);
    type.structural()->set_defaults(object);
  }
  order_members(type, object);
  return object;
}

}  // namespace

JsonPtr served_view(const ResourceType& type, const JsonPtr& stored) {
  if (type.stored_as == nullptr && !type.normalise_on_read) return stored;
  return differs(type, *stored) ? make_json(converted(type, *stored)) : stored;
}

JsonPtr served_envelope(const ResourceType& type, const JsonPtr& envelope) {
  if (type.stored_as == nullptr && !type.normalise_on_read) return envelope;
  const json::value* object = json_find(*envelope, {"object"});
  if (object == nullptr || !differs(type, *object)) return envelope;
  json::object line;
  line.emplace("type", *json_find(*envelope, {"type"}));
  line.emplace("object", converted(type, *object));
  return make_json(std::move(line));
}

void to_stored_form(const ResourceType& type, json::value& object) {
  if (type.stored_as == nullptr || type.stored_as == &type) return;
  if (type.to_stored != nullptr) type.to_stored(object);
  set_member(object.get_object(), "apiVersion", text_value(type.stored_as->api_version));
  if (type.stored_as->structural() != nullptr) type.stored_as->structural()->set_defaults(object);
  order_members(*type.stored_as, object);
}

}  // namespace drydock::fakekube

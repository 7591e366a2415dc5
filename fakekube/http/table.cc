#include "fakekube/http/table.h"

#include "fakekube/api/bookmarks.h"
#include "fakekube/api/status_error.h"
#include "fakekube/http/partial_metadata.h"
#include "fakekube/http/table_cells.h"
#include "fakekube/http/table_paths.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

struct TableForm {
  const ResourceType& type;
  std::string_view version;  // of meta.k8s.io
  std::string_view include_object;
  WallTime now;
};

json::value column_definition(std::string_view name, std::string_view type, std::string_view format,
                              std::string_view description, int priority) {
  return json::object{{"name", text_value(name)},
                      {"type", text_value(type)},
                      {"format", text_value(format)},
                      {"description", text_value(description)},
                      {"priority", priority}};
}

// What a CRD that declares no columns has beside the name.
const std::vector<PrinterColumn>& default_columns() {
  static const std::vector<PrinterColumn> columns = {
      {"Age", "date", "", "The time since its creation", ".metadata.creationTimestamp", 0}};
  return columns;
}

const std::vector<PrinterColumn>& custom_columns(const ResourceType& type) {
  return type.columns.empty() ? default_columns() : type.columns;
}

json::array column_definitions(const ResourceType& type) {
  json::array columns;
  const auto add = [&](const TableColumn& column) {
    columns.push_back(column_definition(column.name, column.type, column.format, column.description,
                                        column.priority));
  };
  if (!type.custom) {
    for (const TableColumn& column : find_table_kind(type).columns) add(column);
    return columns;
  }
  add(name_column());
  for (const PrinterColumn& column : custom_columns(type)) {
    std::string description(column.description);
    if (description.empty())
      description = "Custom resource definition column (in JSONPath format): " +
                    std::string(column.json_path);
    columns.push_back(
        column_definition(column.name, column.type, column.format, description, column.priority));
  }
  return columns;
}

json::value integer_cell(const json::value& value) {
  if (value.is_double()) return static_cast<int64_t>(value.get_double());
  return value.is_number() ? value : json::value();
}

json::value date_cell(const json::value& value, WallTime now) {
  if (!value.is_string()) return nullptr;
  const std::string_view text = value.get_string();
  if (text.empty()) return "<unknown>";
  return parse_rfc3339(text) ? text_value(age_of(&value, now)) : json::value("<invalid>");
}

// A value as a column of the type shows it; null when it doesn't fit.
json::value custom_cell(std::string_view type, const json::value* value, WallTime now) {
  if (value == nullptr) return nullptr;
  if (type == "string") {
    if (value->is_null()) return "<no value>";
    return value->is_string() ? *value : text_value(json_text(*value));
  }
  if (type == "integer") return integer_cell(*value);
  if (type == "number") return value->is_number() ? *value : json::value();
  if (type == "boolean") return value->is_bool() ? *value : json::value();
  return type == "date" ? date_cell(*value, now) : json::value();
}

json::array cells_of(const TableForm& form, const json::value& object) {
  json::array cells;
  if (!form.type.custom) {
    find_table_kind(form.type).print(object, form.now, cells);
    return cells;
  }
  cells.push_back(name_cell(object));
  for (const PrinterColumn& column : custom_columns(form.type))
    cells.push_back(custom_cell(column.type, first_at_path(object, column.json_path), form.now));
  return cells;
}

// Core items of a list come without kind and apiVersion.
json::value with_kind(const ResourceType& type, const json::value& object) {
  if (json_find(object, {"kind"}) != nullptr) return object;
  json::object whole{{"kind", text_value(type.kind)}, {"apiVersion", text_value(type.api_version)}};
  for (const auto& member : object.get_object()) whole.emplace(member.key(), member.value());
  return whole;
}

json::value row_object(const TableForm& form, const json::value& object) {
  if (form.include_object == "None") return nullptr;
  if (form.include_object == "Object") return with_kind(form.type, object);
  return partial_metadata(object, form.version);
}

json::value row_of(const TableForm& form, const json::value& object) {
  json::object row{{"cells", cells_of(form, object)}};
  const std::string_view phase =
      &form.type == &kPods ? string_at(object, {"status", "phase"}) : std::string_view();
  if (phase == "Succeeded" || phase == "Failed")
    row.emplace("conditions",
                json::array{json::object{
                    {"type", "Completed"},
                    {"status", "True"},
                    {"reason", text_value(phase)},
                    {"message", phase == "Failed" ? "The pod failed."
                                                  : "The pod has completed successfully."}}});
  row.emplace("object", row_object(form, object));
  return row;
}

json::value table_of(const TableForm& form, const json::value& answer, bool list, bool headers) {
  json::array cells;
  if (list)
    for (const json::value& item : json_array(answer, {"items"}))
      cells.push_back(row_of(form, item));
  else
    cells.push_back(row_of(form, answer));
  json::value rows;
  if (!cells.empty() || form.type.custom || !find_table_kind(form.type).generic)
    rows = std::move(cells);
  json::value columns;
  if (headers) columns = column_definitions(form.type);
  return json::object{{"kind", "Table"},
                      {"apiVersion", std::string("meta.k8s.io/").append(form.version)},
                      {"metadata", list_metadata(answer)},
                      {"columnDefinitions", std::move(columns)},
                      {"rows", std::move(rows)}};
}

// The Go type that a real server names when it can't transform something.
std::string go_type(const ResourceType& type, bool list) {
  if (type.custom) return list ? "*unstructured.UnstructuredList" : "*unstructured.Unstructured";
  const std::string package(type.group.empty() ? "core"
                                               : type.group.substr(0, type.group.find('.')));
  return "*" + package + "." + std::string(list ? type.list_kind : type.kind);
}

ApiReply not_transformable(const ApiCall& call, bool list) {
  const std::string message =
      list ? "you requested PartialObjectMetadata, but the requested object is a list ("
           : "you requested PartialObjectMetadataList, but the requested object is not a list (";
  return failure(406, "NotAcceptable", message + go_type(*call.type, list) + ")");
}

// Whether the answer is an object or list of the call's kind.
bool can_render(const ApiCall& call, const ApiReply& reply) {
  if (!reply.ok() || reply.body == nullptr || !reply.body->is_object()) return false;
  const std::string_view kind = string_at(*reply.body, {"kind"});
  return kind == call.type->kind || kind == call.type->list_kind;
}

}  // namespace

std::optional<ApiReply> bad_include_object(const ApiCall& call) {
  const std::string_view include = call.include_object;
  if (call.rendering != Rendering::kTable || include.empty() || include == "None" ||
      include == "Metadata" || include == "Object")
    return std::nullopt;
  return bad_request("Unable to convert to Table as requested: includeObject: Invalid value: " +
                     quoted(include) + ": must be 'Metadata', 'Object', 'None', or empty");
}

ApiReply rendered(ApiServer& server, const ApiCall& call, ApiReply reply) {
  if (call.rendering == Rendering::kObject || !can_render(call, reply)) return reply;
  const bool list = string_at(*reply.body, {"kind"}) == call.type->list_kind;
  if (call.rendering == Rendering::kTable) {
    if (auto refused = bad_include_object(call)) return *std::move(refused);
    const TableForm form{*call.type, call.rendering_version, call.include_object,
                         server.env().wall_now()};
    reply.body = make_json(table_of(form, *reply.body, list, true));
    return reply;
  }
  if (list != (call.rendering == Rendering::kMetadataList)) return not_transformable(call, list);
  reply.body = make_json(list ? partial_metadata_list(*reply.body, call.rendering_version)
                              : partial_metadata(*reply.body, call.rendering_version));
  return reply;
}

EventRenderer::EventRenderer(ApiServer& server, const ApiCall& call)
    : server_(server),
      type_(call.type),
      rendering_(call.rendering),
      version_(call.rendering_version),
      include_object_(call.include_object) {}

JsonPtr EventRenderer::render(JsonPtr envelope) {
  if (rendering_ == Rendering::kObject || string_at(*envelope, {"type"}) == "ERROR")
    return envelope;
  if (rendering_ == Rendering::kMetadataList) return nullptr;
  const json::value* object = json_find(*envelope, {"object"});
  DRYDOCK_CHECK(object != nullptr, "an event of a watch has an object");
  json::value shown;
  if (rendering_ == Rendering::kTable) {
    const TableForm form{*type_, version_, include_object_, server_.env().wall_now()};
    shown = table_of(form, *object, false, std::exchange(first_, false));
  } else {
    shown = partial_metadata(*object, version_);
    if (string_at(*envelope, {"type"}) == "BOOKMARK")
      set_metadata_blueprint(mutable_metadata(shown), version_);
  }
  return make_json(json::object{{"type", text_value(string_at(*envelope, {"type"}))},
                                {"object", std::move(shown)}});
}

}  // namespace drydock::fakekube

#include "fakegrid/server/rest_texts.h"

#include <array>
#include <charconv>

#include "core/base/json.h"
#include "fakegrid/server/rest_reply.h"

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kErrors = ".errors";

json::value schema_document(const std::string& name,
                            const std::map<std::string, std::string>& schemas) {
  const auto error = schemas.find(name + std::string(kErrors));
  json::value cause = nullptr;
  if (error != schemas.end())
    cause = {{"message", "Schema " + name + " has errors"}, {"cause", error->second}};
  return json::object{{"name", name}, {"error", std::move(cause)}};
}

HttpResponse put_schema(Node& node, const HttpRequest& request, const std::string& name,
                        SteadyTime deadline) {
  const std::string text = request.body.text();
  if (text.empty()) return reply_text(400, "Schema data not sent in the request");
  if (request.method == "POST" && node.schemas().count(name) > 0) return reply(409);
  const Status stored = node.put_schema(name, text, deadline);
  if (!stored.ok()) return reply_error(stored);
  return reply_json(schema_document(name, node.schemas()));
}

HttpResponse schema_names(const Node& node) {
  const std::map<std::string, std::string> schemas = node.schemas();
  json::array out;
  for (const auto& [name, text] : schemas)
    if (!name.ends_with(kErrors)) out.push_back(schema_document(name, schemas));
  return reply_json(out);
}

// --- tasks ---

struct AdminTask {
  std::string_view name;
  std::string_view parameters;  // separated by commas
  int since;                    // major version
};
// In the order that servers list them in.
constexpr std::array<AdminTask, 9> kAdminTasks = {
    {{"@@cache@remove", "name", 0},
     {"@@cache@names", "", 0},
     {"@@cache@getorcreate", "name,template,configuration", 0},
     {"@@cache@reindex", "name", 0},
     {"@@template@remove", "name", 0},
     {"@@cache@updateindexschema", "name", 15},
     {"@@cache@create", "name,template,configuration", 0},
     {"@@template@create", "name,configuration", 0},
     {"@@cache@updateConfigurationAttribute", "value,attribute,name", 15}}};
constexpr std::array<AdminTask, 2> kLoggingTasks = {
    {{"@@logging@set", "level,create,loggerName,appenders", 0},
     {"@@logging@remove", "loggerName", 0}}};

json::array split_names(std::string_view text) {
  json::array out;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    std::string_view name = text.substr(0, comma);
    while (name.starts_with(" ")) name.remove_prefix(1);
    if (!name.empty()) out.emplace_back(name);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

json::value task_document(std::string_view name, std::string_view type, json::array parameters,
                          std::string_view execution, const ServerVersion& version) {
  json::object out{{"name", name},
                   {"type", type},
                   {"parameters", std::move(parameters)},
                   {"execution_mode", execution}};
  if (version.at_least(14)) out["instantiation_mode"] = "SHARED";
  out["allowed_role"] = nullptr;
  return out;
}

// "a,b" of "// mode=local,parameters=[a,b]".
std::string_view declared_parameters(std::string_view script) {
  const std::string_view head = script.substr(0, script.find('\n'));
  const size_t begin = head.find("parameters=[");
  if (!head.starts_with("//") || begin == std::string_view::npos) return {};
  const std::string_view rest = head.substr(begin + 12);
  return rest.substr(0, rest.find(']'));
}

HttpResponse task_names(const Node& node, bool user_only) {
  const ServerVersion& version = node.version();
  json::array out;
  const auto add = [&](const AdminTask& task, std::string_view execution) {
    if (version.major >= task.since)
      out.push_back(task_document(task.name, "AdminServerTask", split_names(task.parameters),
                                  execution, version));
  };
  if (!user_only) {
    for (const AdminTask& task : kAdminTasks) add(task, "ONE_NODE");
    if (!version.at_least(14))
      for (const AdminTask& task : kLoggingTasks) add(task, "ALL_NODES");
  }
  for (const auto& [name, script] : node.tasks())
    out.push_back(task_document(
        name, "Script", split_names(declared_parameters(script)),
        script.find("mode=distributed") == std::string::npos ? "ONE_NODE" : "ALL_NODES", version));
  return reply_json(out);
}

HttpResponse run_task(const Node& node, const std::string& name, const HttpTarget& target) {
  // Measured on @@template@create; the others are not for this route either.
  if (name.starts_with("@@")) return reply(400);
  const std::map<std::string, std::string> tasks = node.tasks();
  const auto found = tasks.find(name);
  if (found == tasks.end()) return reply_text(400, "ISPN027002: Unknown task '" + name + "'");
  const std::optional<std::string> result = script_result(found->second, target);
  if (!result)
    return reply_text(400,
                      "ISPN027503: Cannot find an appropriate script engine for '" + name + "'");
  return reply_typed(*result, "application/json");
}

// --- scripts ---

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n;");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n;") - begin + 1);
}

std::optional<json::value> term(std::string_view text, const HttpTarget& target) {
  text = trimmed(text);
  const bool quoted = text.size() > 1 && (text.front() == '\'' || text.front() == '"') &&
                      text.find(text.front(), 1) == text.size() - 1;
  if (quoted) return json::value(text.substr(1, text.size() - 2));
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return json::value(number);
  const auto given = target.query.find("param." + std::string(text));
  if (given != target.query.end()) return json::value(given->second);
  return std::nullopt;
}

// As JavaScript's "+": numbers are added, anything else is joined as text.
json::value sum(const json::value& a, const json::value& b) {
  if (a.is_int64() && b.is_int64()) {
    int64_t total = 0;
    if (!__builtin_add_overflow(a.get_int64(), b.get_int64(), &total)) return json::value(total);
  }
  const auto text = [](const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json_text(value);
  };
  return json::value(text(a) + text(b));
}

}  // namespace

std::optional<std::string> script_result(std::string_view script, const HttpTarget& target) {
  while (script.starts_with("//")) {
    const size_t end = script.find('\n');
    script = end == std::string_view::npos ? std::string_view() : script.substr(end + 1);
  }
  std::optional<json::value> total;
  while (!script.empty()) {
    const size_t plus = script.find('+');
    const std::optional<json::value> next = term(script.substr(0, plus), target);
    if (!next) return std::nullopt;
    total = total ? sum(*total, *next) : *next;
    if (plus == std::string_view::npos) break;
    script.remove_prefix(plus + 1);
  }
  if (!total) return std::nullopt;
  return json_text(*total);
}

HttpResponse schemas_route(Node& node, const HttpRequest& request,
                           std::span<const std::string> names, SteadyTime deadline) {
  if (names.empty()) return request.method == "GET" ? schema_names(node) : not_allowed();
  std::string name = names.front();
  for (const std::string& part : names.subspan(1)) name += "/" + part;
  if (!name.ends_with(".proto")) name += ".proto";
  if (request.method == "POST" || request.method == "PUT")
    return put_schema(node, request, name, deadline);
  if (request.method == "DELETE") {
    const auto removed = node.remove_schema(name, deadline);
    if (!removed.ok()) return reply_error(removed.status());
    return reply(*removed ? 204 : 404);
  }
  if (request.method != "GET") return not_allowed();
  const std::map<std::string, std::string> schemas = node.schemas();
  const auto found = schemas.find(name);
  return found == schemas.end() ? reply(404) : reply_typed(found->second, "text/plain");
}

HttpResponse tasks_route(Node& node, const HttpRequest& request, std::span<const std::string> names,
                         const HttpTarget& target, SteadyTime deadline) {
  if (names.empty()) {
    const auto type = target.query.find("type");
    const bool user_only = type != target.query.end() && type->second == "user";
    return request.method == "GET" ? task_names(node, user_only) : not_allowed();
  }
  if (names.size() > 1) return not_found();
  const std::string& name = names.front();
  if (request.method == "POST" && target.action() == "exec") return run_task(node, name, target);
  if (request.method != "POST" && request.method != "PUT") return not_allowed();
  const Status stored = node.put_task(name, request.body.text(), deadline);
  return stored.ok() ? reply(200) : reply_error(stored);
}

}  // namespace drydock::fakegrid

#include "fakegrid/server/rest_counters.h"

#include <charconv>

#include "core/base/json.h"
#include "fakegrid/server/config_render.h"
#include "fakegrid/server/rest_reply.h"

namespace drydock::fakegrid {
namespace {

// Numbers come as numbers or as strings.
int64_t member_number(const json::object& members, std::string_view name, int64_t otherwise) {
  const json::value* value = members.if_contains(name);
  if (value == nullptr) return otherwise;
  if (value->is_int64()) return value->get_int64();
  if (!value->is_string()) return otherwise;
  const std::string_view text = value->get_string();
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

CounterConfiguration strong_configuration(const json::object& members) {
  CounterConfiguration out;
  out.initial_value = member_number(members, "initial-value", 0);
  out.lower_bound = member_number(members, "lower-bound", INT64_MIN);
  out.upper_bound = member_number(members, "upper-bound", INT64_MAX);
  const bool bounded = members.contains("lower-bound") || members.contains("upper-bound");
  out.type = bounded ? CounterType::kBoundedStrong : CounterType::kUnboundedStrong;
  out.lifespan_ms = member_number(members, "lifespan", -1);
  return out;
}

CounterConfiguration weak_configuration(const json::object& members) {
  CounterConfiguration out;
  out.type = CounterType::kWeak;
  out.initial_value = member_number(members, "initial-value", 0);
  out.concurrency_level = static_cast<int32_t>(member_number(members, "concurrency-level", 16));
  out.lifespan_ms = 0;
  return out;
}

Result<CounterConfiguration> configuration_of(const std::string& body,
                                              const ServerVersion& version) {
  DRYDOCK_ASSIGN(const json::value value, json_parse(body));
  const json::object& strong = json_object(value, {"strong-counter"});
  const json::object& weak = json_object(value, {"weak-counter"});
  const bool is_strong = json_find(value, {"strong-counter"}) != nullptr;
  if (!is_strong && json_find(value, {"weak-counter"}) == nullptr)
    return Status(Code::kInvalid, "Invalid configuration");
  CounterConfiguration out = is_strong ? strong_configuration(strong) : weak_configuration(weak);
  const std::string storage =
      json_string(value, {is_strong ? "strong-counter" : "weak-counter", "storage"}, "VOLATILE");
  out.storage = storage == "PERSISTENT" ? CounterStorage::kPersistent : CounterStorage::kVolatile;
  if (!version.at_least(13)) out.lifespan_ms.reset();
  return out;
}

HttpResponse create(Node& node, const HttpRequest& request, const std::string& name,
                    SteadyTime deadline) {
  const std::string body = request.body.text();
  if (body.empty()) return reply_text(400, "Configuration not provided");
  const auto configuration = configuration_of(body, node.version());
  if (!configuration.ok()) return reply_error(configuration.status());
  const auto created =
      node.create_counter({name, *configuration, configuration->initial_value}, deadline);
  return created.ok() ? reply(200) : reply_error(created.status());
}

// A query parameter that must be one number; an error is the answer.
Result<int64_t> number_parameter(const HttpTarget& target, const std::string& name) {
  const auto found = target.query.find(name);
  if (found == target.query.end())
    return Status(Code::kInvalid, "A single '" + name + "' param must be provided");
  int64_t value = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return Status(Code::kInvalid, "Param '" + name + "' must be a number");
  return value;
}

HttpResponse add(Node& node, const CounterRecord& counter, int64_t delta, SteadyTime deadline) {
  const auto value = node.add_to_counter(counter.name, delta, deadline);
  if (!value.ok()) return reply_error(value.status());
  if (counter.configuration.type == CounterType::kWeak) return reply(204);
  return reply_typed(std::to_string(*value), "application/json");
}

HttpResponse swap(Node& node, const CounterRecord& counter, const HttpTarget& target,
                  SteadyTime deadline) {
  const auto expected = number_parameter(target, "expect");
  if (!expected.ok()) return reply_error(expected.status());
  const auto update = number_parameter(target, "update");
  if (!update.ok()) return reply_error(update.status());
  if (counter.configuration.type == CounterType::kWeak)
    return reply_text(400, "Strong counter '" + counter.name + "' not found");
  const auto before = node.swap_counter(counter.name, *expected, *update, deadline);
  if (!before.ok()) return reply_error(before.status());
  if (target.action() == "compareAndSwap")
    return reply_typed(std::to_string(*before), "application/json");
  return reply_typed(*before == *expected ? "true" : "false", "application/json");
}

HttpResponse reset(Node& node, const CounterRecord& counter, SteadyTime deadline) {
  const Status done = node.set_counter(counter.name, counter.configuration.initial_value, deadline);
  return done.ok() ? reply(204) : reply_error(done);
}

HttpResponse operate(Node& node, const CounterRecord& counter, const HttpTarget& target,
                     SteadyTime deadline) {
  const std::string action = target.action();
  if (action == "increment") return add(node, counter, 1, deadline);
  if (action == "decrement") return add(node, counter, -1, deadline);
  if (action == "reset") return reset(node, counter, deadline);
  if (action == "compareAndSet" || action == "compareAndSwap")
    return swap(node, counter, target, deadline);
  if (action != "add") return reply_text(400, "Invalid 'action' parameter supplied");
  const auto delta = number_parameter(target, "delta");
  return delta.ok() ? add(node, counter, *delta, deadline) : reply_error(delta.status());
}

}  // namespace

std::string counter_configuration(const CounterRecord& counter, const ServerVersion& version) {
  const CounterConfiguration& given = counter.configuration;
  const bool weak = given.type == CounterType::kWeak;
  const bool texts = version.at_least(14);
  json::object members;
  const auto add_number = [&](std::string_view name, int64_t value) {
    members[name] = texts ? json::value(std::to_string(value)) : json::value(value);
  };
  if (!texts) members["name"] = counter.name;
  add_number("initial-value", given.initial_value);
  members["storage"] = given.storage == CounterStorage::kPersistent ? "PERSISTENT" : "VOLATILE";
  if (given.type == CounterType::kBoundedStrong) {
    add_number("lower-bound", given.lower_bound);
    add_number("upper-bound", given.upper_bound);
  }
  if (weak) add_number("concurrency-level", given.concurrency_level);
  if (!weak && texts) add_number("lifespan", given.lifespan_ms.value_or(-1));
  const json::object whole{{weak ? "weak-counter" : "strong-counter", std::move(members)}};
  const bool spaced = texts && !version.at_least(15);
  return spaced ? spaced_json(whole) : json_text(whole);
}

HttpResponse counters_route(Node& node, const HttpRequest& request, SteadyTime deadline) {
  if (request.method != "GET") return not_allowed();
  const auto counters = node.counters(deadline);
  if (!counters.ok()) return reply_error(counters.status());
  json::array names;
  for (const CounterRecord& counter : *counters) names.emplace_back(counter.name);
  return reply_json(names);
}

HttpResponse counter_route(Node& node, const HttpRequest& request, const std::string& name,
                           const HttpTarget& target, SteadyTime deadline) {
  const bool config = target.path.size() == 5 && target.path.back() == "config";
  if (target.path.size() > 4 && !config) return not_found();
  const bool posts = request.method == "POST";
  if (posts && target.action().empty()) return create(node, request, name, deadline);
  const auto counter = node.counter(name, deadline);
  if (counter.status().code() == Code::kNotFound) return reply(404);
  if (!counter.ok()) return reply_error(counter.status());
  if (posts) return operate(node, *counter, target, deadline);
  if (request.method == "DELETE") {
    const auto removed = node.remove_counter(name, deadline);
    return removed.ok() ? reply(204) : reply_error(removed.status());
  }
  if (request.method != "GET") return not_allowed();
  if (config)
    return reply_typed(counter_configuration(*counter, node.version()), "application/json");
  HttpResponse out = reply_typed(std::to_string(counter->value), "text/plain");
  out.headers.emplace_back("cache-control", "no-cache");
  return out;
}

}  // namespace drydock::fakegrid

#include "fakekube/actors/pod_log.h"

#include <algorithm>
#include <charconv>

#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

struct Wanted {
  std::string container;
  bool previous = false;
  bool timestamps = false;
  std::optional<int64_t> tail_lines;
  std::optional<int64_t> limit_bytes;
  std::optional<int64_t> since_seconds;
  std::optional<WallTime> since_time;
};

bool is_true(const std::string& text) { return text == "true" || text == "1"; }

std::optional<int64_t> number(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Wanted read_parameters(const ApiCall& call) {
  Wanted wanted;
  for (const auto& [key, value] : call.other_parameters) {
    if (key == "container") wanted.container = value;
    if (key == "previous") wanted.previous = is_true(value);
    if (key == "timestamps") wanted.timestamps = is_true(value);
    if (key == "tailLines") wanted.tail_lines = number(value);
    if (key == "limitBytes") wanted.limit_bytes = number(value);
    if (key == "sinceSeconds") wanted.since_seconds = number(value);
    if (key == "sinceTime") wanted.since_time = parse_rfc3339(value);
  }
  return wanted;
}

std::optional<ApiReply> check_parameters(const ApiCall& call, const Wanted& wanted) {
  FieldErrors errors;
  if (wanted.tail_lines && *wanted.tail_lines < 0)
    errors.push_back(invalid_value("tailLines", std::to_string(*wanted.tail_lines),
                                   "must be greater than or equal to 0"));
  if (wanted.limit_bytes && *wanted.limit_bytes < 1)
    errors.push_back(
        invalid_value("limitBytes", std::to_string(*wanted.limit_bytes), "must be greater than 0"));
  if (wanted.since_seconds && wanted.since_time)
    errors.push_back(
        forbidden_value("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  else if (wanted.since_seconds && *wanted.since_seconds < 1)
    errors.push_back(invalid_value("sinceSeconds", std::to_string(*wanted.since_seconds),
                                   "must be greater than 0"));
  if (errors.empty()) return std::nullopt;
  return invalid("PodLogOptions", "PodLogOptions", "", call.name, errors);
}

std::vector<std::string> container_names(const json::value& pod) {
  std::vector<std::string> names;
  for (std::string_view list : {"initContainers", "containers"})
    for (const json::value& container : json_array(pod, {"spec", list}))
      names.push_back(json_string(container, {"name"}));
  return names;
}

// Fills in the only container's name, or refuses.
std::optional<ApiReply> choose_container(const ApiCall& call, const json::value& pod,
                                         Wanted& wanted) {
  const std::vector<std::string> names = container_names(pod);
  if (!wanted.container.empty()) {
    if (std::find(names.begin(), names.end(), wanted.container) != names.end()) return std::nullopt;
    return bad_request("container " + wanted.container + " is not valid for pod " + call.name);
  }
  if (names.size() == 1) {
    wanted.container = names.front();
    return std::nullopt;
  }
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : " ") + name;
  return bad_request("a container name must be specified for pod " + call.name +
                     ", choose one of: [" + all + "]");
}

// Why the container waits, as its status says; "ContainerCreating" before it has one.
std::string waiting_reason(const json::value& pod, const std::string& container) {
  for (std::string_view list : {"initContainerStatuses", "containerStatuses"})
    for (const json::value& status : json_array(pod, {"status", list}))
      if (string_at(status, {"name"}) == container)
        return json_string(status, {"state", "waiting", "reason"}, "ContainerCreating");
  return "ContainerCreating";
}

ApiReply no_lines(const ApiCall& call, const json::value& pod, const Wanted& wanted) {
  if (wanted.previous)
    return bad_request("previous terminated container " + quoted(wanted.container) + " in pod " +
                       quoted(call.name) + " not found");
  const std::string reason = waiting_reason(pod, wanted.container);
  const std::string head = "container " + quoted(wanted.container) + " in pod " + quoted(call.name);
  if (reason == "ErrImagePull" || reason == "ImagePullBackOff" || reason == "InvalidImageName")
    return bad_request(head + " is waiting to start: trying and failing to pull image");
  return bad_request(head + " is waiting to start: " + reason);
}

std::string format_lines(const std::vector<LogLine>& lines, const Wanted& wanted, WallTime now) {
  size_t first = 0;
  std::optional<WallTime> since = wanted.since_time;
  if (wanted.since_seconds) since = now - seconds(*wanted.since_seconds);
  if (since)
    while (first < lines.size() && lines[first].time < *since) ++first;
  if (wanted.tail_lines) {
    const auto tail = static_cast<size_t>(*wanted.tail_lines);
    if (lines.size() - first > tail) first = lines.size() - tail;
  }
  std::string text;
  for (size_t i = first; i < lines.size(); ++i) {
    if (wanted.timestamps) text.append(format_rfc3339_micro(lines[i].time)).append(" ");
    text.append(lines[i].text).append("\n");
  }
  if (wanted.limit_bytes && text.size() > static_cast<size_t>(*wanted.limit_bytes))
    text.resize(static_cast<size_t>(*wanted.limit_bytes));
  return text;
}

}  // namespace

ApiReply read_pod_log(ApiServer& server, const ApiCall& call) {
  Wanted wanted = read_parameters(call);
  if (auto refused = check_parameters(call, wanted)) return *std::move(refused);
  const Object* found = server.store().find(kPods, call.namespace_name, call.name);
  if (found == nullptr) return not_found(kPods, call.name);
  const JsonPtr pod = found->value;
  if (auto refused = choose_container(call, *pod, wanted)) return *std::move(refused);
  ApiReply reply;
  const std::string_view node = string_at(*pod, {"spec", "nodeName"});
  if (node.empty()) {
    reply.code = 204;
    return reply;
  }
  if (server.log_source() == nullptr) return no_lines(call, *pod, wanted);
  const std::string uid(metadata_string(*pod, "uid"));
  auto lines = server.log_source()->lines(uid, wanted.container, wanted.previous);
  if (!lines.ok() && lines.code() == Code::kUnavailable)
    return failure(500, "",
                   "Get \"https://" + std::string(node) + ":10250/containerLogs/" +
                       call.namespace_name + "/" + call.name + "/" + wanted.container +
                       "\": " + lines.status().message());
  if (!lines.ok()) return no_lines(call, *pod, wanted);
  reply.text = format_lines(**lines, wanted, server.env().wall_now());
  return reply;
}

}  // namespace drydock::fakekube

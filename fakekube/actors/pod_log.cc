#include "fakekube/actors/pod_log.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "core/base/text.h"
#include "fakekube/api/status_error.h"
#include "fakekube/http/query_options.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// How often a follower looks for new lines; a real kubelet is told by the file system.
constexpr Duration kFollowPeriod = milliseconds(100);
constexpr uint16_t kKubeletPort = 10250;

struct LogOptions {
  std::string container;
  bool previous = false;
  bool follow = false;
  bool timestamps = false;
  std::optional<int64_t> tail_lines;
  std::optional<int64_t> limit_bytes;
  std::optional<int64_t> since_seconds;
  std::optional<WallTime> since_time;
};

std::optional<ApiReply> read_number(const std::string& text, std::optional<int64_t>& number) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return bad_request("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax");
  number = value;
  return std::nullopt;
}

std::optional<ApiReply> read_time(const std::string& text, std::optional<WallTime>& time) {
  time = parse_rfc3339(text);
  if (time || text.empty()) return std::nullopt;
  return bad_request("parsing time " + quoted(text) +
                     " as \"2006-01-02T15:04:05Z07:00\": cannot "
                     "parse " +
                     quoted(text) + " as \"2006\"");
}

std::optional<ApiReply> read_options(const ApiCall& call, LogOptions& options) {
  for (const auto& [key, value] : call.other_parameters) {
    std::optional<ApiReply> refused;
    if (key == "container") options.container = value;
    if (key == "previous") options.previous = option_is_true(value);
    if (key == "follow") options.follow = option_is_true(value);
    if (key == "timestamps") options.timestamps = option_is_true(value);
    if (key == "tailLines") refused = read_number(value, options.tail_lines);
    if (key == "limitBytes") refused = read_number(value, options.limit_bytes);
    if (key == "sinceSeconds") refused = read_number(value, options.since_seconds);
    if (key == "sinceTime") refused = read_time(value, options.since_time);
    if (refused) return refused;
  }
  return std::nullopt;
}

std::optional<ApiReply> check_options(const ApiCall& call, const LogOptions& options) {
  FieldErrors errors;
  if (options.tail_lines && *options.tail_lines < 0)
    errors.push_back(invalid_value("tailLines", std::to_string(*options.tail_lines),
                                   "must be greater than or equal to 0"));
  if (options.limit_bytes && *options.limit_bytes < 1)
    errors.push_back(invalid_value("limitBytes", std::to_string(*options.limit_bytes),
                                   "must be greater than 0"));
  if (options.since_seconds && options.since_time)
    errors.push_back(
        forbidden_value("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  else if (options.since_seconds && *options.since_seconds < 1)
    errors.push_back(invalid_value("sinceSeconds", std::to_string(*options.since_seconds),
                                   "must be greater than 0"));
  if (errors.empty()) return std::nullopt;
  return invalid("PodLogOptions", "PodLogOptions", "", call.name, errors);
}

// Fills in the only container's name, or refuses; init containers are never meant unasked.
std::optional<ApiReply> choose_container(const ApiCall& call, const json::value& pod,
                                         LogOptions& options) {
  std::vector<std::string> names;
  for (std::string_view list : {"initContainers", "containers", "ephemeralContainers"})
    for (const json::value& container : json_array(pod, {"spec", list}))
      names.push_back(json_string(container, {"name"}));
  if (!options.container.empty()) {
    if (std::find(names.begin(), names.end(), options.container) != names.end())
      return std::nullopt;
    return bad_request("container " + options.container + " is not valid for pod " + call.name);
  }
  const json::array& main = json_array(pod, {"spec", "containers"});
  if (main.size() == 1) {
    options.container = json_string(main.front(), {"name"});
    return std::nullopt;
  }
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : " ") + name;
  return bad_request("a container name must be specified for pod " + call.name +
                     ", choose one of: [" + all + "]");
}

// The container's status; null before it has one.
const json::value* status_of(const json::value& pod, const std::string& container) {
  for (std::string_view list :
       {"initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"})
    for (const json::value& status : json_array(pod, {"status", list}))
      if (string_at(status, {"name"}) == container) return &status;
  return nullptr;
}

// A kubelet's words for a container that has no log (yet).
ApiReply no_lines(const ApiCall& call, const json::value& pod, const LogOptions& options) {
  const std::string what = quoted(options.container) + " in pod " + quoted(call.name);
  if (options.previous) return bad_request("previous terminated container " + what + " not found");
  const json::value* status = status_of(pod, options.container);
  const json::value* ended =
      status == nullptr ? nullptr : json_find(*status, {"state", "terminated"});
  if (ended != nullptr && json_string(*ended, {"containerID"}).empty())
    return bad_request("container " + what + " is terminated");
  std::string reason = "ContainerCreating";  // also before the status says anything
  if (status != nullptr) reason = json_string(*status, {"state", "waiting", "reason"}, reason);
  const std::string head = "container " + what + " is waiting to start: ";
  if (reason == "ErrImagePull") return bad_request(head + "image can't be pulled");
  if (reason == "ImagePullBackOff") return bad_request(head + "trying and failing to pull image");
  return bad_request(head + reason);
}

// Lines as text, over the whole of one answer or stream.
class LogWriter {
 public:
  explicit LogWriter(const LogOptions& options) : options_(options) {}

  // Which of the lines that are there come first.
  size_t first_of(const std::vector<LogLine>& lines, WallTime now) const {
    size_t first = 0;
    std::optional<WallTime> since = options_.since_time;
    if (options_.since_seconds) since = now - seconds(*options_.since_seconds);
    if (since)
      while (first < lines.size() && lines[first].time < *since) ++first;
    if (!options_.tail_lines) return first;
    const auto tail = static_cast<size_t>(*options_.tail_lines);
    return lines.size() - first > tail ? lines.size() - tail : first;
  }

  std::string text(const std::vector<LogLine>& lines, size_t from) {
    std::string text;
    for (size_t i = from; i < lines.size() && !full(); ++i) {
      std::string line;
      if (options_.timestamps) line = timestamp(lines[i].time) + " ";
      line.append(lines[i].text).append("\n");
      if (options_.limit_bytes)
        line.resize(std::min(line.size(), static_cast<size_t>(*options_.limit_bytes) - written_));
      written_ += line.size();
      text += line;
    }
    return text;
  }

  bool full() const {
    return options_.limit_bytes && written_ >= static_cast<size_t>(*options_.limit_bytes);
  }

 private:
  // Nanoseconds, always nine digits.
  static std::string timestamp(WallTime time) {
    std::string text = format_rfc3339_micro(time);
    const auto nanos = (time.time_since_epoch() % microseconds(1)).count();
    text.insert(text.size() - 1, std::to_string(1000 + nanos).substr(1));
    return text;
  }

  const LogOptions options_;
  size_t written_ = 0;
};

// Writes what the container writes, until it has stopped and everything was written.
class LogFollower {
 public:
  LogFollower(ApiServer& server, std::string pod_uid, const LogOptions& options)
      : server_(server), pod_uid_(std::move(pod_uid)), options_(options), log_(options) {}

  void run(StreamWriter& writer) {
    bool first = true;
    while (!writer.closed()) {
      LogSource& source = *server_.log_source();
      // Asked before the lines are read: the last ones come before the end.
      const bool running = source.running(pod_uid_, options_.container) && !options_.previous;
      const auto lines = source.lines(pod_uid_, options_.container, options_.previous);
      if (!lines.ok() || (*lines)->size() < sent_) return;  // gone, or another life
      if (std::exchange(first, false)) sent_ = log_.first_of(**lines, server_.env().wall_now());
      const std::string text = log_.text(**lines, sent_);
      sent_ = (*lines)->size();
      if (!text.empty() && !writer.write(Body(text)).ok()) return;
      if (!running || log_.full()) return;
      if (!server_.env().sleep_for(kFollowPeriod).ok()) return;
    }
  }

 private:
  ApiServer& server_;
  const std::string pod_uid_;
  const LogOptions options_;
  LogWriter log_;
  size_t sent_ = 0;
};

ApiReply read_from_source(ApiServer& server, const ApiCall& call, const json::value& pod,
                          const LogOptions& options, const std::string& url) {
  if (server.log_source() == nullptr) return no_lines(call, pod, options);
  const std::string uid(metadata_string(pod, "uid"));
  const auto lines = server.log_source()->lines(uid, options.container, options.previous);
  if (!lines.ok() && lines.code() == Code::kUnavailable)
    return failure(500, "", "Get \"" + url + "\": " + lines.status().message());
  if (!lines.ok()) return no_lines(call, pod, options);
  ApiReply reply;
  if (options.follow) {
    auto follower = std::make_shared<LogFollower>(server, uid, options);
    reply.stream = [follower](StreamWriter& writer) { follower->run(writer); };
    return reply;
  }
  LogWriter log(options);
  reply.text = log.text(**lines, log.first_of(**lines, server.env().wall_now()));
  return reply;
}

// The options that a kubelet is asked with, by name.
std::string kubelet_query(const LogOptions& options) {
  std::map<std::string, std::string> query;
  const auto number = [&](const char* name, const std::optional<int64_t>& value) {
    if (value) query[name] = std::to_string(*value);
  };
  if (options.follow) query["follow"] = "true";
  if (options.previous) query["previous"] = "true";
  if (options.timestamps) query["timestamps"] = "true";
  number("tailLines", options.tail_lines);
  number("limitBytes", options.limit_bytes);
  number("sinceSeconds", options.since_seconds);
  if (options.since_time) query["sinceTime"] = percent_encode(format_rfc3339(*options.since_time));
  std::string text;
  for (const auto& [key, value] : query) text += (text.empty() ? "?" : "&") + key + "=" + value;
  return text;
}

Address kubelet_address(const json::value& node) {
  Address address{.host = "", .port = kKubeletPort};
  for (std::string_view type :
       {"Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP"})
    for (const json::value& given : json_array(node, {"status", "addresses"}))
      if (address.host.empty() && string_at(given, {"type"}) == type)
        address.host = json_string(given, {"address"});
  const int64_t port = json_int(node, {"status", "daemonEndpoints", "kubeletEndpoint", "Port"});
  if (port > 0) address.port = static_cast<uint16_t>(port);
  return address;
}

// A kubelet's refusal, as the API server passes it on.
ApiReply kubelet_refusal(const ApiCall& call, int code, const std::string& text) {
  if (code == 400) return bad_request(text);
  if (code == 500)
    return failure(500, "InternalError", "Internal error occurred: " + text,
                   StatusDetails{.causes = {{"", "", text}}});
  const bool missing = code == 404;
  const std::string message = missing ? "the server could not find the requested resource"
                                      : "an error on the server (" + quoted(text) +
                                            ") has prevented the request from succeeding";
  return failure(code, missing ? "NotFound" : "InternalError",
                 message + " ( pods/log " + call.name + ")",
                 StatusDetails{.name = call.name,
                               .kind = "pods/log",
                               .causes = {{"UnexpectedServerResponse", "", text}}});
}

ApiReply ask_kubelet(ApiServer& server, const ApiCall& call, const Address& address,
                     const std::string& target) {
  Result<HttpReply> answer = server.kubelet_connection()->get(address, target);
  if (!answer.ok())
    return failure(
        500, "",
        "Get \"https://" + address.to_string() + target + "\": " + answer.status().message());
  const int code = answer->response.status;
  if (code < 200 || code > 206) return kubelet_refusal(call, code, answer->response.body.text());
  ApiReply reply;
  reply.stream = std::move(answer->stream);
  if (!reply.stream) reply.text = answer->response.body.text();
  return reply;
}

}  // namespace

ApiReply read_pod_log(ApiServer& server, const ApiCall& call) {
  LogOptions options;
  if (auto refused = read_options(call, options)) return *std::move(refused);
  if (auto refused = check_options(call, options)) return *std::move(refused);
  const Object* found = server.store().find(kPods, call.namespace_name, call.name);
  if (found == nullptr) return not_found(kPods, call.name);
  const JsonPtr pod = found->value;
  if (auto refused = choose_container(call, *pod, options)) return *std::move(refused);
  const std::string_view node_name = string_at(*pod, {"spec", "nodeName"});
  if (node_name.empty()) {
    ApiReply nothing;
    nothing.code = 204;
    return nothing;
  }
  const Object* node = server.store().find(kNodes, "", node_name);
  // A real server names the wrong kind here.
  if (node == nullptr) return not_found(kPods, node_name);
  const Address address = kubelet_address(*node->value);
  const std::string target = "/containerLogs/" + call.namespace_name + "/" + call.name + "/" +
                             options.container + kubelet_query(options);
  if (server.kubelet_connection() != nullptr) return ask_kubelet(server, call, address, target);
  return read_from_source(server, call, *pod, options, "https://" + address.to_string() + target);
}

}  // namespace drydock::fakekube

// Infinispan, Pod and quantities as values; see resources.h.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "core/base/resources.h"
#include "core/base/text.h"

namespace drydock {
namespace {

ProbeNumbers parse_probe(const json::value& object, std::string_view name, ProbeNumbers numbers) {
  const json::value* probe = json_find(object, {"spec", "service", "container", name});
  if (probe == nullptr) return numbers;
  numbers.initial_delay_s = json_int(*probe, {"initialDelaySeconds"}, numbers.initial_delay_s);
  numbers.period_s = json_int(*probe, {"periodSeconds"}, numbers.period_s);
  numbers.timeout_s = json_int(*probe, {"timeoutSeconds"}, numbers.timeout_s);
  numbers.success_threshold = json_int(*probe, {"successThreshold"}, numbers.success_threshold);
  numbers.failure_threshold = json_int(*probe, {"failureThreshold"}, numbers.failure_threshold);
  return numbers;
}

int parse_major(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

// The operator writes "View: a,b,c" as the message of a true WellFormed.
std::vector<std::string> parse_view(const Conditions& conditions) {
  constexpr std::string_view kPrefix = "View:";
  const Condition* well_formed = find_condition(conditions, "WellFormed");
  if (well_formed == nullptr || !well_formed->message.starts_with(kPrefix)) return {};
  std::vector<std::string> members;
  std::string_view list = well_formed->message;
  list.remove_prefix(kPrefix.size());
  for (std::string_view part : split(list, ','))
    if (const std::string_view member = trim(part); !member.empty()) members.emplace_back(member);
  return members;
}

std::string non_empty(std::string first, std::string second) {
  return first.empty() ? std::move(second) : std::move(first);
}

// The container's status, or null.
const json::value& operation_container_status(const json::value& object) {
  static const json::value kNone;
  for (const json::value& item : json_array(object, {"status", "containerStatuses"}))
    if (json_string(item, {"name"}) == kOperationContainer) return item;
  return kNone;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_quantity_suffix(std::string_view suffix) {
  static constexpr std::array<std::string_view, 16> kSuffixes{
      "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  for (std::string_view known : kSuffixes)
    if (suffix == known) return true;
  if (suffix.empty() || (suffix.front() != 'e' && suffix.front() != 'E')) return false;
  suffix.remove_prefix(1);
  if (!suffix.empty() && (suffix.front() == '-' || suffix.front() == '+')) suffix.remove_prefix(1);
  return all_digits(suffix);
}

}  // namespace

bool Infinispan::stable() const { return unstable_reason().empty(); }

std::string Infinispan::unstable_reason() const {
  if (meta.deleting) return "it is being deleted";
  for (std::string_view required : {"PreliminaryChecksPassed", "WellFormed"}) {
    const Condition* condition = find_condition(conditions, required);
    if (condition == nullptr) return fmt::format("condition {} is not reported yet", required);
    if (condition->status != "True")
      return fmt::format("condition {} is {}{}{}", required, condition->status,
                         condition->message.empty() ? "" : ": ", condition->message);
  }
  for (std::string_view forbidden : {"GracefulShutdown", "Upgrade", "Stopping"})
    if (condition_true(conditions, forbidden))
      return fmt::format("condition {} is True", forbidden);
  return {};
}

bool Infinispan::stopping() const {
  return meta.deleting || condition_true(conditions, "GracefulShutdown") ||
         condition_true(conditions, "Upgrade") || condition_true(conditions, "Stopping") ||
         replicas == 0;
}

Infinispan parse_infinispan(const json::value& object) {
  Infinispan cluster;
  cluster.meta = parse_meta(object);
  cluster.replicas = json_int(object, {"spec", "replicas"});
  cluster.version = json_string(object, {"spec", "version"});
  cluster.image = non_empty(json_string(object, {"spec", "image"}),
                            json_string(object, {"status", "operand", "image"}));
  cluster.service_type = non_empty(json_string(object, {"spec", "service", "type"}), "DataGrid");
  cluster.service_account = json_string(object, {"spec", "serviceAccountName"});
  cluster.stateful_set =
      non_empty(json_string(object, {"status", "statefulSetName"}), cluster.meta.name);
  cluster.extra_jvm_options = json_string(object, {"spec", "container", "extraJvmOpts"});
  cluster.cli_extra_jvm_options = json_string(object, {"spec", "container", "cliExtraJvmOpts"});
  for (const json::value& item : json_array(object, {"spec", "container", "env"}))
    cluster.environment.push_back({json_string(item, {"name"}), make_json(item)});
  cluster.liveness = parse_probe(object, "livenessProbe", {});
  cluster.readiness = parse_probe(object, "readinessProbe", {});
  cluster.startup = parse_probe(object, "startupProbe", {3, 1, 1, 1, 600});
  cluster.conditions = parse_conditions(object);
  cluster.major_version = parse_major(
      non_empty(cluster.version, json_string(object, {"status", "operand", "version"})));
  cluster.view = parse_view(cluster.conditions);
  return cluster;
}

bool is_member_of_pod(std::string_view member, std::string_view pod) {
  if (!member.starts_with(pod)) return false;
  member.remove_prefix(pod.size());
  return member.empty() || (member.front() == '-' && all_digits(member.substr(1)));
}

std::vector<std::string> missing_data_nodes(const Infinispan& cluster,
                                            const std::vector<std::string>& view) {
  std::vector<std::string> missing;
  for (int64_t ordinal = 0; ordinal < cluster.replicas; ++ordinal) {
    const std::string pod = fmt::format("{}-{}", cluster.stateful_set, ordinal);
    bool present = false;
    for (const std::string& member : view) present = present || is_member_of_pod(member, pod);
    if (!present) missing.push_back(pod);
  }
  return missing;
}

bool Pod::ended() const {
  return container_terminated || phase == "Succeeded" || phase == "Failed";
}

Pod parse_pod(const json::value& object) {
  Pod pod;
  pod.meta = parse_meta(object);
  pod.phase = json_string(object, {"status", "phase"});
  pod.pod_ip = json_string(object, {"status", "podIP"});
  pod.node = json_string(object, {"spec", "nodeName"});
  pod.reason = json_string(object, {"status", "reason"});
  pod.message = json_string(object, {"status", "message"});
  pod.conditions = parse_conditions(object);
  pod.ready = condition_true(pod.conditions, "Ready");
  if (const json::value* seconds_left = json_find(object, {"spec", "activeDeadlineSeconds"});
      seconds_left != nullptr && seconds_left->is_number())
    pod.active_deadline_s = json_int(object, {"spec", "activeDeadlineSeconds"});

  const json::value& container = operation_container_status(object);
  if (const json::value* ended = json_find(container, {"state", "terminated"})) {
    pod.container_terminated = ended->is_object();
    pod.exit_code = json_int(*ended, {"exitCode"});
    pod.termination_reason = json_string(*ended, {"reason"});
    pod.termination_message = json_string(*ended, {"message"});
  }
  pod.waiting_reason = json_string(container, {"state", "waiting", "reason"});
  pod.waiting_message = json_string(container, {"state", "waiting", "message"});
  return pod;
}

std::string TerminationOutcome::to_text() const {
  return json_text(json::object{{"operation", operation},
                                {"name", name},
                                {"outcome", succeeded ? "Succeeded" : "Failed"},
                                {"reason", reason}});
}

std::optional<TerminationOutcome> parse_termination_outcome(std::string_view text) {
  const Result<json::value> parsed = json_parse(text);
  if (!parsed.ok() || !parsed->is_object()) return std::nullopt;
  const std::string outcome = json_string(*parsed, {"outcome"});
  if (outcome != "Succeeded" && outcome != "Failed") return std::nullopt;
  return TerminationOutcome{.operation = json_string(*parsed, {"operation"}),
                            .name = json_string(*parsed, {"name"}),
                            .succeeded = outcome == "Succeeded",
                            .reason = json_string(*parsed, {"reason"})};
}

bool is_positive_quantity(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, end);
  if (number.empty() || number == "." || number.find('.') != number.rfind('.')) return false;
  if (number.find_first_of("123456789") == std::string_view::npos) return false;
  return is_quantity_suffix(text.substr(end));
}

std::optional<LimitAndRequest> parse_limit_and_request(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() > 2) return std::nullopt;
  for (std::string_view part : parts)
    if (!is_positive_quantity(part)) return std::nullopt;
  return LimitAndRequest{std::string(parts.front()), std::string(parts.back())};
}

}  // namespace drydock

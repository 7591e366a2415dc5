#include "fakekube/http/negotiation.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fakekube/api/status_error.h"

namespace drydock::fakekube {
namespace {

struct Clause {
  std::string_view type;     // "application"
  std::string_view subtype;  // "json"
  int quality = 1000;        // thousandths
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The text up to `separator`, which is taken off with it.
std::string_view take(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(part);
}

// "0.8" in thousandths; 1000 when it is no such number.
int quality_of(std::string_view text) {
  const std::string_view whole = take(text, '.');
  if (whole != "0") return 1000;
  int thousandths = 0;
  int place = 100;
  for (const char c : text) {
    if (c < '0' || c > '9') return 1000;
    thousandths += (c - '0') * place;
    place /= 10;
  }
  return thousandths;
}

Clause parse_clause(std::string_view text) {
  Clause clause;
  std::string_view range = take(text, ';');
  clause.type = take(range, '/');
  clause.subtype = trimmed(range);
  if (clause.type == "*" && clause.subtype.empty()) clause.subtype = "*";
  while (!text.empty()) {
    std::string_view parameter = take(text, ';');
    const std::string_view key = take(parameter, '=');
    const std::string_view value = trimmed(parameter);
    if (key == "q")
      clause.quality = quality_of(value);
    else
      clause.parameters.emplace_back(key, value);
  }
  return clause;
}

int specificity(const Clause& clause) {
  return (clause.type == "*" ? 0 : 2) + (clause.subtype == "*" ? 0 : 1);
}

std::vector<Clause> parse_accept(std::string_view header) {
  std::vector<Clause> clauses;
  while (!header.empty()) {
    const std::string_view part = take(header, ',');
    if (!part.empty()) clauses.push_back(parse_clause(part));
  }
  std::stable_sort(clauses.begin(), clauses.end(), [](const Clause& a, const Clause& b) {
    if (a.quality != b.quality) return a.quality > b.quality;
    return specificity(a) > specificity(b);
  });
  return clauses;
}

std::optional<Rendering> rendering_of(std::string_view kind) {
  if (kind == "Table") return Rendering::kTable;
  if (kind == "PartialObjectMetadata") return Rendering::kMetadata;
  if (kind == "PartialObjectMetadataList") return Rendering::kMetadataList;
  return std::nullopt;
}

// False: the clause wants something that this endpoint can't make.
bool read_parameters(const Clause& clause, Transforms transforms, AcceptedForm& form) {
  std::string_view group, version, kind;
  for (const auto& [key, value] : clause.parameters) {
    if (key == "g") group = value;
    if (key == "v") version = value;
    if (key == "as") kind = value;
    if (key == "pretty") form.pretty = value == "1";
    if (key == "stream" && value != "watch") return false;
  }
  if (kind.empty()) return group.empty() && version.empty();
  const std::optional<Rendering> rendering = rendering_of(kind);
  const bool known = group == "meta.k8s.io" && (version == "v1" || version == "v1beta1");
  if (!rendering || !known || transforms == Transforms::kNone) return false;
  if (rendering == Rendering::kTable && transforms == Transforms::kMetadata) return false;
  form.rendering = *rendering;
  form.version = version == "v1" ? "v1" : "v1beta1";
  return true;
}

std::optional<AcceptedForm> accept(const Clause& clause, Transforms transforms) {
  const bool application = clause.type == "application" || clause.type == "*";
  if (!application) return std::nullopt;
  AcceptedForm form;
  form.yaml = clause.subtype == "yaml";
  if (clause.subtype != "json" && clause.subtype != "*" && !form.yaml) return std::nullopt;
  if (!read_parameters(clause, transforms, form)) return std::nullopt;
  return form;
}

// What clients that a person looks at get unasked.
bool wants_pretty(const HttpRequest& request) {
  const size_t at = request.target.find("pretty=");
  if (at != std::string::npos && (request.target[at - 1] == '?' || request.target[at - 1] == '&')) {
    std::string_view value = std::string_view(request.target).substr(at + 7);
    value = value.substr(0, value.find('&'));
    if (!value.empty())
      return value == "true" || value == "1" || value == "t" || value == "T" || value == "TRUE" ||
             value == "True";
  }
  const std::string* agent = find_header(request.headers, "User-Agent");
  if (agent == nullptr) return false;
  return agent->starts_with("curl") || agent->starts_with("Wget") ||
         agent->starts_with("Mozilla/5.0");
}

}  // namespace

std::optional<AcceptedForm> negotiate(const HttpRequest& request, Transforms transforms) {
  const bool pretty = wants_pretty(request);
  const std::string* header = find_header(request.headers, "Accept");
  if (header == nullptr || header->empty() || *header == "application/json") {
    AcceptedForm plain;
    plain.pretty = pretty;
    return plain;
  }
  for (const Clause& clause : parse_accept(*header))
    if (std::optional<AcceptedForm> form = accept(clause, transforms)) {
      form->pretty |= pretty;
      return form;
    }
  return std::nullopt;
}

ApiReply not_acceptable() {
  return failure(406, "NotAcceptable",
                 "only the following media types are accepted: application/json, "
                 "application/yaml, application/vnd.kubernetes.protobuf");
}

}  // namespace drydock::fakekube

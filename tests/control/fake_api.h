// A scripted API server for the tests of core/control: a table of objects behind the Kubernetes
// paths, with resourceVersions, status subresources, merge patches and watches; every request is
// kept, and any answer can be replaced. It has no schema, no defaulting and no other actor; the
// real rules are tested with fakekube.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/sync.h"
#include "core/base/text.h"
#include "sim/simulation.h"

namespace drydock::control {

inline json::value parse_json(std::string_view text) {
  Result<json::value> value = json_parse(text);
  EXPECT_TRUE(value.ok()) << value.status().to_string() << "\n" << text;
  return value.ok() ? *std::move(value) : json::value();
}

inline HttpResponse status_reply(int code, std::string_view reason, std::string_view message,
                                 Headers headers = {}) {
  json::value body = json::object{{"kind", "Status"},
                                  {"status", "Failure"},
                                  {"code", code},
                                  {"reason", reason},
                                  {"message", message}};
  return {code, std::move(headers), make_json(std::move(body))};
}

class FakeApi {
 public:
  static constexpr const char* kIp = "10.96.0.1";

  explicit FakeApi(sim::Simulation& simulation)
      : process_(simulation.add_process("api", "api-host", kIp)), changed_(process_.make_gate()) {
    auto listener = process_.wire().serve(443, [this](const HttpRequest& r) { return handle(r); });
    EXPECT_TRUE(listener.ok());
    listener_ = *std::move(listener);
    process_.keep(changed_);  // watches wait on it until the simulation ends
  }

  // Answers instead of the table when it returns something. May suspend.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> intercept;
  // What was asked: "POST /api/v1/namespaces/ns/pods".
  std::vector<std::string> requests;

  // Creates or replaces behind the clients' back; watches see it.
  void put(const std::string& plural, json::value object) {
    const std::string name = json_string(object, {"metadata", "name"});
    const bool exists = tables_[plural].contains(name);
    if (json_string(object, {"metadata", "uid"}).empty())
      json_at(object, {"metadata", "uid"}) = "uid-" + std::to_string(++uids_);
    store(plural, name, std::move(object), exists ? "MODIFIED" : "ADDED");
  }
  void patch(const std::string& plural, const std::string& name, std::string_view merge) {
    json::value object = *get(plural, name);
    json_merge_patch(object, parse_json(merge));
    store(plural, name, std::move(object), "MODIFIED");
  }
  JsonPtr get(const std::string& plural, const std::string& name) {
    const auto found = tables_[plural].find(name);
    return found == tables_[plural].end() ? nullptr : found->second;
  }
  void remove(const std::string& plural, const std::string& name) {
    JsonPtr last = get(plural, name);
    tables_[plural].erase(name);
    if (last == nullptr) return;
    json::value state = *last;
    json_at(state, {"metadata", "resourceVersion"}) = std::to_string(++version_);
    announce(plural, "DELETED", make_json(std::move(state)));
  }
  const std::map<std::string, JsonPtr>& objects(const std::string& plural) {
    return tables_[plural];
  }
  // Watches that ask for an older version are told 410.
  void compact() { floor_ = version_; }
  // Ends every open watch.
  void cut_watches() {
    ++cuts_;
    changed_->notify_all();
  }
  int count(std::string_view request) const {
    int found = 0;
    for (const std::string& line : requests) found += line == request;
    return found;
  }
  sim::Process& process() { return process_; }

 private:
  struct Event {
    int64_t version;
    std::string plural;
    JsonPtr event;
  };
  struct Path {
    std::string plural, name, subresource;
    std::map<std::string, std::string> query;
  };

  static Path parse_path(const std::string& target) {
    Path path;
    const size_t mark = target.find('?');
    std::vector<std::string_view> parts = split(std::string_view(target).substr(1, mark - 1), '/');
    parts.erase(parts.begin(), parts.begin() + (parts[0] == "api" ? 2 : 3));
    if (parts.size() > 2 && parts[0] == "namespaces") parts.erase(parts.begin(), parts.begin() + 2);
    path.plural = parts[0];
    if (parts.size() > 1) path.name = parts[1];
    if (parts.size() > 2) path.subresource = parts[2];
    if (mark == std::string::npos) return path;
    for (std::string_view pair : split(std::string_view(target).substr(mark + 1), '&')) {
      const size_t equals = pair.find('=');
      path.query[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
    }
    return path;
  }

  void store(const std::string& plural, const std::string& name, json::value object,
             std::string_view event) {
    json_at(object, {"metadata", "resourceVersion"}) = std::to_string(++version_);
    JsonPtr stored = make_json(std::move(object));
    tables_[plural][name] = stored;
    announce(plural, event, stored);
  }
  void announce(const std::string& plural, std::string_view type, const JsonPtr& object) {
    events_.push_back(
        {version_, plural, make_json(json::object{{"type", type}, {"object", *object}})});
    changed_->notify_all();
  }

  HttpReply handle(const HttpRequest& request) {
    requests.push_back(request.method + " " + request.target);
    if (intercept)
      if (auto answer = intercept(request)) return *std::move(answer);
    const Path path = parse_path(request.target);
    if (request.method == "POST") return create(path, request);
    if (path.name.empty()) return path.query.contains("watch") ? watch(path) : list(path);
    const JsonPtr object = get(path.plural, path.name);
    if (object == nullptr)
      return status_reply(404, "NotFound", path.plural + " \"" + path.name + "\" not found");
    if (request.method == "GET") return HttpResponse{200, {}, object};
    if (request.method == "DELETE") {
      remove(path.plural, path.name);
      return HttpResponse{200, {}, object};
    }
    return change(path, request, *object);
  }

  HttpReply create(const Path& path, const HttpRequest& request) {
    json::value object = **request.body.json();
    const std::string name = json_string(object, {"metadata", "name"});
    if (get(path.plural, name) != nullptr)
      return status_reply(409, "AlreadyExists", path.plural + " \"" + name + "\" already exists");
    put(path.plural, std::move(object));
    return HttpResponse{201, {}, get(path.plural, name)};
  }

  HttpReply change(const Path& path, const HttpRequest& request, const json::value& old) {
    const json::value body = **request.body.json();
    const std::string version = json_string(body, {"metadata", "resourceVersion"});
    if (!version.empty() && version != json_string(old, {"metadata", "resourceVersion"}))
      return status_reply(409, "Conflict", "the object has been modified");
    json::value changed = request.method == "PUT" ? body : old;
    if (request.method == "PATCH") json_merge_patch(changed, body);
    json::value result = old;
    if (path.subresource == "status") {
      json_at(result, {"status"}) = json_at(changed, {"status"});
    } else {
      result = changed;
    }
    if (result != old) store(path.plural, path.name, std::move(result), "MODIFIED");
    return HttpResponse{200, {}, get(path.plural, path.name)};
  }

  HttpReply list(const Path& path) {
    const size_t limit = std::stoul(path.query.at("limit"));
    const auto from = path.query.find("continue");
    json::array items;
    json::object metadata{{"resourceVersion", std::to_string(version_)}};
    for (const auto& [name, object] : tables_[path.plural]) {
      if (from != path.query.end() && name <= from->second) continue;
      if (items.size() == limit) {
        metadata["continue"] = json_string(items.back(), {"metadata", "name"});
        break;
      }
      items.push_back(*object);
    }
    return HttpResponse{200, {}, make_json(json::object{{"metadata", metadata}, {"items", items}})};
  }

  HttpReply watch(const Path& path) {
    const int64_t from = std::stoll(path.query.at("resourceVersion"));
    const auto ends = process_.now() + seconds(std::stoll(path.query.at("timeoutSeconds")));
    return HttpReply(HttpResponse{200, {}, {}},
                     [this, path, from, ends, changed = changed_](StreamWriter& writer) {
                       if (from < floor_) {
                         json::value gone = json::object{
                             {"type", "ERROR"},
                             {"object", json::object{{"kind", "Status"},
                                                     {"code", 410},
                                                     {"reason", "Expired"},
                                                     {"message", "too old resource version"}}}};
                         (void)writer.write(make_json(std::move(gone)));
                         return;
                       }
                       writer.on_closed([changed] { changed->notify_all(); });
                       const int cuts = cuts_;
                       int64_t sent = from;
                       while (cuts == cuts_ && !writer.closed()) {
                         for (size_t i = 0; i < events_.size(); ++i) {
                           if (events_[i].version <= sent || events_[i].plural != path.plural)
                             continue;
                           sent = events_[i].version;
                           if (!writer.write(events_[i].event).ok()) return;
                         }
                         if (!changed->wait(ends).ok()) return;
                       }
                     });
  }

  sim::Process& process_;
  std::shared_ptr<Gate> changed_;
  std::unique_ptr<Listener> listener_;
  std::map<std::string, std::map<std::string, JsonPtr>> tables_;
  std::vector<Event> events_;
  int64_t version_ = 100;
  int64_t floor_ = 0;
  int uids_ = 0;
  int cuts_ = 0;
};

}  // namespace drydock::control

#include "harness/conformance/grid/split_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "core/base/sync.h"
#include "harness/conformance/grid/restart_probe.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr Duration kPatience = seconds(20);      // of the recorder's client
constexpr Duration kShortPatience = seconds(8);  // in the probe just after the fault's end
constexpr Duration kRestartPatience = seconds(6);
constexpr Duration kSlow = seconds(5);  // an answer that took longer ends a batch
constexpr int kKeys = 200;
constexpr int64_t kBigKeys = 60'000;
const char* const kTimeOut = "TimeoutError";

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

struct Said {
  std::string status;
  std::string body;
  bool slow = false;
};

class Prober {
 public:
  Prober(Cluster& cluster, const json::value& record)
      : cluster_(cluster),
        record_(record),
        node_(json_string(record, {"node"})),
        cache_(json_string(record, {"cache"})) {
    const std::string tag = json_string(record, {"tag"});
    // The recorder was as short where a time-out shows it.
    const bool timed_out = json::serialize(record).find(kTimeOut) != std::string::npos;
    patience_ = tag == "just after" || timed_out ? kShortPatience : kPatience;
    restarts_ = json_string(record, {"case"}).starts_with('D');
    if (restarts_) patience_ = kRestartPatience;
  }

  json::object read() {
    const int count = restarts_ || json_string(record_, {"tag"}) == "end" ? 12 : 24;
    json::object out;
    for (int i = 0; i < count; ++i)
      if (note(out, request("GET", key("k", i * (kKeys / count))))) break;
    json::object said{{"answers", std::move(out)}, {"text", text_}};
    if (restarts_) {
      const Said counted = request("GET", target() + "?action=size");
      said["size"] = json::array{number_or_name(counted.status), json::value(counted.body)};
    }
    return said;
  }

  json::object write_one() {
    const std::string name = json_string(record_, {"tag"});
    const Said said = request("PUT", target() + "/wrote-" + dashed(name), "x");
    return json::object{{"status", number_or_name(said.status)}, {"text", said.body}};
  }

  json::object write() {
    json::object groups;
    for (const auto& [group, answers] : json_object(record_, {"answers"})) {
      json::object out;
      const bool ended = write_group(std::string(group), out);
      groups[group] = std::move(out);
      if (ended) break;
    }
    return json::object{{"answers", std::move(groups)}, {"text", text_}};
  }

  json::object sweep() {
    json::object groups;
    for (int i = 0; i < kKeys; ++i) sweep_key(group_of(i), key("k", i), groups);
    for (int n = 0; n < 4; ++n)
      for (int i = 0; i < 10; ++i)
        sweep_key(fmt::format("new-node{}", n), key(fmt::format("new-node{}-", n), i), groups);
    return json::object{{"groups", std::move(groups)}, {"size", size()}};
  }

  std::string size() { return request("GET", target() + "?action=size").body; }

  json::object counter(bool increment) {
    const std::string path = "/rest/v2/counters/" + json_string(record_, {"counter"});
    const Said said =
        increment ? request("POST", path + "?action=increment") : request("GET", path);
    return json::object{{"status", said.status}, {"value", said.body}};
  }

 private:
  std::string target() const { return "/rest/v2/caches/" + cache_; }
  std::string key(const std::string& prefix, int number) const {
    return fmt::format("{}/{}{}", target(), prefix, number);
  }

  static std::string group_of(int number) {
    if (number < 100) return "k0xx";
    return number < 170 ? fmt::format("k{}x", number / 10) : "k17x+";
  }

  Said request(const std::string& method, const std::string& path, const std::string& body = "") {
    const SteadyTime begin = cluster_.env().now();
    HttpRequest request{.method = method, .target = path};
    if (!body.empty()) {
      request.headers = {{"Content-Type", "text/plain"}};
      request.body = Body(body);
    }
    const Result<Answer> answer = cluster_.call(node_, std::move(request), patience_);
    const bool slow = cluster_.env().now() - begin > kSlow;
    if (!answer.ok())
      return {name_of_failure(answer.status()), text_of_failure(answer.status()),
              answer.code() == Code::kDeadlineExceeded};
    return {std::to_string(answer->status), answer->body, slow};
  }

  // True: the batch ends.
  bool note(json::object& out, const Said& said) {
    json::value& count = out[said.status];
    count = count.is_null() ? 1 : count.to_number<int64_t>() + 1;
    if (said.status != "200" && said.status != "404" && said.status != "204" && text_.empty())
      text_ = said.body;
    return said.slow;
  }

  bool write_group(const std::string& group, json::object& out) {
    const bool removes = group == "k15x" || group == "k16x";
    const std::string prefix =
        group == "new" ? fmt::format("new-{}-", node_) : group.substr(0, group.size() - 1);
    const std::string value = fmt::format("{} by {}", json_string(record_, {"tag"}), node_);
    for (int i = 0; i < (removes ? 5 : 10); ++i) {
      const std::string path = key(prefix, i);
      if (note(out, removes ? request("DELETE", path) : request("PUT", path, value))) return true;
    }
    return false;
  }

  void sweep_key(const std::string& group, const std::string& path, json::object& groups) {
    const Said said = request("GET", path);
    json::value& kinds = groups[group];
    if (kinds.is_null()) kinds = json::object();
    json::value& count = kinds.get_object()[said.status == "200" ? said.body : said.status];
    count = count.is_null() ? 1 : count.to_number<int64_t>() + 1;
  }

  // 200 of "200".
  static json::value number_or_name(const std::string& status) {
    return is_number(status) ? json::value(std::stoll(status)) : json::value(status);
  }
  static std::string dashed(std::string text) {
    std::replace(text.begin(), text.end(), ' ', '-');
    return text;
  }

  Cluster& cluster_;
  const json::value& record_;
  const std::string node_, cache_;
  Duration patience_{};
  bool restarts_ = false;
  std::string text_;
};

using Counts = std::map<std::string, int64_t>;

Counts counts_of(const json::value& value) {
  Counts counts;
  for (const auto& [kind, count] : value.as_object()) counts[kind] = count.to_number<int64_t>();
  return counts;
}

bool is_chance(int64_t apart, int64_t all) {
  return 2 * apart * apart <= 9 * all || 8 * std::abs(apart) <= all;
}

int64_t sum(const Counts& counts) {
  int64_t total = 0;
  for (const auto& [kind, count] : counts) total += count;
  return total;
}

// Of several kinds of answers the shares are chance, as far as same_share() has it.
std::string shares_difference(const Counts& recorded, const Counts& ours,
                              const std::string& where) {
  const int64_t all = sum(recorded);
  std::set<std::string> kinds;
  for (const Counts* counts : {&recorded, &ours})
    for (const auto& [kind, count] : *counts) kinds.insert(kind);
  for (const std::string& kind : kinds) {
    const auto of = [&](const Counts& counts) {
      const auto found = counts.find(kind);
      return found == counts.end() ? 0 : found->second;
    };
    const int64_t apart = of(recorded) - of(ours);
    if (apart != 0 && !is_chance(apart, all))
      return fmt::format("{}: recorded {} of kind '{}', ours {}", where, of(recorded), kind,
                         of(ours));
  }
  return "";
}

// A kind may be missing in a small batch.
std::string batch_difference(const Counts& recorded, const Counts& ours,
                             const std::set<std::string>& kinds, bool cut_short,
                             const std::string& where) {
  const auto wrong = [&] {
    return fmt::format("{}: recorded {}, ours {}", where,
                       json::serialize(json::value_from(recorded)),
                       json::serialize(json::value_from(ours)));
  };
  if (!cut_short && sum(recorded) != sum(ours)) return wrong();
  if (recorded.size() == 1 && kinds.size() == 1)
    return ours.size() == 1 && ours.begin()->first == recorded.begin()->first ? "" : wrong();
  for (const auto& [kind, count] : ours)
    if (kinds.count(kind) == 0) return wrong();
  return cut_short ? "" : shares_difference(recorded, ours, where);
}

std::set<std::string> kinds_of(const json::object& groups) {
  std::set<std::string> kinds;
  for (const auto& [group, counts] : groups)
    for (const auto& [kind, count] : counts.as_object()) kinds.insert(kind);
  return kinds;
}

Counts totals_of(const json::object& groups) {
  Counts totals;
  for (const auto& [group, counts] : groups)
    for (const auto& [kind, count] : counts_of(counts)) totals[kind] += count;
  return totals;
}

// Groups of one kind are the same for everybody; the kinds of the others may be mixed anew.
std::string groups_difference(const json::object& recorded, const json::object& ours) {
  std::set<std::string> mixed;
  for (const auto& [group, counts] : recorded)
    if (counts.as_object().size() > 1)
      for (const std::string& kind : kinds_of({{group, counts}})) mixed.insert(kind);
  for (const auto& [group, counts] : recorded) {
    const json::value* mine = ours.if_contains(group);
    if (mine == nullptr) return fmt::format("{}: ours ended before it", std::string_view(group));
    std::set<std::string> kinds = kinds_of({{group, counts}});
    for (const std::string& kind : kinds)
      if (mixed.count(kind) > 0) kinds.insert(mixed.begin(), mixed.end());
    const bool cut_short = kinds.count(kTimeOut) > 0;
    std::string found =
        batch_difference(counts_of(counts), counts_of(*mine), kinds, cut_short, std::string(group));
    if (!found.empty()) return found;
  }
  return mixed.count(kTimeOut) > 0 ? ""
                                   : shares_difference(totals_of(recorded), totals_of(ours), "all");
}

// What differs from run to run in messages: numbers of requests, whose owners were asked, keys.
std::string masked(std::string text) {
  const auto cut = [&](std::string_view from, std::string_view to) {
    const size_t begin = text.find(from);
    const size_t end = begin == std::string::npos ? begin : text.find(to, begin + from.size());
    if (end != std::string::npos) text.replace(begin + from.size(), end - begin - from.size(), "*");
  };
  cut("for request ", " after ");
  cut("WrappedByteArray[", "]");
  if (const size_t at = text.find("14.24 "); at != std::string::npos) text[at + 4] = '5';
  return text;
}

bool is_true(const json::value& record, const char* name) {
  const json::value* value = json_find(record, {name});
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::string text_difference_of(const json::value& recorded, const json::object& ours) {
  const std::string wanted = masked(json_string(recorded, {"text"}));
  const std::string mine = masked(json_string(json::value(ours), {"text"}));
  if (wanted == mine || wanted.empty()) return "";
  return fmt::format("text: recorded '{}', ours '{}'", wanted, mine);
}

std::string plain(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

// Of a read of a restart: [status, size or text].
std::string size_difference(const json::value& recorded, const json::object& ours) {
  const json::value* wanted = json_find(recorded, {"size"});
  if (wanted == nullptr) return "";
  const json::array& theirs = wanted->as_array();
  const json::array& mine = ours.at("size").as_array();
  const std::string size = plain(theirs[1]), our_size = plain(mine[1]);
  const bool same = size == our_size || (is_number(size) && is_number(our_size) &&
                                         same_share(std::stoll(size), std::stoll(our_size), kKeys));
  return theirs[0] == mine[0] && same
             ? ""
             : fmt::format("size: recorded {}, ours {}", json::serialize(*wanted),
                           json::serialize(json::value(mine)));
}

}  // namespace

json::object probe(Cluster& cluster, const json::value& record) {
  Prober prober(cluster, record);
  const std::string op = json_string(record, {"op"});
  if (op == "read") return prober.read();
  if (op == "container+health") return look_at_container(cluster, record);
  if (op == "write")
    return json_find(record, {"answers"}) != nullptr ? prober.write() : prober.write_one();
  if (op == "sweep") return prober.sweep();
  if (op == "size") return json::object{{"size", prober.size()}};
  return prober.counter(op == "counter increment");
}

bool same_share(int64_t recorded, int64_t ours, int64_t all) {
  const auto is_part = [&](int64_t count) { return count > 0 && count != all; };
  return recorded == ours ||
         (is_part(recorded) && is_part(ours) && is_chance(recorded - ours, all));
}

std::string probe_difference(const json::value& recorded, const json::object& ours) {
  const std::string op = json_string(recorded, {"op"});
  if (op == "read") {
    const Counts wanted = counts_of(*json_find(recorded, {"answers"}));
    std::set<std::string> kinds;
    for (const auto& [kind, count] : wanted) kinds.insert(kind);
    const bool twelve =
        json_find(recorded, {"size"}) != nullptr || json_string(recorded, {"tag"}) == "end";
    const bool cut_short = sum(wanted) < (twelve ? 12 : 24);
    std::string found =
        batch_difference(wanted, counts_of(ours.at("answers")), kinds, cut_short, "answers");
    if (found.empty()) found = text_difference_of(recorded, ours);
    return found.empty() ? size_difference(recorded, ours) : found;
  }
  if (op == "container+health")
    return fields_difference(recorded, ours, {"http", "container", "health", "probes"});
  if (op == "write" && json_find(recorded, {"answers"}) == nullptr) {
    const std::string found = fields_difference(recorded, ours, {"status"});
    return found.empty() ? text_difference_of(recorded, ours) : found;
  }
  if (op == "write") {
    std::string found =
        groups_difference(json_object(recorded, {"answers"}), ours.at("answers").as_object());
    if (found.empty() && !is_true(recorded, "cut_short"))
      found = text_difference_of(recorded, ours);
    return found;
  }
  if (op == "sweep")
    return groups_difference(json_object(recorded, {"groups"}), ours.at("groups").as_object());
  if (op == "size") {
    const std::string wanted = json_string(recorded, {"size"});
    const std::string mine(ours.at("size").as_string());
    const std::string cache = json_string(recorded, {"cache"});
    const int64_t all = cache.starts_with("big") ? kBigKeys : kKeys;
    const bool same = wanted == mine || (is_number(wanted) && is_number(mine) &&
                                         same_share(std::stoll(wanted), std::stoll(mine), all));
    return same ? "" : fmt::format("size: recorded {}, ours {}", wanted, mine);
  }
  for (const char* field : {"status", "value"}) {
    const json::value* wanted = json_find(recorded, {field});
    if (wanted == nullptr) continue;
    const std::string mine = masked(plain(ours.at(field)));
    if (masked(plain(*wanted)) != mine)
      return fmt::format("{}: recorded {}, ours {}", field, plain(*wanted), mine);
  }
  return "";
}

}  // namespace drydock::harness::conformance::grid

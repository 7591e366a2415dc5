#include "harness/conformance/grid/fixtures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/archive/dat.h"
#include "core/base/record.h"
#include "core/base/text.h"
#include "harness/conformance/grid/compare.h"
#include "harness/conformance/grid/damage.h"

namespace drydock::harness::conformance::grid {
namespace {

// Archives damaged as a whole were restored into what was there.
bool changes_an_entry(std::string_view damage) {
  constexpr std::array<std::string_view, 7> kWhole = {
      "cut-half", "cut-tail", "empty-file", "not-zip", "flipped", "prefixed", "dat-huge-length"};
  return std::find(kWhole.begin(), kWhole.end(), damage) == kWhole.end();
}

constexpr const char* kNode = "node0";  // where the recordings' set-up was sent

json::value parse_or_null(const VersionFolder& folder, std::string_view file) {
  const std::string* text = folder.find(file);
  if (text == nullptr) return nullptr;
  Result<json::value> value = json_parse(*text);
  return value.ok() ? std::move(*value) : json::value();
}

std::string scenario_of(const json::value& record) { return json_string(record, {"scenario"}); }
std::string step_of(const json::value& record) { return json_string(record, {"step"}); }

bool begins_scenario(const std::vector<json::value>& records, size_t index) {
  return index == 0 || scenario_of(records[index - 1]) != scenario_of(records[index]);
}

// The element of one cache or template in the document that holds it alone.
std::string inner_element(const std::string& xml) {
  for (const std::string_view wrapper : {"caches", "cache-container"}) {
    const size_t open = xml.find("<" + std::string(wrapper));
    if (open == std::string::npos) continue;
    const size_t begin = xml.find('>', open) + 1;
    const size_t end = xml.find("</" + std::string(wrapper), begin);
    if (end != std::string::npos)
      return std::string(trim(std::string_view(xml).substr(begin, end - begin)));
  }
  const size_t prolog = xml.find("?>");
  return std::string(trim(prolog == std::string::npos ? xml : xml.substr(prolog + 2)));
}

// Every release has them without being told.
bool is_built_in(const std::string& name) {
  return name.starts_with("org.infinispan.") || name.starts_with("example.") ||
         name == "respCache" || name == "memcachedCache";
}

std::string name_attribute(const std::string& xml) {
  const size_t at = xml.find(" name=\"");
  if (at == std::string::npos) return "";
  const size_t begin = at + 7;
  return xml.substr(begin, xml.find('"', begin) - begin);
}

// Of the text that a server has for a cache that is not there.
std::string absent_cache(const std::string& text) {
  constexpr std::string_view kBegin = "Cache with name '";
  const size_t at = text.find(kBegin);
  if (at == std::string::npos) return "";
  const size_t begin = at + kBegin.size();
  return text.substr(begin, text.find('\'', begin) - begin);
}

std::string cache_target(const std::string& cache) {
  return "/rest/v2/caches/" + percent_encode(cache);
}

// The target of a recorded request, without what a query adds.
std::string target_of(const json::value& record) {
  const std::string path = json_string(record, {"request", "path"});
  return path.substr(0, path.find('?'));
}

bool is_step(const json::value& record, std::string_view prefix) {
  return scenario_of(record) == "populate" && step_of(record).starts_with(prefix);
}

// Each archive of another release, and its caches alone, go into an empty cluster; what else is
// taken from it one by one does not.
bool begins_other_archive(const std::string& scenario) {
  const size_t list = scenario.find(" {");
  return scenario.starts_with("archive of ") &&
         (list == std::string::npos || scenario.find("{\"caches\"") != std::string::npos);
}

// Where a backup of everything failed, each cache was backed up alone, and those that failed were
// removed. "" when this record ends no such failure.
std::string cache_that_failed(const json::value& record) {
  constexpr std::string_view kWhich = "which cache fails: ";
  const json::array& statuses = json_array(record, {"statuses"});
  if (!scenario_of(record).starts_with(kWhich) || statuses.empty()) return "";
  const bool failed = json_int(statuses.back(), {"status"}) == 500;
  return failed ? scenario_of(record).substr(kWhich.size()) : "";
}

// The first record of the scenario "populate" behind all those whose step begins so.
bool is_first_after(const std::vector<json::value>& records, size_t index,
                    std::string_view prefix) {
  if (index == 0 || !is_step(records[index - 1], prefix)) return false;
  return std::none_of(records.begin() + static_cast<ptrdiff_t>(index), records.end(),
                      [&](const json::value& record) { return is_step(record, prefix); });
}

}  // namespace

namespace {

// What stands before and behind the container in a global.xml.
void add_configuration(const std::string& global_xml, ClusterOptions& options) {
  constexpr std::string_view kBegin = "    <cache-container", kEnd = "</cache-container>\n";
  const size_t root = global_xml.find("<infinispan ");
  const size_t begin = global_xml.find(kBegin);
  const size_t end = global_xml.find(kEnd);
  if (root == std::string::npos || begin == std::string::npos || end == std::string::npos) return;
  const size_t head = global_xml.find('\n', root) + 1;
  const size_t tail = end + kEnd.size();
  options.configuration_head = global_xml.substr(head, begin - head);
  options.configuration_tail = global_xml.substr(tail, global_xml.rfind("</infinispan>") - tail);
}

}  // namespace

void add_static_definitions(const VersionFolder& folder, const std::vector<json::value>& records,
                            ClusterOptions& options) {
  const json::value all = parse_or_null(folder, "all.json");
  std::set<std::string> created;
  for (const json::value& record : records)
    if (is_step(record, "create cache '"))
      created.insert(step_of(record).substr(14, step_of(record).size() - 15));
  for (const auto& [name, cache] : json_object(all, {"expected", "caches"}))
    if (!created.contains(name))
      options.caches.push_back(
          {std::string(name), inner_element(json_string(cache, {"rest", "config_xml"}))});
  for (const json::value& entry : json_array(all, {"archive", "entries"})) {
    const std::string path = json_string(entry, {"name"});
    if (path.ends_with("/global.xml")) add_configuration(json_string(entry, {"text"}), options);
    const size_t folder_end = path.find("/templates/");
    if (folder_end == std::string::npos) continue;
    const size_t begin = folder_end + 11;
    const std::string name = path.substr(begin, path.size() - begin - 4);  // without ".xml"
    if (!is_built_in(name))
      options.templates.push_back({name, inner_element(json_string(entry, {"text"}))});
  }
}

Fixtures::Fixtures(Cluster& cluster, Archives& archives, const VersionFolder& folder,
                   std::string home)
    : cluster_(cluster),
      archives_(archives),
      folder_(folder),
      home_(std::move(home)),
      all_(parse_or_null(folder, "all.json")) {}

Answer Fixtures::call(const std::string& method, const std::string& target, Headers headers,
                      std::string body) {
  HttpRequest request{.method = method, .target = target, .headers = std::move(headers)};
  request.body = Body(std::move(body));
  Result<Answer> answer = cluster_.call(kNode, std::move(request));
  return answer.ok() ? std::move(*answer) : Answer{};
}

std::vector<std::string> Fixtures::names_at(const std::string& target) {
  std::vector<std::string> names;
  const Result<json::value> list = json_parse(call("GET", target).body);
  if (!list.ok() || !list->is_array()) return names;
  for (const json::value& item : list->get_array())
    names.push_back(item.is_string() ? std::string(item.get_string())
                                     : json_string(item, {"name"}));
  return names;
}

void Fixtures::before(const std::vector<json::value>& records, size_t index) {
  const json::value& record = records[index];
  const std::string scenario = scenario_of(record);
  if (is_first_after(records, index, "create cache")) fill_caches();
  if (is_first_after(records, index, "create counter"))
    move_counters(json_object(all_, {"expected", "counters_now"}));
  if (step_of(record) == "state before") {
    const json::value& state = *json_find(record, {"state"});
    if (json_find(state, {"config_xml"}) != nullptr)
      make_cache_state(state);
    else
      move_counters(state.get_object());
  }
  if (begins_scenario(records, index)) {
    if (index > 0 && !scenario.starts_with("which cache fails")) remove_failing(records, index);
    constexpr std::string_view kDamage = "restore of a damaged archive: ";
    if (scenario == "restore everything into an emptied cluster") remove_all();
    if (scenario.starts_with(kDamage)) before_damage(scenario.substr(kDamage.size()));
    const bool is_request = json_find(record, {"request"}) != nullptr;
    if (is_request && begins_other_archive(scenario)) remove_all_but_tasks();
    if (scenario == "record length huge (7fffffff)") put_damaged("dat-huge-length", "huge");
    if (scenario == "record length large (20000000)") put_damaged("dat-large-length", "large");
  }
  if (scenario.starts_with("cache name '")) before_odd_name(records, index);
}

void Fixtures::fill_caches() {
  if (const std::string* zip = folder_.find("all.zip"))
    if (Result<Entries> entries = archives_.read(*zip); entries.ok()) whole_ = std::move(*entries);
  for (const auto& [cache, content] : json_object(all_, {"expected", "caches"}))
    for (const json::value& entry : json_array(content, {"entries"}))
      if (json_int(entry, {"status"}) < 300) put(cache, entry);
}

void Fixtures::put(const std::string& cache, const json::value& entry) {
  Headers headers = {{"Content-Type", json_string(entry, {"type"})}};
  if (json_find(entry, {"key_type"}) != nullptr)
    headers.emplace_back("Key-Content-Type", json_string(entry, {"key_type"}));
  for (const auto& [name, value] : json_object(entry, {"headers"}))
    headers.emplace_back(name, value.as_string());
  const std::string key = json_string(entry, {"key"});
  call("PUT", cache_target(cache) + "/" + percent_encode(key), std::move(headers),
       value_of(cache, entry));
}

// Large values are on record only in the archive.
std::string Fixtures::value_of(const std::string& cache, const json::value& entry) {
  if (json_find(entry, {"value"}) != nullptr) return json_string(entry, {"value"});
  if (json_find(entry, {"value_b64"}) != nullptr)
    return base64_decode(json_string(entry, {"value_b64"})).value_or("");
  std::string value;
  archive::RecordSplitter splitter(cache);
  const std::string key = json_string(entry, {"key"});
  const auto dat = whole_.find("containers/default/caches/" + cache + "/" + cache + ".dat");
  if (dat == whole_.end()) return value;
  (void)splitter.feed(std::as_bytes(std::span(dat->second)), [&](std::string_view message) {
    DRYDOCK_ASSIGN(CacheRecord record, decode_cache_record(message));
    if (record.key == key) value = std::move(record.value);
    return ok_status();
  });
  return value;
}

void Fixtures::move_counters(const json::object& states) {
  for (const std::string& name : names_at("/rest/v2/counters"))
    if (!states.contains(name)) call("DELETE", "/rest/v2/counters/" + percent_encode(name));
  for (const auto& [name, state] : states) {
    const std::string target = "/rest/v2/counters/" + percent_encode(std::string(name));
    const int64_t now = std::atoll(call("GET", target).body.c_str());
    const int64_t wanted = std::atoll(json_string(state, {"value"}).c_str());
    if (now != wanted) call("POST", fmt::format("{}?action=add&delta={}", target, wanted - now));
  }
}

void Fixtures::make_cache_state(const json::value& state) {
  const std::string xml = json_string(state, {"config_xml"});
  if (const std::string absent = absent_cache(xml); !absent.empty()) {
    call("DELETE", cache_target(absent));
    return;
  }
  const std::string target = cache_target(name_attribute(xml));
  const Answer now = call("GET", target + "?action=config", {{"Accept", "application/xml"}});
  if (now.body != xml) {
    call("DELETE", target);
    call("POST", target, {{"Content-Type", "application/xml"}}, inner_element(xml));
  }
  const Result<json::value> entries = parse_listing(json_string(state, {"entries_rest"}));
  if (!entries.ok()) return;
  std::set<std::string> kept;
  for (const json::value& entry : entries->as_array()) {
    const std::string key = json_string(entry, {"key"});
    const std::string value = json_string(entry, {"value"});
    kept.insert(key);
    const std::string at = target + "/" + percent_encode(key);
    if (call("GET", at).body != value) call("PUT", at, {{"Content-Type", "text/plain"}}, value);
  }
  for (const json::value& entry :
       json_array(all_, {"expected", "caches", name_attribute(xml), "entries"}))
    if (const std::string key = json_string(entry, {"key"}); !kept.contains(key))
      call("DELETE", target + "/" + percent_encode(key));
}

// Only behind the last of those scenarios.
void Fixtures::remove_failing(const std::vector<json::value>& records, size_t index) {
  for (size_t i = index; i > 0 && scenario_of(records[i - 1]).starts_with("which cache fails"); --i)
    if (const std::string cache = cache_that_failed(records[i - 1]); !cache.empty())
      call("DELETE", cache_target(cache));
}

void Fixtures::remove_counters() {
  for (const std::string& name : names_at("/rest/v2/counters"))
    call("DELETE", "/rest/v2/counters/" + percent_encode(name));
}

void Fixtures::remove_all() {
  remove_all_but_tasks();
  for (const std::string& name : names_at("/rest/v2/tasks?type=user"))
    call("DELETE", "/rest/v2/tasks/" + percent_encode(name));
}

void Fixtures::remove_all_but_tasks() {
  for (const std::string& name : names_at("/rest/v2/caches"))
    if (!is_built_in(name) && !name.starts_with("___")) call("DELETE", cache_target(name));
  remove_counters();
  for (const std::string& name : names_at("/rest/v2/schemas"))
    call("DELETE", "/rest/v2/schemas/" + percent_encode(name));
}

void Fixtures::before_damage(const std::string& name) {
  if (changes_an_entry(name)) {
    call("DELETE", cache_target("dist-text"));
    call("DELETE", cache_target("repl-text"));
    remove_counters();
  }
  put_damaged(name, "backups-" + folder_.version + "/c-" + name);
}

void Fixtures::put_damaged(const std::string& name, const std::string& file) {
  const DamageSources sources{folder_.find("corrupt-base.zip"), folder_.find("all.zip")};
  Result<std::string> zip = damaged(name, sources, archives_);
  if (!zip.ok()) return;
  const bool in_home = file.find('/') == std::string::npos;
  const std::string path =
      home_ + "/" + file + (in_home ? "-" + folder_.version + ".zip" : std::string(".zip"));
  DRYDOCK_CHECK(cluster_.put_file(path, std::move(*zip)).ok(), "the disk has room");
}

// A cache of an odd name is removed before everything is restored from its archive, and at the end.
void Fixtures::before_odd_name(const std::vector<json::value>& records, size_t index) {
  const bool begins = begins_scenario(records, index);
  const bool creates = step_of(records[index]) == "create";
  const bool by_star = begins && scenario_of(records[index]).ends_with(" by star");
  if (!odd_cache_.empty() && (creates || by_star)) call("DELETE", odd_cache_);
  if (creates) odd_cache_ = target_of(records[index]);
}

std::string Fixtures::upload() const {
  const std::string* zip = folder_.find("all.zip");
  return "--xxBOUNDxx\r\nContent-Disposition: form-data; name=\"resources\"\r\n"
         "Content-Type: application/json\r\n\r\n{\"caches\":[\"repl-text\"]}\r\n"
         "--xxBOUNDxx\r\nContent-Disposition: form-data; name=\"backup\"; filename=\"b.zip\"\r\n"
         "Content-Type: application/zip\r\n\r\n" +
         (zip == nullptr ? "" : *zip) + "\r\n--xxBOUNDxx--\r\n";
}

}  // namespace drydock::harness::conformance::grid

#include "fakegrid/server/restore_configuration.h"

#include <charconv>
#include <utility>

#include "fakegrid/server/backup_failure.h"
#include "fakegrid/server/config_element.h"

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kNameSpace = "urn:infinispan:config:";

// "16.0" of the document's name space; empty: it has none.
std::string_view schema_version(std::string_view text) {
  const size_t at = text.find(kNameSpace);
  if (at == std::string_view::npos) return "";
  const std::string_view rest = text.substr(at + kNameSpace.size());
  return rest.substr(0, rest.find_first_not_of("0123456789."));
}

bool is_known(std::string_view schema, const ServerVersion& version) {
  int major = 0;
  int minor = 0;
  const char* const end = schema.data() + schema.size();
  const auto dot = std::from_chars(schema.data(), end, major);
  if (dot.ptr != end) std::from_chars(dot.ptr + 1, end, minor);
  return schema.empty() || version.at_least(major, minor);
}

// Where the outermost start tag ends, as "[line,column]".
std::string place_of_root(std::string_view text) {
  const size_t root = text.find("<infinispan");
  const size_t end = std::min(text.find('>', root), text.size() - 1) + 1;
  const std::string_view before = text.substr(0, end);
  const size_t line_start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  size_t line = 1;
  for (const char c : before) line += c == '\n' ? 1 : 0;
  return "[" + std::to_string(line) + "," + std::to_string(end - line_start + 1) + "]";
}

Status unknown_name_space(std::string_view text, const ServerVersion& version) {
  return java_exception(
      "org.infinispan.commons.CacheConfigurationException: ISPN000327: Cannot find a parser for "
      "element 'infinispan' in namespace '" +
      std::string(kNameSpace) + std::string(schema_version(text)) + "' at " + place_of_root(text) +
      ". Check that your configuration is up-to-date for Infinispan '" + version.text +
      "' and that you have the proper dependency in the classpath");
}

Status not_well_formed(const ServerVersion& version) {
  const std::string thrown =
      "java.lang.NullPointerException: Cannot load from object array because \"this.elRawName\" is "
      "null";
  if (version.at_least(15)) return java_exception(thrown);
  return java_exception("org.infinispan.commons.CacheConfigurationException: " + thrown +
                        "\nCaused by: " + thrown);
}

}  // namespace

Result<std::string> archived_element(std::string_view name, std::string_view text,
                                     const ServerVersion& version) {
  if (!is_known(schema_version(text), version)) return unknown_name_space(text, version);
  Result<ConfigElement> element = parse_cache_element(text, ConfigFormat::kXml);
  if (element.code() == Code::kInvalid) return not_well_formed(version);
  const std::string* own = element.ok() ? element->attribute("name") : nullptr;
  if (!element.ok() || own == nullptr || *own != name)
    return java_exception(
        "java.lang.NullPointerException: Cannot invoke "
        "\"org.infinispan.configuration.cache.ConfigurationBuilder.build()\" because the return "
        "value of \"java.util.Map.get(Object)\" is null");
  return element_xml(*element);
}

}  // namespace drydock::fakegrid

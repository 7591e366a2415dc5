#include "fakekube/access/webhook_patch.h"

#include <string_view>

#include "fakekube/store/json_patch.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kMissing = ": missing value";

// "/a/b/c" without its last part: where a value would be put.
std::string parent_of(std::string_view pointer) {
  const size_t slash = pointer.rfind('/');
  return std::string(slash == std::string_view::npos ? std::string_view()
                                                     : pointer.substr(0, slash));
}

bool exists(const json::value& root, std::string_view pointer) {
  boost::system::error_code error;
  return root.find_pointer(std::string(pointer), error) != nullptr;
}

bool has_container(const json::value& root, std::string_view pointer) {
  boost::system::error_code error;
  const json::value* found = root.find_pointer(parent_of(pointer), error);
  return found != nullptr && (found->is_object() || found->is_array());
}

std::string explain_source(const json::value& root, std::string_view op, const std::string& from,
                           const std::string& path) {
  const std::string name(op);
  if (!exists(root, from))
    return name + " operation does not apply: doc is missing from path: " + from +
           std::string(kMissing);
  return name + " operation does not apply: doc is missing destination path: " + path +
         std::string(kMissing);
}

std::string explain(const json::value& root, const json::value& operation) {
  const std::string op = json_string(operation, {"op"});
  const std::string path = json_string(operation, {"path"});
  const bool container = has_container(root, path);
  if (op == "move" || op == "copy")
    return explain_source(root, op, json_string(operation, {"from"}), path);
  if (op == "add" || op == "remove") {
    if (!container)
      return op + " operation does not apply: doc is missing path: \"" + path + "\"" +
             std::string(kMissing);
    const std::string key = path.substr(path.rfind('/') + 1);
    return "error in " + op + " for path: '" + path + "': " +
           (op == "add" ? "Unable to access invalid index: " + key + ": invalid index referenced"
                        : "Unable to remove nonexistent key: " + key + std::string(kMissing));
  }
  if (op == "replace")
    return "replace operation does not apply: doc is missing " +
           std::string(container ? "key: " : "path: ") + path + std::string(kMissing);
  if (op == "test" && !container)
    return "test operation does not apply: is missing path: " + path + std::string(kMissing);
  if (op == "test") return "testing value " + path + " failed: test failed";
  return "Unexpected kind: " + op;
}

}  // namespace

std::string apply_webhook_patch(json::value& target, const json::array& operations) {
  for (const json::value& operation : operations) {
    json::value before = target;
    if (!apply_json_patch(target, json::array{operation})) return explain(before, operation);
  }
  return "";
}

}  // namespace drydock::fakekube

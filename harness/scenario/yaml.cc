#include "harness/scenario/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "harness/scenario/parse.h"

namespace drydock::harness::scenario {
namespace {

constexpr size_t kMaxDepth = 64;  // our readers recurse as deep

// Ends the parser from inside a callback; never leaves this file.
struct Refused {
  Position position;
  std::string wrong;
  std::string right;
};

// Builds trees from yaml-cpp's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string file) : file_(std::move(file)) {}

  std::vector<YamlNode> take() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(leaf(mark, anchor, YamlNode::Kind::kNull));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = leaf(mark, anchor, YamlNode::Kind::kScalar);
    node.scalar = value;
    node.quoted = tag != "?" && tag != "";
    check_tag(mark, tag);
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(leaf(mark, anchor, YamlNode::Kind::kSequence));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(leaf(mark, anchor, YamlNode::Kind::kMapping));
  }
  void OnMapEnd() override { close(); }

 private:
  // A collection that is being read; in a mapping `key` waits for its value.
  struct Open {
    YamlNode node;
    bool has_key = false;
    YamlMember key;
  };

  Position at(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) const {
    throw Refused{at(mark), "anchors and aliases are not read", "write the value out"};
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
    throw Refused{at(mark), fmt::format("the tag '{}' is not read", tag),
                  "leave it out and quote what must be a string"};
  }

  YamlNode leaf(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) const {
    if (anchor != 0) refuse_anchor(mark);
    return {.kind = kind, .position = at(mark)};
  }

  void open(YamlNode node) {
    if (stack_.size() >= kMaxDepth) {
      throw Refused{node.position, fmt::format("nested deeper than {} levels", kMaxDepth),
                    "make it flatter"};
    }
    refuse_as_key(node);
    stack_.push_back({.node = std::move(node)});
  }

  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(node));
  }

  bool wants_key() const {
    return !stack_.empty() && stack_.back().node.is_mapping() && !stack_.back().has_key;
  }

  void refuse_as_key(const YamlNode& node) const {
    if (!wants_key()) return;
    throw Refused{node.position, "a key must be a word", "write 'key: value'"};
  }

  void add(YamlNode node) {
    if (stack_.empty()) {
      documents_.push_back(std::move(node));
    } else if (stack_.back().node.is_sequence()) {
      stack_.back().node.items.push_back(std::move(node));
    } else if (wants_key()) {
      add_key(std::move(node));
    } else {
      Open& open = stack_.back();
      open.key.value = std::move(node);
      open.node.members.push_back(std::move(open.key));
      open.has_key = false;
    }
  }

  void add_key(YamlNode node) {
    if (!node.is_scalar()) refuse_as_key(node);
    Open& open = stack_.back();
    for (const YamlMember& member : open.node.members) {
      if (member.key != node.scalar) continue;
      throw Refused{node.position, fmt::format("the key '{}' is there twice", node.scalar),
                    fmt::format("the first is in line {}; keep one", member.position.line)};
    }
    open.key = {.key = node.scalar, .position = node.position};
    open.has_key = true;
  }

  std::string file_;
  std::vector<Open> stack_;
  std::vector<YamlNode> documents_;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const YamlMember& member) { return member.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::vector<YamlNode> parse_yaml(std::string_view text, const std::string& file, Errors& errors) {
  if (text.size() > kMaxYamlBytes) {
    errors.add({file, 1, 1}, "the file is too long",
               fmt::format("at most {} bytes are read", kMaxYamlBytes));
    return {};
  }
  TreeBuilder builder(file);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    errors.add(refused.position, refused.wrong, refused.right);
  } catch (const YAML::Exception& error) {
    const Position position{file, error.mark.line + 1, error.mark.column + 1};
    errors.add(position, fmt::format("not YAML ({})", error.msg), "check indentation and quotes");
  }
  return builder.take();
}

}  // namespace drydock::harness::scenario

#include "tests/tidy/format_rules.h"

namespace drydock::tidy {
namespace {

constexpr size_t kMaxLines = 500;
constexpr size_t kMaxTestLines = 800;
constexpr size_t kMaxColumns = 100;

bool is_cpp(std::string_view path) { return ends_with(path, ".h") || ends_with(path, ".cc"); }

bool is_binary(const SourceFile& file) { return file.text.find('\0') != std::string::npos; }

// Data and CRs are somebody else's words, a patch carries blanks of its own.
bool is_own_text(const SourceFile& file) {
  const std::string path = "/" + file.path;
  return !is_binary(file) && path.find("/data/") == std::string::npos &&
         !starts_with(file.path, "fuzz/corpus/") && path.find("/cr/") == std::string::npos &&
         !ends_with(path, "/LICENSE") && !ends_with(path, ".patch");
}

// Columns, not bytes: continuation bytes of UTF-8 take no room.
size_t columns_of(std::string_view text) {
  size_t columns = 0;
  for (char c : text)
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++columns;
  return columns;
}

}  // namespace

std::vector<Finding> check_length(const SourceFile& file) {
  if (!is_cpp(file.path)) return {};
  const size_t limit = starts_with(file.path, "tests/") ? kMaxTestLines : kMaxLines;
  const size_t lines = lines_of(file.text).size();
  if (lines <= limit) return {};
  return {{file.path, 0,
           std::to_string(lines) + " lines, over " + std::to_string(limit) +
               ": split by responsibility"}};
}

std::vector<Finding> check_layout(const SourceFile& file) {
  if (!is_own_text(file)) return {};
  std::vector<Finding> findings;
  const bool may_be_wide = ends_with(file.path, ".md");
  for (const Line& line : lines_of(file.text)) {
    if (!may_be_wide && columns_of(line.text) > kMaxColumns)
      findings.push_back({file.path, line.number, "over 100 columns"});
    if (line.text.find('\t') != std::string::npos)
      findings.push_back({file.path, line.number, "tab"});
    if (!line.text.empty() && (line.text.back() == ' ' || line.text.back() == '\r'))
      findings.push_back({file.path, line.number, "blank at the end of the line"});
  }
  if (!file.text.empty() && file.text.back() != '\n')
    findings.push_back({file.path, 0, "no newline at the end of the file"});
  return findings;
}

std::vector<Finding> check_header(const SourceFile& file) {
  if (!ends_with(file.path, ".h")) return {};
  std::vector<Finding> findings;
  if (!starts_with(file.text, "// "))
    findings.push_back({file.path, 1, "a header opens with a comment: what it is for"});
  const size_t pragma = file.text.find("\n#pragma once\n");
  if (pragma == std::string::npos || pragma > file.text.find("\n#include"))
    findings.push_back({file.path, 0, "no #pragma once before the first include"});
  return findings;
}

std::vector<Finding> check_references(const SourceFile& file) {
  // Written in halves, or this file would be a finding.
  static const std::string_view forbidden[] = {
      "../sha"
      "red",
      "/wo"
      "rk/",
      "/ro"
      "ot/",
      "/tmp/ba"
      "sh_jobs"};
  if (is_binary(file)) return {};
  std::vector<Finding> findings;
  for (const Line& line : lines_of(file.text))
    for (std::string_view name : forbidden)
      if (line.text.find(name) != std::string::npos)
        findings.push_back(
            {file.path, line.number, "points outside the repository: " + std::string(name)});
  return findings;
}

}  // namespace drydock::tidy

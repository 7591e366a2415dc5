// What the rules of this folder read and say: a file as text, its lines of pure code, findings.
//
//   for (const Line& line : code_lines(file.text))
//     if (has_name(line.text, "std::thread")) ...
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock::tidy {

// `path` is relative to the repository's root, with forward slashes.
struct SourceFile {
  std::string path;
  std::string text;
};

// `line` counts from 1; 0 means the file as a whole.
struct Finding {
  std::string path;
  int line = 0;
  std::string message;
};

struct Line {
  int number;
  std::string text;
};

// The lines of a text, without their ends.
std::vector<Line> lines_of(std::string_view text);

// The lines of C++ with comments, character and string literals (raw ones too) turned into blanks,
// except for the path of an #include "...".
std::vector<Line> code_lines(std::string_view text);

// Whether `name` is in `code` as whole words: with has_name(code, "assert("), static_assert( and
// x.assert( don't count.
bool has_name(std::string_view code, std::string_view name);

bool is_word_character(char c);
bool starts_with(std::string_view text, std::string_view start);
bool ends_with(std::string_view text, std::string_view end);
std::string_view trimmed(std::string_view text);

// "path:line: message", one a line: what a failing test prints.
std::string to_text(const std::vector<Finding>& findings);

}  // namespace drydock::tidy

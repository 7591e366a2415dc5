// A form with files as clients upload it (multipart/form-data).
//
//   const std::vector<FormPart> parts = read_form(body, "multipart/form-data; boundary=xx");
//   if (const FormPart* file = find_part(parts, "backup")) use(file->content);
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock::fakegrid {

struct FormPart {
  std::string name;
  std::string content;
};

// What is no form has no parts.
std::vector<FormPart> read_form(std::string_view body, std::string_view content_type);
// The first of that name; nullptr: none.
const FormPart* find_part(const std::vector<FormPart>& parts, std::string_view name);

}  // namespace drydock::fakegrid

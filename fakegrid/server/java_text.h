// Where real servers show that they keep strings in Java's hash tables: the order of names in
// archives, lists and messages.
//
//   hash_order({"a", "b"});
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock::fakegrid {

// UTF-16 code units; bytes that are no UTF-8 are taken as U+FFFD.
std::u16string utf16(std::string_view utf8);
// The bytes as a Java string shows them: what is no UTF-8 is U+FFFD.
std::string well_formed(std::string_view bytes);
void append_utf8(std::string& out, char32_t code_point);

// As a java.util.HashSet gives them that got them one by one; names are unique.
std::vector<std::string> hash_order(const std::vector<std::string>& names);

}  // namespace drydock::fakegrid

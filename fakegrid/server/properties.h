// Java properties files as servers write and read them in archives: ISO-8859-1 with \uXXXX, a
// comment, the date, one line a key. Strings on our side are UTF-8.
//
//   std::string text = properties_text("Backup Manifest", now, {{"version", "15.0.21.Final"}});
//   PropertyMap map = parse_properties(text);      // never fails: any text is some properties
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace drydock::fakegrid {

using PropertyMap = std::map<std::string, std::string, std::less<>>;

std::string properties_text(std::string_view comment, WallTime now, const PropertyMap& values);
PropertyMap parse_properties(std::string_view text);

}  // namespace drydock::fakegrid

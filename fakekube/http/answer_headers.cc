#include "fakekube/http/answer_headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/base/text.h"

namespace drydock::fakekube {
namespace {

// The form of a random UUID.
std::string drawn_uuid(Env& env, std::string_view stream, uint64_t ordinal) {
  const uint64_t high = env.draw(stream, 2 * ordinal);
  const uint64_t low = env.draw(stream, 2 * ordinal + 1);
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xfff, 0x8000 | (low >> 48 & 0x3fff), low & 0xffff'ffff'ffff);
}

// RFC 9110's date: "Mon, 23 Nov 2026 05:28:57 GMT".
std::string http_date(WallTime time) {
  constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time - day));
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     kDays[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                     kMonths[unsigned(date.month()) - 1], int(date.year()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

// The flow schema that a real server's defaults put the user in.
std::string_view flow_schema(const UserInfo& user) {
  const auto in = [&](std::string_view group) {
    return std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
  };
  if (in("system:masters")) return "exempt";
  if (in("system:nodes")) return "system-nodes";
  if (in("system:serviceaccounts")) return "service-accounts";
  return in("system:authenticated") ? "global-default" : "catch-all";
}

// Requests that stay open are not queued, and who is unknown is refused before.
bool is_queued(const ApiCall* call, const HttpResponse& response) {
  if (response.status == 401) return false;
  if (call == nullptr) return true;
  const std::string& part = call->subresource;
  return part != "log" && part != "exec" && part != "attach" && part != "portforward" &&
         part != "proxy";
}

}  // namespace

void add_answer_headers(ApiServer& server, const HttpRequest& request, const ApiCall* call,
                        HttpResponse& response) {
  Headers& headers = response.headers;
  const std::string* audit = find_header(request.headers, "Audit-Id");
  headers.emplace_back("Audit-Id", audit != nullptr ? *audit
                                                    : drawn_uuid(server.env(), "kubernetes audit",
                                                                 server.next_audit_number()));
  headers.emplace_back("Date", http_date(server.env().wall_now()));
  if (!is_queued(call, response)) return;
  UserInfo user;
  (void)server.access().authenticate(request, user);
  const std::string stream = "kubernetes flow schema " + std::string(flow_schema(user));
  headers.emplace_back("X-Kubernetes-Pf-Flowschema-Uid", drawn_uuid(server.env(), stream, 0));
  headers.emplace_back("X-Kubernetes-Pf-Prioritylevel-Uid", drawn_uuid(server.env(), stream, 1));
}

}  // namespace drydock::fakekube

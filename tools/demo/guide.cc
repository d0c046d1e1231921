#include "tools/demo/guide.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <tuple>

#include "platform/base/keys.h"
#include "twinline/accountability/v1/accountability.pb.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::demo {

Admins FirstAdmins(const std::filesystem::path& data) {
  std::ifstream sheet(data / "first-accounts.txt");
  Admins admins;
  std::string login, label, hex;
  // Lines of the form "  secadmin subject <hex>".
  for (std::string line; std::getline(sheet, line);) {
    std::istringstream words(line);
    if (!(words >> login >> label >> hex) || label != "subject") continue;
    const auto id = base::Id16::FromHex(hex);
    if (id && login == "sysadmin") admins.system = *id;
    if (id && login == "secadmin") admins.security = *id;
    if (id && login == "auditadmin") admins.audit = *id;
  }
  if (admins.system.empty() || admins.security.empty())
    Stop("no first accounts in " + data.string());
  return admins;
}

namespace {

struct Line {
  std::string zh, command;
};

void Print(const std::string& title, const std::vector<Line>& lines) {
  std::printf("\n%s\n", title.c_str());
  for (const Line& line : lines)
    std::printf("  # %s\n  %s\n", line.zh.c_str(), line.command.c_str());
}

// A pupil who has never had a business, and a class of the same grade at another school: what a
// transfer to try needs. Ids as the commands take them.
struct Move {
  std::string child, registration, grade, from_school, to_school, to_class;
};

Move MoveToTry(Api& api, const datagen::County& county, const Loaded& loaded) {
  for (size_t pupil = county.pupils.size() / 2; pupil < county.pupils.size(); ++pupil) {
    transfer::v1::ListBusinessesRequest request;
    request.set_child_id(loaded.children[pupil].str());
    transfer::v1::ListBusinessesReply reply;
    api.Must("twinline.transfer.v1.ApprovalService.ListBusinesses", request, &reply,
             loaded.bureau_official);
    if (reply.businesses_size() > 0) continue;
    const datagen::Class& from = county.classes[county.pupils[pupil].school_class];
    for (size_t c = 0; c < county.classes.size(); ++c) {
      const datagen::Class& to = county.classes[c];
      const bool special = county.schools[to.school].kind == datagen::SchoolKind::kSpecial;
      if (to.grade != from.grade || to.school == from.school || special) continue;
      return {loaded.children[pupil].hex(),   loaded.registrations[pupil].hex(),
              std::to_string(from.grade),     county.schools[from.school].code,
              county.schools[to.school].code, loaded.classes[c].hex()};
    }
  }
  Stop("no pupil who could move");
}

// A case to look at and to answer; without one, any child and township.
struct OpenCase {
  std::string child, case_id, township;
};

OpenCase CaseToTry(Api& api, const datagen::County& county, const Loaded& loaded) {
  // The newest open case with a child to bring back that has not gone up on the government line: a
  // township can still answer it.
  accountability::v1::ListCasesRequest request;
  request.set_open_only(true);
  accountability::v1::ListCasesReply cases;
  api.Must("twinline.accountability.v1.AccountabilityService.ListCases", request, &cases,
           loaded.bureau_official);
  std::string child = loaded.children.front().hex(), case_id,
              township = "township:" + county.townships.front().code;
  if (cases.cases_size() > 0) {
    const auto age = [](const auto& line) {
      const auto& facts = line.case_facts();
      const bool persuading = facts.state() == "SUSPECTED" || facts.state() == "PERSUADING";
      return std::tuple(!persuading, facts.government().rung(), -facts.opened_on().days());
    };
    const auto newest =
        std::min_element(cases.cases().begin(), cases.cases().end(),
                         [&](const auto& a, const auto& b) { return age(a) < age(b); });
    const auto& facts = newest->case_facts();
    child = base::AsId(facts.child_id()).hex();
    case_id = base::AsId(facts.case_id()).hex();
    township = "township:" + facts.township();
  }
  return {child, case_id, township};
}

}  // namespace

void PrintGuide(Api& api, const datagen::County& county, const Loaded& loaded,
                const std::filesystem::path& bin, int port, const std::filesystem::path& data) {
  const std::string t = bin.string() + "/twinline --server 127.0.0.1:" + std::to_string(port);
  const OpenCase open = CaseToTry(api, county, loaded);
  const std::string &child = open.child, &case_id = open.case_id, &township = open.township;
  const datagen::School& school = county.schools.front();
  const auto hex = [](const base::Id16& id) { return id.hex(); };
  std::printf(
      "\n演示服务仍在运行：127.0.0.1:%d，数据目录 %s，Ctrl-C 停止\n"
      "The demonstration keeps serving; stop it with Ctrl-C. Commands to try in another "
      "terminal:\n",
      port, data.c_str());
  const auto log_in = [&t](const base::Id16& staff) { return t + " login --demo " + staff.hex(); };
  std::vector<Line> people{
      {"审计员 auditor", log_in(loaded.auditor)},
      {"教体局干部 bureau official", log_in(loaded.bureau_official)},
      {"教体局局长 bureau director", log_in(loaded.bureau_director)},
      {"乡镇干部 township official", log_in(loaded.township_official.at(township))},
      {"乡镇长 township head", log_in(loaded.township_head.at(township))},
      {"学籍管理员 registrar", log_in(loaded.registrar.at("school:" + school.code))},
      {"校长 principal", log_in(loaded.principal.at("school:" + school.code))},
      {"班主任 class teacher", log_in(loaded.staff[county.classes.front().teacher])}};
  for (const auto& [role, name] : {std::pair{"VILLAGE_OFFICIAL", "村干部 village official"},
                                   {"COUNTY_HEAD", "县级负责人 county head"},
                                   {"PROVINCE_OFFICIAL", "省厅干部 province official"}}) {
    const auto duty =
        std::find_if(county.duties.begin(), county.duties.end(),
                     [role = role](const datagen::Duty& d) { return d.role == role; });
    if (duty != county.duties.end()) people.push_back({name, log_in(loaded.staff[duty->staff])});
  }
  const Admins admins = FirstAdmins(data);
  people.push_back({"系统管理员 system administrator", log_in(admins.system)});
  people.push_back({"安全管理员 security administrator", log_in(admins.security)});
  people.push_back({"审计管理员 audit administrator", log_in(admins.audit)});
  Print("登录为各种角色 / log in as", people);
  std::vector<Line> more{
      {"乡镇的警报（以乡镇干部登录）/ a township's alerts", t + " cases alerts"},
      {"乡镇的在办案件 / a township's open cases", t + " cases list"},
      {"一名学生的全部留痕（以审计员登录）/ a child's trail",
       t + " trail child " + child + " --export trail.twl"},
      {"离线校验 / verify it offline",
       t + " audit verify trail.twl --key \"$(" + t + " proof key)\""},
      {"审计检查点 / the signed checkpoint", t + " proof checkpoint"},
      {"为何是这一天 / why this date", t + " approvals why 2026-09-28 10"},
  };
  if (!case_id.empty())
    more.insert(more.begin() + 2, {"这一案件 / this case", t + " cases show " + child});
  Print("然后 / then", more);
  const Move move = MoveToTry(api, county, loaded);
  std::ofstream env(data / "demo-env");
  env << "T='" << t << "'\nCHILD=" << child << "\nCASE=" << case_id << "\nTOWNSHIP=" << township
      << "\nAUDITOR=" << hex(loaded.auditor) << "\nBUREAU=" << hex(loaded.bureau_official)
      << "\nTOWNSHIP_OFFICIAL=" << hex(loaded.township_official.at(township)) << "\n";
  const std::string from = "school:" + move.from_school, to = "school:" + move.to_school;
  env << "MOVER=" << move.child << "\nMOVER_REGISTRATION=" << move.registration
      << "\nGRADE=" << move.grade << "\nFROM_SCHOOL=" << move.from_school
      << "\nTO_SCHOOL=" << move.to_school << "\nTO_CLASS=" << move.to_class
      << "\nREGISTRAR=" << hex(loaded.registrar.at(to))
      << "\nTO_PRINCIPAL=" << hex(loaded.principal.at(to))
      << "\nFROM_PRINCIPAL=" << hex(loaded.principal.at(from)) << "\n";
}

}  // namespace twinline::demo

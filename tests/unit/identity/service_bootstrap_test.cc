// The first start of an empty installation.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <sstream>

#include "identity/service/bootstrap.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/identity/service_rig.h"

namespace twinline::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

class BootstrapTest : public testing::TestWithParam<journal::v1::Realm> {
 protected:
  FirstAccounts Options() {
    FirstAccounts first;
    first.installation = rig_.installation;
    first.registry = rig_.registry_shard.get();
    first.identity = rig_.shard.get();
    first.vault = &rig_.vault;
    first.sealer = rig_.sealer.get();
    first.clock = &rig_.clock;
    first.present = {"张建国", "李秀英"};
    first.file = dir_ / "first-accounts.txt";
    return first;
  }
  std::string Sheet() {
    std::ifstream in(dir_ / "first-accounts.txt");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  // login -> password
  std::map<std::string, std::string> Passwords() {
    std::map<std::string, std::string> found;
    std::istringstream lines(Sheet());
    for (std::string line; std::getline(lines, line);) {
      const size_t first = line.find('\t');
      const size_t second = line.find('\t', first + 1);
      if (second == std::string::npos) continue;
      found[line.substr(0, first)] = line.substr(first + 1, second - first - 1);
    }
    return found;
  }

  ServiceRig rig_{GetParam()};
  test_support::TempDir dir_;
};

TEST_P(BootstrapTest, ThreeAdministratorsWithADutyEach) {
  const absl::Status made = CreateFirstAccounts(Options());
  ASSERT_TRUE(made.ok()) << made;
  struct stat info = {};
  ASSERT_EQ(::stat((dir_ / "first-accounts.txt").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  auto passwords = Passwords();
  ASSERT_EQ(passwords.size(), 3U);
  rig_.Follow();
  const std::map<std::string, types::v1::Role> roles = {
      {"sysadmin", types::v1::ROLE_SYSTEM_ADMIN},
      {"secadmin", types::v1::ROLE_SECURITY_ADMIN},
      {"auditadmin", types::v1::ROLE_AUDIT_ADMIN}};
  for (const auto& [login, role] : roles) {
    EXPECT_EQ(rig_.LogIn(login, passwords[login]), "PASSWORD_MUST_CHANGE");
    EXPECT_EQ(rig_.LogIn(login, passwords[login], "Berg-Hang-Tal-88"), "OK");
    EXPECT_EQ(rig_.token.subject(), FirstAdministrator(rig_.installation.id, role).str());
    EXPECT_EQ(rig_.WhoAmI(rig_.token.token()), "OK");
    ASSERT_EQ(rig_.who.duties_size(), 1);
    EXPECT_EQ(rig_.who.duties(0).role(), role);
    EXPECT_EQ(rig_.who.duties(0).office(), "bureau:411282");
  }
  // Only the names of those present are personal, and they are sealed.
  EXPECT_THAT(rig_.JournalBytes(), Not(HasSubstr("张建国")));
  EXPECT_THAT(rig_.JournalBytes(), Not(HasSubstr(passwords["sysadmin"])));
  const bool demo = GetParam() == journal::v1::REALM_DEMO;
  EXPECT_EQ(Sheet().find("IssueDemoToken") != std::string::npos, demo);
}

TEST_P(BootstrapTest, ASecondStartDoesNothing) {
  ASSERT_TRUE(CreateFirstAccounts(Options()).ok());
  const std::string sheet = Sheet();
  const size_t written = rig_.JournalBytes().size();
  FirstAccounts again = Options();
  again.present.clear();
  again.file.clear();
  EXPECT_TRUE(CreateFirstAccounts(again).ok());
  EXPECT_EQ(Sheet(), sheet);
  EXPECT_EQ(rig_.JournalBytes().size(), written);
}

TEST_P(BootstrapTest, ARunThatWasCutOffIsRepeated) {
  std::ofstream(dir_ / "first-accounts.txt") << "of an earlier run";
  const absl::Status refused = CreateFirstAccounts(Options());
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);  // people and duties exist now
  EXPECT_EQ(Sheet(), "of an earlier run");
  std::string printed;
  FirstAccounts again = Options();
  again.file.clear();
  again.print = [&printed](std::string_view sheet) { printed += sheet; };
  const absl::Status made = CreateFirstAccounts(again);
  EXPECT_TRUE(made.ok()) << made;
  EXPECT_THAT(printed, HasSubstr("auditadmin\t"));
}

TEST_P(BootstrapTest, ARealInstallationNamesTwoPersons) {
  FirstAccounts first = Options();
  first.present = {"张建国"};
  const absl::Status made = CreateFirstAccounts(first);
  EXPECT_EQ(made.ok(), GetParam() == journal::v1::REALM_DEMO) << made;
}

INSTANTIATE_TEST_SUITE_P(Realms, BootstrapTest,
                         testing::Values(journal::v1::REALM_DEMO, journal::v1::REALM_REAL),
                         [](const auto& info) {
                           return info.param == journal::v1::REALM_DEMO ? "Demo" : "Real";
                         });

}  // namespace
}  // namespace twinline::identity

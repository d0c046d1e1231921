// Log-in, lock-out, sessions and their end, through the real server.
#include <gmock/gmock.h>

#include "identity/domain/issuer.h"
#include "identity/domain/token.h"
#include "identity/service/failed_attempts.h"
#include "identity/service/token_signer.h"
#include "identity/tables/tables.h"
#include "tests/unit/identity/service_rig.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

class LogInTest : public testing::Test {
 protected:
  ServiceRig rig_;
};

TEST_F(LogInTest, ATokenSaysWhoForTenMinutes) {
  rig_.AddTeacher("li.wei");
  EXPECT_EQ(rig_.LogIn(" Li.Wei ", ServiceRig::PasswordOf("li.wei")), "OK");
  const v1::TokenReply reply = rig_.token;
  EXPECT_EQ(reply.subject(), Staff("li.wei").str());
  EXPECT_EQ(reply.expires_us(), rig_.real_clock.us + 600 * ServiceRig::kSecond);
  EXPECT_EQ(reply.realm_banner(), "演示系统 DEMO");
  EXPECT_EQ(rig_.WhoAmI(reply.token()), "OK");
  EXPECT_EQ(rig_.who.login(), "li.wei");
  EXPECT_EQ(rig_.who.session(), reply.session());
  ASSERT_EQ(rig_.who.duties_size(), 1);
  EXPECT_EQ(rig_.who.duties(0).role(), types::v1::ROLE_CLASS_TEACHER);
  rig_.real_clock.us += 600 * ServiceRig::kSecond;
  EXPECT_EQ(rig_.WhoAmI(reply.token()), "OK");  // the skew that clocks of two machines may have
  rig_.real_clock.us += 60 * ServiceRig::kSecond;
  EXPECT_EQ(rig_.WhoAmI(reply.token()), "TOKEN_EXPIRED");
  EXPECT_EQ(rig_.WhoAmI(reply.token() + "x"), "TOKEN_INVALID");
  EXPECT_EQ(rig_.WhoAmI(""), "UNAUTHENTICATED_TOKEN_MISSING");
}

TEST_F(LogInTest, RecordTimeIsToldAndMovesNoToken) {
  rig_.AddTeacher("li.wei");
  rig_.clock.us += 30 * base::kDayUs;  // a demonstration that plays a month
  EXPECT_EQ(rig_.WhoAmI(rig_.token.token()), "OK");
  EXPECT_EQ(rig_.who.server_time_us(), rig_.clock.us);
  EXPECT_EQ(rig_.Refresh(rig_.token.refresh_token()), "OK");
  EXPECT_EQ(rig_.token.server_time_us(), rig_.clock.us);
  EXPECT_EQ(rig_.token.expires_us(), rig_.real_clock.us + 600 * ServiceRig::kSecond);
}

TEST_F(LogInTest, AnUnknownLoginIsAnsweredAsAWrongPasswordToTheLockAndBeyond) {
  rig_.AddTeacher("li.wei");
  std::vector<std::string> known, unknown;
  for (int i = 0; i < 7; ++i) {
    rig_.LogIn("li.wei", "not the password");
    known.push_back(rig_.last.code() + rig_.last.refusal->zh + rig_.last.refusal->en);
    rig_.LogIn("nobody", "not the password");
    unknown.push_back(rig_.last.code() + rig_.last.refusal->zh + rig_.last.refusal->en);
  }
  EXPECT_EQ(known, unknown);
  EXPECT_THAT(known[3], HasSubstr("LOGIN_FAILED"));
  EXPECT_THAT(known[4], HasSubstr("ACCOUNT_LOCKED"));
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "ACCOUNT_LOCKED");
  // Whoever is at work stays.
  EXPECT_EQ(rig_.Refresh(rig_.token.refresh_token()), "OK");
}

TEST_F(LogInTest, ALockEndsByItselfAndOutlivesARestart) {
  rig_.AddTeacher("li.wei");
  for (int i = 0; i < 5; ++i) rig_.LogIn("li.wei", "not the password");
  rig_.Restart();
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "ACCOUNT_LOCKED");
  rig_.Pass(15 * ServiceRig::kMinute);
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "OK");
}

TEST_F(LogInTest, FourWrongOnesAreForgivenByARightOneAndByTime) {
  rig_.AddTeacher("li.wei");
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(rig_.LogIn("li.wei", "wrong"), "LOGIN_FAILED");
    if (round == 0) {
      EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "OK");
    }
    if (round == 1) rig_.Pass(15 * ServiceRig::kMinute);
  }
}

TEST_F(LogInTest, OnePasswordTriedUnderManyNamesLocksTheAddress) {
  rig_.AddTeacher("li.wei");
  for (size_t i = 0; i < FailedAttempts::kAddressLimit; ++i) {
    EXPECT_EQ(rig_.LogIn("nobody." + std::to_string(i), "Sommer-2026"), "LOGIN_FAILED");
  }
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "ADDRESS_LOCKED");
  rig_.Pass(15 * ServiceRig::kMinute);
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "OK");
}

TEST_F(LogInTest, AWrongPasswordIsUnauthenticated) {
  rig_.AddTeacher("li.wei");
  EXPECT_EQ(rig_.LogIn("li.wei", "wrong"), "LOGIN_FAILED");
  EXPECT_TRUE(absl::IsUnauthenticated(rig_.last.status)) << rig_.last.status;
  EXPECT_EQ(rig_.Refresh("rt1."), "REFRESH_INVALID");
  EXPECT_TRUE(absl::IsUnauthenticated(rig_.last.status)) << rig_.last.status;
}

// Between two duties: no role names these three.
TEST_F(LogInTest, APersonWithoutAnyDutyReadsWhoItIsChangesThePasswordAndLogsOut) {
  const std::string admin = rig_.Admin();
  v1::CreateAccountRequest create;
  create.set_staff_id(Staff("idle").str());
  create.set_login("idle");
  create.set_first_password("Karpfen-Teich-31");
  v1::CreateAccountReply created;
  ASSERT_EQ(rig_.Call("CreateAccount", create, &created, admin), "OK");
  ASSERT_EQ(rig_.LogIn("idle", "Karpfen-Teich-31", "Berg-Hang-Tal-88"), "OK");
  const std::string token = rig_.token.token();
  EXPECT_EQ(rig_.WhoAmI(token), "OK");
  EXPECT_TRUE(rig_.who.duties().empty());
  v1::ChangePasswordRequest change;
  change.set_old_password("Berg-Hang-Tal-88");
  change.set_new_password("Fluss-Ufer-Weide-7");
  v1::ChangePasswordReply changed;
  EXPECT_EQ(rig_.Call("ChangePassword", change, &changed, token), "OK");
  v1::LogOutReply out;
  ASSERT_EQ(rig_.LogIn("idle", "Fluss-Ufer-Weide-7"), "OK");
  EXPECT_EQ(rig_.Call("LogOut", v1::LogOutRequest(), &out, rig_.token.token()), "OK");
}

TEST_F(LogInTest, TheFirstPasswordIsReplacedInTheSameRequest) {
  const std::string admin = rig_.Admin();
  v1::CreateAccountRequest create;
  create.set_staff_id(Staff("wang").str());
  create.set_login("Wang.Fang");
  v1::CreateAccountReply created;
  create.set_first_password("short");
  EXPECT_EQ(rig_.Call("CreateAccount", create, &created, admin), "PASSWORD_TOO_SHORT");
  create.set_first_password("Karpfen-Teich-31");
  EXPECT_EQ(rig_.Call("CreateAccount", create, &created, admin), "OK");
  EXPECT_GT(created.read_token().pos(), 0U);
  EXPECT_EQ(rig_.LogIn("wang.fang", "Karpfen-Teich-31"), "PASSWORD_MUST_CHANGE");
  EXPECT_EQ(rig_.LogIn("wang.fang", "Karpfen-Teich-31", "Karpfen-Teich-31"), "PASSWORD_SAME");
  EXPECT_EQ(rig_.LogIn("wang.fang", "Karpfen-Teich-31", "wang.fang.12"), "PASSWORD_PERSONAL");
  EXPECT_EQ(rig_.LogIn("wang.fang", "Karpfen-Teich-31", "Berg-Hang-Tal-88"), "OK");
  EXPECT_EQ(rig_.LogIn("wang.fang", "Karpfen-Teich-31"), "LOGIN_FAILED");
  EXPECT_EQ(rig_.LogIn("wang.fang", "Berg-Hang-Tal-88"), "OK");
}

TEST_F(LogInTest, NoPasswordAndNoHashIsInTheJournal) {
  rig_.AddTeacher("li.wei");
  rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei"));
  rig_.Refresh(rig_.token.refresh_token());
  const std::string bytes = rig_.JournalBytes();
  EXPECT_THAT(bytes, HasSubstr("li.wei"));
  EXPECT_THAT(bytes, Not(HasSubstr(ServiceRig::PasswordOf("li.wei"))));
  EXPECT_THAT(bytes, Not(HasSubstr("argon2")));
  EXPECT_THAT(bytes, Not(HasSubstr("PRIVATE KEY")));
  EXPECT_THAT(bytes, Not(HasSubstr(rig_.token.refresh_token())));
}

TEST_F(LogInTest, ARefreshTokenUsedTwiceEndsTheSession) {
  rig_.AddTeacher("li.wei");
  const std::string first = rig_.token.refresh_token();
  EXPECT_EQ(rig_.Refresh(first), "OK");
  const v1::TokenReply second = rig_.token;
  EXPECT_NE(second.refresh_token(), first);
  EXPECT_EQ(rig_.WhoAmI(second.token()), "OK");
  EXPECT_EQ(rig_.Refresh(first), "REFRESH_INVALID");
  rig_.Follow();
  EXPECT_EQ(rig_.WhoAmI(second.token()), "SESSION_ENDED");
  EXPECT_EQ(rig_.Refresh(second.refresh_token()), "REFRESH_INVALID");
}

TEST_F(LogInTest, AForgedRefreshTokenChangesNothing) {
  rig_.AddTeacher("li.wei");
  const v1::TokenReply reply = rig_.token;
  std::string forged = reply.refresh_token();
  forged[forged.size() - 5] = forged[forged.size() - 5] == 'A' ? 'B' : 'A';
  EXPECT_EQ(rig_.Refresh(forged), "REFRESH_INVALID");
  EXPECT_EQ(rig_.Refresh("rt1."), "REFRESH_INVALID");
  EXPECT_EQ(rig_.Refresh(reply.token()), "REFRESH_INVALID");
  EXPECT_EQ(rig_.Refresh(reply.refresh_token()), "OK");
}

TEST_F(LogInTest, SessionsOutliveARestartAndEndAfterTwelveHours) {
  rig_.AddTeacher("li.wei");
  rig_.Restart();
  rig_.Appoint("li.wei", types::v1::ROLE_CLASS_TEACHER, "class:" + Staff("7-1").hex());
  EXPECT_EQ(rig_.WhoAmI(rig_.token.token()), "OK");
  EXPECT_EQ(rig_.Refresh(rig_.token.refresh_token()), "OK");
  rig_.Pass(12 * 60 * ServiceRig::kMinute - 5 * ServiceRig::kMinute);
  EXPECT_EQ(rig_.Refresh(rig_.token.refresh_token()), "OK");
  // Cut at the end of the session.
  EXPECT_EQ(rig_.token.expires_us(), rig_.real_clock.us + 5 * ServiceRig::kMinute);
  rig_.Pass(5 * ServiceRig::kMinute);
  EXPECT_EQ(rig_.Refresh(rig_.token.refresh_token()), "REFRESH_INVALID");
}

TEST_F(LogInTest, LogOutEndsTheSessionForEveryService) {
  rig_.AddTeacher("li.wei");
  const v1::TokenReply reply = rig_.token;
  v1::LogOutReply out;
  EXPECT_EQ(rig_.Call("LogOut", v1::LogOutRequest(), &out, reply.token()), "OK");
  rig_.Follow();
  EXPECT_EQ(rig_.WhoAmI(reply.token()), "SESSION_ENDED");
  EXPECT_EQ(rig_.Refresh(reply.refresh_token()), "REFRESH_INVALID");
}

TEST_F(LogInTest, ADemonstrationPlaysAnybody) {
  v1::IssueDemoTokenRequest request;
  request.set_subject(Staff("anybody").str());
  for (const uint32_t minutes : {0U, 1'441U}) {
    request.set_minutes(minutes);
    EXPECT_EQ(rig_.Call("IssueDemoToken", request, &rig_.token), "FIELD_MINUTES");
  }
  request.set_minutes(1'440);
  EXPECT_EQ(rig_.Call("IssueDemoToken", request, &rig_.token), "OK");
  EXPECT_EQ(rig_.token.refresh_token(), "");
  rig_.Appoint("anybody", types::v1::ROLE_PRINCIPAL, "school:2141000001");
  rig_.real_clock.us += 1'439 * ServiceRig::kMinute;
  EXPECT_EQ(rig_.WhoAmI(rig_.token.token()), "OK");
  rig_.real_clock.us += 3 * ServiceRig::kMinute;
  EXPECT_EQ(rig_.WhoAmI(rig_.token.token()), "TOKEN_EXPIRED");
  request.set_subject("short");
  EXPECT_EQ(rig_.Call("IssueDemoToken", request, &rig_.token), "STAFF_ID_INVALID");
}

// A signer with the very key of this installation, for any issuer.
std::string SignAs(ServiceRig& rig, bool demo, int64_t lifetime_s) {
  const auto ring = base::Find<v1::KeyRingRow>(*rig.shard->Read().rows);
  const auto secret = rig.vault.Get(base::AsId(ring->keys(0).private_entry()));
  const TokenSigner signer(IssuerName(rig.installation.id, demo), std::string(kAudience),
                           *SigningKey::FromPem(secret->bytes.view()), {});
  return signer.Mint({Staff("li.wei"), 77, Assurance::kOneFactor}, rig.real_clock.Now(),
                     lifetime_s);
}

TEST(RealmTest, ARealInstallationIssuesAndTakesNothingOfADemonstration) {
  ServiceRig rig(journal::v1::REALM_REAL);
  rig.AddTeacher("li.wei");
  EXPECT_EQ(rig.token.realm_banner(), "");
  EXPECT_EQ(rig.WhoAmI(rig.token.token()), "OK");
  v1::IssueDemoTokenRequest request;
  request.set_subject(Staff("li.wei").str());
  request.set_minutes(1);
  v1::TokenReply none;
  EXPECT_NE(rig.Call("IssueDemoToken", request, &none), "OK");
  EXPECT_EQ(none.token(), "");
  EXPECT_EQ(rig.WhoAmI(SignAs(rig, /*demo=*/false, 600)), "OK");
  EXPECT_EQ(rig.WhoAmI(SignAs(rig, /*demo=*/true, 600)), "TOKEN_INVALID");
  EXPECT_EQ(rig.WhoAmI(SignAs(rig, /*demo=*/false, 601)), "TOKEN_INVALID");  // no long-lived ones
}

TEST(RealmTest, ADemonstrationTakesNothingOfARealInstallation) {
  ServiceRig rig;
  rig.AddTeacher("li.wei");
  EXPECT_EQ(rig.WhoAmI(SignAs(rig, /*demo=*/true, 86'400)), "OK");
  EXPECT_EQ(rig.WhoAmI(SignAs(rig, /*demo=*/false, 600)), "TOKEN_INVALID");
}

}  // namespace
}  // namespace twinline::identity

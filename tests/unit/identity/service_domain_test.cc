// What identity/0 decides: accounts, sessions, locks, keys and issuers.
#include <gmock/gmock.h>

#include "identity/domain/login.h"
#include "tests/unit/identity/rfc_vectors.h"
#include "tests/unit/identity/service_domain_fixture.h"

namespace twinline::identity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Session(uint64_t session, const std::string& reason) {
  return std::to_string(session) + ":" + reason;
}

using AccountTest = DomainFixture;

TEST_F(AccountTest, OnePersonOneAccountOneLogin) {
  As("admin");
  EXPECT_EQ(Create("li", "teacher.li"), "");
  EXPECT_EQ(Create("li", "another"), "ACCOUNT_EXISTS");
  EXPECT_EQ(Create("wang", "teacher.li"), "LOGIN_TAKEN");
  EXPECT_EQ(Create("wang", "teacher"), "");  // a prefix is another name
  EXPECT_TRUE(Account("li").must_change());
  v1::CreateAccountCommand nobody;
  nobody.set_login("nobody");
  EXPECT_EQ(Do(nobody), "STAFF_ID_INVALID");
}

TEST_F(AccountTest, ALoginIsACodeAndNoPersonalData) {
  EXPECT_EQ(NormaliseLogin("  Teacher.Li "), "teacher.li");
  EXPECT_EQ(NormaliseLogin("   "), "");
  for (const char* good : {"li3", "0001", "a.b_c-d@e", "2141000001"}) {
    EXPECT_FALSE(CheckLogin(good)) << good;
  }
  for (const char* bad : {"li", "", "Li.Wei", ".li", "李老师", "a b", "13800138000",
                          "411282199001011234", "41128219900101123x"}) {
    ASSERT_TRUE(CheckLogin(bad)) << bad;
    EXPECT_EQ(CheckLogin(bad)->code, "LOGIN_INVALID") << bad;
  }
  EXPECT_TRUE(CheckLogin(std::string(65, 'a')));
}

TEST_F(AccountTest, TheFirstPasswordMustBeChangedAtTheFirstLogIn) {
  As("admin");
  Create("li");
  EXPECT_EQ(LogIn("li", "li first"), "PASSWORD_MUST_CHANGE");
  EXPECT_EQ(LogIn("li", "li first", "li own"), "");
  EXPECT_FALSE(Account("li").must_change());
  // The session first, then what the service must destroy.
  EXPECT_THAT(Outcome(), ElementsAre(SessionEntity(NewSession()), base::AsId(Id("li first"))));
  EXPECT_EQ(LogIn("li", "li first"), "LOGIN_FAILED");  // verified against what it was
  EXPECT_EQ(LogIn("li", "li own"), "");
}

TEST_F(AccountTest, AChangedPasswordEndsAllOtherSessions) {
  const uint64_t first = Ready("li");
  LogIn("li", "li own");
  const uint64_t second = NewSession();
  LogIn("li", "li own");
  const uint64_t third = NewSession();
  As("li", second);
  v1::ChangePasswordCommand change;
  change.set_subject(Id("li"));
  change.set_verified_entry(Id("li first"));
  change.set_password_entry(Id("li new"));
  EXPECT_EQ(Do(change), "OLD_PASSWORD_WRONG");
  change.set_verified_entry(Id("li own"));
  EXPECT_EQ(Do(change), "");
  EXPECT_THAT(Ended(),
              ElementsAre(Session(first, "PASSWORD_CHANGED"), Session(third, "PASSWORD_CHANGED")));
  EXPECT_EQ(Running("li"), 1U);
  EXPECT_EQ(Outcome().front(), base::AsId(Id("li own")));
  As("wang");
  EXPECT_EQ(Do(change), "OLD_PASSWORD_WRONG");  // only the owner
}

TEST_F(AccountTest, AResetIsByAnotherPersonAndMustBeChanged) {
  Ready("li");
  v1::ChangePasswordCommand reset;
  reset.set_subject(Id("li"));
  reset.set_password_entry(Id("li reset"));
  reset.set_by_admin(true);
  As("li");
  EXPECT_EQ(Do(reset), "ACCOUNT_IS_OWN");
  As("admin");
  EXPECT_EQ(Do(reset), "");
  EXPECT_EQ(Running("li"), 0U);
  EXPECT_EQ(LogIn("li", "li reset"), "PASSWORD_MUST_CHANGE");
  reset.set_subject(Id("nobody"));
  EXPECT_EQ(Do(reset), "ACCOUNT_UNKNOWN");
}

TEST_F(AccountTest, WrongPasswordsLockLogInAndNotTheWorkAtHand) {
  const uint64_t session = Ready("li");
  As("service:identity");
  EXPECT_EQ(Lock("li", "FAILED_LOGINS", now_ + 15 * kMinute), "");
  EXPECT_THAT(Ended(), IsEmpty());
  EXPECT_EQ(LogIn("li", "li own"), "ACCOUNT_LOCKED");
  EXPECT_EQ(Refresh(session, 0), "");
  now_ += 15 * kMinute;
  EXPECT_EQ(LogIn("li", "li own"), "");
}

TEST_F(AccountTest, AnAdministratorsLockEndsEverythingUntilItIsLifted) {
  const uint64_t session = Ready("li");
  As("li");
  EXPECT_EQ(Lock("li", "ADMIN"), "ACCOUNT_IS_OWN");
  As("admin");
  EXPECT_EQ(Lock("nobody", "ADMIN"), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(Lock("li", "BECAUSE"), "LOCK_REASON_INVALID");
  EXPECT_EQ(Lock("li", "ADMIN"), "");
  EXPECT_THAT(Ended(), ElementsAre(Session(session, "LOCKED")));
  EXPECT_EQ(Lock("li", "ADMIN"), "ACCOUNT_ALREADY_LOCKED");
  EXPECT_EQ(Lock("li", "FAILED_LOGINS", now_ + 1), "ACCOUNT_ALREADY_LOCKED");
  now_ += 24 * 60 * kMinute;
  EXPECT_EQ(LogIn("li", "li own"), "ACCOUNT_LOCKED");
  v1::UnlockAccountCommand unlock;
  unlock.set_subject(Id("li"));
  As("admin");
  EXPECT_EQ(Do(unlock), "");
  EXPECT_EQ(Do(unlock), "ACCOUNT_NOT_LOCKED");
  EXPECT_EQ(LogIn("li", "li own"), "");
}

TEST_F(AccountTest, TheFirstAccountsAreMadeOnceAndByTheHost) {
  v1::CreateFirstAccountsCommand command;
  for (const char* name : {"sysadmin", "secadmin", "auditadmin"}) {
    v1::CreateAccountCommand* account = command.add_accounts();
    account->set_subject(Id(name));
    account->set_login(name);
    account->set_password_entry(Id(std::string(name) + " first"));
  }
  As("li");
  EXPECT_EQ(Do(command), "ALREADY_INITIALISED");
  As("service:init");
  EXPECT_EQ(Do(command), "");
  EXPECT_EQ(Seen<v1::AccountCreated>().size(), 3U);
  EXPECT_EQ(Seen<v1::FirstAccountsCreated>().front().subject_size(), 3);
  EXPECT_EQ(Do(command), "ALREADY_INITIALISED");
}

using SessionTest = DomainFixture;

TEST_F(SessionTest, ARefreshTokenUsedTwiceEndsTheSession) {
  const uint64_t session = Ready("li");
  EXPECT_EQ(Refresh(session, 0), "");
  EXPECT_EQ(Seen<v1::SessionRefreshed>().front().generation(), 1U);
  EXPECT_EQ(Refresh(session, 1), "");
  EXPECT_EQ(Refresh(session, 3), "REFRESH_INVALID");  // never issued: a restored journal
  EXPECT_EQ(Refresh(session, 0), "");
  EXPECT_THAT(Ended(), ElementsAre(Session(session, "REFRESH_REUSED")));
  EXPECT_EQ(Refresh(session, 2), "REFRESH_INVALID");
}

TEST_F(SessionTest, ASessionIsNotRefreshedBeyondItsTime) {
  const uint64_t session = Ready("li");
  now_ += 12 * 60 * kMinute - 1;
  EXPECT_EQ(Refresh(session, 0), "");
  now_ += 1;
  EXPECT_EQ(Refresh(session, 1), "REFRESH_INVALID");
  v1::EndExpiredSessionsCommand sweep;
  sweep.set_real_time_us(now_ - 1);
  As("service:identity");
  EXPECT_EQ(Do(sweep), "NOTHING_EXPIRED");
  sweep.set_real_time_us(now_);
  EXPECT_EQ(Do(sweep), "");
  EXPECT_THAT(Ended(), ElementsAre(Session(session, "EXPIRED")));
  EXPECT_EQ(Running("li"), 0U);
}

TEST_F(SessionTest, TheOldestOfTwentyGivesWay) {
  const uint64_t first = Ready("li");
  for (int i = 0; i < 19; ++i) ASSERT_EQ(LogIn("li", "li own"), "");
  EXPECT_EQ(Running("li"), 20U);
  EXPECT_THAT(Ended(), IsEmpty());
  EXPECT_EQ(LogIn("li", "li own"), "");
  EXPECT_THAT(Ended(), ElementsAre(Session(first, "REPLACED")));
  EXPECT_EQ(Running("li"), 20U);
}

TEST_F(SessionTest, LogOutEndsOnesOwnAndAnAdministratorAny) {
  const uint64_t session = Ready("li");
  v1::EndSessionCommand end;
  end.set_session(session);
  end.set_reason("LOG_OUT");
  As("wang");
  EXPECT_EQ(Do(end), "SESSION_UNKNOWN");
  end.set_reason("REVOKED");
  EXPECT_EQ(Do(end), "");
  EXPECT_THAT(Ended(), ElementsAre(Session(session, "REVOKED")));
  EXPECT_EQ(Do(end), "SESSION_UNKNOWN");
}

TEST_F(SessionTest, ADemonstrationNeedsNoAccountAndARealRealmRefusesIt) {
  As("anybody");
  v1::StartSessionCommand start = StartOf("anybody", "");
  start.set_assurance("DEMO");
  start.clear_refresh_entry();
  EXPECT_EQ(Do(start), "");
  EXPECT_EQ(Refresh(NewSession(), 0), "REFRESH_INVALID");
  context().demo_realm = false;
  EXPECT_EQ(Do(start), "DEMO_ONLY");
  start.set_assurance("MAGIC");
  EXPECT_EQ(Do(start), "ACCOUNT_UNKNOWN");
  start.set_expires_us(now_);
  EXPECT_EQ(Do(start), "SESSION_INVALID");
}

TEST_F(SessionTest, AStrongerCostReplacesTheEntryAndEndsNothing) {
  Ready("li");
  v1::StartSessionCommand start = StartOf("li", "li own");
  start.set_rehashed_entry(Id("li stronger"));
  As("li");
  EXPECT_EQ(Do(start), "");
  EXPECT_THAT(Ended(), IsEmpty());
  EXPECT_EQ(Account("li").password_entry(), Id("li stronger"));
  EXPECT_EQ(Outcome().back(), base::AsId(Id("li own")));
}

class KeyTest : public DomainFixture {
 protected:
  static void Fill(const std::string& kid, v1::SigningKeyPublished* key) {
    key->set_kid(kid);
    key->set_algorithm("ES256");
    key->set_public_jwk("{}");
    key->set_private_entry(Id(kid));
  }
  std::string Rotate(const std::string& next) {
    v1::RotateSigningKeyCommand command;
    Fill(next, command.mutable_next());
    command.set_until_us(now_ + 11 * kMinute);
    return Do(command);
  }
  // "kid" or "(kid)" when retired, in order.
  std::string Ring() const {
    std::string out;
    const auto ring = base::Find<v1::KeyRingRow>(rows_).value_or(v1::KeyRingRow());
    for (const auto& key : ring.keys()) {
      out += key.retired_until_us() == 0 ? key.kid() + " " : "(" + key.kid() + ") ";
    }
    return out;
  }
  std::string Publish() {
    v1::PublishSigningKeysCommand command;
    Fill("a", command.add_keys());
    Fill("b", command.add_keys());
    return Do(command);
  }
};

TEST_F(KeyTest, TwoKeysArePublishedAndTheyTakeTurns) {
  As("service:identity");
  EXPECT_EQ(Rotate("x"), "SIGNING_KEYS_MISSING");
  EXPECT_EQ(Publish(), "");
  EXPECT_EQ(Publish(), "SIGNING_KEYS_EXIST");
  EXPECT_EQ(Ring(), "a b ");
  EXPECT_EQ(Rotate("b"), "SIGNING_KEY_INVALID");
  EXPECT_EQ(Rotate("c"), "");
  EXPECT_EQ(Ring(), "(a) b c ");
  EXPECT_THAT(Outcome(), ElementsAre(base::AsId(Id("a"))));  // its private half is destroyed
  for (const char* next : {"d", "e", "f"}) EXPECT_EQ(Rotate(next), "");
  EXPECT_EQ(Ring(), "(b) (c) (d) e f ");
}

class IssuerTest : public DomainFixture {
 protected:
  static constexpr char kIssuer[] = "https://sso.example";
  static std::string Jwks() {
    return R"({"keys":[{"kty":"RSA","kid":"k","alg":"RS256","n":")" + std::string(kRfcN) +
           R"(","e":"AQAB"}]})";
  }
  std::string Trust(const std::string& issuer, const std::string& audience,
                    const std::string& jwks) {
    v1::TrustIssuerCommand command;
    command.set_issuer(issuer);
    command.set_audience(audience);
    command.set_jwks(jwks);
    command.set_subject_claim("preferred_username");
    return Do(command);
  }
  std::string Exchange(const std::string& who) {
    As(who);
    v1::StartSessionCommand start = StartOf(who, "");
    start.set_assurance("OIDC");
    start.set_issuer(kIssuer);
    return Do(start);
  }
};

TEST_F(IssuerTest, OnlyUsableKeysOfANamedIssuer) {
  As("admin");
  EXPECT_EQ(Trust("http://sso.example", "twinline", Jwks()), "ISSUER_INVALID");
  EXPECT_EQ(Trust("https://", "twinline", Jwks()), "ISSUER_INVALID");
  EXPECT_EQ(Trust(kIssuer, "", Jwks()), "ISSUER_INVALID");
  EXPECT_EQ(Trust(kIssuer, "twinline", "{}"), "ISSUER_KEYS_INVALID");
  EXPECT_EQ(Trust(kIssuer, "twinline", std::string(70'000, ' ')), "ISSUER_KEYS_INVALID");
  EXPECT_EQ(Trust(kIssuer, "twinline", Jwks()), "");
}

TEST_F(IssuerTest, ADistrustedIssuersSessionsAreNotRefreshed) {
  Ready("li");
  EXPECT_EQ(Exchange("li"), "ISSUER_UNKNOWN");
  As("admin");
  Trust(kIssuer, "twinline", Jwks());
  EXPECT_EQ(Exchange("nobody"), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(Exchange("li"), "");
  const uint64_t session = NewSession();
  EXPECT_EQ(Refresh(session, 0), "");
  v1::DistrustIssuerCommand distrust;
  distrust.set_issuer(kIssuer);
  As("admin");
  EXPECT_EQ(Do(distrust), "");
  EXPECT_EQ(Do(distrust), "ISSUER_UNKNOWN");
  EXPECT_EQ(Refresh(session, 1), "");
  EXPECT_THAT(Ended(), ElementsAre(Session(session, "ISSUER_DISTRUSTED")));
}

TEST_F(IssuerTest, WrongPasswordsDoNotStopWhomTheIssuerVouchesFor) {
  Ready("li");
  As("admin");
  Trust(kIssuer, "twinline", Jwks());
  Lock("li", "FAILED_LOGINS", now_ + kMinute);
  EXPECT_EQ(Exchange("li"), "");
  As("admin");
  Lock("li", "ADMIN");
  EXPECT_EQ(Exchange("li"), "ACCOUNT_LOCKED");
}

}  // namespace
}  // namespace twinline::identity

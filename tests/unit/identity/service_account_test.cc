// Changing passwords, the security administrator's work, and keys, through the real server.
#include <gmock/gmock.h>

#include <future>
#include <nlohmann/json.hpp>
#include <vector>

#include "identity/tables/tables.h"
#include "tests/unit/identity/service_rig.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccountServiceTest : public testing::Test {
 protected:
  std::string Change(const std::string& old, const std::string& fresh, const std::string& token) {
    v1::ChangePasswordRequest request;
    request.set_old_password(old);
    request.set_new_password(fresh);
    v1::ChangePasswordReply reply;
    return rig_.Call("ChangePassword", request, &reply, token);
  }
  std::string Lock(const std::string& who, const std::string& admin) {
    v1::LockAccountRequest request;
    request.set_subject(Staff(who).str());
    request.set_reason("调离本校，李伟");
    return rig_.Call("LockAccount", request, &reply_, admin);
  }
  v1::AccountRow Row(const std::string& who) {
    return base::Find<v1::AccountRow>(*rig_.shard->Read().rows, Staff(who)).value();
  }
  // After the pool has done what it had to destroy.
  vault::KeyState StateOf(const std::string& entry) {
    return rig_.vault.Get(base::AsId(entry))->state;
  }
  size_t LiveEntries(const std::string& who) {
    size_t live = 0;
    const auto entries = rig_.vault.List(Staff(who)).value();
    for (const vault::EntryInfo& entry : entries) live += entry.destroyed ? 0 : 1;
    return live;
  }

  ServiceRig rig_;
  v1::AccountReply reply_;
};

TEST_F(AccountServiceTest, ANewPasswordEndsTheOtherSessionsAndDestroysTheOldHash) {
  rig_.AddTeacher("li.wei");
  const v1::TokenReply other = rig_.token;
  const std::string old = ServiceRig::PasswordOf("li.wei");
  const std::string old_entry = Row("li.wei").password_entry();
  rig_.LogIn("li.wei", old);
  const v1::TokenReply own = rig_.token;
  EXPECT_EQ(Change("wrong", "Berg-Hang-Tal-88", own.token()), "OLD_PASSWORD_WRONG");
  EXPECT_EQ(Change(old, old, own.token()), "PASSWORD_SAME");
  EXPECT_EQ(Change(old, "password123", own.token()), "PASSWORD_COMMON");
  EXPECT_EQ(Change(old, "Berg-Hang-Tal-88", own.token()), "OK");
  EXPECT_EQ(Change(old, "Berg-Hang-Tal-88", own.token()), "OK");  // a retry: it is so already
  rig_.Follow();
  EXPECT_EQ(rig_.WhoAmI(own.token()), "OK");
  EXPECT_EQ(rig_.WhoAmI(other.token()), "SESSION_ENDED");
  EXPECT_EQ(rig_.LogIn("li.wei", old), "LOGIN_FAILED");
  EXPECT_EQ(rig_.LogIn("li.wei", "Berg-Hang-Tal-88"), "OK");
  rig_.Stop();
  EXPECT_EQ(StateOf(old_entry), vault::KeyState::kDestroyed);
  EXPECT_EQ(LiveEntries("li.wei"), 1U);
}

TEST_F(AccountServiceTest, AStolenTokenGuessesFiveTimes) {
  rig_.AddTeacher("li.wei");
  const std::string token = rig_.token.token();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(Change("wrong", "Berg-Hang-Tal-88", token), "OLD_PASSWORD_WRONG");
  }
  EXPECT_EQ(Change("wrong", "Berg-Hang-Tal-88", token), "ACCOUNT_LOCKED");
  EXPECT_EQ(Change(ServiceRig::PasswordOf("li.wei"), "Berg-Hang-Tal-88", token), "ACCOUNT_LOCKED");
}

TEST_F(AccountServiceTest, OnlyTheSecurityAdministratorLocks) {
  rig_.AddTeacher("li.wei");
  const v1::TokenReply teacher = rig_.token;
  const std::string admin = rig_.Admin();
  EXPECT_EQ(Lock("li.wei", teacher.token()), "PERMISSION_ROLE");
  EXPECT_EQ(Lock("nobody", admin), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(Lock("secadmin", admin), "ACCOUNT_IS_OWN");
  EXPECT_EQ(Lock("li.wei", admin), "OK");
  EXPECT_THAT(rig_.JournalBytes(), Not(HasSubstr("李伟")));
  rig_.Follow();
  EXPECT_EQ(rig_.WhoAmI(teacher.token()), "SESSION_ENDED");
  EXPECT_EQ(rig_.Refresh(teacher.refresh_token()), "REFRESH_INVALID");
  // A stranger learns nothing of it; who knows the password does.
  EXPECT_EQ(rig_.LogIn("li.wei", "wrong"), "LOGIN_FAILED");
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "ACCOUNT_LOCKED");
  v1::UnlockAccountRequest unlock;
  unlock.set_subject(Staff("li.wei").str());
  EXPECT_EQ(rig_.Call("UnlockAccount", unlock, &reply_, admin), "OK");
  EXPECT_EQ(rig_.Call("UnlockAccount", unlock, &reply_, admin), "ACCOUNT_NOT_LOCKED");
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "OK");
}

TEST_F(AccountServiceTest, UnlockingForgivesWrongPasswords) {
  rig_.AddTeacher("li.wei");
  const std::string admin = rig_.Admin();
  for (int i = 0; i < 5; ++i) rig_.LogIn("li.wei", "wrong");
  v1::UnlockAccountRequest unlock;
  unlock.set_subject(Staff("li.wei").str());
  // The answer to the fifth does not wait for the lock's event.
  std::string code = "ACCOUNT_NOT_LOCKED";
  while (code == "ACCOUNT_NOT_LOCKED") code = rig_.Call("UnlockAccount", unlock, &reply_, admin);
  EXPECT_EQ(code, "OK");
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "OK");
}

TEST_F(AccountServiceTest, AForgottenPasswordIsResetAndASessionRevoked) {
  rig_.AddTeacher("li.wei");
  rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei"));
  const v1::TokenReply session = rig_.token;
  const std::string admin = rig_.Admin();
  v1::GetAccountRequest get;
  get.set_login("LI.WEI");
  v1::GetAccountReply shown;
  EXPECT_EQ(rig_.Call("GetAccount", get, &shown, admin), "OK");
  EXPECT_EQ(shown.subject(), Staff("li.wei").str());
  ASSERT_EQ(shown.sessions_size(), 2);
  EXPECT_EQ(shown.sessions(1).session(), session.session());
  v1::EndSessionRequest end;
  end.set_session(session.session());
  EXPECT_EQ(rig_.Call("EndSession", end, &reply_, admin), "OK");
  EXPECT_EQ(rig_.Call("EndSession", end, &reply_, admin), "SESSION_UNKNOWN");
  rig_.Follow();
  EXPECT_EQ(rig_.WhoAmI(session.token()), "SESSION_ENDED");
  v1::ResetPasswordRequest reset;
  reset.set_subject(Staff("li.wei").str());
  reset.set_first_password("Karpfen-Teich-31");
  EXPECT_EQ(rig_.Call("ResetPassword", reset, &reply_, admin), "OK");
  EXPECT_EQ(rig_.LogIn("li.wei", "Karpfen-Teich-31"), "PASSWORD_MUST_CHANGE");
  EXPECT_EQ(rig_.LogIn("li.wei", "Karpfen-Teich-31", "Berg-Hang-Tal-88"), "OK");
  reset.set_subject(Staff("secadmin").str());
  EXPECT_EQ(rig_.Call("ResetPassword", reset, &reply_, admin), "ACCOUNT_IS_OWN");
}

TEST_F(AccountServiceTest, ARefusedWriteLeavesNoSecret) {
  rig_.AddTeacher("li.wei");
  const std::string admin = rig_.Admin();
  v1::CreateAccountRequest create;
  create.set_staff_id(Staff("wang").str());
  create.set_login("li.wei");
  create.set_first_password("Karpfen-Teich-31");
  v1::CreateAccountReply created;
  EXPECT_EQ(rig_.Call("CreateAccount", create, &created, admin), "LOGIN_TAKEN");
  create.set_login("13800138000");
  EXPECT_EQ(rig_.Call("CreateAccount", create, &created, admin), "LOGIN_INVALID");
  // The same id again is one account, and the hash that the repetition made is gone.
  create.set_login("wang");
  create.mutable_write()->set_request_id(rpc::NewRequestId(rig_.clock.us).str());
  EXPECT_EQ(rig_.Call("CreateAccount", create, &created, admin), "OK");
  EXPECT_EQ(rig_.Call("CreateAccount", create, &created, admin), "OK");
  create.set_login("zhao");
  EXPECT_EQ(rig_.Call("CreateAccount", create, &created, admin), "REQUEST_ID_REUSED");
  rig_.Restart();
  EXPECT_EQ(LiveEntries("wang"), 1U);
}

TEST_F(AccountServiceTest, WhatACrashLeftInTheVaultIsDestroyedAtTheNextStart) {
  rig_.AddTeacher("li.wei");
  rig_.Stop();
  const auto orphan =
      rig_.vault.Put(Staff("li.wei"), vault::SecretKind::kPasswordHash, "password", "$argon2id$");
  const auto data_key = rig_.vault.Create(Staff("li.wei"), "staff");
  rig_.Start();
  EXPECT_EQ(StateOf(orphan->str()), vault::KeyState::kDestroyed);
  EXPECT_EQ(StateOf(data_key->str()), vault::KeyState::kPresent);
  EXPECT_EQ(rig_.LogIn("li.wei", ServiceRig::PasswordOf("li.wei")), "OK");
}

class KeyServiceTest : public AccountServiceTest {
 protected:
  std::vector<std::string> Kids() {
    v1::GetKeysReply reply;
    EXPECT_EQ(rig_.Call("GetKeys", v1::GetKeysRequest(), &reply), "OK");
    const nlohmann::json document = nlohmann::json::parse(reply.jwks());
    std::vector<std::string> kids;
    for (const auto& key : document["keys"]) {
      EXPECT_FALSE(key.contains("d"));
      kids.push_back(key["kid"]);
    }
    return kids;
  }
};

TEST_F(KeyServiceTest, ARotationIsKnownBeforeItAndForgottenAfterIt) {
  rig_.AddTeacher("li.wei");
  const v1::TokenReply before = rig_.token;
  const std::string admin = rig_.Admin();
  EXPECT_EQ(Kids().size(), 2U);
  const auto ring = base::Find<v1::KeyRingRow>(*rig_.shard->Read().rows);
  v1::RotateSigningKeyReply rotated;
  EXPECT_EQ(rig_.Call("RotateSigningKey", v1::RotateSigningKeyRequest(), &rotated, admin), "OK");
  EXPECT_EQ(rotated.kid(), ring->keys(1).kid());
  EXPECT_EQ(Kids().size(), 3U);
  EXPECT_EQ(rig_.WhoAmI(before.token()), "OK");
  EXPECT_EQ(rig_.Refresh(before.refresh_token()), "OK");
  EXPECT_THAT(rig_.token.token(), Not(HasSubstr(before.token().substr(0, 40))));
  EXPECT_EQ(rig_.WhoAmI(rig_.token.token()), "OK");
  rig_.Pass(1'441 * ServiceRig::kMinute);  // the longest life of a demonstration's token
  EXPECT_EQ(Kids().size(), 2U);
  rig_.Stop();
  EXPECT_EQ(StateOf(ring->keys(0).private_entry()), vault::KeyState::kDestroyed);
  EXPECT_EQ(StateOf(ring->keys(1).private_entry()), vault::KeyState::kPresent);
}

TEST_F(KeyServiceTest, KeysAreMadeOnce) {
  const std::vector<std::string> kids = Kids();
  rig_.Restart();
  EXPECT_EQ(Kids(), kids);
}

}  // namespace
}  // namespace twinline::identity

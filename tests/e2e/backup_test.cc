// A backup of the running server, taken while people work, is a whole installation: fsck finds
// nothing wrong, and a drill on it shows every child that was answered before it began.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "platform/runtime/backup.h"
#include "platform/runtime/config.h"
#include "platform/runtime/installation.h"
#include "tests/support/running_county.h"
#include "tools/demo/guide.h"
#include "tools/fsck/fsck.h"
#include "twinline/admin/v1/admin.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

namespace fs = std::filesystem;

TEST(LiveBackup, IsWholeAlthoughWorkGoesOn) {
  RunningCounty county;
  const base::Id16 admin = demo::FirstAdmins(county.data()).system;
  admin::v1::BackUpRequest request;
  admin::v1::BackUpReply reply;
  const auto back_up = [&](const std::string& name) {
    request.set_name(name);
    return county.api().Call("twinline.admin.v1.AdminService.BackUp", request, &reply, admin);
  };
  EXPECT_EQ(back_up("first").code(), "BACKUPS_NOT_CONFIGURED");
  const fs::path backups = county.data() / "backups";
  county.Configure("places { backups: \"" + backups.string() + "\" }");
  for (const char* name : {"", "..", "a/b", ".hidden", "名"}) {
    EXPECT_EQ(back_up(name).code(), "BACKUP_NAME_INVALID") << name;
  }
  request.set_name("first");
  EXPECT_EQ(county.api()
                .Call("twinline.admin.v1.AdminService.BackUp", request, &reply,
                      county.loaded().bureau_official)
                .code(),
            "PERMISSION_ROLE");

  std::atomic<bool> done{false};
  std::thread work([&] {
    for (int day = 0; day < 3 && !done.load(); ++day) county.PlayDay(day, {});
  });
  const rpc::CallResult first = back_up("first");
  done.store(true);
  work.join();
  ASSERT_TRUE(first.ok()) << first.status;
  EXPECT_EQ(back_up("first").code(), "BACKUP_EXISTS");
  EXPECT_GE(reply.journals_size(), 6);

  const fs::path copy = backups / "first";
  ASSERT_TRUE(fs::exists(copy / runtime::kBackupManifest));
  const runtime::Places live = runtime::PlacesOf(county.data(), *runtime::LoadConfig(""));
  fsck::Options options;
  options.log = copy / "log";
  options.vault = copy / "vault";
  options.kek_file = live.kek_file;
  options.blobs = copy / "blobs";
  const auto report = fsck::Check(options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok()) << report->problems.front();
  EXPECT_GT(report->keys_named, 0u);
}

}  // namespace
}  // namespace twinline::test

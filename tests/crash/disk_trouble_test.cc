// A disk that is full, read-only or holds damaged files, under the real process. Whoever asks is
// told so in words, nothing that was answered is lost, nothing is half done, and the process ends
// when it is told to, or refuses to start with one sentence: it never aborts.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/support/county_case.h"
#include "tests/support/new_child.h"
#include "tests/support/running_county.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

namespace fs = std::filesystem;
namespace rv1 = registry::v1;

constexpr const char* kRegister = "twinline.registry.v1.RegistryService.RegisterChild";

// Children of this process run on a disk that this switches. Made before the first of them.
class TroubledDisk {
 public:
  TroubledDisk() : file_(fs::temp_directory_path() / ("disk-trouble-" + std::to_string(getpid()))) {
    const fs::path data = fs::temp_directory_path() / ("twinline-test-" + std::to_string(getpid()));
    setenv("TWINLINE_TROUBLE_DIR", data.c_str(), 1);
    setenv("TWINLINE_TROUBLE_FILE", file_.c_str(), 1);
    setenv("LD_PRELOAD", DISK_TROUBLE, 1);
    Heal();
  }
  ~TroubledDisk() {
    Heal();
    unsetenv("LD_PRELOAD");
  }
  void Fail(const std::string& error) { std::ofstream(file_) << error; }
  void Heal() { fs::remove(file_); }

 private:
  const fs::path file_;
};

struct Ended {
  int status = 0;
  std::string words;
  int code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
};

class DiskTrouble : public testing::Test {
 protected:
  rv1::RegisterChildRequest NewRequest(int n) {
    return NewChild(county_.api(), county_.county(), county_.loaded(), n);
  }

  rpc::CallResult Register(const rv1::RegisterChildRequest& request,
                           rv1::RegisterChildReply* reply) {
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(county_.Registrar(kPrimaryOne));
    options.deadline_us = 10'000'000;
    return county_.api().client().Call(kRegister, request, reply, options);
  }

  uint32_t Pupils() {
    rv1::ListClassesRequest request;
    request.set_school_code(county_.county().schools[kPrimaryOne].code);
    rv1::ListClassesReply reply;
    county_.api().Must("twinline.registry.v1.RegistryService.ListClasses", request, &reply,
                       county_.loaded().bureau_official);
    return reply.classes(0).pupils();
  }

  rpc::CallResult ReadChild(const std::string& child) {
    rv1::GetChildRequest request;
    request.set_child_id(child);
    rv1::ChildReply reply;
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(county_.Registrar(kPrimaryOne));
    options.deadline_us = 10'000'000;
    return county_.api().client().Call("twinline.registry.v1.RegistryService.GetChild", request,
                                       &reply, options);
  }

  // A start that is expected to end by itself.
  Ended Start() {
    const std::string command = "timeout 60 " + std::string(TWINLINED) + " --data " +
                                county_.data().string() + " --config " +
                                (county_.data() / "demo.textproto").string() +
                                " --listen 127.0.0.1:0 --metrics off 2>&1";
    Ended ended;
    FILE* output = popen(command.c_str(), "r");
    std::array<char, 4096> part;
    while (std::fgets(part.data(), part.size(), output) != nullptr) {
      ended.words += part.data();
      if (ended.words.find("listening on port") != std::string::npos) break;  // it should not
    }
    ended.status = pclose(output);
    return ended;
  }

  // Everybody is told, the process lives, and after the repair everything goes on where it stood.
  void UnderTheRunningServer(const std::string& error, const std::string& code,
                             const std::string& zh) {
    const rv1::RegisterChildRequest before = NewRequest(1);
    rv1::RegisterChildReply known;
    ASSERT_TRUE(Register(before, &known).ok());
    const uint32_t pupils = Pupils();

    disk_.Fail(error);
    const rv1::RegisterChildRequest during = NewRequest(2);
    rv1::RegisterChildReply reply;
    for (int attempt = 0; attempt < 3; ++attempt) {
      const rpc::CallResult result = Register(during, &reply);
      ASSERT_FALSE(result.ok());
      EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable) << result.status;
      EXPECT_EQ(result.code(), code) << result.status;
      ASSERT_TRUE(result.refusal.has_value());
      EXPECT_NE(result.refusal->zh.find(zh), std::string::npos) << result.refusal->zh;
      EXPECT_NE(result.refusal->en.find("system administrator"), std::string::npos);
    }
    EXPECT_TRUE(
        CountyCase::Until([&] { return !county_.api().client().Healthy().value_or(true); }));
    // What shows no child is answered from what is here; whom nobody could record as having looked
    // is shown no child.
    EXPECT_EQ(Pupils(), pupils);
    EXPECT_EQ(ReadChild(known.child_id()).status.code(), absl::StatusCode::kUnavailable);
    ASSERT_EQ(kill(county_.server_pid(), 0), 0) << "it died";

    // Stopped while the disk is still in trouble, it ends in order.
    const int status = county_.StopServer();
    EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 0);

    const Ended refused = Start();
    EXPECT_EQ(refused.code(), 1) << "it may pass: " << refused.words;

    disk_.Heal();
    county_.StartServer();
    EXPECT_EQ(Pupils(), pupils) << "half-done work";
    rv1::RegisterChildReply again;
    ASSERT_TRUE(Register(before, &again).ok());
    EXPECT_EQ(again.child_id(), known.child_id()) << "acknowledged work is gone";
    ASSERT_TRUE(Register(during, &reply).ok());
    EXPECT_EQ(Pupils(), pupils + 1);
    EXPECT_TRUE(ReadChild(known.child_id()).ok());
    refused_words_ = refused.words;
  }

  // The first file below `directory` whose name begins so.
  fs::path FileOf(const fs::path& directory, const std::string& prefix) {
    for (const auto& entry : fs::recursive_directory_iterator(county_.data() / directory)) {
      if (entry.is_regular_file() && entry.path().filename().string().starts_with(prefix)) {
        return entry.path();
      }
    }
    ADD_FAILURE() << "no file " << prefix << " in " << directory;
    return {};
  }
  // Some bytes in its middle are others.
  static void Damage(const fs::path& path) {
    const auto middle = static_cast<std::streamoff>(fs::file_size(path) / 2);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(middle);
    file << "DAMAGED!";
  }

  TroubledDisk disk_;  // before the server
  RunningCounty county_;
  std::string refused_words_;
};

TEST_F(DiskTrouble, AFullDiskIsSaidAndLosesNothing) {
  UnderTheRunningServer("ENOSPC", "UNAVAILABLE_DISK_FULL", "磁盘空间已满");
  EXPECT_NE(refused_words_.find("The disk is full: free space"), std::string::npos)
      << refused_words_;
}

TEST_F(DiskTrouble, AReadOnlyDirectoryIsSaidAndLosesNothing) {
  UnderTheRunningServer("EROFS", "UNAVAILABLE_DISK_READ_ONLY", "不可写");
  EXPECT_NE(refused_words_.find("must be writable"), std::string::npos) << refused_words_;
}

TEST_F(DiskTrouble, DamagedFilesAreToldWithWhatToDoNextAndNothingStarts) {
  EXPECT_EQ(county_.StopServer(), 0);
  const struct {
    const char* directory;
    const char* file;
    const char* advice;
  } cases[] = {
      {"log", "MANIFEST", "restore the latest backup"},
      {"state/registry-0", "MANIFEST", "Move this directory away"},
      {"vault", "MANIFEST", "restore the vault of the latest backup"},
  };
  for (const auto& [directory, file, advice] : cases) {
    SCOPED_TRACE(directory);
    const fs::path path = FileOf(directory, file);
    const fs::path kept = path.string() + ".kept";
    fs::copy_file(path, kept);
    Damage(path);
    const Ended ended = Start();
    // 2: only a person can mend it, so systemd does not start it again.
    EXPECT_EQ(ended.code(), 2) << ended.words;
    EXPECT_NE(ended.words.find(advice), std::string::npos) << ended.words;
    fs::rename(kept, path);
  }
  county_.StartServer();
  EXPECT_GT(Pupils(), 0u);
}

}  // namespace
}  // namespace twinline::test

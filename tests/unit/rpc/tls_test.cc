// TLS from files: a server that proves who it is, and one that also asks its callers to.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>

#include "tests/support/temp_dir.h"
#include "tests/unit/rpc/echo_rig.h"

namespace twinline::rpc_test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

struct Identity {
  Key key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  Certificate certificate{X509_new(), X509_free};
};

void AddExtension(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Valid until `ends_s` from now; `issuer` null: signs itself and others.
Identity Make(const char* name, const Identity* issuer, long ends_s = 86'400) {
  Identity made;
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -7'200);
  X509_gmtime_adj(X509_getm_notAfter(certificate), ends_s);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  const Identity& signer = issuer == nullptr ? made : *issuer;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
  if (issuer == nullptr) {
    AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    AddExtension(certificate, NID_subject_alt_name, "IP:127.0.0.1");
  }
  X509_sign(certificate, signer.key.get(), EVP_sha256());
  return made;
}

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() : authority_(Make("authority", nullptr)) {
    Write("ca.pem", authority_, false);
    for (const char* name : {"server", "client"}) {
      const Identity made = Make(name, &authority_);
      Write(std::string(name) + ".pem", made, false);
      Write(std::string(name) + ".key", made, true);
    }
    const Identity expired = Make("expired", &authority_, -3'600);
    Write("expired.pem", expired, false);
    Write("expired.key", expired, true);
    const Identity foreign = Make("client", &stranger_);
    Write("foreign.pem", foreign, false);
    Write("foreign.key", foreign, true);
    Write("stranger.pem", stranger_, false);
  }

  void Write(const std::string& name, const Identity& identity, bool key) {
    std::FILE* file = std::fopen((directory_ / name).c_str(), "w");
    ASSERT_NE(file, nullptr);
    if (key) {
      PEM_write_PrivateKey(file, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    } else {
      PEM_write_X509(file, identity.certificate.get());
    }
    std::fclose(file);
  }

  absl::Status Serve(bool ask_clients) {
    rpc::ServerOptions options;
    options.tls.certificate = directory_ / "server.pem";
    options.tls.key = directory_ / "server.key";
    if (ask_clients) options.tls.client_ca = directory_ / "ca.pem";
    options.directory = &rig_.directory;
    options.record_clock = options.real_clock = &rig_.clock;
    options.completions = rig_.completions.get();
    server_ = std::make_unique<rpc::Server>(options);
    server_->Unary(std::string(kService) + "Ping", [](rpc::CallPtr call) { call->Finish(); });
    return server_->Start();
  }

  // `trusts`: the authority whose servers are believed; `presents`: the own certificate. Empty:
  // none.
  bool Pings(const std::string& trusts, const std::string& presents) {
    rpc::ChannelOptions channel;
    channel.target = "127.0.0.1:" + std::to_string(server_->port());
    channel.own_connection = true;
    if (!trusts.empty()) channel.ca_file = directory_ / (trusts + ".pem");
    if (!presents.empty()) {
      channel.certificate_file = directory_ / (presents + ".pem");
      channel.key_file = directory_ / (presents + ".key");
    }
    const auto client = rpc::Client::Connect(channel);
    test::v1::PingReply reply;
    rpc::CallOptions options;
    options.deadline_us = 2'000'000;
    return client->Call(std::string(kService) + "Ping", test::v1::PingRequest(), &reply, options)
        .ok();
  }

  test_support::TempDir directory_;
  Identity authority_;
  const Identity stranger_ = Make("authority", nullptr);  // of the same name, with another key
  EchoRig rig_;
  std::unique_ptr<rpc::Server> server_;
};

TEST_F(TlsTest, TheServerProvesWhoItIs) {
  ASSERT_TRUE(Serve(false).ok());
  EXPECT_TRUE(Pings("ca", ""));
  EXPECT_FALSE(Pings("", ""));  // in the clear
  EXPECT_FALSE(Pings("stranger", "")) << "a server of another authority is not believed";
}

TEST_F(TlsTest, AServerThatAsksTakesOnlyCertificatesOfItsAuthorityThatAreInForce) {
  ASSERT_TRUE(Serve(true).ok());
  EXPECT_TRUE(Pings("ca", "client"));
  EXPECT_FALSE(Pings("ca", "")) << "none";
  EXPECT_FALSE(Pings("ca", "foreign")) << "of another authority";
  EXPECT_FALSE(Pings("ca", "expired")) << "an hour ago";
  EXPECT_TRUE(Pings("ca", "client")) << "and goes on serving the right one";
}

TEST_F(TlsTest, AMissingFileStopsTheStart) {
  std::filesystem::remove(directory_ / "server.key");
  EXPECT_EQ(Serve(false).code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace twinline::rpc_test

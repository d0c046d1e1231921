// Every RPC that the product declares, checked without a server: rights that can be enforced, and
// no reply with personal data that would not leave an access entry.
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "google/protobuf/descriptor.h"
#include "platform/rpc/method.h"

namespace twinline::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

// All files below proto/ that are linked into this test.
std::vector<const FileDescriptor*> Files() {
  std::vector<const FileDescriptor*> files;
  const std::filesystem::path root(TWINLINE_PROTO_ROOT);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".proto") continue;
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        std::filesystem::relative(entry.path(), root).string());
    if (file != nullptr) files.push_back(file);
  }
  return files;
}

bool Shows(const Descriptor* type) {
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->options().GetExtension(types::v1::shows_child)) return true;
  }
  return false;
}

// Paths to personal fields with no child named beside or above them.
void FindUnnamed(const Descriptor* type, bool named, const std::string& path,
                 std::set<const Descriptor*> above, std::vector<std::string>* found) {
  if (!above.insert(type).second) return;
  named = named || Shows(type);
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const std::string here = path + "." + field->name();
    if (field->options().GetExtension(types::v1::personal) && !named) found->push_back(here);
    if (field->message_type() != nullptr)
      FindUnnamed(field->message_type(), named, here, above, found);
  }
}

TEST(Declarations, EveryRpcCanBeEnforced) {
  int methods = 0;
  for (const FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto described = DescribeMethod(file->service(s)->method(m));
        EXPECT_TRUE(described.ok()) << described.status();
        ++methods;
      }
    }
  }
  EXPECT_GT(methods, 50);
}

// An RPC is a read when its name says so. Everything else that an auditor could call by the rule
// "auditors may call every read" must exclude them, also where nothing goes into a journal (N08).
TEST(Declarations, AuditorsCallNothingButReads) {
  const std::set<std::string> reading = {"Get",   "List",    "Find",   "Search",  "Query",
                                         "Watch", "Explain", "Plan",   "Head",    "Case",
                                         "Who",   "Export",  "Reveal", "Download"};
  for (const FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto* method = file->service(s)->method(m);
        const auto& access = method->options().GetExtension(types::v1::access);
        if (access.public_() || access.write() || access.not_auditor()) continue;
        const std::string name(method->name());
        size_t verb = 1;
        while (verb < name.size() && name[verb] >= 'a' && name[verb] <= 'z') ++verb;
        EXPECT_TRUE(reading.contains(name.substr(0, verb)))
            << method->full_name() << " changes something and is open to auditors";
      }
    }
  }
}

TEST(Declarations, PersonalDataInAReplyNamesItsChild) {
  for (const FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto* method = file->service(s)->method(m);
        // A method that names the child in its request is noted with that child.
        if (!method->options().GetExtension(types::v1::access).child_field().empty()) continue;
        std::vector<std::string> unnamed;
        FindUnnamed(method->output_type(), false, method->output_type()->name(), {}, &unnamed);
        for (const std::string& path : unnamed) {
          ADD_FAILURE() << method->full_name() << " shows " << path
                        << " and no (shows_child) field says whose it is";
        }
      }
    }
  }
}

}  // namespace
}  // namespace twinline::rpc

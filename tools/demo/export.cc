#include "tools/demo/export.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <unordered_map>

#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "twinline/accountability/v1/accountability.pb.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::demo {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kPage = 200;
constexpr std::string_view kClassOffice = "class:";  // and the id in hex

class Names {
 public:
  explicit Names(const Loaded& loaded) {
    Add("child", loaded.children);
    Add("registration", loaded.registrations);
    Add("class", loaded.classes);
    Add("staff", loaded.staff);
  }

  // Names the ids in `message` and all that it contains; what has no name is cleared.
  void Put(Message* message) const {
    const auto* reflection = message->GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(*message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->name().ends_with("_pos")) {  // where a journal stood: depends on how commands met
        reflection->ClearField(message, field);
        continue;
      }
      const int count = field->is_repeated() ? reflection->FieldSize(*message, field) : 1;
      for (int i = 0; i < count; ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          Put(field->is_repeated() ? reflection->MutableRepeatedMessage(message, field, i)
                                   : reflection->MutableMessage(message, field));
        } else if (field->type() == FieldDescriptor::TYPE_BYTES && field->is_repeated()) {
          reflection->SetRepeatedString(message, field, i,
                                        NameOf(reflection->GetRepeatedString(*message, field, i)));
        } else if (field->type() == FieldDescriptor::TYPE_BYTES) {
          reflection->SetString(message, field, NameOf(reflection->GetString(*message, field)));
        } else if (field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated()) {
          const std::string text = reflection->GetString(*message, field);
          if (text.starts_with(kClassOffice)) reflection->SetString(message, field, OfficeOf(text));
        }
      }
    }
  }

 private:
  void Add(const std::string& what, const std::vector<base::Id16>& ids) {
    for (size_t i = 0; i < ids.size(); ++i) names_[ids[i].str()] = what + " " + std::to_string(i);
  }
  std::string NameOf(const std::string& id) const {
    const auto it = names_.find(id);
    return it == names_.end() ? std::string() : it->second;
  }
  std::string OfficeOf(const std::string& office) const {
    const auto id = base::Id16::FromHex(office.substr(kClassOffice.size()));
    return id ? NameOf(id->str()) : office;
  }
  std::unordered_map<std::string, std::string> names_;
};

std::string LineOf(const std::string& what, const Names& names, const Message& message) {
  const std::unique_ptr<Message> named(message.New());
  named->CopyFrom(message);
  names.Put(named.get());
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(*named, &text);
  return what + " " + text;
}

}  // namespace

std::vector<std::string> Export(Api& api, const Loaded& loaded) {
  const Names names(loaded);
  std::vector<std::string> lines;
  std::vector<std::shared_ptr<registry::v1::ChildReply>> children;
  std::vector<std::shared_ptr<transfer::v1::ListBusinessesReply>> approvals;
  // Many at a time: each of these looks is recorded before it is answered.
  const auto must = [](const rpc::CallResult& result) {
    if (!result.ok()) Stop("export: " + result.status.ToString());
  };
  for (const base::Id16& child : loaded.children) {
    registry::v1::GetChildRequest of_child;
    of_child.set_child_id(child.str());
    children.push_back(std::make_shared<registry::v1::ChildReply>());
    api.CallAsync("twinline.registry.v1.RegistryService.GetChild", of_child, children.back(),
                  loaded.bureau_official, must);
    transfer::v1::ListBusinessesRequest businesses;
    businesses.set_child_id(child.str());
    approvals.push_back(std::make_shared<transfer::v1::ListBusinessesReply>());
    api.CallAsync("twinline.transfer.v1.ApprovalService.ListBusinesses", businesses,
                  approvals.back(), loaded.bureau_official, must);
  }
  api.WaitAll();
  for (const auto& reply : children) {
    lines.push_back(LineOf("register", names, reply->child().facts()));
  }
  for (const auto& reply : approvals) {
    for (const auto& line : reply->businesses()) {
      lines.push_back(LineOf("approval", names, line.business()));
    }
  }
  accountability::v1::ListCasesRequest cases;
  cases.mutable_page()->set_size(kPage);
  do {
    accountability::v1::ListCasesReply page;
    api.Must("twinline.accountability.v1.AccountabilityService.ListCases", cases, &page,
             loaded.bureau_official);
    for (const auto& line : page.cases()) {
      lines.push_back(LineOf("case", names, line.case_facts()));
    }
    cases.mutable_page()->set_page_token(page.next_page_token());
  } while (!cases.page().page_token().empty());
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> Differences(const std::vector<std::string>& expected,
                                     const std::vector<std::string>& found) {
  std::vector<std::string> missing, more, all;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::back_inserter(missing));
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                      std::back_inserter(more));
  for (const std::string& line : missing) all.push_back("- " + line);
  for (const std::string& line : more) all.push_back("+ " + line);
  return all;
}

}  // namespace twinline::demo

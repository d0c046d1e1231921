// Reading one child: the page, exact look-up, and opening personal data with a recorded reason.
#include <set>

#include "registry/service/handlers.h"
#include "registry/service/plain.h"
#include "registry/service/seal.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::registry {
namespace {

base::Refusal UnknownChild() {
  return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
}

void GetChild(const rpc::CallPtr& call, const Environment& environment,
              const engine::ReadView& view) {
  const base::Id16 asked = base::AsId(rpc::In<v1::GetChildRequest>(*call).child_id());
  // A merged id leads to its survivor; who asked for the alias is told by the other id in the
  // reply.
  const base::Id16 id = ResolveAlias(*view.rows, asked);
  const auto subject = FindSubject(*view.rows, id.bytes());
  if (!subject) return call->Finish(UnknownChild());
  if (id != asked && !call->reach().CoversChild(PlaceOf(subject->facts()))) {
    return call->Finish(No("CHILD_MERGED", "该学籍已并入其他学校的学籍。",
                           "The record was merged into one of another school.",
                           {{"survivor", id.hex()}}));
  }
  *rpc::Out<v1::ChildReply>(*call).mutable_child() =
      Opener(environment).View(*subject, *view.rows, true);
  call->Finish();
}

class Finder {
 public:
  Finder(const rpc::CallPtr& call, const Environment& environment, const engine::ReadView& view)
      : call_(call), opener_(environment), view_(view) {}

  void By(uint8_t index, const std::vector<vault::SearchToken>& tokens) {
    for (const vault::SearchToken& token : tokens) {
      base::ScanIndex<v1::ChildRow>(
          *view_.rows, index, 20,
          [this](const v1::ChildRow& row) {
            Add(ResolveAlias(*view_.rows, base::AsId(row.child_id())));
            return true;
          },
          token.pepper_version, token.token);
    }
  }

 private:
  void Add(const base::Id16& id) {
    if (!seen_.insert(id).second) return;
    const auto subject = FindSubject(*view_.rows, id.bytes());
    if (!subject || !call_->reach().CoversChild(PlaceOf(subject->facts()))) return;
    *rpc::Out<v1::ChildrenReply>(*call_).add_children() =
        opener_.View(*subject, *view_.rows, false);
  }

  const rpc::CallPtr& call_;
  const Opener opener_;
  const engine::ReadView& view_;
  std::set<base::Id16> seen_;
};

void FindChild(const rpc::CallPtr& call, const Environment& environment,
               const engine::ReadView& view) {
  const auto& request = rpc::In<v1::FindChildRequest>(*call);
  if (request.id_number().empty() && request.student_number().empty()) {
    return call->Finish(No("NOTHING_TO_FIND", "请输入完整的证件号或学籍号。",
                           "Give a complete ID number or student number."));
  }
  using Table = base::TableOf<v1::ChildRow>;
  Finder finder(call, environment, view);
  finder.By(Table::kByIdToken,
            environment.tokens->ComputeAll(vault::TokenKind::kIdNumber, request.id_number()));
  finder.By(Table::kByNumberToken, environment.tokens->ComputeAll(vault::TokenKind::kStudentNumber,
                                                                  request.student_number()));
  call->Finish();
}

void KeepFields(const std::set<std::string>& fields, PlainChild* plain,
                v1::RevealPersonalReply* reply) {
  v1::PersonInput& shown = *reply->mutable_person();
  const auto wants = [&fields](const char* name) { return fields.contains(name); };
  if (wants("name")) shown.set_name(plain->person.name());
  if (wants("former_name")) shown.set_former_name(plain->person.former_name());
  if (wants("id_number")) {
    shown.set_id_kind(plain->person.id_kind());
    shown.set_id_number(plain->person.id_number());
  }
  if (wants("birth_date") && plain->person.has_birth_date()) {
    *shown.mutable_birth_date() = plain->person.birth_date();
  }
  if (wants("address")) shown.set_address(plain->person.address());
  if (wants("phone")) shown.set_phone(plain->person.phone());
  if (wants("health")) shown.set_health(plain->person.health());
  if (wants("guardians")) {
    for (auto& guardian : plain->guardians) *reply->add_guardians() = std::move(guardian);
  }
  if (wants("numbers")) {
    for (auto& number : plain->numbers) *reply->add_numbers() = std::move(number);
  }
  for (const std::string& name : plain->destroyed) {
    if (fields.contains(name)) reply->add_destroyed(name);
  }
  for (const std::string& name : plain->unreadable) {
    if (fields.contains(name)) reply->add_unreadable(name);
  }
}

// Health is opened for schools and the bureau only: a township needs a telephone, not a diagnosis
// (N10).
bool MaySee(const rpc::Call& call, const std::string& field) {
  static const std::set<std::string> kKnown = {"name",       "former_name", "id_number",
                                               "birth_date", "address",     "phone",
                                               "health",     "guardians",   "numbers"};
  if (!kKnown.contains(field)) return false;
  const std::string office = call.duty() == nullptr ? "" : call.duty()->office;
  return field != "health" || !(office.starts_with("township:") || office.starts_with("village:"));
}

void RevealPersonal(const rpc::CallPtr& call, const Environment& environment,
                    const engine::ReadView& view) {
  const auto& request = rpc::In<v1::RevealPersonalRequest>(*call);
  if (request.reason().size() < 4) {
    return call->Finish(
        No("REASON_MISSING", "请写明查看个人信息的事由。", "Say why the personal data is opened."));
  }
  const std::set<std::string> fields(request.fields().begin(), request.fields().end());
  for (const std::string& field : fields) {
    if (MaySee(*call, field)) continue;
    return call->Finish(No("FIELD_NOT_VISIBLE", "您无权查看“" + field + "”。",
                           "You may not see this field.", {{"field", field}}));
  }
  if (fields.empty()) {
    return call->Finish(No("FIELD_MISSING", "请指明要查看的项目。", "Name the fields to open."));
  }
  const auto subject = FindSubject(*view.rows, request.child_id());
  if (!subject) return call->Finish(UnknownChild());
  PlainChild plain = OpenChild(Opener(environment), subject->child);
  auto& reply = rpc::Out<v1::RevealPersonalReply>(*call);
  reply.set_child_id(request.child_id());
  KeepFields(fields, &plain, &reply);
  call->Finish();
}

}  // namespace

void RegisterChildReads(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto read = [&](std::string_view name, auto* handler) {
    Serve(registry, name, [&environment, handler](rpc::CallPtr call) {
      rpc::WithView(call, *environment.shard,
                    [call, handler, &environment](const engine::ReadView& view) {
                      handler(call, environment, view);
                    });
    });
  };
  read("GetChild", &GetChild);
  read("FindChild", &FindChild);
  read("RevealPersonal", &RevealPersonal);
}

}  // namespace twinline::registry

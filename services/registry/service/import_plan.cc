#include "registry/service/import_plan.h"

#include <set>

#include "platform/base/hash.h"
#include "platform/base/identifier_text.h"
#include "registry/domain/rules.h"
#include "registry/service/correction.h"
#include "registry/service/form_codes.h"
#include "registry/service/request_ids.h"

namespace twinline::registry {
namespace {

using ChildTable = base::TableOf<v1::ChildRow>;

std::optional<base::Id16> ByToken(const base::Rows& rows, uint8_t index,
                                  const std::vector<vault::SearchToken>& tokens) {
  std::optional<base::Id16> found;
  for (const vault::SearchToken& token : tokens) {
    if (found) break;
    base::ScanIndex<v1::ChildRow>(
        rows, index, 1,
        [&found](const v1::ChildRow& row) {
          found = base::AsId(row.child_id());
          return false;
        },
        token.pepper_version, token.token);
  }
  if (found) found = ResolveAlias(rows, *found);
  return found;
}

// The same words on both sides of "is this the class": which class, if any, the row asks for.
std::optional<v1::ClassFacts> FindClassOf(const base::Rows& rows, const FormRow& row,
                                          int school_year) {
  std::optional<v1::ClassFacts> found;
  base::ScanIndex<v1::ClassRow>(
      rows, base::TableOf<v1::ClassRow>::kBySchool, 4,
      [&found](const v1::ClassRow& candidate) {
        if (!candidate.facts().closed()) found = candidate.facts();
        return !found;
      },
      row.input.school_code(), static_cast<uint32_t>(school_year), row.input.grade(),
      row.class_number);
  return found;
}

bool InOffice(const v1::SchoolFacts& school, std::string_view office) {
  const auto parsed = ParseOffice(office);
  if (!parsed) return false;
  if (parsed->kind == "school") return parsed->code == school.school_code();
  if (parsed->kind == "township") return parsed->code == school.township();
  return parsed->kind == "bureau" && parsed->code == school.county();
}

}  // namespace

void AddProblem(FormRow* row, const base::Refusal& refusal, bool warning) {
  v1::RowProblem& problem = row->problems.emplace_back();
  problem.set_row(row->number);
  problem.set_code(refusal.code);
  problem.set_message_zh(refusal.zh);
  problem.set_message_en(refusal.en);
  problem.set_warning(warning);
}

base::Id16 ImportPlanner::CommandId(const FormRow& row, const PlannedRow& planned) const {
  return ItemId(scope_.request_id, "row " + std::to_string(row.number),
                static_cast<uint32_t>(planned.commands.size()));
}

template <typename Command>
void ImportPlanner::Add(const Command& command, const FormRow& row, PlannedRow* planned) const {
  planned->commands.push_back(
      {base::CommandType<Command>(), command.SerializeAsString(), CommandId(row, *planned)});
}

std::optional<base::Refusal> ImportPlanner::FindSchoolOf(const base::Rows& rows,
                                                         const FormRow& row) const {
  const auto school = FindSchool(rows, row.input.school_code());
  if (!school) {
    return No("SCHOOL_UNKNOWN", "学校标识码" + row.input.school_code() + "尚未登记。",
              "The school is not recorded.");
  }
  if (!InOffice(*school, scope_.office)) {
    return No("OUT_OF_SCOPE", "该校不在本次导入的范围内。", "The school is outside this import.");
  }
  return std::nullopt;
}

std::optional<base::Refusal> ImportPlanner::FindPlace(const base::Rows& rows, FormRow* row) const {
  if (auto no = FindSchoolOf(rows, *row)) return no;
  if (row->class_number == 0) return std::nullopt;
  const auto room = FindClassOf(rows, *row, scope_.school_year);
  if (!room) {
    return No("CLASS_UNKNOWN",
              std::to_string(scope_.school_year) + "学年该校没有" +
                  ClassName(row->input.grade(), row->class_number) + "，请先建立班级。",
              "The school has no such class in this school year.");
  }
  row->input.set_class_id(room->class_id());
  return std::nullopt;
}

std::optional<Subject> ImportPlanner::FindExisting(const base::Rows& rows,
                                                   const PreparedChild& plain,
                                                   const v1::ChildInput& input,
                                                   FormRow* row) const {
  std::optional<base::Id16> by_number;
  for (const PlainNumber& number : plain.numbers) {
    if (number.kind == "SECONDARY") continue;
    by_number =
        ByToken(rows, ChildTable::kByNumberToken,
                environment_.tokens->ComputeAll(vault::TokenKind::kStudentNumber, number.number));
  }
  const auto by_id = ByToken(rows, ChildTable::kByIdToken,
                             environment_.tokens->ComputeAll(vault::TokenKind::kIdNumber,
                                                             plain.person.person.id_number()));
  if (by_number && by_id && *by_number != *by_id) {
    AddProblem(row, No("NUMBERS_DISAGREE", "学籍号与证件号对应的不是同一名学生，请核对。",
                       "Student number and ID number belong to two children."));
    return std::nullopt;
  }
  if (const auto id = by_number ? by_number : by_id) return FindSubject(rows, id->bytes());
  // Without a number to go by: the same name, birth date and sex in the same school, when one of
  // the two has no ID number yet. With two ID numbers they may be two children (A04): that is a
  // duplicate task.
  const auto token = SamePersonToken(*environment_.tokens, plain.person.person);
  if (!token) return std::nullopt;
  std::optional<Subject> same;
  base::ScanIndex<v1::ChildRow>(
      rows, ChildTable::kBySamePerson, 8,
      [&](const v1::ChildRow& child) {
        auto subject = FindSubject(rows, ResolveAlias(rows, base::AsId(child.child_id())).bytes());
        const bool unnumbered =
            plain.person.person.id_number().empty() || child.person().id_token().token().empty();
        if (subject && unnumbered && subject->facts().school_code() == input.school_code()) {
          same = std::move(subject);
        }
        return !same;
      },
      token->pepper_version(), token->token());
  return same;
}

// By whatever the row offers: a row that cannot be taken may still say whom it means.
std::optional<base::Id16> ImportPlanner::ChildMeant(const base::Rows& rows,
                                                    const FormRow& row) const {
  const auto by = [&](uint8_t index, vault::TokenKind kind, const std::string& number) {
    return number.empty() ? std::nullopt
                          : ByToken(rows, index, environment_.tokens->ComputeAll(kind, number));
  };
  const std::string id_number = base::FoldIdentifier(row.input.person().id_number());
  if (auto id = by(ChildTable::kByIdToken, vault::TokenKind::kIdNumber, id_number)) return id;
  const auto numbers = ClassifyNumbers(row.input.student_number(), {});
  if (const auto* plain = std::get_if<std::vector<PlainNumber>>(&numbers)) {
    for (const PlainNumber& number : *plain) {
      if (auto id = by(ChildTable::kByNumberToken, vault::TokenKind::kStudentNumber, number.number))
        return id;
    }
  }
  const auto prepared = PrepareChild(row.input, environment_.Today(), environment_.demo_realm);
  const auto* plain = std::get_if<PreparedChild>(&prepared);
  if (plain == nullptr) return std::nullopt;
  FormRow unused;
  const auto subject = FindExisting(rows, *plain, row.input, &unused);
  return subject ? std::optional(base::AsId(subject->child.child_id())) : std::nullopt;
}

void ImportPlanner::PlanAlarm(const base::Rows& rows, FormRow* row, PlannedRow* planned) const {
  AddProblem(row, No("STATUS_UNLAWFUL",
                     "义务教育阶段不得退学、停学、肄业或开除，本行未采用，已报教体局核查。",
                     "No lawful outcome in compulsory education: not taken, the bureau is "
                     "alerted."));
  planned->kind = PlannedRow::Kind::kAlarm;
  v1::AlarmUnlawfulCodeCommand command;
  if (const auto child = ChildMeant(rows, *row)) {
    planned->child = *child;
    command.set_child_id(child->str());
  }
  command.set_code(row->status_code);
  command.set_school_code(row->input.school_code());
  command.set_source(scope_.source);
  command.set_source_row(planned->digest);
  Add(command, *row, planned);
}

void ImportPlanner::PlanChange(const Subject& subject, FormRow* row, PlannedRow* planned) const {
  const v1::ChildFacts& facts = subject.facts();
  planned->child = base::AsId(subject.child.child_id());
  if (subject.child.source_row() == planned->digest) {
    planned->kind = PlannedRow::Kind::kUnchanged;
    return;
  }
  if (facts.school_code() != row->input.school_code()) {
    return AddProblem(row,
                      No("SCHOOL_DIFFERS",
                         "该生学籍现在" + facts.school_code() + "，变更学校须办理转学，不能导入。",
                         "The child is registered at another school: that needs a transfer."));
  }
  if (!row->status_code.empty() && row->status_code != StatusCodeOf(facts.status())) {
    return AddProblem(
        row, No("STATUS_NEEDS_APPROVAL", "学籍状态与系统不一致，状态变更须办理审批，不能导入。",
                "The status differs: it changes by an approval only."));
  }
  if (facts.grade() != row->input.grade()) {
    return AddProblem(row, No("GRADE_DIFFERS", "年级与系统不一致，升级、留级、跳级须办理审批。",
                              "The grade differs: it changes by an approval only."));
  }
  auto built = BuildCorrection(environment_, subject, row->input, row->fields, Blanks::kKeep);
  if (const auto* no = std::get_if<base::Refusal>(&built)) return AddProblem(row, *no);
  if (const auto* status = std::get_if<absl::Status>(&built)) {
    return AddProblem(row, No("UNAVAILABLE", "系统暂时无法处理该行，请稍后重新导入同一文件。",
                              std::string(status->message())));
  }
  if (!row->input.class_id().empty() && row->input.class_id() != facts.class_id()) {
    v1::PlaceChildCommand place;
    place.set_child_id(subject.child.child_id());
    place.set_class_id(row->input.class_id());
    place.set_reason("导入：" + scope_.source);
    Add(place, *row, planned);
  }
  v1::SetWatchGroupsCommand groups;
  groups.set_child_id(subject.child.child_id());
  for (const std::string& group : FormGroups()) {
    const bool wanted = Contains(row->input.watch_groups(), group);
    const bool now = Contains(facts.watch_groups(), group);
    if (!row->groups_given || wanted == now) continue;
    *(wanted ? groups.add_add() : groups.add_remove()) = group;
  }
  if (groups.add_size() + groups.remove_size() > 0) Add(groups, *row, planned);
  auto& correction = std::get<v1::CorrectChildCommand>(built);
  if (!correction.changed().empty()) {
    correction.set_reason("导入：" + scope_.source);
    correction.set_source_row(planned->digest);
    Add(correction, *row, planned);
  }
  planned->kind =
      planned->commands.empty() ? PlannedRow::Kind::kUnchanged : PlannedRow::Kind::kChange;
}

PlannedRow ImportPlanner::Plan(const base::Rows& rows, FormRow* row) {
  PlannedRow planned;
  // A keyed digest: a bare hash of a row in a journal that is never deleted could be guessed
  //
  const auto digest = environment_.tokens->Compute(
      vault::TokenKind::kImportRow, base::ToHex(base::View(base::Sha256({row->content}))));
  if (digest) planned.digest = digest->token;
  // Whatever else is wrong with the row: an unlawful code is not overlooked for the sake of an
  // empty cell (A12). A school outside the importer's reach is refused like any other row of it.
  if (UnlawfulStatusCode(row->status_code) && !FindSchoolOf(rows, *row)) {
    PlanAlarm(rows, row, &planned);
    return planned;
  }
  if (row->refused()) return planned;
  if (auto no = FindPlace(rows, row)) {
    AddProblem(row, *no);
    return planned;
  }
  auto prepared = PrepareChild(row->input, environment_.Today(), environment_.demo_realm);
  if (const auto* no = std::get_if<base::Refusal>(&prepared)) {
    AddProblem(row, *no);
    return planned;
  }
  auto& plain = std::get<PreparedChild>(prepared);
  std::string natural = plain.person.person.id_number();
  if (natural.empty())
    natural = row->input.school_code() + "|" + SamePersonKey(plain.person.person);
  const auto [first, fresh] = seen_.emplace(natural, row->number);
  if (!fresh) {
    AddProblem(row, No("ROW_REPEATED",
                       "与第" + std::to_string(first->second) + "行是同一名学生，请保留一行。",
                       "The same child as an earlier row of this file."));
    return planned;
  }
  const auto existing = FindExisting(rows, plain, row->input, row);
  if (row->refused()) return planned;
  if (existing) {
    PlanChange(*existing, row, &planned);
    return planned;
  }
  if (!row->status_code.empty() && row->status_code != "01") {
    AddProblem(row,
               No("STATUS_NEEDS_APPROVAL", "新建学籍只能是在读（01）；休学等状态须登记后办理审批。",
                  "A new record is in study (01): other statuses need an approval afterwards."));
    return planned;
  }
  for (const v1::Notice& warning : plain.person.warnings) {
    AddProblem(row, No(warning.code(), warning.message_zh(), warning.message_en()), true);
  }
  planned.kind = PlannedRow::Kind::kCreate;
  planned.child = environment_.IdOf("child", scope_.actor, CommandId(*row, planned));
  planned.prepared = std::move(plain);
  return planned;
}

absl::Status ImportPlanner::SealCreate(const FormRow& row, const base::Id16& key,
                                       PlannedRow* planned) const {
  auto command =
      ChildSealer(environment_, planned->child, key).Registration(row.input, *planned->prepared);
  if (!command.ok()) return command.status();
  command->set_source_row(planned->digest);
  Add(*command, row, planned);
  return absl::OkStatus();
}

}  // namespace twinline::registry

// Starting a business: seals what is personal, then queues one OpenBusiness.
#include <algorithm>

#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/owner_key.h"
#include "transfer/domain/refusals.h"
#include "transfer/service/handlers.h"
#include "transfer/tables/tables.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"

namespace twinline::transfer {
namespace {

using runtime::Deps;

constexpr std::string_view kOpened = "twinline.transfer.v1.BusinessOpened";

absl::Status SealApplication(const Deps& deps, const std::string& applicant,
                             const std::string& remark,
                             const google::protobuf::RepeatedPtrField<v1::EvidenceRef>& evidence,
                             v1::OpenBusiness* command) {
  const base::Id16 child = base::AsId(command->child_id());
  TWINLINE_RETURN_IF_ERROR(vault::SealText(
      *deps.vault, *deps.sealer, {child, kOpened, v1::BusinessOpened::kApplicantFieldNumber},
      applicant, command->mutable_applicant()));
  TWINLINE_RETURN_IF_ERROR(vault::SealText(*deps.vault, *deps.sealer,
                                           {child, kOpened, v1::BusinessOpened::kRemarkFieldNumber},
                                           remark, command->mutable_remark()));
  for (const v1::EvidenceRef& given : evidence) {
    // An event may name only what is durable already.
    const auto digest = base::DigestFromBytes(given.digest());
    if (!digest) return absl::InvalidArgumentError("EVIDENCE_UNKNOWN: a digest has 32 bytes");
    TWINLINE_ASSIGN_OR_RETURN(const bool exists, deps.blobs->Exists(*digest));
    if (!exists) return absl::InvalidArgumentError("EVIDENCE_UNKNOWN: upload the file first");
    v1::Evidence* file = command->add_evidence();
    file->set_digest(given.digest());
    file->set_kind(given.kind());
    file->set_type(given.type());
    file->set_size(given.size());
    file->set_hospital_level(given.hospital_level());
    TWINLINE_RETURN_IF_ERROR(vault::SealText(
        *deps.vault, *deps.sealer, {child, kOpened, v1::BusinessOpened::kEvidenceFieldNumber},
        given.file_name(), file->mutable_file_name()));
  }
  return absl::OkStatus();
}

void Open(const rpc::CallPtr& call, const Deps& deps, v1::OpenBusiness command,
          absl::Status sealed) {
  if (!sealed.ok()) return call->Finish(sealed);
  command.set_office(call->duty()->office);
  rpc::SubmitWrite(call, *deps.shard, base::CommandType<v1::OpenBusiness>(),
                   command.SerializeAsString(),
                   [call](const engine::Accepted& accepted, const engine::ReadView& view) {
                     if (!accepted.entities.empty())
                       FillBusiness(call, *view.rows, accepted.entities[0].bytes());
                   });
}

// A vault key is made only for a child that the registry knows.
bool KnownChild(const rpc::CallPtr& call, const Deps& deps, const std::string& registration_id,
                const std::string& child_id) {
  const auto row =
      base::Find<v1::ForeignChild>(*deps.shard->Read().rows, base::AsId(registration_id));
  if (row && row->facts().child_id() == child_id) return true;
  call->Finish(ChildUnknown());
  return false;
}

void StartTransfer(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::StartTransferRequest>(*call);
  if (!KnownChild(call, deps, request.registration_id(), request.child_id())) return;
  v1::OpenBusiness command;
  command.set_kind("TRANSFER");
  command.set_child_id(request.child_id());
  command.set_registration_id(request.registration_id());
  command.set_to_school_code(request.to_school_code());
  command.set_to_class_id(request.to_class_id());
  command.set_grade(request.grade());
  command.set_ground(request.ground());
  command.set_other_province(request.other_province());
  command.set_committee_opinion(request.committee_opinion());
  absl::Status sealed =
      SealApplication(deps, request.applicant(), request.remark(), request.evidence(), &command);
  if (sealed.ok()) {
    sealed = vault::SealText(
        *deps.vault, *deps.sealer,
        {base::AsId(request.child_id()), kOpened, v1::BusinessOpened::kStudentNumberFieldNumber},
        request.student_number(), command.mutable_student_number());
  }
  Open(call, deps, std::move(command), sealed);
}

void StartSuspension(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::StartSuspensionRequest>(*call);
  if (!KnownChild(call, deps, request.registration_id(), request.child_id())) return;
  v1::OpenBusiness command;
  command.set_kind("SUSPENSION");
  command.set_child_id(request.child_id());
  command.set_registration_id(request.registration_id());
  if (request.has_from()) *command.mutable_effective() = request.from();
  if (request.has_until()) *command.mutable_suspended_until() = request.until();
  command.set_ground(request.ground());
  command.set_extension(request.extension());
  const absl::Status sealed =
      SealApplication(deps, request.applicant(), request.remark(), request.evidence(), &command);
  Open(call, deps, std::move(command), sealed);
}

void StartResumption(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::StartResumptionRequest>(*call);
  if (!KnownChild(call, deps, request.registration_id(), request.child_id())) return;
  v1::OpenBusiness command;
  command.set_kind("RESUMPTION");
  command.set_child_id(request.child_id());
  command.set_registration_id(request.registration_id());
  command.set_to_class_id(request.to_class_id());
  if (request.has_from()) *command.mutable_effective() = request.from();
  const absl::Status sealed =
      SealApplication(deps, request.applicant(), request.remark(), request.evidence(), &command);
  Open(call, deps, std::move(command), sealed);
}

void StartStatusChange(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::StartStatusChangeRequest>(*call);
  if (!KnownChild(call, deps, request.registration_id(), request.child_id())) return;
  static constexpr std::string_view kKinds[] = {"DEATH", "ABROAD", "DROPOUT_KEPT",
                                                "SPECIALIZED_SCHOOL", "HOME_TEACHING"};
  if (std::find(std::begin(kKinds), std::end(kKinds), request.kind()) == std::end(kKinds)) {
    return call->Finish(KindUnknown(request.kind()));
  }
  v1::OpenBusiness command;
  command.set_kind(request.kind());
  command.set_child_id(request.child_id());
  command.set_registration_id(request.registration_id());
  if (request.has_effective()) *command.mutable_effective() = request.effective();
  command.set_ground(request.ground());
  const absl::Status sealed =
      SealApplication(deps, request.applicant(), request.remark(), request.evidence(), &command);
  Open(call, deps, std::move(command), sealed);
}

void NoteAdvice(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::NoteAdviceRequest>(*call);
  v1::NoteAdvice command;
  command.set_child_id(request.child_id());
  command.set_school_code(request.school_code());
  command.set_kind("ADVICE");
  const absl::Status sealed =
      vault::SealText(*deps.vault, *deps.sealer,
                      {base::AsId(request.child_id()), "twinline.transfer.v1.AdviceNoted",
                       v1::AdviceNoted::kTextFieldNumber},
                      request.text(), command.mutable_text());
  if (!sealed.ok()) return call->Finish(sealed);
  rpc::SubmitWrite(call, *deps.shard, base::CommandType<v1::NoteAdvice>(),
                   command.SerializeAsString(), nullptr);
}

}  // namespace

void RegisterStartHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  registry.Unary("twinline.transfer.v1.TransferService.StartTransfer",
                 [&deps](rpc::CallPtr call) { StartTransfer(call, deps); });
  registry.Unary("twinline.transfer.v1.TransferService.NoteAdvice",
                 [&deps](rpc::CallPtr call) { NoteAdvice(call, deps); });
  registry.Unary("twinline.transfer.v1.StatusService.StartSuspension",
                 [&deps](rpc::CallPtr call) { StartSuspension(call, deps); });
  registry.Unary("twinline.transfer.v1.StatusService.StartResumption",
                 [&deps](rpc::CallPtr call) { StartResumption(call, deps); });
  registry.Unary("twinline.transfer.v1.StatusService.StartStatusChange",
                 [&deps](rpc::CallPtr call) { StartStatusChange(call, deps); });
}

}  // namespace twinline::transfer

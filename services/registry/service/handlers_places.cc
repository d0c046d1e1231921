// Areas, schools, classes, head counts.
#include "platform/base/hash.h"
#include "registry/domain/rules.h"
#include "registry/service/handlers.h"
#include "twinline/registry/v1/registry_commands.pb.h"
#include "twinline/registry/v1/registry_places.pb.h"

namespace twinline::registry {
namespace {

using SchoolTable = base::TableOf<v1::SchoolRow>;

rpc::Fill FillId(const rpc::CallPtr& call) {
  return [call](const engine::Accepted& accepted, const engine::ReadView&) {
    if (accepted.entities.empty()) return;
    rpc::Out<v1::RecordedReply>(*call).set_id(accepted.entities.front().str());
  };
}

// A county is the schools of all its townships: a scan by the beginning of the township code.
std::string SchoolsOfArea(std::string_view area) {
  return base::EncodeKey(SchoolTable::kSpace, SchoolTable::kTable, SchoolTable::kByTownship) +
         std::string(area);
}

void ListSchools(const rpc::CallPtr& call, const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListSchoolsRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  auto& reply = rpc::Out<v1::ListSchoolsReply>(*call);
  const auto found =
      base::ScanPage<v1::SchoolRow>(*view.rows, SchoolsOfArea(request.area()), /*is_index=*/true,
                                    page, [&request](const v1::SchoolRow& row) {
                                      return request.include_closed() || !row.school().closed();
                                    });
  for (const v1::SchoolRow& row : found.rows) *reply.add_schools() = row.school();
  reply.set_next_page_token(base::ToHex(found.next_key));
  call->Finish();
}

void ListClasses(const rpc::CallPtr& call, const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListClassesRequest>(*call);
  auto& reply = rpc::Out<v1::ListClassesReply>(*call);
  base::ScanIndex<v1::ClassRow>(
      *view.rows, base::TableOf<v1::ClassRow>::kBySchool, 5'000,
      [&](const v1::ClassRow& row) {
        const bool year =
            request.school_year() == 0 || row.facts().school_year() == request.school_year();
        if (year && (request.include_closed() || !row.facts().closed())) {
          *reply.add_classes() = row.facts();
        }
        return true;
      },
      request.school_code());
  call->Finish();
}

void ListAreas(const rpc::CallPtr& call, const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListAreasRequest>(*call);
  auto& reply = rpc::Out<v1::ListAreasReply>(*call);
  base::ScanIndex<v1::AreaRow>(
      *view.rows, base::TableOf<v1::AreaRow>::kByParent, 5'000,
      [&reply](const v1::AreaRow& row) {
        *reply.add_areas() = row.area();
        return true;
      },
      request.parent());
  call->Finish();
}

void AddCounts(const base::Rows& rows, std::string_view school, v1::HeadCountsReply* reply) {
  base::ScanRows<v1::CountRow>(
      rows, 500,
      [reply](const v1::CountRow& row) {
        v1::HeadCount* count = reply->add_counts();
        count->set_school_code(row.school_code());
        count->set_grade(row.grade());
        count->set_status(row.status());
        count->set_pupils(static_cast<uint32_t>(row.pupils()));
        count->set_girls(static_cast<uint32_t>(row.girls()));
        count->set_boarders(static_cast<uint32_t>(row.boarders()));
        count->set_left_behind(static_cast<uint32_t>(row.left_behind()));
        count->set_accompanying(static_cast<uint32_t>(row.accompanying()));
        count->set_special_education(static_cast<uint32_t>(row.special_education()));
        count->set_with_problems(static_cast<uint32_t>(row.problems()));
        const StatusRule* status = FindStatus(row.status());
        if (status != nullptr && status->registered) {
          reply->set_registered(reply->registered() + count->pupils());
        }
        if (status != nullptr && status->in_school) {
          reply->set_in_school(reply->in_school() + count->pupils());
        }
        return true;
      },
      school);
}

void HeadCounts(const rpc::CallPtr& call, const engine::ReadView& view) {
  const auto office = ParseOffice(rpc::In<v1::HeadCountsRequest>(*call).office());
  auto& reply = rpc::Out<v1::HeadCountsReply>(*call);
  reply.set_as_of_pos(view.next_pos);
  if (!office || office->kind == "class" || office->kind == "village") {
    return call->Finish(No("OFFICE_UNKNOWN", "请按学校、乡镇、教体局或县统计。",
                           "Counts are by school, township, bureau or county."));
  }
  if (office->kind == "school") {
    AddCounts(*view.rows, office->code, &reply);
    return call->Finish();
  }
  view.rows->Scan(SchoolsOfArea(office->code), {}, [&](std::string_view, std::string_view key) {
    v1::SchoolRow row;
    const auto value = view.rows->Get(key);
    if (value && row.ParseFromString(*value)) {
      AddCounts(*view.rows, row.school().school_code(), &reply);
    }
    return true;
  });
  call->Finish();
}

void RecordClass(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::RecordClassRequest>(*call);
  v1::RecordClassCommand command;
  *command.mutable_class_facts() = request.class_facts();
  // The scope check looked at school_code: what is recorded must be the same.
  command.mutable_class_facts()->set_school_code(request.school_code());
  Write(call, environment, command, FillId(call));
}

void RecordSchool(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::RecordSchoolRequest>(*call);
  if (!call->reach().CoversOffice("bureau:" + request.school().county())) {
    return call->Finish(No("OUT_OF_SCOPE", "该校不在本局管理范围内。",
                           "The school is outside the county of your bureau."));
  }
  v1::RecordSchoolCommand command;
  *command.mutable_school() = request.school();
  Write(call, environment, command, nullptr);
}

}  // namespace

void RegisterPlaceHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto read = [&](std::string_view name, auto* handler) {
    Serve(registry, name, [&environment, handler](rpc::CallPtr call) {
      rpc::WithView(call, *environment.shard,
                    [call, handler](const engine::ReadView& view) { handler(call, view); });
    });
  };
  read("ListAreas", &ListAreas);
  read("ListSchools", &ListSchools);
  read("ListClasses", &ListClasses);
  read("HeadCounts", &HeadCounts);
  Serve(registry, "RecordArea", [&environment](rpc::CallPtr call) {
    v1::RecordAreaCommand command;
    *command.mutable_area() = rpc::In<v1::RecordAreaRequest>(*call).area();
    Write(call, environment, command, nullptr);
  });
  Serve(registry, "RecordSchool",
        [&environment](rpc::CallPtr call) { RecordSchool(call, environment); });
  Serve(registry, "RecordClass",
        [&environment](rpc::CallPtr call) { RecordClass(call, environment); });
}

}  // namespace twinline::registry

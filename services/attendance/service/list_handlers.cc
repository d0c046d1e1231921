// Lists: streaks of a school; over all shards, corrections that wait, classes nobody marked and
// presence at two schools.
#include <algorithm>
#include <functional>
#include <vector>

#include "attendance/domain/marks.h"
#include "attendance/service/handlers.h"
#include "attendance/tables/tables.h"
#include "platform/base/hash.h"
#include "platform/vault/owner_key.h"

namespace twinline::attendance {
namespace {

using base::AsId;

constexpr size_t kClassesMax = 1'000;  // of one school
constexpr size_t kStreaksMax = 200;
constexpr int kUnmarkedMax = 500;
constexpr size_t kUnmarkedLooked = 20'000;  // classes of a shard
constexpr uint32_t kPageMax = 200, kPageDefault = 50;

std::string Method(std::string_view name) {
  return "twinline.attendance.v1.AttendanceService." + std::string(name);
}

// A view of every shard, in order; the one that the request's read token speaks of contains what
// the token names.
void WithViews(const rpc::CallPtr& call, const Environment& environment,
               const types::v1::ReadToken& token,
               std::function<void(const std::vector<engine::ReadView>&)> read) {
  engine::Shard& named = environment.shards.OfToken(token);
  rpc::WithView(call, named,
                [call, &environment, &named, read = std::move(read)](const engine::ReadView& view) {
                  std::vector<engine::ReadView> views;
                  for (const engine::Shard* shard : environment.shards.all()) {
                    views.push_back(shard == &named ? view : shard->Read());
                    if (views.back().next_pos > 0) continue;
                    return call->Finish(absl::UnavailableError(shard->journal_name() +
                                                               " cannot be read at the moment"));
                  }
                  read(views);
                });
}

// One page over the rows of all shards, shard after shard. The token is the number of the shard and
// the last key of it.
template <typename Row>
std::string PageOverShards(const std::vector<engine::ReadView>& views, const std::string& prefix,
                           bool is_index, const types::v1::Page& asked,
                           const std::function<bool(const Row&)>& keep,
                           const std::function<void(const base::Rows&, const Row&)>& show) {
  const std::string after = base::FromHex(asked.page_token()).value_or(std::string());
  size_t shard = after.empty() ? 0 : static_cast<unsigned char>(after.front());
  base::PageRequest page;
  page.size = asked.size() == 0 ? kPageDefault : std::min(asked.size(), kPageMax);
  page.after_key = after.empty() ? std::string() : after.substr(1);
  for (; shard < views.size(); ++shard, page.after_key.clear()) {
    const base::Rows& rows = *views[shard].rows;
    const auto found = base::ScanPage<Row>(rows, prefix, is_index, page, keep);
    for (const Row& row : found.rows) show(rows, row);
    page.size -= static_cast<uint32_t>(found.rows.size());
    const std::string number(1, static_cast<char>(shard));
    if (!found.next_key.empty()) return base::ToHex(number + found.next_key);
    // The page is full with this shard's last row: the next one begins with the next page.
    if (page.size == 0 && shard + 1 < views.size()) {
      return base::ToHex(std::string(1, static_cast<char>(shard + 1)));
    }
  }
  return {};
}

void ListStreaks(const rpc::CallPtr& call, const Environment& environment) {
  const auto& asked = rpc::In<v1::ListStreaksRequest>(*call);
  rpc::WithView(
      call, environment.shards.OfSchool(asked.school_code()), [call](const engine::ReadView& view) {
        const auto& request = rpc::In<v1::ListStreaksRequest>(*call);
        std::vector<v1::StreakView> streaks;
        base::ScanIndex<v1::ForeignClass>(
            *view.rows, base::TableOf<v1::ForeignClass>::kBySchool, kClassesMax,
            [&](const v1::ForeignClass& facts) {
              const auto set = base::Find<v1::TrackedSetRow>(*view.rows, AsId(facts.class_id()));
              if (!set || !call->reach().CoversClass(AsId(facts.class_id()))) return true;
              for (const v1::TrackedChild& child : set->children()) {
                if (child.days() < std::max(1u, request.min_days())) continue;
                v1::StreakView streak;
                streak.set_child_id(child.child_id());
                streak.set_registration_id(child.registration_id());
                streak.set_class_id(facts.class_id());
                streak.set_days(child.days());
                streak.mutable_first_day()->set_days(child.first_day());
                if (child.last_present_day() != 0)
                  streak.mutable_last_present_day()->set_days(child.last_present_day());
                streaks.push_back(std::move(streak));
              }
              return true;
            },
            request.school_code());
        std::stable_sort(
            streaks.begin(), streaks.end(),
            [](const v1::StreakView& a, const v1::StreakView& b) { return a.days() > b.days(); });
        if (streaks.size() > kStreaksMax) streaks.resize(kStreaksMax);
        auto& reply = rpc::Out<v1::ListStreaksReply>(*call);
        for (v1::StreakView& streak : streaks) *reply.add_streaks() = std::move(streak);
        call->Finish();
      });
}

uint32_t CodeNow(const base::Rows& rows, const v1::CorrectionRow& row) {
  const auto class_day = base::Find<v1::ClassDayRow>(rows, AsId(row.class_id()), row.day());
  if (!class_day || !Taken(*class_day, row.session())) return kPresent;
  return CodeOf(MarksOf(*class_day, row.session()), row.registration_id());
}

void ShowCorrection(const Environment& environment, const base::Rows& rows,
                    const v1::CorrectionRow& row, v1::WaitingCorrection* shown) {
  shown->set_correction_id(row.correction_id());
  shown->set_registration_id(row.registration_id());
  shown->set_class_id(row.class_id());
  shown->mutable_day()->set_days(row.day());
  shown->set_session(static_cast<types::v1::Session>(row.session()));
  shown->set_code_before(CodeNow(rows, row));
  shown->set_code_after(row.code_after());
  shown->set_proposed_by(row.proposed_by());
  shown->set_proposed_at_us(row.at_us());
  if (const auto facts = base::Find<v1::ForeignClass>(rows, AsId(row.class_id()))) {
    shown->set_school_code(facts->school_code());
    shown->set_grade(facts->grade());
    shown->set_number(facts->number());
  }
  const auto child = base::Find<v1::ForeignRegistration>(rows, AsId(row.registration_id()));
  if (!child) return;
  shown->set_child_id(child->child_id());
  types::v1::Sealed reason;
  if (row.sealed_reason().empty() || !reason.ParseFromString(row.sealed_reason())) return;
  shown->set_reason(
      vault::OpenText(*environment.deps.sealer,
                      {AsId(child->child_id()), "twinline.attendance.v1.CorrectionProposed",
                       v1::CorrectionProposed::kReasonFieldNumber},
                      reason));
}

void ListCorrections(const rpc::CallPtr& call, const Environment& environment) {
  const auto& asked = rpc::In<v1::ListCorrectionsRequest>(*call);
  WithViews(call, environment, asked.read_token(),
            [call, &environment](const std::vector<engine::ReadView>& views) {
              const auto& request = rpc::In<v1::ListCorrectionsRequest>(*call);
              auto& reply = rpc::Out<v1::ListCorrectionsReply>(*call);
              using Table = base::TableOf<v1::CorrectionRow>;
              reply.set_next_page_token(PageOverShards<v1::CorrectionRow>(
                  views, base::IndexPrefix<v1::CorrectionRow>(Table::kWaiting), /*is_index=*/true,
                  request.page(),
                  [&](const v1::CorrectionRow& row) {
                    return call->reach().CoversClass(AsId(row.class_id()));
                  },
                  [&](const base::Rows& rows, const v1::CorrectionRow& row) {
                    ShowCorrection(environment, rows, row, reply.add_corrections());
                  }));
              call->Finish();
            });
}

void AddUnmarked(const rpc::Call& call, const base::Rows& rows, v1::ListUnmarkedReply* reply) {
  base::ScanIndex<v1::ClassStateRow>(
      rows, base::TableOf<v1::ClassStateRow>::kUnmarked, kUnmarkedLooked,
      [&](const v1::ClassStateRow& state) {
        if (!call.reach().CoversClass(AsId(state.class_id()))) return true;
        const auto facts = base::Find<v1::ForeignClass>(rows, AsId(state.class_id()));
        if (!facts || facts->closed()) return true;
        if (reply->classes_size() == kUnmarkedMax) return false;
        v1::UnmarkedClass* unmarked = reply->add_classes();
        unmarked->set_class_id(state.class_id());
        unmarked->set_school_code(facts->school_code());
        unmarked->set_grade(facts->grade());
        unmarked->set_number(facts->number());
        unmarked->set_days(state.unmarked_days());
        unmarked->mutable_first_day()->set_days(state.unmarked_first_day());
        return true;
      });
}

void ListUnmarked(const rpc::CallPtr& call, const Environment& environment) {
  const auto& asked = rpc::In<v1::ListUnmarkedRequest>(*call);
  WithViews(call, environment, asked.read_token(),
            [call](const std::vector<engine::ReadView>& views) {
              auto& reply = rpc::Out<v1::ListUnmarkedReply>(*call);
              for (const engine::ReadView& view : views) AddUnmarked(*call, *view.rows, &reply);
              call->Finish();
            });
}

void ShowConflict(const v1::ConflictRow& row, v1::TwoSchoolConflict* conflict) {
  conflict->set_child_id(row.child_id());
  conflict->set_registration_id(row.registration_id());
  conflict->set_school_code(row.school_code());
  conflict->set_other_school_code(row.other_school_code());
  conflict->mutable_day()->set_days(row.day());
  conflict->set_session(static_cast<types::v1::Session>(row.session()));
}

void ListTwoSchoolConflicts(const rpc::CallPtr& call, const Environment& environment) {
  const auto& asked = rpc::In<v1::ListTwoSchoolConflictsRequest>(*call);
  WithViews(call, environment, asked.read_token(),
            [call](const std::vector<engine::ReadView>& views) {
              const auto& request = rpc::In<v1::ListTwoSchoolConflictsRequest>(*call);
              auto& reply = rpc::Out<v1::ListTwoSchoolConflictsReply>(*call);
              reply.set_next_page_token(PageOverShards<v1::ConflictRow>(
                  views, base::RowKey<v1::ConflictRow>(), /*is_index=*/false, request.page(),
                  [&](const v1::ConflictRow& row) {
                    return call->reach().CoversSchool(row.school_code()) ||
                           call->reach().CoversSchool(row.other_school_code());
                  },
                  [&](const base::Rows&, const v1::ConflictRow& row) {
                    ShowConflict(row, reply.add_conflicts());
                  }));
              call->Finish();
            });
}

}  // namespace

void RegisterListHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const std::pair<const char*, void (*)(const rpc::CallPtr&, const Environment&)> handlers[] = {
      {"ListStreaks", ListStreaks},
      {"ListCorrections", ListCorrections},
      {"ListUnmarked", ListUnmarked},
      {"ListTwoSchoolConflicts", ListTwoSchoolConflicts},
  };
  for (const auto& [name, handler] : handlers) {
    registry.Unary(Method(name),
                   [&environment, handler](rpc::CallPtr call) { handler(call, environment); });
  }
}

}  // namespace twinline::attendance

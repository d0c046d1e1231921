// Defaults of the directory interface.
#include "platform/rpc/rights.h"

namespace twinline::rpc {
namespace {

class ReachesNothing final : public Reach {
 public:
  bool everything() const override { return false; }
  bool CoversChild(const ChildPlace&) const override { return false; }
  bool CoversSchool(std::string_view) const override { return false; }
  bool CoversClass(const base::Id16&) const override { return false; }
  bool CoversOffice(std::string_view) const override { return false; }
  const Duty& duty() const override { return none_; }

 private:
  const Duty none_;
};

}  // namespace

const Reach& NoReach() {
  static const ReachesNothing reach;
  return reach;
}

std::shared_ptr<const Standing> Directory::StandingOf(const base::Id16& staff,
                                                      base::CivilDay on) const {
  auto standing = std::make_shared<Standing>();
  standing->duties = DutiesOf(staff, on);
  for (const Duty& duty : standing->duties) standing->reaches.push_back(ReachOf(duty));
  return standing;
}

}  // namespace twinline::rpc

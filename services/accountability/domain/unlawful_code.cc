#include "accountability/domain/unlawful_code.h"

#include "accountability/domain/case_change.h"
#include "accountability/domain/refusals.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

base::Decision DecideUnlawfulCode(const v1::NoteUnlawfulCodeCommand& command,
                                  const base::Rows& rows, const base::Context& context) {
  const auto school = base::Find<v1::ForeignSchool>(rows, command.school_code());
  if (!school) return UnknownHere();
  v1::AlertOffered alert =
      MakeAlert(context, 0, "bureau:" + school->facts().county(), "UNLAWFUL_CODE", command.code());
  alert.set_child_id(command.child_id());
  alert.set_school_code(command.school_code());
  return base::Events{SealAlert(std::move(alert), context)};
}

}  // namespace twinline::accountability

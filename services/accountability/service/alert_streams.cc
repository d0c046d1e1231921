#include "accountability/service/alert_streams.h"

#include <algorithm>
#include <chrono>

#include "accountability/service/handlers.h"
#include "accountability/service/labels.h"
#include "twinline/accountability/v1/accountability.pb.h"

namespace twinline::accountability {
namespace {

using Table = base::TableOf<v1::AlertRow>;

constexpr auto kSweep = std::chrono::seconds(5);  // how long a stream whose client has gone is kept

std::string PlaceOf(uint64_t pos, uint32_t ordinal) {
  std::string place;
  base::AppendKeyPart(&place, pos);
  base::AppendKeyPart(&place, ordinal);
  return place;
}
std::string PlaceOf(const v1::AlertRow& row) { return PlaceOf(row.pos(), row.ordinal()); }

// Visits the alerts of an index behind `after`, in journal order.
template <typename Fn>
void ScanBehind(const base::Rows& rows, const std::string& prefix, const std::string& after,
                Fn&& fn) {
  // Behind every key that begins with the place itself.
  rows.Scan(prefix, prefix + after + '\xff', [&](std::string_view, std::string_view key) {
    const auto value = rows.Get(key);
    v1::AlertRow row;
    if (!value || !row.ParseFromString(*value)) return true;
    return static_cast<bool>(fn(row));
  });
}

}  // namespace

struct AlertStreams::Signal {
  std::mutex mutex;
  std::condition_variable wake;
  bool applied = false;
  bool stopping = false;
  std::vector<rpc::StreamCallPtr> added;
};

v1::AlertView AlertFor(const v1::AlertRow& row) {
  v1::AlertView view;
  view.set_alert_id(row.alert_id());
  view.set_case_id(row.case_id());
  view.set_child_id(row.child_id());
  view.set_office(row.office());
  view.set_kind(row.kind());
  view.set_summary(row.summary());
  view.set_offered_at_us(row.offered_at_us());
  view.set_answer(row.answer());
  view.set_answered_by(row.answered_by());
  view.set_answered_at_us(row.answered_at_us());
  view.set_class_id(row.class_id());
  view.set_school_code(row.school_code());
  view.mutable_cursor()->set_pos(row.pos());
  view.mutable_cursor()->set_ordinal(row.ordinal());
  const Label label = LabelOf(row.kind());
  view.set_label_zh(std::string(label.zh));
  view.set_label_en(std::string(label.en));
  return view;
}

AlertStreams::~AlertStreams() { Stop(); }

void AlertStreams::Start(engine::Shard* shard) {
  shard_ = shard;
  signal_ = std::make_shared<Signal>();
  thread_ = std::thread([this] { Loop(); });
}

void AlertStreams::Stop() {
  if (!signal_) return;
  {
    const std::lock_guard lock(signal_->mutex);
    signal_->stopping = true;
  }
  signal_->wake.notify_all();
  if (thread_.joinable()) thread_.join();
  const absl::Status gone =
      absl::UnavailableError("the service stops; resume behind the last cursor");
  for (Stream& stream : streams_) stream.call->Finish(gone);
  streams_.clear();
  for (rpc::StreamCallPtr& call : signal_->added) call->Finish(gone);
  signal_->added.clear();
}

void AlertStreams::Add(rpc::StreamCallPtr call) {
  if (!signal_) return call->Finish(absl::UnavailableError("the service is starting"));
  {
    const std::lock_guard lock(signal_->mutex);
    if (!signal_->stopping) {
      signal_->added.push_back(std::move(call));
      signal_->wake.notify_all();
      return;
    }
  }
  call->Finish(absl::UnavailableError("the service stops; resume behind the last cursor"));
}

void AlertStreams::Await(uint64_t pos) {
  shard_->WhenApplied(pos, [signal = signal_] {
    {
      const std::lock_guard lock(signal->mutex);
      signal->applied = true;
    }
    signal->wake.notify_all();
  });
}

void AlertStreams::Loop() {
  engine::ReadView view = shard_->Read();
  seen_ = PlaceOf(view.next_pos == 0 ? 0 : view.next_pos - 1, UINT32_MAX);
  Await(view.next_pos);
  while (true) {
    std::vector<rpc::StreamCallPtr> added;
    bool applied = false;
    {
      std::unique_lock lock(signal_->mutex);
      signal_->wake.wait_for(lock, kSweep, [this] {
        return signal_->stopping || signal_->applied || !signal_->added.empty();
      });
      if (signal_->stopping) return;
      added.swap(signal_->added);
      std::swap(applied, signal_->applied);
    }
    const uint64_t before = view.next_pos;
    view = shard_->Read();
    // Streams that are already here first, so that a new one and they agree on what has been seen.
    Deliver(view);
    for (rpc::StreamCallPtr& call : added) {
      Stream stream;
      const auto& request = rpc::In<v1::WatchAlertsRequest>(*call);
      stream.office = OfficeOf(*call, request.office());
      stream.after =
          request.has_after() ? PlaceOf(request.after().pos(), request.after().ordinal()) : seen_;
      stream.call = std::move(call);
      Begin(std::move(stream), view);
    }
    // A shard that stopped answers at once without having moved: then only the sweep goes on.
    if (applied && view.next_pos > before) Await(view.next_pos);
    std::erase_if(streams_, [](const Stream& stream) { return stream.call->cancelled(); });
  }
}

void AlertStreams::Begin(Stream stream, const engine::ReadView& view) {
  bool alive = true;
  ScanBehind(*view.rows, base::IndexPrefix<v1::AlertRow>(Table::kByOffice, stream.office),
             stream.after, [&](const v1::AlertRow& row) {
               v1::WatchAlertsReply message;
               *message.mutable_alert() = AlertFor(row);
               return alive = stream.call->Write(message);
             });
  if (alive) streams_.push_back(std::move(stream));
}

void AlertStreams::Deliver(const engine::ReadView& view) {
  ScanBehind(*view.rows, base::IndexPrefix<v1::AlertRow>(Table::kInOrder), seen_,
             [&](const v1::AlertRow& row) {
               v1::WatchAlertsReply message;
               *message.mutable_alert() = AlertFor(row);
               std::erase_if(streams_, [&](const Stream& stream) {
                 return stream.office == row.office() && !stream.call->Write(message);
               });
               seen_ = PlaceOf(row);
               return true;
             });
}

}  // namespace twinline::accountability

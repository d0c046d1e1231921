// Alerts as they come: one thread waits for the shard to apply a record and hands each new alert to
// the streams of its office, a thread hop after it is durable. A stream that begins with a cursor
// first gets what it missed, from the same rows. Nothing is kept here that the rows do not have: a
// client whose stream ends resumes behind the last cursor it saw.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "accountability/tables/tables.h"
#include "platform/engine/shard.h"
#include "platform/rpc/server.h"
#include "twinline/accountability/v1/accountability_alerts.pb.h"

namespace twinline::accountability {

class AlertStreams {
 public:
  ~AlertStreams();

  void Start(engine::Shard* shard);
  // Ends all streams with UNAVAILABLE.
  void Stop();
  void Add(rpc::StreamCallPtr call);

 private:
  struct Signal;
  struct Stream {
    rpc::StreamCallPtr call;
    std::string office;
    std::string after;  // raw key part: pos and ordinal
  };

  void Loop();
  void Await(uint64_t pos);
  void Begin(Stream stream, const engine::ReadView& view);
  void Deliver(const engine::ReadView& view);

  engine::Shard* shard_ = nullptr;
  std::shared_ptr<Signal> signal_;  // outlives this object in the shard's callbacks
  std::vector<Stream> streams_;     // of the thread
  std::string seen_;                // newest place handed out
  std::thread thread_;
};

// The alert as a client sees it.
v1::AlertView AlertFor(const v1::AlertRow& row);

}  // namespace twinline::accountability

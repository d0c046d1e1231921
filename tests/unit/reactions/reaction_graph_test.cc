// The graph of reactions: printed, compared with the code, and without a cycle that is not
// listed with its guard. R-67: every rule that reacts is listed by its domain.
#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <map>
#include <set>

#include "accountability/domain/accountability_domain.h"
#include "attendance/domain/attendance_domain.h"
#include "registry/domain/registry_domain.h"
#include "tests/support/reaction_graph.h"
#include "transfer/domain/transfer_domain.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_class_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::test {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Cycles that are meant, as "event number -> …", and what ends them. None today.
const std::map<std::set<uint32_t>, std::string> kGuardedCycles{};

struct EventKind {
  std::string service;
  const Descriptor* type;
};

std::map<uint32_t, EventKind> AllEvents() {
  std::map<uint32_t, EventKind> events;
  const auto add = [&](const std::string& service, const google::protobuf::FileDescriptor* file) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* type = file->message_type(i);
      const uint32_t number = type->options().GetExtension(types::v1::event_type);
      if (number != 0) events[number] = {service, type};
    }
  };
  add("registry", registry::v1::ChildRegistered::descriptor()->file());
  add("transfer", transfer::v1::BusinessOpened::descriptor()->file());
  add("transfer", transfer::v1::ClassRunPlanned::descriptor()->file());
  add("attendance", attendance::v1::RollCallTaken::descriptor()->file());
  add("accountability", accountability::v1::CaseOpened::descriptor()->file());
  return events;
}

// An event with every field set, so that no filter on its own fields drops it.
void Fill(Message* message, const std::string& path, int depth) {
  const google::protobuf::Reflection* set = message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    std::string text = "x";
    if (field->name() == "kind") text = path == "run" ? "MERGER" : "TRANSFER_IN_COUNTY";
    if (field->name() == "outcome") text = "MERGED";
    if (field->name() == "changed") text = "hukou_township";
    if (field->type() == FieldDescriptor::TYPE_BYTES) text = std::string(16, 'i');
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        if (field->is_repeated()) {
          set->AddString(message, field, text);
        } else {
          set->SetString(message, field, text);
        }
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!field->is_repeated()) set->SetBool(message, field, field->name() != "signed_late");
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        if (!field->is_repeated()) set->SetUInt32(message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth == 0) break;
        Fill(field->is_repeated() ? set->AddMessage(message, field)
                                  : set->MutableMessage(message, field),
             field->name(), depth - 1);
        break;
      default:
        break;
    }
  }
}

std::vector<std::unique_ptr<base::ShardDomain>> Domains() {
  std::vector<std::unique_ptr<base::ShardDomain>> domains;
  domains.push_back(std::make_unique<registry::RegistryDomain>());
  domains.push_back(std::make_unique<transfer::TransferDomain>());
  domains.push_back(std::make_unique<attendance::AttendanceDomain>());
  domains.push_back(std::make_unique<accountability::AccountabilityDomain>());
  return domains;
}

using Triples = std::set<std::tuple<std::string, std::string, uint32_t>>;  // service, rule, cause

Triples ByCode() {
  Triples found;
  const std::map<uint32_t, EventKind> events = AllEvents();
  for (const auto& domain : Domains()) {
    const std::vector<std::string> sources = domain->Sources();
    for (const auto& [number, kind] : events) {
      if (std::find(sources.begin(), sources.end(), kind.service) == sources.end()) continue;
      if (!domain->Wants(number)) continue;
      std::unique_ptr<Message> message(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type)->New());
      Fill(message.get(), "", 3);
      journal::v1::Event event;
      event.set_type(number);
      event.set_data(message->SerializeAsString());
      journal::v1::RecordHeader header;
      journal::v1::Commit commit;
      base::SourceEvent source;
      source.header = &header;
      source.commit = &commit;
      source.event = &event;
      source.ref.set_journal(kind.service + "/0");
      for (const base::DerivedCommand& command : domain->React(source)) {
        found.emplace(std::string(domain->name()), command.rule, number);
      }
    }
  }
  return found;
}

TEST(ReactionGraph, is_what_the_code_does) {
  Triples listed;
  for (const Reaction& reaction : Reactions()) {
    for (const uint32_t cause : reaction.causes) {
      listed.emplace(reaction.service, reaction.rule, cause);
    }
  }
  const Triples code = ByCode();
  const std::map<uint32_t, EventKind> events = AllEvents();
  for (const auto& [service, rule, cause] : code) {
    EXPECT_TRUE(listed.contains({service, rule, cause}))
        << service << " reacts to " << events.at(cause).type->name() << " by " << rule
        << ": list it in tests/support/reaction_graph.cc";
  }
  for (const auto& [service, rule, cause] : listed) {
    EXPECT_TRUE(code.contains({service, rule, cause}))
        << rule << " does not react to " << events.at(cause).type->name() << " any more";
  }
}

TEST(ReactionGraph, R67_every_rule_is_listed_by_its_domain_so_that_its_start_is_recorded) {
  std::map<std::string, std::set<std::string>> wanted;
  for (const Reaction& reaction : Reactions()) wanted[reaction.service].insert(reaction.rule);
  for (const auto& domain : Domains()) {
    const std::vector<std::string> rules = domain->Rules();
    EXPECT_EQ(std::set<std::string>(rules.begin(), rules.end()),
              wanted[std::string(domain->name())])
        << domain->name();
  }
}

TEST(ReactionGraph, R10_has_no_cycle_without_a_guard) {
  const std::map<uint32_t, EventKind> events = AllEvents();
  std::map<uint32_t, std::set<uint32_t>> next;
  for (const Reaction& reaction : Reactions()) {
    std::cout << reaction.rule << ":";
    for (const uint32_t cause : reaction.causes) std::cout << " " << events.at(cause).type->name();
    std::cout << " ->";
    for (const uint32_t effect : reaction.effects) {
      std::cout << " " << events.at(effect).type->name();
      for (const uint32_t cause : reaction.causes) next[cause].insert(effect);
    }
    std::cout << "\n";
  }
  std::vector<uint32_t> path;
  std::set<uint32_t> done;
  const std::function<void(uint32_t)> walk = [&](uint32_t at) {
    if (const auto again = std::find(path.begin(), path.end(), at); again != path.end()) {
      std::string names;
      for (auto it = again; it != path.end(); ++it) names += events.at(*it).type->name() + " -> ";
      EXPECT_TRUE(kGuardedCycles.contains(std::set<uint32_t>(again, path.end())))
          << names << "and again: a ping-pong needs a guard, and its line here";
      return;
    }
    if (done.contains(at)) return;
    path.push_back(at);
    for (const uint32_t effect : next[at]) walk(effect);
    path.pop_back();
    done.insert(at);
  };
  for (const auto& [cause, effects] : std::map(next)) walk(cause);
}

}  // namespace
}  // namespace twinline::test

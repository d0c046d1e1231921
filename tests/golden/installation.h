// A golden installation: the journals of a release, packed as its own server left them, and what a
// build must find in them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/runtime/host.h"
#include "platform/runtime/installation.h"

namespace twinline::golden {

// By what is looked at, for example "journal registry/0", as text that can be compared and kept.
// The state of a service stands under its evolve_version: a changed fold makes another state
//
using Facts = std::map<std::string, std::string>;

// One "key = value" a line, in order; lines that begin with # say why.
Facts ReadFacts(const std::filesystem::path& file);
std::string Print(const Facts& facts);

// Places of a data directory with everything inside it, as a demonstration has it.
runtime::Places PlacesIn(const std::filesystem::path& data);

// Every journal from its bytes: records, commits, chain value at the end, and the newest signed
// checkpoint. What does not verify is among the facts as "problem N".
Facts JournalFacts(const std::filesystem::path& data);
// The event types that occur in any journal.
std::set<uint32_t> EventTypes(const std::filesystem::path& data);

// This build with every service on the directory, as a drill: all journals are replayed, nothing is
// written to them. An error is what an operator would read.
absl::StatusOr<std::unique_ptr<runtime::Host>> Replay(const std::filesystem::path& data);
Facts StateFacts(const runtime::Host& host);

// Event types that this build knows, number and name, from docs/event-catalogue.md (generated, and
// kept current by a test of its own).
std::map<uint32_t, std::string> KnownEventTypes(const std::filesystem::path& catalogue);

}  // namespace twinline::golden

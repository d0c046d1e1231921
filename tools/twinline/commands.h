// The command families. Each file adds its own commands to the program; app.cc calls them all.
#pragma once

#include <CLI/CLI.hpp>

#include "tools/twinline/cli.h"

namespace twinline::cli {

void AddLogin(CLI::App& app, Cli& cli);   // login, logout, whoami
void AddPlaces(CLI::App& app, Cli& cli);  // places
void AddPlacesImport(CLI::App& places, Cli& cli);
void AddPlacesRecord(CLI::App& places, Cli& cli);
void AddStudents(CLI::App& app, Cli& cli);  // students: reads, then the three below
void AddStudentLists(CLI::App& students, Cli& cli);
void AddStudentWrites(CLI::App& students, Cli& cli);
void AddStudentRegister(CLI::App& students, Cli& cli);
void AddStudentFiles(CLI::App& students, Cli& cli);
void AddApprovals(CLI::App& app, Cli& cli);
void AddClassRuns(CLI::App& app, Cli& cli);
void AddApprovalStarts(CLI::App& approvals, Cli& cli);
void AddRollCall(CLI::App& app, Cli& cli);
void AddRollCallTake(CLI::App& roll_call, Cli& cli);
void AddCases(CLI::App& app, Cli& cli);
void AddCaseActs(CLI::App& cases, Cli& cli);
void AddCasePapers(CLI::App& cases, Cli& cli);
void AddCaseAlerts(CLI::App& cases, Cli& cli);
void AddWebhooks(CLI::App& app, Cli& cli);  // webhooks
void AddWebhookList(CLI::App& family, Cli& cli, const char* name);
void AddTrail(CLI::App& app, Cli& cli);
void AddProof(CLI::App& app, Cli& cli);
void AddAuditVerify(CLI::App& app, Cli& cli);  // audit verify
void AddClock(CLI::App& app, Cli& cli);
void AddAdmin(CLI::App& app, Cli& cli);
void AddAdminBackup(CLI::App& admin, Cli& cli);
void AddAdminClock(CLI::App& admin, Cli& cli);
void AddAdminKeys(CLI::App& admin, Cli& cli);
void AddErasure(CLI::App& app, Cli& cli);
void AddAccounts(CLI::App& app, Cli& cli);
void AddRules(CLI::App& app, Cli& cli);
void AddAdminTopics(CLI::App& admin, Cli& cli);
void AddCall(CLI::App& app, Cli& cli);  // any RPC

}  // namespace twinline::cli

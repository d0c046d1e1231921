// The enumerations of the national student form: what schools write into a cell, by code or in
// words, and what is stored (domain.md 6.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/civil.h"

namespace twinline::registry {

// All return nullopt for a text that is none of the known spellings, and "" for an empty one.
std::optional<std::string> EthnicityCode(std::string_view text);  // 汉, 汉族, 01 -> "01"
std::optional<std::string> IdKindCode(std::string_view text);  // 居民身份证, 1 -> RESIDENT_ID
std::optional<std::string> BoardingCode(std::string_view text);  // 住校, 2 -> "2"
std::optional<std::string> RelationText(std::string_view text);  // 爷爷 -> 祖父母
std::optional<std::string> LeftBehindGroup(
    std::string_view text);                              // 双亲留守, 3 -> LEFT_BEHIND_BOTH
std::optional<uint32_t> SexCode(std::string_view text);  // 女, 2 -> 2
std::optional<bool> YesNo(std::string_view text);        // 是/否/1/0
std::optional<bool> Disabled(std::string_view text);     // 无/1 -> false
// Code of the official status table: 在读, 01 -> "01"; 开除 -> "14".
std::optional<std::string> StatusCode(std::string_view text);
// Which official code our status has when it is written out; "" for statuses without one.
std::string_view StatusCodeOf(std::string_view status);

// 2024-09-01, 20240901, 2024/9/1, 2024年9月1日, 202409 (first of the month), or a spreadsheet's day
// number.
std::optional<base::CivilDay> ReadDate(std::string_view text);
// 1, 一年级, 七年级, 初一, 小学2022级 (with the school year); 0 when unreadable.
uint32_t ReadGrade(std::string_view text, int school_year);
// 3, 3班, （3）班, 七年级3班, 七（3）班; 0 when unreadable.
uint32_t ReadClassNumber(std::string_view text);

std::string_view EthnicityName(std::string_view code);
std::string_view IdKindName(std::string_view kind);
std::string_view BoardingName(std::string_view code);

}  // namespace twinline::registry

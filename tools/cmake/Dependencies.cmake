# The Debian libraries, each under one target name. A target names only the ones it uses, in its DEPS.
#
#   protobuf::libprotobuf  gRPC::grpc++  gRPC::grpc++_reflection  gRPC::grpcpp_channelz  gRPC::grpc++_error_details
#   RocksDB::rocksdb-shared  OpenSSL::Crypto  OpenSSL::SSL  ICU::uc  ICU::i18n  absl::*  fmt::fmt  spdlog::spdlog
#   CLI11::CLI11  nlohmann_json::nlohmann_json  prometheus-cpp::pull  PkgConfig::httplib  pugixml::pugixml
#   PkgConfig::argon2  PkgConfig::rdkafka  PkgConfig::minizip  PkgConfig::xlsxwriter  rapidcheck  GTest::gtest  GTest::gmock  benchmark::benchmark

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

# Debian ships no protobufConfig.cmake: the FindProtobuf module must have run before gRPC's package looks for it.
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)

find_package(pugixml CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(benchmark CONFIG REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)
# For the checks that are scripts, standard library only.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
pkg_check_modules(argon2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(minizip REQUIRED IMPORTED_TARGET minizip)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(xlsxwriter REQUIRED IMPORTED_TARGET xlsxwriter)

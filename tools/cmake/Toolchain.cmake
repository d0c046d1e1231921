# Compiler, linker and cache: everything that is the same for every target.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

set(TWINLINE_SANITIZE "" CACHE STRING "Sanitizers to build with, as the compiler spells them; empty for none")

# ccache makes the second build of the same text nearly free, also from another checkout: paths below the source
# directory are hashed relative to it.
find_program(TWINLINE_CCACHE ccache)
if(TWINLINE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${TWINLINE_CCACHE})
endif()

# mold links several times faster than the default linker, and tests are mostly linking.
find_program(TWINLINE_MOLD mold)
if(TWINLINE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

option(TWINLINE_FUZZ "Build tests/fuzz as libFuzzer targets (clang only)" OFF)
if(TWINLINE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(TWINLINE_SANITIZE)
  add_compile_options(-fsanitize=${TWINLINE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TWINLINE_SANITIZE})
endif()

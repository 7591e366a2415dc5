# Compiler settings that hold for every target; presets choose build type and sanitizers.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

set(DRYDOCK_SANITIZE "" CACHE STRING "comma-separated sanitizers, e.g. address,undefined")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                    -Woverloaded-virtual -Wimplicit-fallthrough -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # std::stable_sort of libstdc++ uses what libstdc++ itself deprecates.
  add_compile_options(-Wno-deprecated-declarations)
endif()
# Traces may not depend on the compiler's choice of fused multiply-add.
add_compile_options(-ffp-contract=off -fno-omit-frame-pointer)
# Assertions and messages name files by their path in the repository, wherever it was cloned. With
# the compiler's cache (ci/lib.sh) the compiler sees paths relative to build/<preset>.
add_compile_options(-fmacro-prefix-map=${CMAKE_SOURCE_DIR}/= -fmacro-prefix-map=../../=)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside its own library headers at -O2.
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-maybe-uninitialized
                      -Wno-array-bounds -Wno-dangling-pointer)
endif()

if(DRYDOCK_SANITIZE)
  add_compile_options(-fsanitize=${DRYDOCK_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DRYDOCK_SANITIZE})
endif()

find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld)
endif()
